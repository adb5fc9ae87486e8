package resolvers

import (
	"maps"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/graph"
)

// undelivered are directives that the parser's library puts into every schema and that
// nothing here acts on. What is advertised works, so they are taken out: a document
// that has one is refused.
var undelivered = []string{"defer"}

// schema is the generated schema without what is not delivered.
func schema() *ast.Schema {
	delivered := *graph.NewExecutableSchema(graph.Config{}).Schema()
	delivered.Directives = maps.Clone(delivered.Directives)
	for _, name := range undelivered {
		delete(delivered.Directives, name)
	}
	return &delivered
}
