package cost

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

// MaxName bounds every name in a document, in bytes: of operations, fragments, variables, types, fields and arguments,
// and aliases, which responses repeat. An error may quote several names, and a document may have thousands of errors.
const MaxName = 255

// Name returns an error for a name that is too long. what describes the named thing.
func Name(what, name string) *gqlerror.Error {
	return over(len(name), MaxName, "bytes in "+what, "choose a shorter one")
}

// Names returns an error for a document with a name that is too long. It reads at most tokens tokens, as the parser does.
// The document need not be well-formed.
func Names(document string, tokens int) *gqlerror.Error {
	reader := lexer.New(&ast.Source{Input: document})
	for range tokens {
		token, err := reader.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return nil // the parser reports what is malformed
		}
		if token.Kind != lexer.Name || len(token.Value) <= MaxName {
			continue
		}
		refused := Name("a name", token.Value)
		refused.Locations = []gqlerror.Location{{Line: token.Pos.Line, Column: token.Pos.Column}}
		return refused
	}
	return nil
}
