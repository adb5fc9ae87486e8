package collab

import "context"

// Head returns the head of an organization's log.
func (s *Service) Head(ctx context.Context, scope Scope) (Head, error) {
	heads, err := s.store.Heads(ctx, []ID{scope.OrgID})
	return heads[scope.OrgID], err
}

// A LogPage is one page of a log. Its places are the cursors of its changes.
type LogPage struct {
	Changes []*Change
	// End is where the next page starts. It is given even when the page is empty.
	End     Cursor
	HasMore bool
}

// A ChangesQuery asks for changes of entities.
type ChangesQuery struct {
	Query ChangeQuery
	// Filter is nil for none. With one, or with Access, the changes of access are included.
	Filter *EntityQuery
	Access bool
}

// EntityChanges returns the changes of entities after a cursor, oldest first;
// nil is the beginning of what is kept. The error is ResyncRequired when the log
// can't be read after the cursor.
func (s *Service) EntityChanges(ctx context.Context, viewer *Viewer, after *Cursor, query ChangesQuery, first *int) (*LogPage, error) {
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	// The head is read first: changes that commit after it are left to the next page.
	head, scope, err := s.atHead(ctx, viewer.Scope())
	if err != nil {
		return nil, err
	}
	from := Cursor{Epoch: head.Epoch, Position: head.Oldest - 1}
	if after != nil {
		if err := head.Check(*after); err != nil {
			return nil, err
		}
		from = *after
	}
	view, err := s.View(ctx, scope, query.Query, query.Filter, query.Access)
	if err != nil {
		return nil, err
	}
	if view.TellsAccess() {
		return s.shownChanges(ctx, view, viewer.User.ID, from, head, size)
	}
	changes, err := s.store.EntityChanges(ctx, scope, from.Position, query.Query, size+1)
	if err == nil && after != nil {
		err = s.stillReaches(ctx, scope, *after, head, changes)
	}
	if err != nil {
		return nil, err
	}
	page := logPage(changes, size, from, head.Cursor)
	shown := page.Changes[:0]
	for _, c := range page.Changes {
		if c = view.Show(c); c != nil {
			shown = append(shown, c)
		}
	}
	page.Changes = shown
	return page, nil
}

// stillReaches returns a ResyncRequired error if the log was pruned after its head was read, so
// that changes after the cursor may be missing. Nothing is missing if there was nothing after the
// cursor, or if the very next change was read.
func (s *Service) stillReaches(ctx context.Context, scope Scope, after Cursor, head Head, read []*Change) error {
	next := after.Position + 1
	if next > head.Position || len(read) > 0 && read[0].Cursor.Position == next {
		return nil
	}
	now, err := s.Head(ctx, scope)
	if err != nil {
		return err
	}
	return now.Check(after)
}

// logPage makes a page of changes, of which one more than size was requested. A page that reaches
// the head of the log ends there, so that a client makes progress even if its filter matches
// nothing. It leaves out what committed after the head, where the scope that the changes were read
// in may already be another.
func logPage(changes []*Change, size int, from, head Cursor) *LogPage {
	for len(changes) > 0 && changes[len(changes)-1].Cursor.Position > head.Position {
		changes = changes[:len(changes)-1]
	}
	page := &LogPage{Changes: changes, End: head}
	if len(changes) > size {
		page.Changes, page.HasMore, page.End = changes[:size], true, from
	}
	if n := len(page.Changes); n > 0 && page.HasMore {
		page.End = page.Changes[n-1].Cursor
	}
	return page
}

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

// Notifications returns a page of the viewer's notifications that match a query, newest first. It sets the query's Now, Before and
// Limit.
func (s *Service) Notifications(ctx context.Context, v *Viewer, query NotificationQuery, first *int, after *Cursor) (*Page[*Notification], error) {
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	before, scope, err := s.before(ctx, v.Scope(), after)
	if err != nil {
		return nil, err
	}
	query.Now, query.Before, query.Limit = At(s.now()), before, size+1
	items, err := s.store.ListNotifications(ctx, scope, v.User.ID, query)
	if err != nil {
		return nil, err
	}
	return paginate(items, size, after != nil, func(n *Notification) string { return n.Cursor.String() }), nil
}

// UnreadNotifications counts the viewer's notifications that were not read and are not snoozed.
func (s *Service) UnreadNotifications(ctx context.Context, v *Viewer) (int, error) {
	return s.store.CountUnread(ctx, v.Scope(), v.User.ID, At(s.now()))
}

// MarkNotificationsRead marks the viewer's notifications of the ids, and all up
// to a cursor, and returns how many were unread before.
func (s *Service) MarkNotificationsRead(ctx context.Context, v *Viewer, ids []ID, upTo *Cursor) (int, error) {
	var position int64
	if upTo != nil {
		head, err := s.Head(ctx, v.Scope())
		if err != nil {
			return 0, err
		}
		if upTo.Epoch != head.Epoch {
			return 0, head.Check(*upTo)
		}
		position = upTo.Position
	}
	marked, err := s.store.MarkRead(ctx, v.Scope(), v.User.ID, ids, position, At(s.now()))
	s.marked(ctx, v, marked, err)
	return marked, err
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
