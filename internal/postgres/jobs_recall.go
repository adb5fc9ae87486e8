package postgres

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// addLate adds a statement of the keys of an organization's jobs that wait for longer than any job does.
func addLate(q *query, orgID collab.ID, now collab.Time) {
	soon, later := collab.At(now.Add(collab.MostWait)), collab.At(now.Add(collab.MostPlannedWait))
	q.add(`SELECT jobs.kind, jobs.target, jobs.notification_id FROM jobs WHERE jobs.org_id = ? AND jobs.kind = ANY(?) AND jobs.due_at > ?
		AND (NOT `+waits+` OR jobs.queued_at > ? OR jobs.due_at > ? AND NOT EXISTS (SELECT FROM notifications n WHERE n.org_id = jobs.org_id
		AND n.user_id = jobs.user_id AND n.id = jobs.notification_id AND n.snoozed_until >= jobs.due_at)) LIMIT ?`,
		orgID, list(collab.JobKinds), soon, soon, later, constant(collab.MaxRecalled))
}

// RecallJobs makes jobs due that wait for longer than any job does. It waits for no row that another transaction has locked.
func (s *Store) RecallJobs(ctx context.Context, orgID collab.ID, now collab.Time) (int, error) {
	q := newQuery("WITH late AS MATERIALIZED (")
	addLate(q, orgID, now)
	q.add(` FOR UPDATE SKIP LOCKED) UPDATE jobs j SET due_at = CASE WHEN j.holder IS NULL THEN ?::timestamptz ELSE ?::timestamptz END,
		ready_at = LEAST(j.ready_at, ?), queued_at = LEAST(j.queued_at, ?),
		expires_at = LEAST(j.expires_at, CASE WHEN NOT j.pending THEN ?::timestamptz WHEN j.kind = 'DIGEST' THEN ?::timestamptz ELSE ?::timestamptz END)
		FROM late WHERE j.org_id = ? AND j.kind = late.kind AND j.target = late.target AND j.notification_id = late.notification_id`,
		now, collab.At(now.Add(collab.RecalledClaim)), now, now,
		now, collab.At(now.Add(collab.DigestLifetime)), collab.At(now.Add(collab.PushLifetime)), orgID)
	return s.forOrg(orgID).exec(ctx, q)
}

// LatestTime returns the later one of a time and that of the database's clock.
func (s *Store) LatestTime(ctx context.Context, now collab.Time) (collab.Time, error) {
	var there time.Time
	q := newQuery("SELECT clock_timestamp()")
	err := forEachRow(ctx, s.forOrg(noTenant), q, func(r row) error { return r.Scan(&there) })
	if err != nil || there.Before(now.Time) {
		return now, err
	}
	return collab.At(there), nil
}
