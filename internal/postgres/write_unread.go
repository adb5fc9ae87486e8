package postgres

import "tandem/internal/collab"

// queryUnread locks and reads the unread notifications about the entity, or of one person about none. It passes over those that
// are locked: somebody reads or deletes them, and this write never waits while it has others locked.
func queryUnread(i collab.Intent, state *collab.State) batchQuery {
	q := selectNotifications(i.OrgID).add(" AND n.read_at IS NULL AND n.created_at > ?", *i.UnreadSince)
	if i.EntityID != "" {
		q.add(" AND n.entity_id = ?", i.EntityID)
	} else {
		q.add(" AND n.entity_id IS NULL AND n.user_id = ?", i.UnreadOf)
	}
	return batchQuery{q.add(" ORDER BY n.position FOR UPDATE OF n SKIP LOCKED"), scanAll(&state.Unread, scanNotification)}
}

// queryUnreadOfIDs locks and reads notifications that are unread, like queryUnread.
func queryUnreadOfIDs(i collab.Intent, state *collab.State) batchQuery {
	q := selectNotifications(i.OrgID).add(" AND n.read_at IS NULL")
	oneOf(q, "n.id", i.UnreadIDs)
	return batchQuery{q.add(" ORDER BY n.position FOR UPDATE OF n SKIP LOCKED"), scanAll(&state.UnreadOfIDs, scanNotification)}
}
