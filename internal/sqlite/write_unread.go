package sqlite

import "tandem/internal/collab"

// queryUnread reads the unread notifications about the entity, or of one person about none.
func queryUnread(i collab.Intent, state *collab.State) batchQuery {
	q := selectNotifications(i.OrgID).add(" AND n.read_at IS NULL AND n.created_at > ?", *i.UnreadSince)
	if i.EntityID != "" {
		q.add(" AND n.entity_id = ?", i.EntityID)
	} else {
		q.add(" AND n.entity_id IS NULL AND n.user_id = ?", i.UnreadOf)
	}
	return batchQuery{q.add(" ORDER BY n.position"), scanAll(&state.Unread, scanNotification)}
}

// queryUnreadOfIDs reads notifications that are unread.
func queryUnreadOfIDs(i collab.Intent, state *collab.State) batchQuery {
	q := selectNotifications(i.OrgID).add(" AND n.read_at IS NULL")
	oneOf(q, "n.id", i.UnreadIDs)
	return batchQuery{q.add(" ORDER BY n.position"), scanAll(&state.UnreadOfIDs, scanNotification)}
}
