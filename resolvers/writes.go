package resolvers

import (
	"context"
	"maps"

	"tandem/graph/model"
	"tandem/internal/collab"
)

// create makes an entity of an input.
func (r *Resolver) create(ctx context.Context, t collab.EntityType, input map[string]any) (*collab.Saved, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.Create(ctx, v, creation(t, input))
}

// creation reads an input that holds the document of a new entity and, beside it, the clientMutationId.
func creation(t collab.EntityType, input map[string]any) collab.Create {
	document := maps.Clone(input)
	delete(document, "clientMutationId")
	clientMutationID, _ := input["clientMutationId"].(*collab.ID)
	return collab.Create{Type: t, ClientMutationID: clientMutationID, Document: document}
}

// createMany makes an entity of each input, as create does.
func (r *Resolver) createMany(ctx context.Context, t collab.EntityType, inputs []map[string]any) ([]collab.Answer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	creates := make([]collab.Create, len(inputs))
	for i, input := range inputs {
		creates[i] = creation(t, input)
	}
	return answers(r.service.CreateAll(ctx, v, creates))
}

// updateMany merges the patch of each input; of makes an update of an input.
func updateMany[Input any](ctx context.Context, r *Resolver, inputs []Input, of func(Input) collab.Update) ([]collab.Answer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	updates := make([]collab.Update, len(inputs))
	for i, input := range inputs {
		updates[i] = of(input)
	}
	return answers(r.service.UpdateAll(ctx, v, updates))
}

// answers returns the answers to the inputs of a batch.
func answers(answered []collab.Answered, err error) ([]collab.Answer, error) {
	if err != nil {
		return nil, err
	}
	all := make([]collab.Answer, len(answered))
	for i, a := range answered {
		if all[i], err = saved(a.Saved, a.Problem); err != nil {
			return nil, err
		}
	}
	return all, nil
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
	return saved(r.service.Restore(ctx, v, collab.Restore{ID: input.ID, ClientMutationID: input.ClientMutationID}))
}

// saved is answer for a write of an entity: by the type of the entity.
func saved(done *collab.Saved, err error) (collab.Answer, error) {
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	return done.Typed(), nil
}
