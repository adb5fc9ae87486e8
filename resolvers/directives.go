package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
)

// hasRole stops a field before its resolver runs if the viewer's role is too low. A field that
// may return AccessDenied does so, as for everything else that is not allowed; any other
// field fails with FORBIDDEN.
func hasRole(schema *ast.Schema) func(context.Context, any, graphql.Resolver, collab.Role) (any, error) {
	denied := schema.Types["AccessDenied"]
	return func(ctx context.Context, _ any, next graphql.Resolver, role collab.Role) (any, error) {
		v, err := collab.ViewerFrom(ctx)
		if err != nil {
			return nil, err
		}
		if v.Role.AtLeast(role) {
			return next(ctx)
		}
		answers := graphql.GetFieldContext(ctx).Field.Definition.Type.Name()
		if slices.Contains(schema.PossibleTypes[answers], denied) {
			return &collab.AccessDenied{Message: "Your role lets you read, not change.", EntityID: v.Organization.ID, ReadOnlyFields: []string{}}, nil
		}
		return nil, collab.NeedsRole(role, v.Role)
	}
}

// perViewer marks a field for the planning of executions, and does nothing when the field is resolved.
func perViewer(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	return next(ctx)
}
