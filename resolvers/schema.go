package resolvers

import (
	"maps"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/graph"
)

// hiddenDirectives are directives that introspection does not show: @defer, which gqlparser adds to every schema and the
// server does not implement, so it rejects documents with it; and the directives that are for layers of the server only.
var hiddenDirectives = []string{
	"defer", "perConnection", "resume", "perSubscriber", "beat", "bulk", "pageSize", "each", "long", "usually", "searches",
}

// schema returns the generated schema without the hidden directives.
func schema() *ast.Schema {
	shown := *graph.NewExecutableSchema(graph.Config{}).Schema()
	shown.Directives = maps.Clone(shown.Directives)
	for _, name := range hiddenDirectives {
		delete(shown.Directives, name)
	}
	return &shown
}
