package resolvers

import (
	"context"

	"tandem/graph/model"
	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/inbox"
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
	changes := hub.ChangeFeed{Matches: matches, Depends: query.Feed.Type == collab.FeedCustomer}
	return stream(ctx, changes, func(c *collab.Change) *collab.Change { return c })
}

func (r subscriptionResolver) EntityChanged(ctx context.Context, types []collab.EntityType, filter *model.EntityFilter, access, initial *bool, after *collab.Cursor, maxPerSecond *float64) (<-chan collab.EntityChange, error) {
	return follow[collab.EntityChange](ctx, r.service, followed{
		query: collab.ChangeQuery{Types: types}, filter: queryOf(filter, entityQuery), access: orZero(access), isInitial: orZero(initial), maxPerSecond: maxPerSecond,
	})
}

func (r subscriptionResolver) ConflictChanged(ctx context.Context, entityID *collab.ID, after *collab.Cursor) (<-chan *collab.ConflictEvent, error) {
	matches := func(c *collab.Change) bool {
		return c.IsAboutConflict() && (entityID == nil || c.EntityID == *entityID)
	}
	feed := hub.ChangeFeed{EntityID: orZero(entityID), Matches: matches, Subject: func(c *collab.Change) collab.ID { return *c.ConflictID }}
	return stream(ctx, feed, func(c *collab.Change) *collab.ConflictEvent { return &collab.ConflictEvent{Change: c} })
}

func (r subscriptionResolver) NotificationReceived(ctx context.Context, after *collab.Cursor) (<-chan *collab.Notification, error) {
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	mine := func(c *collab.Change) *collab.Notification { return c.Shows(v.Scope(), v.User.ID) }
	matches := func(c *collab.Change) bool { return mine(c) != nil }
	about := func(c *collab.Change) collab.ID { return orZero(mine(c).EntityID) } // "" where it tells of a loss
	return connect(ctx, v.Organization.ID, hub.ChangeFeed{Matches: matches, About: about}, mine)
}

func (r subscriptionResolver) InboxChanged(ctx context.Context) (<-chan *collab.InboxChange, error) {
	connected, err := hub.FeedFrom(ctx)
	if err != nil {
		return nil, err
	}
	v, err := collab.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	r.inboxOpen(ctx, v)
	out := make(chan *collab.InboxChange, 1)
	connected.Personal(inbox.NewFeed(r.service, v, func(change *collab.InboxChange) { out <- change }))
	return out, nil
}
