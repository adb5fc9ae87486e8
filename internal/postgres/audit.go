package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Audit puts entries that belong to no write at the end of a trail, but for those of
// people who are erased.
func (s *Store) Audit(ctx context.Context, orgID collab.ID, entries []*collab.AuditEntry) error {
	done, err := s.pool.queueForRows(ctx, orgID, "", "", true)
	if err != nil {
		return err
	}
	defer done()
	return s.pool.unblocked(ctx, func() error { return s.tryAudit(ctx, orgID, entries) })
}

func (s *Store) tryAudit(ctx context.Context, orgID collab.ID, entries []*collab.AuditEntry) error {
	conn, release, err := s.pool.acquire(ctx, orgID)
	if err != nil {
		return err
	}
	defer release()
	var end collab.AuditEnd
	var erased []collab.ID
	batch := s.in(orgID).begin()
	queue(batch, []question{
		{foundOrganization(orgID), func(row) error { return nil }},
		lockAuditEnd(orgID, &end),
		askErased(orgID, entries, &erased),
	})
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return fault(ctx, err)
	}
	if entries = collab.AuditedOfOthers(entries, erased); len(entries) == 0 {
		return nil
	}
	before := end
	end = collab.SealAudit(orgID, end, 0, entries)
	q := newQuery("WITH log_head AS (UPDATE organizations SET audit_number = ?, audit_hash = ? WHERE id = ? RETURNING epoch, head)",
		end.Number, end.Hash, orgID)
	witnessAudit(q, orgID, before, end)
	recordAudit(q, orgID, entries)
	_, err = commit(ctx, conn, q.add(" SELECT epoch, head FROM log_head"))
	return err
}

// lockAuditEnd asks where the trail ends, and keeps others from moving it on, and
// from changing who is an admin: it takes the lock that all of them take in the end.
func lockAuditEnd(orgID collab.ID, end *collab.AuditEnd) question {
	q := newQuery("SELECT audit_number, audit_hash, head FROM organizations WHERE id = ? FOR NO KEY UPDATE", orgID)
	return question{q, one(end, scanAuditEnd)}
}

// askErased asks which of those who did what the entries say are erased. The end of
// the trail is locked before, so nobody is erased between.
func askErased(orgID collab.ID, entries []*collab.AuditEntry, erased *[]collab.ID) question {
	actors := make([]collab.ID, len(entries))
	for i, e := range entries {
		actors[i] = e.ActorID
	}
	q := newQuery("SELECT u.id FROM users u WHERE u.org_id = ? AND u.erased_at IS NOT NULL", orgID)
	oneOf(q, "u.id", actors)
	return question{q, into(erased, func(r row) (id collab.ID, err error) { return id, r.Scan(&id) })}
}

// AuditTrail returns entries, newest first.
func (s *Store) AuditTrail(ctx context.Context, orgID collab.ID, query collab.AuditQuery) ([]*collab.AuditEntry, error) {
	q := selectAudit(orgID)
	if query.Action != "" {
		q.add(" AND a.action = ?", query.Action)
	}
	if query.UserID != "" {
		q.add(" AND (a.actor_id = ? OR a.subject_id = ?)", query.UserID, query.UserID)
	}
	if query.Before > 0 {
		q.add(" AND a.number < ?", query.Before)
	}
	q.add(" ORDER BY a.number DESC LIMIT ?", query.Limit)
	return collect(ctx, s.in(orgID), q, scanAudit)
}

// AuditPage returns entries after a number, oldest first, and where the trail ends.
func (s *Store) AuditPage(ctx context.Context, orgID collab.ID, after int64, limit int) ([]*collab.AuditEntry, *collab.AuditEnd, error) {
	var entries []*collab.AuditEntry
	var ends []collab.AuditEnd
	err := s.in(orgID).ask(ctx,
		question{selectAudit(orgID).add(" AND a.number > ? ORDER BY a.number LIMIT ?", after, limit), into(&entries, scanAudit)},
		question{newQuery("SELECT audit_number, audit_hash, head FROM organizations WHERE id = ?", orgID), into(&ends, scanAuditEnd)})
	if err != nil || len(ends) == 0 {
		return entries, nil, err
	}
	return entries, &ends[0], nil
}

// AuditErasures returns the numbers of the newest entries that erased people.
func (s *Store) AuditErasures(ctx context.Context, orgID collab.ID) (map[collab.ID]int64, error) {
	q := newQuery("SELECT a.subject_id, MAX(a.number) FROM audit a WHERE a.org_id = ? AND a.action = 'PERSONAL_DATA_ERASED' GROUP BY a.subject_id", orgID)
	erasures := make(map[collab.ID]int64)
	err := each(ctx, s.in(orgID), q, func(r row) error {
		var id collab.ID
		var number int64
		err := r.Scan(&id, &number)
		erasures[id] = number
		return err
	})
	if err != nil {
		return nil, err
	}
	return erasures, nil
}

// AuditMissed returns a row of the trail that the log names, at positions after one and
// up to another, and that is not there or is another one.
func (s *Store) AuditMissed(ctx context.Context, orgID collab.ID, after, upTo int64) (*collab.AuditMiss, error) {
	q := newQuery(`SELECT l.audit_number, a.hash IS NOT NULL FROM log l
		LEFT JOIN audit a ON a.org_id = l.org_id AND a.number = l.audit_number
		WHERE l.org_id = ? AND l.position > ? AND l.position <= ? AND l.audit_number IS NOT NULL
		AND (a.hash IS NULL OR a.hash <> l.audit_hash) ORDER BY l.position LIMIT 1`, orgID, after, upTo)
	misses, err := collect(ctx, s.in(orgID), q, func(r row) (m collab.AuditMiss, err error) { return m, r.Scan(&m.Number, &m.Replaced) })
	if err != nil || len(misses) == 0 {
		return nil, err
	}
	return &misses[0], nil
}

// AuditedOrgs returns ids of organizations after an id, in order.
func (s *Store) AuditedOrgs(ctx context.Context, after collab.ID, limit int) ([]collab.ID, error) {
	q := newQuery(`SELECT id FROM organization_ids() AS id WHERE id COLLATE "C" > ? ORDER BY id COLLATE "C" LIMIT ?`, after, limit)
	return collect(ctx, s.in(nowhere), q, func(r row) (id collab.ID, err error) { return id, r.Scan(&id) })
}
