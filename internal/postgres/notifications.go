package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Notifications returns those of the ids that are there and are the person's.
func (s *Store) Notifications(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID) (map[collab.ID]*collab.Notification, error) {
	q := selectVisibleNotifications(scope).add(" AND n.user_id = ? AND n.id = ANY(?)", userID, list(ids))
	return collectByID(ctx, s.in(scope.OrgID), q, scanNotification, func(n *collab.Notification) collab.ID { return n.ID })
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
	return collect(ctx, s.in(scope.OrgID), q, scanNotification)
}

// CountUnread counts a person's notifications that were not read.
func (s *Store) CountUnread(ctx context.Context, scope collab.Scope, userID collab.ID) (int, error) {
	q := newQuery("SELECT COUNT(*) FROM notifications n WHERE n.org_id = ? AND n.user_id = ? AND n.read_at IS NULL", scope.OrgID, userID)
	addVisibleOf(q, scope, "n.entity_id")
	return count(ctx, s.in(scope.OrgID), q)
}

// MarkRead marks unread notifications of the ids, and all up to a position. Their
// rows are locked in one order, so that two who mark at once don't deadlock.
func (s *Store) MarkRead(ctx context.Context, scope collab.Scope, userID collab.ID, ids []collab.ID, upTo int64, now collab.Time) (int, error) {
	q := newQuery(`WITH unread AS (SELECT n.org_id, n.position, n.user_id FROM notifications n
		WHERE n.org_id = ? AND n.user_id = ? AND n.read_at IS NULL AND (n.position <= ? OR n.id = ANY(?))`,
		scope.OrgID, userID, upTo, list(ids))
	addVisibleOf(q, scope, "n.entity_id")
	q.add(` ORDER BY n.position FOR NO KEY UPDATE OF n)
		UPDATE notifications n SET read_at = ? FROM unread u
		WHERE n.org_id = u.org_id AND n.position = u.position AND n.user_id = u.user_id`, now)
	return s.in(scope.OrgID).exec(ctx, q)
}

// selectVisibleNotifications begins a query for scanNotification, of what the
// scope sees.
func selectVisibleNotifications(scope collab.Scope) *query {
	q := selectNotifications(scope.OrgID)
	addVisibleOf(q, scope, "n.entity_id")
	return q
}
