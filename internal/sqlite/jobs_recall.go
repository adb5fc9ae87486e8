package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// addLate adds a statement of the keys of an organization's jobs that wait for longer than any job does.
func addLate(q *query, orgID collab.ID, now collab.Time) {
	soon, later := collab.At(now.Add(collab.MostWait)), collab.At(now.Add(collab.MostPlannedWait))
	q.add(`SELECT jobs.kind, jobs.target, jobs.notification_id FROM jobs WHERE jobs.org_id = ? AND jobs.kind IN (SELECT value FROM json_each(?))
		AND jobs.due_at > ? AND (NOT `+waits+` OR jobs.queued_at > ? OR jobs.due_at > ? AND NOT EXISTS (SELECT 1 FROM notifications n
		WHERE n.org_id = jobs.org_id AND n.user_id = jobs.user_id AND n.id = jobs.notification_id AND n.snoozed_until >= jobs.due_at)) LIMIT ?`,
		orgID, list(collab.JobKinds), soon, soon, later, collab.MaxRecalled)
}

// RecallJobs makes jobs due that wait for longer than any job does. It looks for them first, since writers wait for a change.
func (s *Store) RecallJobs(ctx context.Context, orgID collab.ID, now collab.Time) (int, error) {
	late := newQuery("SELECT COUNT(*) FROM (")
	addLate(late, orgID, now)
	if found, err := count(ctx, s.readers, late.add(")")); err != nil || found == 0 {
		return 0, err
	}
	q := newQuery(`UPDATE jobs SET due_at = CASE WHEN holder IS NULL THEN ? ELSE ? END, ready_at = MIN(ready_at, ?), queued_at = MIN(queued_at, ?),
		expires_at = MIN(expires_at, CASE WHEN NOT pending THEN ? WHEN kind = 'DIGEST' THEN ? ELSE ? END)
		WHERE org_id = ? AND (kind, target, notification_id) IN (`,
		now, collab.At(now.Add(collab.RecalledClaim)), now, now,
		now, collab.At(now.Add(collab.DigestLifetime)), collab.At(now.Add(collab.PushLifetime)), orgID)
	addLate(q, orgID, now)
	return s.exec(ctx, orgID, q.add(")"))
}

// LatestTime returns a time as it is: the file has no clock of its own.
func (s *Store) LatestTime(_ context.Context, now collab.Time) (collab.Time, error) { return now, nil }
