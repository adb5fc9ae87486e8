package resolvers

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

func (r subscriptionResolver) Activity(ctx context.Context, feed *collab.ActivityFeed, filter *collab.ActivityFilter, after *collab.Cursor) (<-chan *collab.Change, error) {
	query := collab.ActivityQuery{Feed: orZero(feed), Filter: orZero(filter)}
	if err := query.Check(); err != nil {
		return nil, err
	}
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	matches, err := r.service.ActivityMatcher(ctx, s, query)
	if err != nil {
		return nil, err
	}
	changes := hub.ChangeFeed{After: after, Matches: matches, Depends: query.Feed.Type == collab.FeedCustomer}
	return stream(ctx, changes, func(c *collab.Change) *collab.Change { return c })
}

func (r subscriptionResolver) CustomerChanged(ctx context.Context, id *collab.ID, after *collab.Cursor, maxPerSecond *float64) (<-chan *collab.CustomerChange, error) {
	query := collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCustomer}, EntityID: id}
	return follow[*collab.CustomerChange](ctx, query, after, maxPerSecond)
}

func (r subscriptionResolver) CallChanged(ctx context.Context, id *collab.ID, after *collab.Cursor, maxPerSecond *float64) (<-chan *collab.CallChange, error) {
	query := collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCall}, EntityID: id}
	return follow[*collab.CallChange](ctx, query, after, maxPerSecond)
}

func (r subscriptionResolver) MeetingChanged(ctx context.Context, id *collab.ID, after *collab.Cursor, maxPerSecond *float64) (<-chan *collab.MeetingChange, error) {
	query := collab.ChangeQuery{Types: []collab.EntityType{collab.TypeMeeting}, EntityID: id}
	return follow[*collab.MeetingChange](ctx, query, after, maxPerSecond)
}

func (r subscriptionResolver) EntityChanged(ctx context.Context, types []collab.EntityType, after *collab.Cursor, maxPerSecond *float64) (<-chan collab.EntityChange, error) {
	return follow[collab.EntityChange](ctx, collab.ChangeQuery{Types: types}, after, maxPerSecond)
}

func (r subscriptionResolver) NotificationReceived(ctx context.Context, after *collab.Cursor) (<-chan *collab.Notification, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	mine := func(c *collab.Change) *collab.Notification { return c.Tells(v.Scope(), v.User.ID) }
	matches := func(c *collab.Change) bool { return mine(c) != nil }
	about := func(c *collab.Change) collab.ID { return orZero(mine(c).EntityID) } // "" where it tells of a loss
	return connect(ctx, v.Organization.ID, hub.ChangeFeed{After: after, Matches: matches, About: about}, mine)
}
