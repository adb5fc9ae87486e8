package resolvers

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"tandem/internal/collab"
)

// hasRole stops a field that the viewer's role does not reach before its
// resolver runs. A mutation that answers with a union (its type ends in
// Result) answers AccessDenied, as for every other thing that is not allowed;
// any other field fails with FORBIDDEN.
func hasRole(ctx context.Context, _ any, next graphql.Resolver, role collab.Role) (any, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if v.Role.AtLeast(role) {
		return next(ctx)
	}
	message := "This needs the role " + string(role) + "; yours is " + string(v.Role) + "."
	if strings.HasSuffix(graphql.GetFieldContext(ctx).Field.Definition.Type.Name(), "Result") {
		return &collab.AccessDenied{Message: message, EntityID: v.Organization.ID, ReadOnlyFields: []string{}}, nil
	}
	return nil, collab.Errorf(collab.Forbidden, "%s", message)
}

// perViewer marks a field for the planning of executions; resolving it is nothing special.
func perViewer(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	return next(ctx)
}
