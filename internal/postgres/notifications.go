package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Notifications returns those of the ids that are there and are the person's.
func (s *Store) Notifications(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID) (map[collab.ID]*collab.Notification, error) {
	q := selectNotifications(scope.OrgID).add(" AND n.user_id = ? AND n.id = ANY(?)", userID, list(ids))
	addToldNotification(q, scope, scope.UserID)
	return collectByID(ctx, s.forOrg(scope.OrgID), q, scanNotification, func(n *collab.Notification) collab.ID { return n.ID })
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
	q.add(" ORDER BY n.position DESC LIMIT ?", constant(query.Limit))
	if query.Unread == nil {
		return collect(ctx, s.forOrg(scope.OrgID), q, scanNotification)
	}
	listed := []*collab.Notification{}
	err := s.forOrg(scope.OrgID).query(ctx, batchQuery{q, scanAll(&listed, scanNotification)}, batchQuery{
		addUnreadCount(newQuery(""), scope, scope.UserID, userID, query.Now), func(r row) error { return r.Scan(query.Unread) },
	})
	return listed, err
}

// CountUnread counts a person's notifications that are unread, up to MaxUnreadCount.
func (s *Store) CountUnread(ctx context.Context, scope collab.Scope, userID collab.ID, now collab.Time) (int, error) {
	return count(ctx, s.forOrg(scope.OrgID), addUnreadCount(new(query), scope, scope.UserID, userID, now))
}

// addUnreadCount adds a statement that counts what is unread of a person, an id or a column, as addVisibleNotification shows it
// to a reader. It stops at MaxUnreadCount: each change wakes the inboxes of all whom it notifies, and each counts. The order
// keeps the planner to the index of what the person has not read: with a limit alone it may look through the unread ones of all.
func addUnreadCount(q *query, scope collab.Scope, reader, person any, now collab.Time) *query {
	q.add("SELECT COUNT(*) FROM (SELECT 1 FROM notifications n WHERE n.org_id = ? AND n.user_id = ?", scope.OrgID, person)
	addUnread(q, now)
	addVisibleNotification(q, scope, reader)
	return q.add(" ORDER BY n.position DESC LIMIT ?) AS n", constant(collab.MaxUnreadCount))
}

// addUnread restricts notifications n to those that are unread and not snoozed.
func addUnread(q *query, now collab.Time) {
	q.add(" AND n.read_at IS NULL AND (n.snoozed_until IS NULL OR n.snoozed_until <= ?)", now)
}

// MarkRead marks unread notifications of the ids that did not grow after a position, and all up to a position that are not snoozed.
func (s *Store) MarkRead(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID, asOf, upTo int64, now collab.Time) (int, error) {
	return s.mark(ctx, scope, userID, "read_at = ?, snoozed_until = NULL", []any{now}, func(q *query) {
		q.add(" AND n.read_at IS NULL AND (n.position <= ? AND (n.snoozed_until IS NULL OR n.snoozed_until <= ?) OR n.id = ANY(?) AND n.position <= ?)", upTo, now, list(ids), asOf)
	}, dropReminders)
}

// MarkUnread makes notifications of the ids that did not grow after a position unread, and snoozes them until a time; nil ends their snoozes.
func (s *Store) MarkUnread(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID, asOf int64, until *collab.Time, now collab.Time) (int, error) {
	remind := dropReminders
	if until != nil {
		remind = planReminders(*until, now)
	}
	return s.mark(ctx, scope, userID, "read_at = NULL, snoozed_until = ?::timestamptz", []any{until}, func(q *query) {
		q.add(" AND n.id = ANY(?) AND n.position <= ? AND (n.read_at IS NOT NULL OR n.snoozed_until IS DISTINCT FROM ?::timestamptz)", list(ids), asOf, until)
	}, remind)
}

// mark sets columns of a person's notifications, by the next revision of their inbox, and has remind decide on the pushes of those that
// it changed. It locks the inbox first, so that revisions are in the order of the commits, then the rows in one order, so that two
// calls at once don't deadlock with a pruning, and the jobs in the order of their keys. Each statement sees what committed while those before it
// waited, so a notification that has just grown is marked as it is now.
func (s *Store) mark(ctx context.Context, scope collab.Scope, userID collab.ID, set string, values []any, narrow func(*query), remind reminding) (changed int, err error) {
	next := newQuery("INSERT INTO inboxes AS i (org_id, user_id, revision) VALUES (?, ?, 1) ON CONFLICT (org_id, user_id) DO UPDATE SET revision = i.revision + 1",
		scope.OrgID, userID)
	which := func(q *query) *query {
		q.add(" WHERE n.org_id = ? AND n.user_id = ?", scope.OrgID, userID)
		narrow(q)
		addVisibleNotification(q, scope, scope.UserID)
		return q
	}
	lock := which(newQuery("SELECT FROM notifications n")).add(" ORDER BY n.position FOR NO KEY UPDATE OF n")
	update := which(newQuery("WITH old AS MATERIALIZED (SELECT n.org_id, n.position, n.user_id, n.snoozed_until FROM notifications n")).
		add(`), marked AS (UPDATE notifications n SET marked = i.revision, `).add(set, values...).
		add(` FROM old o JOIN inboxes i ON i.org_id = o.org_id AND i.user_id = o.user_id WHERE n.org_id = o.org_id AND n.position = o.position
		AND n.user_id = o.user_id RETURNING n.position, n.id, o.snoozed_until)`)
	remind(update, scope.OrgID, userID)
	update.add(" SELECT COUNT(*) FROM marked")
	err = s.inTurn(ctx, scope.OrgID, batchQuery{next, ignore}, batchQuery{lock, ignore}, batchQuery{update, func(r row) error { return r.Scan(&changed) }},
		batchQuery{nextSequence(scope.OrgID, "?", userID), ignore})
	return changed, err
}

// selectVisibleNotifications begins a query for scanNotification, of what the
// person sees in the scope.
func selectVisibleNotifications(scope collab.Scope) *query {
	q := selectNotifications(scope.OrgID)
	addVisibleNotification(q, scope, scope.UserID)
	return q
}
