package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

// pruneLock is the number of an advisory lock, one above the lock of the migrations. If several
// instances prune at once, one works, and the others return.
const pruneLock = migrationLock + 1

// Prune deletes changes at the beginning of one log. It does not take the organization's lock, so
// writers don't wait for it: they write at the other end.
func (s *Store) Prune(ctx context.Context, before collab.Time, limit int) (int, error) {
	find := func() ([]collab.ID, error) {
		return collect(ctx, s.forOrg(noTenant), newQuery("SELECT old_logs(?)", before), scanColumn[collab.ID])
	}
	return s.old.Prune(limit, find, func(orgID collab.ID) (int, error) { return s.pruneOrg(ctx, orgID, before, limit) })
}

// pruneOrg prunes an organization's log, and notes up to where.
func (s *Store) pruneOrg(ctx context.Context, orgID collab.ID, before collab.Time, limit int) (pruned int, err error) {
	var upTo int64
	err = retried(func() (err error) {
		pruned, upTo, err = s.pruneLog(ctx, orgID, before, limit)
		return err
	})
	if err != nil || upTo == 0 {
		return 0, err
	}
	// After the transaction, whose locks nobody should wait for behind the organization's. If this fails, the next one makes up for it.
	_, err = s.forOrg(orgID).exec(ctx, newQuery("UPDATE organizations SET pruned = ? WHERE id = ? AND pruned < ?", upTo, orgID, upTo))
	return pruned, err
}

// pruneLog makes one attempt to prune an organization's log. It returns how many changes it deleted, and the position up to
// which it did.
func (s *Store) pruneLog(ctx context.Context, orgID collab.ID, before collab.Time, limit int) (pruned int, upTo int64, err error) {
	conn, release, err := s.pool.acquire(ctx, orgID)
	if err != nil {
		return 0, 0, err
	}
	defer release()
	from, upTo, err := s.findOld(ctx, conn, orgID, before, limit)
	if err != nil || upTo == 0 {
		return 0, 0, err
	}
	losing, err := findLosing(ctx, conn, orgID, from, upTo)
	if err != nil {
		return 0, 0, fault(ctx, err)
	}
	for _, q := range prunings(orgID, from, upTo, before, losing) {
		tag, err := conn.Exec(ctx, q.text.String(), q.args...)
		if err != nil {
			return 0, 0, fault(ctx, err)
		}
		pruned = int(tag.RowsAffected())
	}
	if len(losing) > 0 {
		q := nextSequence(orgID, "SELECT unnest(?::text[])", list(losing))
		if _, err := conn.Exec(ctx, q.text.String(), q.args...); err != nil {
			return 0, 0, fault(ctx, err)
		}
	}
	_, err = conn.Exec(ctx, "COMMIT")
	return pruned, upTo, fault(ctx, err)
}

// findOld begins a transaction, and finds what of a log to delete: after the position from, where it was pruned before, up to the
// newest one before the first change that is not old, and before the head. That is 0 if another instance is pruning.
func (s *Store) findOld(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, before collab.Time, limit int) (from, upTo int64, err error) {
	mine := false
	batch := s.forOrg(orgID).begin()
	queue(batch, []batchQuery{
		{newQuery("SELECT pg_try_advisory_xact_lock(?)", pruneLock), func(r row) error { return r.Scan(&mine) }},
		{newQuery(`SELECT COALESCE(MIN(o.pruned), 0), COALESCE(MIN(l.position) FILTER (WHERE l.occurred_at >= ? OR l.position >= o.head) - 1, MAX(l.position), 0)
			FROM organizations o CROSS JOIN LATERAL
			(SELECT l.position, l.occurred_at FROM log l WHERE l.org_id = o.id AND l.position > o.pruned ORDER BY l.position LIMIT ?) AS l
			WHERE o.id = ?`, before, limit, orgID), func(r row) error { return r.Scan(&from, &upTo) }},
	})
	if err := conn.SendBatch(ctx, batch).Close(); err != nil || !mine {
		return 0, 0, fault(ctx, err)
	}
	return from, upTo, nil
}

// findLosing finds the people who lose notifications that are unread in their inboxes.
func findLosing(ctx context.Context, conn *pgxpool.Conn, orgID collab.ID, from, upTo int64) ([]collab.ID, error) {
	q := newQuery(`SELECT DISTINCT n.user_id FROM notifications n WHERE n.org_id = ? AND n.position > ? AND n.position <= ?
		AND n.read_at IS NULL AND n.in_app`, orgID, from, upTo)
	rows, err := conn.Query(ctx, q.text.String(), q.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[collab.ID])
}

// prunings are the statements that delete the changes after a position up to another one, with everything that depends
// on them, and change the inboxes of the people who lose unread notifications. The last one deletes the changes
// themselves. They don't look before from, where pruned rows wait for a vacuum.
func prunings(orgID collab.ID, from, upTo int64, before collab.Time, losing []collab.ID) []*query {
	var inboxes []*query
	if len(losing) > 0 {
		inboxes = []*query{newQuery(`INSERT INTO inboxes AS i (org_id, user_id, revision) SELECT m.org_id, m.user_id, 1
			FROM members m WHERE m.org_id = ? AND m.user_id = ANY(?) AND m.removed_at IS NULL ORDER BY m.user_id
			ON CONFLICT (org_id, user_id) DO UPDATE SET revision = i.revision + 1`, orgID, list(losing))}
	}
	return slices.Concat(entityPrunings(orgID, upTo, before), inboxes, notificationPrunings(orgID, from, upTo), logPrunings(orgID, from, upTo))
}

