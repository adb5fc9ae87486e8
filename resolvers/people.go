package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/relay"
)

// user loads a person; nil for a nil id, and for somebody who was erased.
func user(ctx context.Context, id *collab.ID) (*collab.User, error) {
	if id == nil {
		return nil, nil
	}
	found, err := dataloaders.From(ctx).User(ctx, *id)
	if found != nil && found.Erased {
		return nil, err
	}
	return found, err
}

func (r queryResolver) Viewer(ctx context.Context) (*collab.Viewer, error) {
	return collab.ViewerFrom(ctx)
}

func (r mutationResolver) SetPresenceHidden(ctx context.Context, hidden bool) (*collab.Viewer, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return r.service.SetPresenceHidden(ctx, v, hidden)
}

type viewerResolver struct{ *Resolver }

// Viewer returns the resolvers of a viewer.
func (r *Resolver) Viewer() graph.ViewerResolver { return viewerResolver{r} }

func (r viewerResolver) UnreadNotifications(ctx context.Context, obj *collab.Viewer) (int, error) {
	return r.service.UnreadNotifications(ctx, obj)
}

type organizationResolver struct{ *Resolver }

// Organization returns the resolvers of an organization.
func (r *Resolver) Organization() graph.OrganizationResolver { return organizationResolver{r} }

// ID differs from the organization's own id if a person has that id.
func (r organizationResolver) ID(ctx context.Context, obj *collab.Organization) (collab.ID, error) {
	namesake, err := dataloaders.From(ctx).User(ctx, obj.ID)
	if namesake != nil {
		return obj.NodeID(), err
	}
	return obj.ID, err
}

func (r organizationResolver) Members(ctx context.Context, _ *collab.Organization, first *int, after *string) (*relay.MemberConnection, error) {
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	page, err := r.service.Members(ctx, s, request(ctx, first, after))
	if err != nil {
		return nil, err
	}
	return relay.Items(page), nil
}

type entityGoneResolver struct{ *Resolver }

// EntityGone returns the resolvers of an EntityGone.
func (r *Resolver) EntityGone() graph.EntityGoneResolver { return entityGoneResolver{r} }

func (r entityGoneResolver) DeletedBy(ctx context.Context, obj *collab.EntityGone) (*collab.User, error) {
	return user(ctx, obj.DeletedByID)
}
