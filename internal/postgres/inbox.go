package postgres

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// Inbox returns a person's inbox in one state.
func (s *Store) Inbox(ctx context.Context, scope collab.Scope, userID collab.ID, query collab.InboxQuery) (*collab.Inbox, error) {
	inbox := &collab.Inbox{Mark: collab.InboxMark{At: query.Now}}
	mark := newQuery(`SELECT o.head, COALESCE((SELECT i.revision FROM inboxes i WHERE i.org_id = o.id AND i.user_id = ?), 0)
		FROM organizations o WHERE o.id = ?`, userID, scope.OrgID)
	wakes := newQuery("SELECT MIN(n.snoozed_until) FROM notifications n WHERE n.org_id = ? AND n.user_id = ? AND n.read_at IS NULL AND n.snoozed_until > ?",
		scope.OrgID, userID, query.Now)
	queries := []batchQuery{
		{mark, func(r row) error { return r.Scan(&inbox.Mark.Position, &inbox.Mark.Revision) }},
		{countUnread(scope, userID, query.Now), func(r row) error { return r.Scan(&inbox.Unread) }},
		{wakes, func(r row) error {
			var at *time.Time
			err := r.Scan(&at)
			inbox.Wakes = atOrNil(at)
			return err
		}},
	}
	if since := query.Since; since != nil {
		q := selectVisibleNotifications(scope, userID).add(" AND n.user_id = ? AND (n.position > ? OR n.marked > ? OR n.snoozed_until > ? AND n.snoozed_until <= ?)",
			userID, since.Position, since.Revision, since.At, query.Now).add(" ORDER BY n.position DESC LIMIT ?", query.Limit)
		queries = append(queries, batchQuery{q, scanAll(&inbox.Changed, scanNotification)})
	}
	if query.Lost != nil && !scope.All {
		queries = append(queries, batchQuery{queryRemoved(scope, userID, query), scanAll(&inbox.Removed, scanID)})
	}
	if err := s.forOrg(scope.OrgID).query(ctx, queries...); err != nil {
		return nil, err
	}
	return inbox, nil
}

// queryRemoved selects the ids of notifications about entities that the scope does not see, as far as the person could
// see them once.
func queryRemoved(scope collab.Scope, userID collab.ID, query collab.InboxQuery) *query {
	q := newQuery("SELECT n.id FROM notifications n WHERE n.org_id = ? AND n.user_id = ? AND n.in_app AND n.entity_id IS NOT NULL", scope.OrgID, userID)
	if *query.Lost != "" {
		q.add(" AND n.entity_id = ?", *query.Lost)
	}
	q.add(" AND n.entity_id IN (SELECT h.id")
	addHidden(q, scope)
	q.add(")")
	addToldThen(q, userID)
	return q.add(" ORDER BY n.position DESC LIMIT ?", query.Limit)
}

// InboxMarks returns how often the marks of people's inboxes changed, and their newest notifications.
func (s *Store) InboxMarks(ctx context.Context, orgID collab.ID, userIDs []collab.ID) (map[collab.ID]collab.InboxMark, error) {
	marks := make(map[collab.ID]collab.InboxMark, len(userIDs))
	q := newQuery(`SELECT p.id, COALESCE((SELECT i.revision FROM inboxes i WHERE i.org_id = ? AND i.user_id = p.id), 0),
		COALESCE((SELECT MAX(n.position) FROM notifications n WHERE n.org_id = ? AND n.user_id = p.id), 0) FROM unnest(?::text[]) AS p (id)`,
		orgID, orgID, list(userIDs))
	err := forEachRow(ctx, s.forOrg(orgID), q, func(r row) error {
		var id collab.ID
		var mark collab.InboxMark
		err := r.Scan(&id, &mark.Revision, &mark.Position)
		marks[id] = mark
		return err
	})
	if err != nil {
		return nil, err
	}
	return marks, nil
}
