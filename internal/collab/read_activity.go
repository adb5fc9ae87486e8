package collab

import "context"

// check rejects a feed without the id of its person or entity.
func (f ActivityFeed) check() error {
	if (f.Type == FeedUser || f.Type == FeedCustomer) && f.EntityID == "" {
		return Errorf(BadInput, "a feed of a %s needs its entityId", f.Type)
	}
	return nil
}

// Activity returns a page of activity, newest first. The query's Before and
// Limit are filled in.
func (s *Service) Activity(ctx context.Context, scope Scope, query ActivityQuery, first *int, after *Cursor) (*Page[*Change], error) {
	if err := query.Feed.check(); err != nil {
		return nil, err
	}
	query = query.ofFeed()
	size, scope, err := s.prepareActivity(ctx, scope, &query, first, after)
	if err != nil {
		return nil, err
	}
	changes, err := s.store.Activity(ctx, scope, query)
	if err != nil {
		return nil, err
	}
	return paginate(changes, size, after != nil, changeKey), nil
}

// Histories returns a page of activity for each entity, newest first.
func (s *Service) Histories(ctx context.Context, scope Scope, entityIDs []ID, filter ActivityFilter, first *int, after *Cursor) (map[ID]*Page[*Change], error) {
	query := ActivityQuery{Feed: ActivityFeed{Type: FeedGlobal}, Filter: filter.withoutBatches()}
	size, scope, err := s.prepareActivity(ctx, scope, &query, first, after)
	if err != nil {
		return nil, err
	}
	histories, err := s.store.Histories(ctx, scope, entityIDs, query)
	if err != nil {
		return nil, err
	}
	pages := make(map[ID]*Page[*Change], len(entityIDs))
	for _, id := range entityIDs {
		pages[id] = paginate(histories[id], size, after != nil, changeKey)
	}
	return pages, nil
}

func changeKey(c *Change) string { return c.Cursor.String() }

// prepareActivity completes a query, and returns the page's size and the scope to read it in.
func (s *Service) prepareActivity(ctx context.Context, scope Scope, query *ActivityQuery, first *int, after *Cursor) (int, Scope, error) {
	size, err := PageSize(first)
	if err != nil {
		return 0, Scope{}, err
	}
	query.Limit = size + 1
	query.Before, scope, err = s.before(ctx, scope, after)
	return size, scope, err
}

// before returns the position that a page of the log, newest first, goes back from, and the scope
// to read the page in. The first page begins at the head, for a client that follows the log after
// its newest item. It rejects a position of another log, which means nothing in this one.
func (s *Service) before(ctx context.Context, scope Scope, after *Cursor) (int64, Scope, error) {
	head, scope, err := s.atHead(ctx, scope)
	switch {
	case err != nil:
		return 0, Scope{}, err
	case after == nil:
		return head.Position + 1, scope, nil
	case after.Epoch != head.Epoch:
		return 0, Scope{}, head.Check(*after)
	}
	// Going back from the beginning finds nothing; 0 would mean the newest.
	return max(after.Position, 1), scope, nil
}

// ActivityEvent returns the activity at a place in the log, or nil.
func (s *Service) ActivityEvent(ctx context.Context, scope Scope, at Cursor) (*Change, error) {
	head, err := s.Head(ctx, scope)
	if err != nil || at.Epoch != head.Epoch || at.Position < head.Oldest || at.Position > head.Position {
		return nil, err
	}
	newest, err := s.store.Activity(ctx, scope, ActivityQuery{Before: at.Position + 1, Limit: 1})
	if err != nil || len(newest) == 0 || newest[0].Cursor != at {
		return nil, err
	}
	return newest[0], nil
}

// ActivityMatcher returns a function that reports whether a change matches the query. In the feed
// of a customer that the scope does not see, none does.
func (s *Service) ActivityMatcher(ctx context.Context, scope Scope, query ActivityQuery) (func(*Change) bool, error) {
	if query.Feed.Type == FeedCustomer {
		hidden, err := s.Hidden(ctx, scope, query.Feed.EntityID)
		if hidden || err != nil {
			return func(*Change) bool { return false }, err
		}
	}
	return query.ofFeed().Matches, nil
}

// ofFeed returns the query without what its feed ignores.
func (q ActivityQuery) ofFeed() ActivityQuery {
	if q.Feed.Type == FeedCustomer || len(q.Filter.EntityIDs) > 0 {
		q.Filter = q.Filter.withoutBatches()
	}
	return q
}

// Matches reports whether a change is activity that matches the query.
func (q ActivityQuery) Matches(c *Change) bool {
	return c.IsActivity() && q.Feed.matches(c) && q.Filter.matches(c)
}