// entityPrunings lock entities before anything of them is deleted, so that none is restored meanwhile.
func entityPrunings(orgID collab.ID, upTo int64, before collab.Time) []*query {
	// Rows that the index still refers to stay until the index has removed them.
	const gone = "SELECT e.id FROM entities e WHERE e.org_id = ? AND e.deleted_at IS NOT NULL AND e.position <= ?" +
		" AND NOT EXISTS (SELECT 1 FROM search_documents d WHERE d.org_id = e.org_id AND d.entity_id = e.id)"
	return []*query{
		newQuery(gone+" ORDER BY e.id FOR UPDATE", orgID, upTo),
		newQuery("DELETE FROM grants WHERE org_id = ? AND entity_id IN ("+gone+")", orgID, orgID, upTo),
		newQuery("DELETE FROM comments WHERE org_id = ? AND entity_id IN ("+gone+")", orgID, orgID, upTo),
		newQuery("DELETE FROM conflicts WHERE org_id = ? AND entity_id IN ("+gone+")", orgID, orgID, upTo),
		newQuery("DELETE FROM mutes WHERE org_id = ? AND (until < ? OR entity_id IN ("+gone+"))", orgID, before, orgID, upTo),
		newQuery("DELETE FROM entities WHERE org_id = ? AND id IN ("+gone+")", orgID, orgID, upTo),
		newQuery(`DELETE FROM conflicts c WHERE c.org_id = ? AND c.resolved_at < LEAST(?,
			(SELECT l.occurred_at FROM log l WHERE l.org_id = ? AND l.position = ?))`, orgID, before, orgID, upTo+1),
		newQuery(`DELETE FROM conflicts c USING entities e, log l
			WHERE c.org_id = ? AND c.resolution IS NULL AND e.org_id = c.org_id AND e.id = c.entity_id AND e.deleted_at IS NOT NULL
			AND l.org_id = c.org_id AND l.entity_id = c.entity_id AND l.entity_version = c.remote_version
			AND l.snapshot IS NOT NULL AND l.position <= ?`, orgID, upTo),
	}
}

// notificationPrunings lock notifications in the order in which MarkRead locks them, after the inboxes, then jobs in that of
// their keys, and digests before their items.
func notificationPrunings(orgID collab.ID, from, upTo int64) []*query {
	return []*query{
		newQuery("SELECT FROM notifications n WHERE n.org_id = ? AND n.position > ? AND n.position <= ? ORDER BY n.position, n.user_id FOR UPDATE", orgID, from, upTo),
		newQuery(`SELECT FROM jobs j WHERE j.org_id = ? AND j.kind = 'DIGEST' AND j.target IN (SELECT i.user_id FROM digest_items i JOIN notifications n
			ON n.org_id = i.org_id AND n.user_id = i.user_id AND n.id = i.notification_id WHERE n.org_id = ? AND n.position > ? AND n.position <= ?) ORDER BY j.target FOR NO KEY UPDATE`, orgID, orgID, from, upTo),
		newQuery(`WITH locked AS MATERIALIZED (SELECT o.target, o.notification_id FROM notifications n JOIN jobs o ON o.org_id = n.org_id
			AND o.user_id = n.user_id AND o.notification_id = n.id WHERE n.org_id = ? AND n.position > ? AND n.position <= ? AND o.kind = 'PUSH'
			ORDER BY o.target, o.notification_id FOR UPDATE OF o) DELETE FROM jobs j USING locked o
			WHERE j.org_id = ? AND j.kind = 'PUSH' AND j.target = o.target AND j.notification_id = o.notification_id`, orgID, from, upTo, orgID),
		newQuery(`DELETE FROM digest_items i USING notifications n WHERE i.org_id = ? AND n.org_id = i.org_id AND n.position > ? AND n.position <= ?
			AND i.user_id = n.user_id AND i.notification_id = n.id`, orgID, from, upTo),
		newQuery("DELETE FROM notifications WHERE org_id = ? AND position > ? AND position <= ?", orgID, from, upTo),
	}
}

func logPrunings(orgID collab.ID, from, upTo int64) []*query {
	return []*query{
		// A later end of the audit trail stands for all that come before it.
		newQuery(`UPDATE log SET audit_number = last.audit_number, audit_hash = last.audit_hash
			FROM (SELECT audit_number, audit_hash FROM log WHERE org_id = ? AND position > ? AND position <= ? AND audit_number IS NOT NULL
				ORDER BY position DESC LIMIT 1) AS last
			WHERE log.org_id = ? AND log.position = ? AND log.audit_number IS NULL`, orgID, from, upTo, orgID, upTo+1),
		newQuery("DELETE FROM log WHERE org_id = ? AND position > ? AND position <= ?", orgID, from, upTo),
	}
}
