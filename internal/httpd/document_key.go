package httpd

import (
	"crypto/sha256"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// A documentKey stands for all texts of one document: those that differ in what means
// nothing (blanks, commas, comments), or in the __typename that clients with a cache add
// to what an application wrote.
type documentKey [sha256.Size]byte

// keyOf returns the key of a text, or false for one that is no GraphQL or too long.
func keyOf(text string) (key documentKey, ok bool) {
	tokens, ok := tokensOf(text)
	if !ok {
		return key, false
	}
	sum := sha256.New()
	var nesting nesting
	for i, token := range tokens {
		nesting.enter(token)
		if !nesting.inSelection() || !isAddedTypename(tokens, i) {
			fmt.Fprintf(sum, "%d %q\n", token.Kind, token.Value)
		}
	}
	return documentKey(sum.Sum(nil)), true
}

// tokensOf takes a text apart into what means something.
func tokensOf(text string) (tokens []lexer.Token, ok bool) {
	read := lexer.New(&ast.Source{Input: text})
	for len(tokens) < maxTokens {
		token, err := read.ReadToken()
		switch {
		case err != nil:
			return nil, false
		case token.Kind == lexer.EOF:
			return tokens, true
		case token.Kind != lexer.Comment:
			tokens = append(tokens, token)
		}
	}
	return nil, false
}

// nesting counts the brackets that are open.
type nesting struct{ selections, values int }

func (n *nesting) enter(token lexer.Token) {
	switch token.Kind {
	case lexer.ParenL, lexer.BracketL:
		n.values++
	case lexer.ParenR, lexer.BracketR:
		n.values--
	case lexer.BraceL:
		n.selections++ // braces of objects are in parentheses, and close there
	case lexer.BraceR:
		n.selections--
	}
}

func (n *nesting) inSelection() bool { return n.selections > 0 && n.values == 0 }

// isAddedTypename reports whether a token of a selection is the field __typename, without
// an alias, arguments, directives or a selection of its own.
func isAddedTypename(tokens []lexer.Token, i int) bool {
	if tokens[i].Kind != lexer.Name || tokens[i].Value != "__typename" || i == 0 || i+1 == len(tokens) {
		return false
	}
	switch tokens[i-1].Kind {
	case lexer.Colon, lexer.Spread, lexer.At:
		return false
	}
	switch tokens[i+1].Kind {
	case lexer.Colon, lexer.ParenL, lexer.At, lexer.BraceL:
		return false
	}
	return true
}
