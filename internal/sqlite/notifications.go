package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// Notifications returns those of the ids that are there and are the person's.
func (s *Store) Notifications(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID) (map[collab.ID]*collab.Notification, error) {
	q := selectVisibleNotifications(scope).add(" AND n.user_id = ? AND n.id IN (SELECT value FROM json_each(?))", userID, list(ids))
	return collectByID(ctx, s.readers, q, scanNotification, func(n *collab.Notification) collab.ID { return n.ID })
}

// ListNotifications returns a person's notifications, newest first.
func (s *Store) ListNotifications(ctx context.Context, scope collab.Scope, userID collab.ID, query collab.NotificationQuery) ([]*collab.Notification, error) {
	q := selectVisibleNotifications(scope).add(" AND n.user_id = ?", userID)
	if query.UnreadOnly {
		q.add(" AND n.read_at IS NULL")
	}
	if query.Before > 0 {
		q.add(" AND n.position < ?", query.Before)
	}
	q.add(" ORDER BY n.position DESC LIMIT ?", query.Limit)
	return collect(ctx, s.readers, q, scanNotification)
}

// CountUnread counts a person's notifications that were not read.
func (s *Store) CountUnread(ctx context.Context, scope collab.Scope, userID collab.ID) (int, error) {
	q := newQuery("SELECT COUNT(*) FROM notifications n WHERE n.org_id = ? AND n.user_id = ? AND n.read_at IS NULL", scope.OrgID, userID)
	addVisibleOf(q, scope, "n.entity_id")
	return count(ctx, s.readers, q)
}

// MarkRead marks unread notifications of the ids, and all up to a position.
func (s *Store) MarkRead(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID, upTo int64, now collab.Time) (int, error) {
	q := newQuery(`UPDATE notifications AS n SET read_at = ? WHERE n.org_id = ? AND n.user_id = ? AND n.read_at IS NULL
		AND (n.position <= ? OR n.id IN (SELECT value FROM json_each(?)))`, now, scope.OrgID, userID, upTo, list(ids))
	addVisibleOf(q, scope, "n.entity_id")
	return s.exec(ctx, scope.OrgID, q)
}

// selectVisibleNotifications begins a query for scanNotification, of what the
// scope sees.
func selectVisibleNotifications(scope collab.Scope) *query {
	q := selectNotifications(scope.OrgID)
	addVisibleOf(q, scope, "n.entity_id")
	return q
}
