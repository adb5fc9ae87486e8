package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/dataloaders"
	"tandem/internal/collab"
	"tandem/internal/hub"
)

// Admit finds out who asks, afresh for every operation, so that what the members
// table says counts at once, also on a connection that was opened before. An
// execution that was begun on somebody's behalf carries what it needs.
func (r *Resolver) Admit(ctx context.Context) (context.Context, error) {
	if _, err := scope(ctx); err == nil {
		return ctx, nil
	}
	v, err := r.Identify(ctx)
	if err != nil {
		return nil, err
	}
	return collab.WithViewer(ctx, v), nil
}

// Identify returns the viewer whom the claims of ctx are about.
func (r *Resolver) Identify(ctx context.Context) (*collab.Viewer, error) {
	claims, ok := collab.ClaimsFrom(ctx)
	if !ok {
		return collab.ViewerFrom(ctx)
	}
	return r.service.Admit(ctx, claims)
}

// AttachLoaders gives every response, so also every event of a subscription, a fresh set of loaders.
func (r *Resolver) AttachLoaders(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	s, err := loadedScope(ctx)
	if err != nil {
		return next(ctx)
	}
	set := dataloaders.New(r.service, s, r.LoaderWait)
	if feed, err := hub.FeedFrom(ctx); err == nil {
		if ahead, is := feed.Attached.(*dataloaders.Ahead); is {
			set = dataloaders.NewAhead(r.service, s, ahead)
		}
	}
	return next(dataloaders.Attach(ctx, set))
}

// loadedScope is what the loaders of a response see. A mutation may just now have
// made something restricted for the first time, which the viewer's shared scope,
// as it was found when the operation began, does not see.
func loadedScope(ctx context.Context) (collab.Scope, error) {
	v, err := collab.ViewerFrom(ctx)
	if err == nil && graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
		return v.OwnScope(), nil
	}
	return scope(ctx)
}

// selected reports whether the field that is being resolved asks for a
// subfield, so that what is costly is only read when somebody wants it.
func selected(ctx context.Context, name string) bool {
	for _, field := range graphql.CollectFieldsCtx(ctx, nil) {
		if field.Name == name {
			return true
		}
	}
	return false
}

// request is the page that the field's arguments and selection ask for.
func request(ctx context.Context, first *int, after *string) collab.PageRequest {
	return collab.PageRequest{
		First: first, After: after,
		Total: selected(ctx, "totalCount") || selected(ctx, "totalCountIsExact"), AsOf: selected(ctx, "asOf"),
	}
}
