package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/dataloaders"
	"tandem/internal/collab"
)

// Admit finds out who asks, afresh for every operation, so that what the members
// table says counts at once, also on a connection that was opened before.
func (r *Resolver) Admit(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	claims, ok := collab.ClaimsFrom(ctx)
	if !ok {
		return next(ctx) // fields that need somebody say so
	}
	v, err := r.service.Admit(ctx, claims)
	if err != nil {
		return graphql.OneShot(&graphql.Response{Errors: []*gqlerror.Error{r.Present(ctx, err)}})
	}
	return next(collab.WithViewer(ctx, v))
}

// AttachLoaders gives every response, so also every event of a subscription, a fresh set of loaders.
func (r *Resolver) AttachLoaders(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return next(ctx)
	}
	return next(dataloaders.Attach(ctx, dataloaders.New(r.service, v.Scope(), r.LoaderWait)))
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
		Total: selected(ctx, "totalCount"), AsOf: selected(ctx, "asOf"),
	}
}
