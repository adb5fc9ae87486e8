package sqlite

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// Prune deletes changes at the beginning of one log. Writers wait for it, so limit should be small.
func (s *Store) Prune(ctx context.Context, before collab.Time, limit int) (int, error) {
	tx, err := s.writer.begin(ctx, fair.Key{})
	if err != nil {
		return 0, err
	}
	defer tx.end()
	find := func() ([]collab.ID, error) { return findOld(ctx, tx, before) }
	pruned, err := s.old.Prune(limit, find, func(orgID collab.ID) (int, error) { return pruneOrg(ctx, tx, orgID, before, limit) })
	if err != nil || pruned == 0 {
		return 0, err
	}
	return pruned, fault(ctx, tx.Commit())
}

// pruneOrg prunes an organization's log.
func pruneOrg(ctx context.Context, tx *transaction, orgID collab.ID, before collab.Time, limit int) (int, error) {
	upTo, err := oldUpTo(ctx, tx, orgID, before, limit)
	if err != nil || upTo == 0 {
		return 0, err
	}
	pruned := int64(0)
	losing, err := findLosing(ctx, tx, orgID, upTo)
	if err != nil {
		return 0, err
	}
	for _, q := range prunings(orgID, upTo, before, losing) {
		result, err := tx.ExecContext(ctx, q.text.String(), q.args...)
		if err != nil {
			return 0, fault(ctx, err)
		}
		if pruned, err = result.RowsAffected(); err != nil {
			return 0, err
		}
	}
	if len(losing) > 0 {
		err = execAll(ctx, tx, nextSequence(orgID, "SELECT value FROM json_each(?)", list(losing))...)
	}
	return int(pruned), err
}

// findOld finds the logs that begin with old changes.
func findOld(ctx context.Context, tx *transaction, before collab.Time) ([]collab.ID, error) {
	q := newQuery(`SELECT o.id FROM organizations o JOIN log l ON l.org_id = o.id
		AND l.position = (SELECT MIN(oldest.position) FROM log oldest WHERE oldest.org_id = o.id)
		WHERE l.occurred_at < ? AND l.position < o.head`, before)
	return collect(ctx, tx, q, scanColumn[collab.ID])
}

// oldUpTo finds the newest position of a log to delete: before the first change that is not old, and before the head. It is 0 if
// there is none.
func oldUpTo(ctx context.Context, tx *transaction, orgID collab.ID, before collab.Time, limit int) (upTo int64, err error) {
	q := newQuery(`SELECT COALESCE(MIN(l.position) FILTER (WHERE l.occurred_at >= ?
		OR l.position >= (SELECT o.head FROM organizations o WHERE o.id = ?)) - 1, MAX(l.position), 0)
		FROM (SELECT l.position, l.occurred_at FROM log l WHERE l.org_id = ? ORDER BY l.position LIMIT ?) AS l
		HAVING MIN(l.position) FILTER (WHERE l.occurred_at < ?) IS NOT NULL`,
		before, orgID, orgID, limit, before)
	err = forEachRow(ctx, tx, q, func(r row) error { return r.Scan(&upTo) })
	return upTo, err
}

// findLosing finds the people who lose notifications that are unread in their inboxes.
func findLosing(ctx context.Context, tx *transaction, orgID collab.ID, upTo int64) ([]collab.ID, error) {
	q := newQuery("SELECT DISTINCT n.user_id FROM notifications n WHERE n.org_id = ? AND n.position <= ? AND n.read_at IS NULL AND n.in_app", orgID, upTo)
	return collect(ctx, tx, q, func(r row) (id collab.ID, err error) {
		err = r.Scan(&id)
		return id, err
	})
}

// prunings are the statements that delete the changes up to a position, with everything that depends
// on them, and change the inboxes of the people who lose unread notifications. The last one deletes the changes themselves.
func prunings(orgID collab.ID, upTo int64, before collab.Time, losing []collab.ID) []*query {
	// Rows that the index still refers to stay until the index has removed them.
	const gone = "SELECT e.id FROM entities e WHERE e.org_id = ? AND e.deleted_at IS NOT NULL AND e.position <= ?" +
		" AND NOT EXISTS (SELECT 1 FROM search_documents d WHERE d.org_id = e.org_id AND d.entity_id = e.id)"
	deletions := []*query{
		newQuery("DELETE FROM grants WHERE org_id = ? AND entity_id IN ("+gone+")", orgID, orgID, upTo),
		newQuery("DELETE FROM comments WHERE org_id = ? AND entity_id IN ("+gone+")", orgID, orgID, upTo),
		newQuery("DELETE FROM conflicts WHERE org_id = ? AND entity_id IN ("+gone+")", orgID, orgID, upTo),
		newQuery("DELETE FROM mutes WHERE org_id = ? AND (until < ? OR entity_id IN ("+gone+"))", orgID, before, orgID, upTo),
		newQuery("DELETE FROM entities WHERE org_id = ? AND id IN ("+gone+")", orgID, orgID, upTo),
		newQuery(`DELETE FROM conflicts WHERE org_id = ? AND resolved_at < MIN(?,
			(SELECT l.occurred_at FROM log l WHERE l.org_id = ? AND l.position = ?))`, orgID, before, orgID, upTo+1),
		newQuery(`DELETE FROM conflicts WHERE org_id = ? AND resolution IS NULL AND EXISTS (SELECT 1 FROM entities e, log l
			WHERE e.org_id = conflicts.org_id AND e.id = conflicts.entity_id AND e.deleted_at IS NOT NULL
			AND l.org_id = e.org_id AND l.entity_id = e.id AND l.entity_version = conflicts.remote_version
			AND l.snapshot IS NOT NULL AND l.position <= ?)`, orgID, upTo),
		newQuery(`DELETE FROM jobs WHERE org_id = ? AND kind = 'PUSH' AND (user_id, notification_id) IN
			(SELECT n.user_id, n.id FROM notifications n WHERE n.org_id = ? AND n.position <= ?)`, orgID, orgID, upTo),
		newQuery(`DELETE FROM digest_items WHERE org_id = ? AND (user_id, notification_id) IN
			(SELECT n.user_id, n.id FROM notifications n WHERE n.org_id = ? AND n.position <= ?)`, orgID, orgID, upTo),
		newQuery("DELETE FROM notifications WHERE org_id = ? AND position <= ?", orgID, upTo),
		// A later end of the audit trail stands for all that come before it.
		newQuery(`UPDATE log SET audit_number = last.audit_number, audit_hash = last.audit_hash
			FROM (SELECT audit_number, audit_hash FROM log WHERE org_id = ? AND position <= ? AND audit_number IS NOT NULL
				ORDER BY position DESC LIMIT 1) AS last
			WHERE log.org_id = ? AND log.position = ? AND log.audit_number IS NULL`, orgID, upTo, orgID, upTo+1),
	}
	if len(losing) > 0 {
		deletions = append(deletions, newQuery(`INSERT INTO inboxes (org_id, user_id, revision) SELECT m.org_id, m.user_id, 1 FROM members m
			WHERE m.org_id = ? AND m.user_id IN (SELECT value FROM json_each(?)) AND m.removed_at IS NULL
			ON CONFLICT (org_id, user_id) DO UPDATE SET revision = revision + 1`, orgID, list(losing)))
	}
	return append(deletions, newQuery("DELETE FROM log WHERE org_id = ? AND position <= ?", orgID, upTo))
}
