package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/dataloaders"
	"tandem/internal/collab"
	"tandem/internal/hub"
)

// Admit identifies the viewer again for every operation, so that a change of the members
// table takes effect at once, also on an open connection. An execution that was started on
// somebody's behalf already carries what it needs. For a query that reads cursors, the viewer is
// identified at the head of the log: everything in the answer is read with the access that they have
// there.
func (r *Resolver) Admit(ctx context.Context) (context.Context, error) {
	if _, err := scope(ctx); err == nil {
		return ctx, nil
	}
	identify := r.Identify
	if readsCursors(graphql.GetOperationContext(ctx).Operation) {
		identify = r.identifyAtHead
	}
	v, err := identify(ctx)
	if err != nil {
		return nil, err
	}
	return collab.WithViewer(ctx, v), nil
}

func (r *Resolver) identifyAtHead(ctx context.Context) (*collab.Viewer, error) {
	claims, ok := collab.ClaimsFrom(ctx)
	if !ok {
		return collab.ViewerFrom(ctx)
	}
	return r.service.AdmitAtHead(ctx, claims)
}

// readsCursors reports whether an operation is a query whose answer has cursors of the log.
func readsCursors(operation *ast.OperationDefinition) bool {
	return operation.Operation == ast.Query && selectsCursor(operation.SelectionSet, map[string]bool{})
}

// selectsCursor looks at each fragment once; seen are the names of those that it looked at.
func selectsCursor(selected ast.SelectionSet, seen map[string]bool) bool {
	for _, selection := range selected {
		var below ast.SelectionSet
		switch selection := selection.(type) {
		case *ast.Field:
			if selection.Definition.Type.Name() == "Cursor" {
				return true
			}
			below = selection.SelectionSet
		case *ast.InlineFragment:
			below = selection.SelectionSet
		case *ast.FragmentSpread:
			if seen[selection.Name] {
				continue
			}
			seen[selection.Name] = true
			below = selection.Definition.SelectionSet
		}
		if selectsCursor(below, seen) {
			return true
		}
	}
	return false
}

// Identify returns the viewer that the claims of ctx identify.
func (r *Resolver) Identify(ctx context.Context) (*collab.Viewer, error) {
	claims, ok := collab.ClaimsFrom(ctx)
	if !ok {
		return collab.ViewerFrom(ctx)
	}
	return r.service.Admit(ctx, claims)
}

// AttachLoaders gives every response, including every event of a subscription, a new set of loaders.
func (r *Resolver) AttachLoaders(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	s, err := loadedScope(ctx)
	if err != nil {
		return next(ctx)
	}
	set := dataloaders.New(r.service, s, r.loaderWait)
	if feed, err := hub.FeedFrom(ctx); err == nil {
		if ahead, is := feed.Attached.(*dataloaders.Ahead); is {
			set = dataloaders.NewAhead(r.service, s, ahead)
		}
	}
	return next(dataloaders.Attach(ctx, set))
}

// loadedScope returns the scope of the loaders of a response. A mutation may just have
// restricted an entity for the first time, which the viewer's shared scope, found when
// the operation began, does not see.
func loadedScope(ctx context.Context) (collab.Scope, error) {
	v, err := collab.ViewerFrom(ctx)
	if err == nil && graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		return v.OwnScope(), nil
	}
	return scope(ctx)
}

// selected reports whether the field that is being resolved selects a
// subfield, so that costly data is read only when it is requested.
func selected(ctx context.Context, name string) bool {
	for _, field := range graphql.CollectFieldsCtx(ctx, nil) {
		if field.Name == name {
			return true
		}
	}
	return false
}

// request returns the page that the field's arguments and selection ask for.
func request(ctx context.Context, first *int, after *string) collab.PageRequest {
	return collab.PageRequest{
		First: first, After: after,
		Total: selected(ctx, "totalCount") || selected(ctx, "totalCountIsExact"), AsOf: selected(ctx, "asOf"),
	}
}
