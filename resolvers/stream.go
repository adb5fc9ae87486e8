package resolvers

import (
	"context"

	"tandem/dataloaders"
	"tandem/graph/model"
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

// connect is the one place that makes a subscription's channel. It tells the feed which
// changes to push. The execution gets one event at a time and renders it before the next,
// so that the channel never blocks. It is never closed: a subscription ends with its context.
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

// A followed is what a subscription to changes of entities asks for.
type followed struct {
	query        collab.ChangeQuery
	filter       *collab.EntityQuery // nil for none
	access       bool
	isInitial    bool
	maxPerSecond *float64
}

// ids are the entities that the subscription names; nil for all.
func (f followed) ids() []collab.ID {
	switch {
	case f.query.EntityID != nil:
		return []collab.ID{*f.query.EntityID}
	case f.filter != nil:
		return f.filter.IDs
	}
	return nil
}

// follow streams the changes of entities.
func follow[T collab.EntityChange](ctx context.Context, service *collab.Service, f followed) (<-chan T, error) {
	if f.isInitial && f.ids() == nil {
		return nil, collab.Errorf(collab.BadInput, "initial needs the ids of the entities to begin with")
	}
	s, err := scope(ctx)
	if err != nil {
		return nil, err
	}
	view, err := service.View(ctx, s, f.query, f.filter, f.access)
	if err != nil {
		return nil, err
	}
	feed := hub.ChangeFeed{MaxPerSecond: f.maxPerSecond, Show: view.Show, About: (*collab.Change).About, Depends: view.DependsOnAccess()}
	if view.TellsAccess() {
		feed.Concerns = view.Concerns
		feed.Gained = func(ctx context.Context, c *collab.Change, userID collab.ID) ([]*collab.Change, error) {
			return service.Gained(ctx, view, c, userID)
		}
	} else {
		feed.EntityID = orZero(f.query.EntityID)
	}
	if f.isInitial {
		feed.Initial = func(ctx context.Context) ([]*collab.Change, collab.Cursor, error) {
			return service.Initial(ctx, view, f.ids())
		}
	}
	return connect(ctx, s.OrgID, feed, func(c *collab.Change) T { return collab.AsEntityChange(c).(T) })
}

// queryOf returns the query of a filter; nil for none.
func queryOf[F any](filter *F, query func(*F) collab.EntityQuery) *collab.EntityQuery {
	if filter == nil {
		return nil
	}
	return new(query(filter))
}

// entityQuery returns the query of a filter of entities of several types.
func entityQuery(f *model.EntityFilter) collab.EntityQuery {
	return collab.EntityQuery{
		IDs: f.Ids, Search: orZero(f.Search), CustomerIDs: f.CustomerIds, OwnerIDs: f.OwnerIds, Unowned: orZero(f.Unowned), Deleted: orZero(f.Deleted),
	}
}
