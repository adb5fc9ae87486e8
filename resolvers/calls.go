package resolvers

import (
	"context"

	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

type callResolver struct{ entity[*collab.Call] }

// Call returns the resolvers of a call.
func (r *Resolver) Call() graph.CallResolver {
	return callResolver{entity[*collab.Call]{r}}
}

func (r queryResolver) Call(ctx context.Context, id collab.ID) (*collab.Call, error) {
	return typedEntity[*collab.Call](ctx, id)
}

func (r queryResolver) Calls(ctx context.Context, filter *model.CallFilter, orderBy *collab.EntityOrder, first *int, after *string) (*model.CallConnection, error) {
	f := orZero(filter)
	page, err := r.listEntities(ctx, collab.EntityQuery{
		Type: collab.TypeCall, Search: orZero(f.Search), Status: texts(f.Status), OwnerID: f.OwnerID, CustomerID: f.CustomerID,
	}, orderBy, first, after)
	if err != nil {
		return nil, err
	}
	return callConnection(page), nil
}

func (r mutationResolver) CreateCall(ctx context.Context, input map[string]any) (collab.Answer, error) {
	return callSaved(r.create(ctx, collab.TypeCall, input))
}

func (r mutationResolver) UpdateCall(ctx context.Context, input model.UpdateCallInput) (collab.Answer, error) {
	return callSaved(r.update(ctx, collab.Update{
		Type: collab.TypeCall, ID: input.ID, BaseVersion: input.BaseVersion,
		ClientMutationID: input.ClientMutationID, Patch: input.Patch,
	}))
}

func (r mutationResolver) ResolveCallConflict(ctx context.Context, input model.ResolveCallConflictInput) (collab.Answer, error) {
	return callSaved(r.resolve(ctx, collab.Resolve{
		Type: collab.TypeCall, ConflictID: input.ConflictID, Resolution: input.Resolution,
		Merged: input.Merged, ClientMutationID: input.ClientMutationID,
	}))
}

func callSaved(saved *collab.Saved, err error) (collab.Answer, error) {
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	return &model.CallSaved{
		Call: saved.Entity.(*collab.Call), Cursor: saved.Cursor,
		Merged: saved.Merged, ClientMutationID: saved.ClientMutationID,
	}, nil
}
