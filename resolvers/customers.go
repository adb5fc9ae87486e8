package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

type customerResolver struct{ entity[*collab.Customer] }

// Customer returns the resolvers of a customer.
func (r *Resolver) Customer() graph.CustomerResolver {
	return customerResolver{entity[*collab.Customer]{r}}
}

func (r customerResolver) Calls(ctx context.Context, obj *collab.Customer, first *int, after *string) (*model.CallConnection, error) {
	page, err := dataloaders.From(ctx).Related(ctx, obj.ID, collab.TypeCall, request(ctx, first, after))
	if err != nil {
		return nil, err
	}
	return callConnection(page), nil
}

func (r customerResolver) Meetings(ctx context.Context, obj *collab.Customer, first *int, after *string) (*model.MeetingConnection, error) {
	page, err := dataloaders.From(ctx).Related(ctx, obj.ID, collab.TypeMeeting, request(ctx, first, after))
	if err != nil {
		return nil, err
	}
	return meetingConnection(page), nil
}

func (r queryResolver) Customer(ctx context.Context, id collab.ID) (*collab.Customer, error) {
	return typedEntity[*collab.Customer](ctx, id)
}

func (r queryResolver) Customers(ctx context.Context, filter *model.CustomerFilter, orderBy *collab.EntityOrder, first *int, after *string) (*model.CustomerConnection, error) {
	f := orZero(filter)
	page, err := r.listEntities(ctx, collab.EntityQuery{
		Type: collab.TypeCustomer, Search: orZero(f.Search), Status: texts(f.Status), OwnerID: f.OwnerID, Tag: f.Tag,
	}, orderBy, first, after)
	if err != nil {
		return nil, err
	}
	return customerConnection(page), nil
}

func (r mutationResolver) CreateCustomer(ctx context.Context, input map[string]any) (collab.Answer, error) {
	return customerSaved(r.create(ctx, collab.TypeCustomer, input))
}

func (r mutationResolver) UpdateCustomer(ctx context.Context, input model.UpdateCustomerInput) (collab.Answer, error) {
	return customerSaved(r.update(ctx, collab.Update{
		Type: collab.TypeCustomer, ID: input.ID, BaseVersion: input.BaseVersion,
		ClientMutationID: input.ClientMutationID, Patch: input.Patch,
	}))
}

func (r mutationResolver) ResolveCustomerConflict(ctx context.Context, input model.ResolveCustomerConflictInput) (collab.Answer, error) {
	return customerSaved(r.resolve(ctx, collab.Resolve{
		Type: collab.TypeCustomer, ConflictID: input.ConflictID, Resolution: input.Resolution,
		Merged: input.Merged, ClientMutationID: input.ClientMutationID,
	}))
}

func customerSaved(saved *collab.Saved, err error) (collab.Answer, error) {
	if err != nil {
		return answer[collab.Answer](nil, err)
	}
	return &model.CustomerSaved{
		Customer: saved.Entity.(*collab.Customer), Cursor: saved.Cursor,
		Merged: saved.Merged, ClientMutationID: saved.ClientMutationID,
	}, nil
}
