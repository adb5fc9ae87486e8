package collab

import "context"

// Head returns how far the log of an organization reaches.
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

// EntityChanges returns the changes of entities after a cursor, oldest first;
// nil is the beginning of what is kept. The error is ResyncRequired when the log
// can't be read after the cursor.
func (s *Service) EntityChanges(ctx context.Context, scope Scope, after *Cursor, query ChangeQuery, first *int) (*LogPage, error) {
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	// The head is read first: what commits after it is left to the next page.
	head, err := s.Head(ctx, scope)
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
	changes, err := s.store.EntityChanges(ctx, scope, from.Position, query, size+1)
	if err == nil && after != nil {
		err = s.stillReaches(ctx, scope, *after, head, changes)
	}
	if err != nil {
		return nil, err
	}
	return logPage(changes, size, from, head.Cursor), nil
}

// stillReaches returns a ResyncRequired error if the log was pruned after its head was read, so that
// changes after the cursor may be missing among those that were read then. Nothing is missing if
// there was nothing after the cursor, or the very next change was read.
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

// logPage cuts a page, of which one more than size was asked for. A page that
// reaches the end of the log ends at its head, or later where more committed
// since, so that a filter which lets nothing through still moves on.
func logPage(changes []*Change, size int, from, head Cursor) *LogPage {
	page := &LogPage{Changes: changes, End: head}
	if len(changes) > size {
		page.Changes, page.HasMore, page.End = changes[:size], true, from
	}
	if n := len(page.Changes); n > 0 {
		if last := page.Changes[n-1].Cursor; page.HasMore || last.Position > head.Position {
			page.End = last
		}
	}
	return page
}

// check refuses a feed that does not say whose it is.
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
	size, err := s.prepareActivity(ctx, scope, &query, first, after)
	if err != nil {
		return nil, err
	}
	changes, err := s.store.Activity(ctx, scope, query)
	if err != nil {
		return nil, err
	}
	return cut(changes, size, after != nil, changeKey), nil
}

// Histories returns a page of activity for each entity, newest first.
func (s *Service) Histories(ctx context.Context, scope Scope, entityIDs []ID, filter ActivityFilter, first *int, after *Cursor) (map[ID]*Page[*Change], error) {
	query := ActivityQuery{Feed: ActivityFeed{Type: FeedGlobal}, Filter: filter}
	size, err := s.prepareActivity(ctx, scope, &query, first, after)
	if err != nil {
		return nil, err
	}
	histories, err := s.store.Histories(ctx, scope, entityIDs, query)
	if err != nil {
		return nil, err
	}
	pages := make(map[ID]*Page[*Change], len(entityIDs))
	for _, id := range entityIDs {
		pages[id] = cut(histories[id], size, after != nil, changeKey)
	}
	return pages, nil
}

func changeKey(c *Change) string { return c.Cursor.String() }

func (s *Service) prepareActivity(ctx context.Context, scope Scope, query *ActivityQuery, first *int, after *Cursor) (int, error) {
	size, err := PageSize(first)
	if err != nil {
		return 0, err
	}
	query.Limit = size + 1
	query.Before, err = s.before(ctx, scope, after)
	return size, err
}

// before returns the position that pages of the log, newest first, go back
// from. A position of another log is refused, since it says nothing of this one.
func (s *Service) before(ctx context.Context, scope Scope, after *Cursor) (int64, error) {
	if after == nil {
		return 0, nil
	}
	head, err := s.Head(ctx, scope)
	if err != nil {
		return 0, err
	}
	if after.Epoch != head.Epoch {
		return 0, head.Check(*after)
	}
	// Going back from the beginning finds nothing; 0 would mean the newest.
	return max(after.Position, 1), nil
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

// Notifications returns a page of the viewer's notifications, newest first.
func (s *Service) Notifications(ctx context.Context, v *Viewer, unreadOnly bool, first *int, after *Cursor) (*Page[*Notification], error) {
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	before, err := s.before(ctx, v.Scope(), after)
	if err != nil {
		return nil, err
	}
	query := NotificationQuery{UnreadOnly: unreadOnly, Before: before, Limit: size + 1}
	items, err := s.store.ListNotifications(ctx, v.Scope(), v.User.ID, query)
	if err != nil {
		return nil, err
	}
	return cut(items, size, after != nil, func(n *Notification) string { return n.Cursor.String() }), nil
}

// UnreadNotifications counts the viewer's notifications that were not read.
func (s *Service) UnreadNotifications(ctx context.Context, v *Viewer) (int, error) {
	return s.store.CountUnread(ctx, v.Scope(), v.User.ID)
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
	return s.store.MarkRead(ctx, v.Scope(), v.User.ID, ids, position, At(s.now()))
}

// ActivityMatcher returns what tells which changes are those that the query asks
// for. Nothing is, in the feed of a customer that the scope does not see.
func (s *Service) ActivityMatcher(ctx context.Context, scope Scope, query ActivityQuery) (func(*Change) bool, error) {
	if query.Feed.Type == FeedCustomer {
		hidden, err := s.Hidden(ctx, scope, query.Feed.EntityID)
		if hidden || err != nil {
			return func(*Change) bool { return false }, err
		}
	}
	return query.Matches, nil
}

// Matches reports whether a change is activity that the query asks for.
func (q ActivityQuery) Matches(c *Change) bool {
	return c.IsActivity() && q.Feed.matches(c) && q.Filter.matches(c)
}
