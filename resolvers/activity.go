package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph"
	"tandem/graph/model"
	"tandem/internal/collab"
)

func (r queryResolver) Activity(ctx context.Context, feed *collab.ActivityFeed, filter *collab.ActivityFilter, first *int, after *collab.Cursor) (*model.ActivityConnection, error) {
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	query := collab.ActivityQuery{Feed: orZero(feed), Filter: orZero(filter)}
	page, err := r.service.Activity(ctx, s, query, first, after)
	if err != nil {
		return nil, err
	}
	return activityConnection(page), nil
}

func (r queryResolver) Changes(ctx context.Context, after *collab.Cursor, types []collab.EntityType, entityID *collab.ID, filter *model.EntityFilter, access *bool, first *int) (*model.ChangePage, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	page, err := r.service.EntityChanges(ctx, v, after, collab.ChangesQuery{
		Query: collab.ChangeQuery{Types: types, EntityID: entityID}, Filter: queryOf(filter, entityQuery), Access: orZero(access),
	}, first)
	if err != nil {
		return nil, err
	}
	changes := make([]collab.EntityChange, len(page.Changes))
	for i, c := range page.Changes {
		changes[i] = collab.AsEntityChange(c)
	}
	return &model.ChangePage{Changes: changes, EndCursor: page.End, HasMore: page.HasMore}, nil
}

type activityEventResolver struct{ *Resolver }

// ActivityEvent returns the resolvers of an activity event.
func (r *Resolver) ActivityEvent() graph.ActivityEventResolver { return activityEventResolver{r} }

func (r activityEventResolver) Entity(ctx context.Context, obj *collab.Change) (collab.Entity, error) {
	return entityByID(ctx, &obj.EntityID)
}

func (r activityEventResolver) Actor(ctx context.Context, obj *collab.Change) (*collab.User, error) {
	return user(ctx, &obj.ActorID)
}

func (r activityEventResolver) Changes(ctx context.Context, obj *collab.Change) ([]*collab.ShownChange, error) {
	return shownChanges(ctx, obj)
}

func (r activityEventResolver) UserName(ctx context.Context, obj *collab.Change) (string, error) {
	actor, err := dataloaders.From(ctx).User(ctx, obj.ActorID) // an actor who was erased is returned too
	if err != nil || actor == nil {
		return "", err
	}
	return actor.Name, nil
}

func (r activityEventResolver) Comment(ctx context.Context, obj *collab.Change) (*collab.Comment, error) {
	if obj.CommentID == nil {
		return nil, nil
	}
	return dataloaders.From(ctx).Comment(ctx, *obj.CommentID)
}

// change serves the fields that all changes of entities have.
type change[C collab.EntityChange] struct{ *Resolver }

func (r change[C]) Actor(ctx context.Context, obj C) (*collab.User, error) {
	return user(ctx, &obj.Common().ActorID)
}

func (r change[C]) Changes(ctx context.Context, obj C) ([]*collab.ShownChange, error) {
	return shownChanges(ctx, obj.Common())
}
