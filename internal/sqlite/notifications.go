package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// Notifications returns those of the ids that are there and are the person's.
func (s *Store) Notifications(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID) (map[collab.ID]*collab.Notification, error) {
	q := selectNotifications(scope.OrgID).add(" AND n.user_id = ? AND n.id IN (SELECT value FROM json_each(?))", userID, list(ids))
	addToldNotification(q, scope, scope.UserID)
	return collectByID(ctx, s.readers, q, scanNotification, func(n *collab.Notification) collab.ID { return n.ID })
}

// ListNotifications returns a person's notifications, newest first.
func (s *Store) ListNotifications(ctx context.Context, scope collab.Scope, userID collab.ID, query collab.NotificationQuery) ([]*collab.Notification, error) {
	q := selectVisibleNotifications(scope).add(" AND n.user_id = ?", userID)
	if query.UnreadOnly {
		addUnread(q, query.Now)
	}
	if query.SnoozedOnly {
		q.add(" AND n.snoozed_until IS NOT NULL")
	}
	if query.Before > 0 {
		q.add(" AND n.position < ?", query.Before)
	}
	q.add(" ORDER BY n.position DESC LIMIT ?", query.Limit)
	if query.Unread == nil {
		return collect(ctx, s.readers, q, scanNotification)
	}
	listed := []*collab.Notification{}
	err := s.query(ctx, batchQuery{q, scanAll(&listed, scanNotification)}, batchQuery{
		addUnreadCount(newQuery(""), scope, scope.UserID, userID, query.Now), func(r row) error { return r.Scan(query.Unread) },
	})
	return listed, err
}

// CountUnread counts a person's notifications that are unread, up to MaxUnreadCount.
func (s *Store) CountUnread(ctx context.Context, scope collab.Scope, userID collab.ID, now collab.Time) (int, error) {
	return count(ctx, s.readers, addUnreadCount(new(query), scope, scope.UserID, userID, now))
}

// addUnreadCount adds a statement that counts what is unread of a person, an id or a column, as addVisibleNotification shows it
// to a reader. It stops at MaxUnreadCount: each change wakes the inboxes of all whom it notifies, and each counts.
func addUnreadCount(q *query, scope collab.Scope, reader, person any, now collab.Time) *query {
	q.add("SELECT COUNT(*) FROM (SELECT 1 FROM notifications n WHERE n.org_id = ? AND n.user_id = ?", scope.OrgID, person)
	addUnread(q, now)
	addVisibleNotification(q, scope, reader)
	return q.add(" ORDER BY n.position DESC LIMIT ?) AS n", collab.MaxUnreadCount)
}

// addUnread restricts notifications n to those that are unread and not snoozed.
func addUnread(q *query, now collab.Time) {
	q.add(" AND n.read_at IS NULL AND (n.snoozed_until IS NULL OR n.snoozed_until <= ?)", now)
}

// MarkRead marks unread notifications of the ids that did not grow after a position, and all up to a position that are not snoozed.
func (s *Store) MarkRead(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID, asOf, upTo int64, now collab.Time) (int, error) {
	return s.mark(ctx, scope, userID, "read_at = ?, snoozed_until = NULL", []any{now}, func(q *query) {
		q.add(" AND n.read_at IS NULL AND (n.position <= ? AND (n.snoozed_until IS NULL OR n.snoozed_until <= ?) OR n.id IN (SELECT value FROM json_each(?)) AND n.position <= ?)", upTo, now, list(ids), asOf)
	}, dropReminders)
}

// MarkUnread makes notifications of the ids that did not grow after a position unread, and snoozes them until a time; nil ends their snoozes.
func (s *Store) MarkUnread(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID, asOf int64, until *collab.Time, now collab.Time) (int, error) {
	remind := dropReminders
	if until != nil {
		remind = planReminders(*until, now)
	}
	return s.mark(ctx, scope, userID, "read_at = NULL, snoozed_until = ?", []any{until}, func(q *query) {
		q.add(" AND n.id IN (SELECT value FROM json_each(?)) AND n.position <= ? AND (n.read_at IS NOT NULL OR n.snoozed_until IS NOT ?)", list(ids), asOf, until)
	}, remind)
}

// mark sets columns of a person's notifications, by the next revision of their inbox, after remind has decided on their pushes.
func (s *Store) mark(ctx context.Context, scope collab.Scope, userID collab.ID, set string, values []any, narrow func(*query), remind reminding) (int, error) {
	tx, err := s.writer.begin(ctx, writing(ctx, scope.OrgID, userID))
	if err != nil {
		return 0, err
	}
	defer tx.end()
	which := newQuery(" WHERE n.org_id = ? AND n.user_id = ?", scope.OrgID, userID)
	narrow(which)
	addVisibleNotification(which, scope, scope.UserID)
	next := newQuery("INSERT INTO inboxes (org_id, user_id, revision) VALUES (?, ?, 1) ON CONFLICT (org_id, user_id) DO UPDATE SET revision = revision + 1",
		scope.OrgID, userID)
	if err := execAll(ctx, tx, append(remind(scope.OrgID, userID, which), next)...); err != nil {
		return 0, err
	}
	q := newQuery("UPDATE notifications AS n SET marked = (SELECT i.revision FROM inboxes i WHERE i.org_id = n.org_id AND i.user_id = n.user_id), ").add(set, values...).
		add(which.text.String(), which.args...)
	result, err := tx.ExecContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return 0, fault(ctx, err)
	}
	marked, err := result.RowsAffected()
	if err != nil {
		return 0, err
	}
	if err := execAll(ctx, tx, nextSequence(scope.OrgID, "?", userID)...); err != nil {
		return 0, err
	}
	return int(marked), fault(ctx, tx.Commit())
}

// selectVisibleNotifications begins a query for scanNotification, of what the
// person sees in the scope.
func selectVisibleNotifications(scope collab.Scope) *query {
	q := selectNotifications(scope.OrgID)
	addVisibleNotification(q, scope, scope.UserID)
	return q
}
