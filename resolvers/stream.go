package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/internal/collab"
	"tandem/internal/hub"
)

// stream streams the changes that the scope sees.
func stream[T any](ctx context.Context, feed hub.ChangeFeed, event func(*collab.Change) T) (<-chan T, error) {
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	matches := feed.Matches
	feed.Matches = func(c *collab.Change) bool { return s.Sees(c) && matches(c) }
	return connect(ctx, s.OrgID, feed, event)
}

// connect is the one place where a subscription's channel is made. It says of
// which changes the events are; the execution is handed one at a time, and
// renders it before the next, so that the channel never blocks. It is never
// closed: a subscription ends with its context.
func connect[T any](ctx context.Context, orgID collab.ID, feed hub.ChangeFeed, event func(*collab.Change) T) (<-chan T, error) {
	connected, err := hub.FeedFrom(ctx)
	if err != nil {
		return nil, err
	}
	out := make(chan T, 1)
	feed.OrgID = orgID
	feed.Push = func(c *collab.Change) { out <- event(c) }
	connected.Changes(feed)
	connected.Attached = &dataloaders.Ahead{Current: connected.Current, Upcoming: connected.Upcoming}
	return out, nil
}

// follow streams the changes of entities that a query asks for.
func follow[T collab.EntityChange](ctx context.Context, query collab.ChangeQuery, after *collab.Cursor, maxPerSecond *float64) (<-chan T, error) {
	feed := hub.ChangeFeed{After: after, MaxPerSecond: maxPerSecond, EntityID: orZero(query.EntityID), Matches: query.Matches}
	return stream(ctx, feed, func(c *collab.Change) T { return collab.AsEntityChange(c).(T) })
}
