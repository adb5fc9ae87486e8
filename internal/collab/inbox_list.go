package collab

import "context"

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

// MarkNotificationsRead marks the viewer's notifications of the ids as they were at asOf, if that is given, and all up
// to a cursor, and returns how many were unread before.
func (s *Service) MarkNotificationsRead(ctx context.Context, v *Viewer, ids []ID, asOf, upTo *Cursor) (int, error) {
	seen, err := s.positionOf(ctx, v, asOf, NoBound)
	if err != nil {
		return 0, err
	}
	position, err := s.positionOf(ctx, v, upTo, 0)
	if err != nil {
		return 0, err
	}
	marked, err := s.store.MarkRead(ctx, v.Scope(), v.User.ID, ids, seen, position, At(s.now()))
	s.marked(ctx, v, marked, err)
	return marked, err
}

// positionOf returns the position of a cursor; none for nil. The error is ResyncRequired for one of another log.
func (s *Service) positionOf(ctx context.Context, v *Viewer, cursor *Cursor, none int64) (int64, error) {
	if cursor == nil {
		return none, nil
	}
	head, err := s.Head(ctx, v.Scope())
	if err == nil && cursor.Epoch != head.Epoch {
		err = head.Check(*cursor)
	}
	return cursor.Position, err
}
