package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// DueOrganizations returns the organizations with jobs that are due. It looks up one row for each organization with jobs.
func (s *Store) DueOrganizations(ctx context.Context, now collab.Time) ([]collab.ID, error) {
	q := newQuery(`WITH RECURSIVE orgs (org_id) AS (SELECT (SELECT MIN(j.org_id) FROM jobs j)
		UNION ALL SELECT (SELECT MIN(j.org_id) FROM jobs j WHERE j.org_id > o.org_id) FROM orgs o WHERE o.org_id IS NOT NULL)
		SELECT o.org_id FROM orgs o WHERE o.org_id IS NOT NULL AND EXISTS (SELECT 1 FROM jobs j WHERE j.org_id = o.org_id AND j.due_at <= ?)`, now)
	return collect(ctx, s.readers, q, scanID)
}

// ClaimJobs claims jobs of an organization that are due.
func (s *Store) ClaimJobs(ctx context.Context, orgID collab.ID, claim collab.JobClaim) (jobs []*collab.Job, expired int, err error) {
	tx, err := s.writer.begin(ctx, writing(ctx, orgID, ""))
	if err != nil {
		return nil, 0, err
	}
	defer tx.end()
	over := newQuery(`DELETE FROM jobs WHERE org_id = ? AND due_at <= ? AND (NOT pending OR expires_at <= ?) RETURNING pending`, orgID, claim.Now, claim.Now)
	err = forEachRow(ctx, tx, over, func(r row) error {
		wasPending := false
		err := r.Scan(&wasPending)
		if wasPending {
			expired++
		}
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	due := newQuery(`UPDATE jobs AS j SET due_at = ?, holder = ? WHERE (j.org_id, j.kind, j.target, j.notification_id) IN
		(SELECT d.org_id, d.kind, d.target, d.notification_id FROM jobs d WHERE d.org_id = ? AND d.due_at <= ? AND d.pending
		AND NOT EXISTS (SELECT 1 FROM json_each(?) b WHERE b.value = d.host) ORDER BY d.due_at LIMIT ?) RETURNING `+jobColumns,
		claim.Until, claim.Holder, orgID, claim.Now, list(claim.Busy), claim.Limit)
	if err := forEachRow(ctx, tx, due, scanAll(&jobs, scanJob(orgID))); err != nil {
		return nil, 0, err
	}
	return jobs, expired, fault(ctx, tx.Commit())
}

// FinishJob ends a claimed job.
func (s *Store) FinishJob(ctx context.Context, job *collab.Job, until collab.Time) error {
	return s.updateJob(ctx, job, "pending = grown <> ?, planned = FALSE, attempts = 0, due_at = ?, ready_at = ?", job.Grown, until, until)
}

// PostponeJob makes a claimed job due at a time.
func (s *Store) PostponeJob(ctx context.Context, job *collab.Job, until collab.Time) error {
	return s.updateJob(ctx, job, "ready_at = CASE WHEN ? AND NOT planned THEN ? ELSE ready_at END, planned = ?, attempts = ?, due_at = ?,"+
		" expires_at = MAX(expires_at, ?)",
		job.Planned, until, job.Planned, job.Attempts, until, lifetimeOf(job, until))
}

// lifetimeOf is when a job expires that was planned for a time; 0 for one that was tried, whose time does not begin again.
func lifetimeOf(job *collab.Job, until collab.Time) collab.Time {
	if !job.Planned || job.Attempts > 0 {
		return collab.Time{}
	}
	return collab.At(until.Add(collab.JobLifetime))
}

// updateJob changes a job, if it is still that of its claim.
func (s *Store) updateJob(ctx context.Context, job *collab.Job, set string, args ...any) error {
	q := newQuery("UPDATE jobs SET "+set, args...).
		add(", holder = NULL WHERE org_id = ? AND kind = ? AND target = ? AND notification_id = ? AND holder = ?",
			job.OrgID, job.Kind, job.Target, job.NotificationID, job.Holder)
	_, err := s.exec(ctx, job.OrgID, q)
	return err
}

// JobStats returns what waits in the queue.
func (s *Store) JobStats(ctx context.Context, now collab.Time) (map[collab.JobKind]collab.JobStats, error) {
	stats := map[collab.JobKind]collab.JobStats{}
	q := newQuery("SELECT kind, COUNT(*), MIN(ready_at) FILTER (WHERE ready_at <= ?) FROM jobs WHERE pending GROUP BY kind", now)
	return stats, forEachRow(ctx, s.readers, q, scanJobStats(stats))
}

// DigestItems returns the ids of notifications of which a person's next digest tells.
func (s *Store) DigestItems(ctx context.Context, orgID, userID collab.ID, limit int) ([]collab.ID, error) {
	q := newQuery("SELECT notification_id FROM digest_items WHERE org_id = ? AND user_id = ? ORDER BY notification_id LIMIT ?", orgID, userID, limit)
	return collect(ctx, s.readers, q, scanID)
}

// DeleteDigestItems deletes some of them.
func (s *Store) DeleteDigestItems(ctx context.Context, orgID, userID collab.ID, ids []collab.ID) error {
	q := newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id = ? AND notification_id IN (SELECT value FROM json_each(?))", orgID, userID, list(ids))
	_, err := s.exec(ctx, orgID, q)
	return err
}

// growing is what becomes of a job that is inserted again. A job that was sent lately keeps the time until which it rests.
const growing = ` ON CONFLICT (org_id, kind, target, notification_id) DO UPDATE SET grown = jobs.grown + 1, pending = TRUE,
	expires_at = MAX(jobs.expires_at, jobs.due_at + (excluded.expires_at - excluded.due_at))`

// recordJobs returns the statements that queue the messages and the digests of notifications.
func recordJobs(orgID collab.ID, notifications []*collab.Notification, at collab.Time) []*query {
	var statements []*query
	expires := collab.At(at.Add(collab.JobLifetime))
	pushed, mailed := collab.Pushed(notifications), collab.Mailed(notifications)
	for i, id := range pushed.IDs {
		statements = append(statements, newQuery(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at)
			SELECT s.org_id, 'PUSH', s.id, ?, s.user_id, s.host, ?, ?, ?, ? FROM push_subscriptions s WHERE s.org_id = ? AND s.user_id = ?
			AND (SELECT COUNT(*) FROM jobs w WHERE w.org_id = s.org_id AND w.kind = 'PUSH' AND w.target = s.id AND w.pending) < ?`+growing,
			id, at, at, at, expires, orgID, pushed.UserIDs[i], collab.MaxJobsPerBrowser))
	}
	for i, id := range mailed.IDs {
		statements = append(statements,
			newQuery("INSERT INTO digest_items (org_id, user_id, notification_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", orgID, mailed.UserIDs[i], id),
			newQuery(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at)
				VALUES (?, 'DIGEST', ?, '', ?, '', ?, ?, ?, ?)`+growing, orgID, mailed.UserIDs[i], mailed.UserIDs[i], at, at, at, expires))
	}
	return statements
}

// jobColumns is what scanJob reads of a row of the jobs.
const jobColumns = `kind, target, notification_id, user_id, host, planned, attempts, queued_at, holder, grown`

func scanJob(orgID collab.ID) func(row) (*collab.Job, error) {
	return func(r row) (*collab.Job, error) {
		j := &collab.Job{OrgID: orgID}
		var queuedAt int64
		err := r.Scan(&j.Kind, &j.Target, &j.NotificationID, &j.UserID, &j.Host, &j.Planned, &j.Attempts, &queuedAt, &j.Holder, &j.Grown)
		j.QueuedAt = at(queuedAt)
		return j, err
	}
}

func scanJobStats(into map[collab.JobKind]collab.JobStats) func(row) error {
	return func(r row) error {
		var kind collab.JobKind
		var waiting int
		var oldest *int64
		if err := r.Scan(&kind, &waiting, &oldest); err != nil {
			return err
		}
		stats := collab.JobStats{Waiting: waiting}
		if oldest != nil {
			stats.Oldest = at(*oldest)
		}
		into[kind] = stats
		return nil
	}
}

func scanID(r row) (id collab.ID, err error) { return id, r.Scan(&id) }
