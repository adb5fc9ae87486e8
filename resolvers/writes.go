package resolvers

import (
	"context"
	"maps"

	"tandem/graph/model"
	"tandem/internal/collab"
)

// create makes an entity of an input that holds its document and, beside it, the clientMutationId.
func (r *Resolver) create(ctx context.Context, t collab.EntityType, input map[string]any) (*collab.Saved, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	document := maps.Clone(input)
	delete(document, "clientMutationId")
	clientMutationID, _ := input["clientMutationId"].(*collab.ID)
	return r.service.Create(ctx, v, collab.Create{Type: t, ClientMutationID: clientMutationID, Document: document})
}

func (r *Resolver) update(ctx context.Context, in collab.Update) (*collab.Saved, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.Update(ctx, v, in)
}

func (r *Resolver) resolve(ctx context.Context, in collab.Resolve) (*collab.Saved, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.Resolve(ctx, v, in)
}

func (r mutationResolver) DeleteEntity(ctx context.Context, input model.DeleteEntityInput) (collab.Answer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	change, err := r.service.Delete(ctx, v, collab.Delete{
		ID: input.ID, BaseVersion: input.BaseVersion, ClientMutationID: input.ClientMutationID,
	})
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	return &model.EntityDeleted{
		EntityID: change.EntityID, Version: change.EntityVersion, Cursor: change.Cursor,
		ClientMutationID: change.ClientMutationID,
	}, nil
}

func (r mutationResolver) RestoreEntity(ctx context.Context, input model.RestoreEntityInput) (collab.Answer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	saved, err := r.service.Restore(ctx, v, collab.Restore{ID: input.ID, ClientMutationID: input.ClientMutationID})
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	switch saved.Entity.(type) {
	case *collab.Customer:
		return customerSaved(saved, nil)
	case *collab.Call:
		return callSaved(saved, nil)
	default:
		return meetingSaved(saved, nil)
	}
}
