package resolvers

import (
	"context"

	"tandem/internal/collab"
)

func (r subscriptionResolver) Activity(ctx context.Context, feed *collab.ActivityFeed, filter *collab.ActivityFilter, after *collab.Cursor) (<-chan *collab.Change, error) {
	query := collab.ActivityQuery{Feed: orZero(feed), Filter: orZero(filter)}
	if err := query.Check(); err != nil {
		return failed[*collab.Change](ctx, r.Resolver, err), nil
	}
	return follow(ctx, r.Resolver, after, func(c *collab.Change) (*collab.Change, bool) {
		return c, query.Matches(c)
	}), nil
}

func (r subscriptionResolver) CustomerChanged(ctx context.Context, id *collab.ID, after *collab.Cursor, maxPerSecond *float64) (<-chan *collab.CustomerChange, error) {
	query := collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCustomer}, EntityID: id}
	return followEntities[*collab.CustomerChange](ctx, r.Resolver, after, query, maxPerSecond), nil
}

func (r subscriptionResolver) CallChanged(ctx context.Context, id *collab.ID, after *collab.Cursor, maxPerSecond *float64) (<-chan *collab.CallChange, error) {
	query := collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCall}, EntityID: id}
	return followEntities[*collab.CallChange](ctx, r.Resolver, after, query, maxPerSecond), nil
}

func (r subscriptionResolver) MeetingChanged(ctx context.Context, id *collab.ID, after *collab.Cursor, maxPerSecond *float64) (<-chan *collab.MeetingChange, error) {
	query := collab.ChangeQuery{Types: []collab.EntityType{collab.TypeMeeting}, EntityID: id}
	return followEntities[*collab.MeetingChange](ctx, r.Resolver, after, query, maxPerSecond), nil
}

func (r subscriptionResolver) EntityChanged(ctx context.Context, types []collab.EntityType, after *collab.Cursor, maxPerSecond *float64) (<-chan collab.EntityChange, error) {
	return followEntities[collab.EntityChange](ctx, r.Resolver, after, collab.ChangeQuery{Types: types}, maxPerSecond), nil
}

func (r subscriptionResolver) NotificationReceived(ctx context.Context, after *collab.Cursor) (<-chan *collab.Notification, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return failed[*collab.Notification](ctx, r.Resolver, err), nil
	}
	return follow(ctx, r.Resolver, after, func(c *collab.Change) (*collab.Notification, bool) {
		n := c.NotificationOf(v.User.ID)
		return n, n != nil
	}), nil
}
