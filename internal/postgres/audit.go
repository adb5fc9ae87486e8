package postgres

import (
	"context"

	"tandem/internal/collab"
)

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
	q.add(" ORDER BY a.number DESC LIMIT ?", constant(query.Limit))
	return collect(ctx, s.forOrg(orgID), q, scanAudit)
}

// AuditPage returns entries after a number, oldest first, and where the trail ends.
func (s *Store) AuditPage(ctx context.Context, orgID collab.ID, after int64, limit int) ([]*collab.AuditEntry, *collab.AuditEnd, error) {
	var entries []*collab.AuditEntry
	var ends []collab.AuditEnd
	err := s.forOrg(orgID).query(ctx,
		batchQuery{selectAudit(orgID).add(" AND a.number > ? ORDER BY a.number LIMIT ?", after, limit), scanAll(&entries, scanAudit)},
		batchQuery{newQuery("SELECT audit_number, audit_hash, head FROM organizations WHERE id = ?", orgID), scanAll(&ends, scanAuditEnd)})
	if err != nil || len(ends) == 0 {
		return entries, nil, err
	}
	return entries, &ends[0], nil
}

// AuditErasures returns the numbers of the newest entries that erased people.
func (s *Store) AuditErasures(ctx context.Context, orgID collab.ID) (map[collab.ID]int64, error) {
	q := newQuery("SELECT a.subject_id, MAX(a.number) FROM audit a WHERE a.org_id = ? AND a.action = 'PERSONAL_DATA_ERASED' GROUP BY a.subject_id", orgID)
	erasures := make(map[collab.ID]int64)
	err := forEachRow(ctx, s.forOrg(orgID), q, func(r row) error {
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
	misses, err := collect(ctx, s.forOrg(orgID), q, scanAuditMiss)
	if err != nil || len(misses) == 0 {
		return nil, err
	}
	return &misses[0], nil
}

func scanAuditMiss(r row) (m collab.AuditMiss, err error) {
	err = r.Scan(&m.Number, &m.Replaced)
	return m, err
}

// AuditedOrgs returns ids of organizations after an id, in order.
func (s *Store) AuditedOrgs(ctx context.Context, after collab.ID, limit int) ([]collab.ID, error) {
	q := newQuery(`SELECT id FROM organization_ids() AS id WHERE id COLLATE "C" > ? ORDER BY id COLLATE "C" LIMIT ?`, after, limit)
	return collect(ctx, s.forOrg(noTenant), q, scanColumn[collab.ID])
}
