package postgres

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// DueOrganizations returns the organizations with work for those who send jobs of a kind.
func (s *Store) DueOrganizations(ctx context.Context, kind collab.JobKind, now collab.Time) ([]collab.ID, error) {
	return collect(ctx, s.forOrg(noTenant), newQuery("SELECT id FROM due_organizations(?, ?) AS id", kind, now), scanColumn[collab.ID])
}

// unsorted has the statements of a transaction follow an index instead of sorting. Statistics of the queue go stale
// within a minute: by those of a short one, Postgres would read and sort a long one for each claim.
const unsorted = "SELECT set_config('enable_sort', 'off', true)"

// ClaimJobs claims jobs of an organization that are due. It waits for no row that another transaction has locked. Its limits hold
// because Postgres runs what is materialized once; it may run another part of a statement once for each row of a join.
func (s *Store) ClaimJobs(ctx context.Context, orgID collab.ID, claim collab.JobClaim) (jobs []*collab.Job, expired []collab.JobKind, err error) {
	over := newQuery(`WITH o AS MATERIALIZED (SELECT o.kind, o.target, o.notification_id FROM jobs o
		WHERE o.org_id = ? AND o.expires_at <= ? AND o.due_at <= ? LIMIT ? FOR UPDATE SKIP LOCKED),
		gone AS (DELETE FROM jobs j USING o WHERE j.org_id = ? AND j.kind = o.kind AND j.target = o.target AND j.notification_id = o.notification_id
		RETURNING j.kind, j.target, j.pending),
		items AS (DELETE FROM digest_items i USING gone WHERE gone.pending AND gone.kind = 'DIGEST' AND i.org_id = ? AND i.user_id = gone.target)
		SELECT kind FROM gone WHERE pending`, orgID, claim.Now, claim.Now, constant(collab.MaxExpired), orgID, orgID)
	due := dueJobs(orgID, claim).add(`,
		placed AS (SELECT f.*, ROW_NUMBER() OVER (PARTITION BY f.user_id ORDER BY f.due_at) AS of_person,
		ROW_NUMBER() OVER (PARTITION BY f.host ORDER BY f.due_at) AS of_host FROM first f),
		d AS MATERIALIZED (SELECT p.kind, p.target, p.notification_id FROM placed p WHERE p.of_person <= ? AND (p.of_host = 1 OR NOT p.host = ANY(?)))
		UPDATE jobs j SET due_at = ?, holder = ?, planned = TRUE FROM d WHERE j.org_id = ? AND j.kind = d.kind AND j.target = d.target
		AND j.notification_id = d.notification_id RETURNING `+jobColumns,
		claim.MostOfPerson(), list(claim.Tried), claim.Until, claim.Holder, orgID)
	batch := s.forOrg(orgID).batch()
	batch.Queue(unsorted)
	queue(batch, []batchQuery{
		{over, scanAll(&expired, scanColumn[collab.JobKind])},
		{due, scanAll(&jobs, scanJob(orgID))},
	})
	err = s.pool.unblocked(ctx, func() error { return s.forOrg(orgID).send(ctx, batch) })
	return jobs, expired, err
}

// goesOn tells whether there is more to send of a job than what was claimed.
const goesOn = `(grown <> ? OR kind = 'DIGEST' AND EXISTS
	(SELECT 1 FROM digest_items i WHERE i.org_id = jobs.org_id AND i.user_id = jobs.user_id))`

// firstItem is when the first of what a digest tells was told; NULL for other jobs.
const firstItem = `(SELECT MIN(COALESCE(n.updated_at, n.created_at)) FROM digest_items i JOIN notifications n ON n.org_id = i.org_id
	AND n.user_id = i.user_id AND n.id = i.notification_id WHERE jobs.kind = 'DIGEST' AND i.org_id = jobs.org_id AND i.user_id = jobs.user_id)`

// rested is when a job that ended is due again. A snooze that was made since its claim moved ready_at to its end, which may come before
// the end of the rest.
const rested = "CASE WHEN ready_at > ? THEN LEAST(ready_at, ?::timestamptz) ELSE ?::timestamptz END"

// FinishJob ends a claimed job. A digest waits as long as it has items. A job without more to send expires when it has rested.
func (s *Store) FinishJob(ctx context.Context, job *collab.Job, until collab.Time) error {
	return s.updateJob(ctx, job, "pending = "+goesOn+", planned = FALSE, attempts = 0, due_at = "+rested+", ready_at = "+rested+","+
		" queued_at = COALESCE("+firstItem+", "+rested+"), expires_at = CASE WHEN "+goesOn+" THEN GREATEST(expires_at, ?) ELSE ? END",
		job.Grown, job.ReadyAt, until, until, job.ReadyAt, until, until, job.ReadyAt, until, until,
		job.Grown, collab.At(until.Add(job.Kind.Lifetime())), until)
}

// stale is true if a job was rescheduled after its claim, or a digest added to, so that the plan for it may be wrong. A claim
// sets planned, and rescheduleJobs takes it back. A job whose attempt failed keeps its backoff.
const stale = "(? AND NOT planned OR kind = 'DIGEST' AND grown <> ? AND attempts = ?)"

// PostponeJob makes a claimed job due at a time, or at once if the plan for it is stale.
func (s *Store) PostponeJob(ctx context.Context, job *collab.Job, until collab.Time) error {
	return s.updateJob(ctx, job, "ready_at = CASE WHEN ? AND NOT "+stale+" THEN ? ELSE ready_at END,"+
		" planned = ? AND NOT "+stale+", due_at = CASE WHEN "+stale+" THEN queued_at ELSE ? END,"+
		" attempts = ?, expires_at = GREATEST(expires_at, ?)",
		job.Planned, job.Planned, job.Grown, job.Attempts, until, job.Planned, job.Planned, job.Grown, job.Attempts,
		job.Planned, job.Grown, job.Attempts, until, job.Attempts, job.KeptUntil(until))
}

// updateJob changes a job, if it is still that of its claim.
func (s *Store) updateJob(ctx context.Context, job *collab.Job, set string, args ...any) error {
	q := newQuery("UPDATE jobs SET "+set, args...).
		add(", holder = NULL WHERE org_id = ? AND kind = ? AND target = ? AND notification_id = ? AND holder = ?",
			job.OrgID, job.Kind, job.Target, job.NotificationID, job.Holder)
	_, err := s.forOrg(job.OrgID).exec(ctx, q)
	return err
}

// JobStats returns what is due in the queue.
func (s *Store) JobStats(ctx context.Context, now collab.Time) (map[collab.JobKind]collab.JobStats, error) {
	stats := map[collab.JobKind]collab.JobStats{}
	q := newQuery("SELECT kind, waiting, oldest FROM job_stats(?)", now)
	return stats, forEachRow(ctx, s.forOrg(noTenant), q, scanJobStats(stats))
}

// rescheduleJobs returns the statements that make a person's digest due, and the pushes that are planned. A claimed job stays claimed, and
// is due after that. A push does not count as grown, since it would be sent twice. They lock jobs in the order of their keys.
func rescheduleJobs(orgID, userID collab.ID, now collab.Time) []*query {
	lock := newQuery(`SELECT FROM jobs WHERE org_id = ? AND user_id = ? AND pending AND (kind = 'DIGEST' OR planned)
		ORDER BY kind, target, notification_id FOR NO KEY UPDATE`, orgID, userID)
	update := newQuery(`UPDATE jobs SET grown = CASE WHEN kind = 'DIGEST' THEN grown + 1 ELSE grown END,
		due_at = CASE WHEN holder IS NULL THEN LEAST(due_at, ?) ELSE due_at END,
		ready_at = LEAST(ready_at, ?), planned = FALSE
		WHERE org_id = ? AND user_id = ? AND pending AND (kind = 'DIGEST' OR planned)`, now, now, orgID, userID)
	return []*query{lock, update}
}

// inTurn runs statements in one transaction, each with a snapshot of its own.
func (s *Store) inTurn(ctx context.Context, orgID collab.ID, statements ...batchQuery) error {
	return retried(func() error {
		return s.pool.unblocked(ctx, func() error {
			batch := s.forOrg(orgID).begin()
			queue(batch, statements)
			batch.Queue("COMMIT")
			return s.forOrg(orgID).send(ctx, batch)
		})
	})
}

func ignore(row) error { return nil }

// BeginDigest returns the items of the digest that a person is sent now, and its id. It locks the job first, as writes do. Writes at
// the same time do not see what the others add to a full digest, so only its newest items are sent, and it drops the others.
func (s *Store) BeginDigest(ctx context.Context, job *collab.Job, proposed collab.ID) (id collab.ID, items []collab.ID, err error) {
	q := newQuery(`WITH claimed AS (SELECT j.org_id, j.user_id FROM jobs j
		WHERE j.org_id = ? AND j.kind = 'DIGEST' AND j.target = ? AND j.holder = ? FOR NO KEY UPDATE),
		begun AS (SELECT i.digest_id, i.notification_id FROM digest_items i JOIN claimed c ON c.org_id = i.org_id AND c.user_id = i.user_id
		WHERE i.digest_id IS NOT NULL FOR NO KEY UPDATE OF i),
		waiting AS (SELECT i.org_id, i.user_id, i.notification_id, ROW_NUMBER() OVER (ORDER BY i.added_at DESC, i.notification_id DESC) AS place
		FROM digest_items i JOIN claimed c ON c.org_id = i.org_id AND c.user_id = i.user_id WHERE i.digest_id IS NULL AND NOT EXISTS (SELECT FROM begun)),
		older AS (DELETE FROM digest_items i USING waiting w WHERE i.org_id = w.org_id AND i.user_id = w.user_id
		AND i.notification_id = w.notification_id AND w.place > ?),
		fresh AS (UPDATE digest_items i SET digest_id = ? FROM waiting w WHERE i.org_id = w.org_id AND i.user_id = w.user_id
		AND i.notification_id = w.notification_id AND w.place <= ? RETURNING i.digest_id, i.notification_id)
		SELECT digest_id, notification_id FROM begun UNION ALL SELECT digest_id, notification_id FROM fresh`,
		job.OrgID, job.Target, job.Holder, collab.MaxDigestItems, proposed, collab.MaxDigestItems)
	err = forEachRow(ctx, s.forOrg(job.OrgID), q, scanDigestItem(&id, &items))
	return id, items, err
}

// EndDigest deletes the items of a digest. It locks the job first, as writes do.
func (s *Store) EndDigest(ctx context.Context, orgID, userID, id collab.ID) error {
	lock := newQuery("SELECT FROM jobs WHERE org_id = ? AND kind = 'DIGEST' AND target = ? FOR NO KEY UPDATE", orgID, userID)
	items := newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id = ? AND digest_id = ?", orgID, userID, id)
	return s.inTurn(ctx, orgID, batchQuery{lock, ignore}, batchQuery{items, ignore})
}

// DropDigest deletes everything of which a digest would tell, unless there is more of it than when it was claimed.
func (s *Store) DropDigest(ctx context.Context, job *collab.Job) (bool, error) {
	q := newQuery(`WITH claimed AS (SELECT j.org_id, j.user_id FROM jobs j
		WHERE j.org_id = ? AND j.kind = 'DIGEST' AND j.target = ? AND j.holder = ? AND j.grown = ? FOR NO KEY UPDATE),
		gone AS (DELETE FROM digest_items i USING claimed c WHERE i.org_id = c.org_id AND i.user_id = c.user_id)
		SELECT COUNT(*) FROM claimed`, job.OrgID, job.Target, job.Holder, job.Grown)
	claimed, err := count(ctx, s.forOrg(job.OrgID), q)
	return claimed > 0, err
}

// growing is what becomes of a job that is inserted again. A job that was sent lately keeps the time until which it rests.
const growing = ` ON CONFLICT (org_id, kind, target, notification_id) DO UPDATE SET grown = jobs.grown + 1, pending = TRUE,
	expires_at = GREATEST(jobs.expires_at, jobs.due_at + (excluded.expires_at - excluded.due_at))`

// growingPush is growing of a push. A push that is planned, for the end of quiet hours or of a snooze, is checked at once: what is
// new was not put off.
const growingPush = ` ON CONFLICT (org_id, kind, target, notification_id) DO UPDATE SET grown = jobs.grown + 1, pending = TRUE, planned = FALSE,
	urgent = excluded.urgent, due_at = CASE WHEN ` + waits + ` THEN excluded.due_at ELSE jobs.due_at END,
	ready_at = CASE WHEN ` + waits + ` THEN excluded.ready_at ELSE jobs.ready_at END, expires_at = CASE WHEN ` + waits + `
	THEN excluded.expires_at ELSE GREATEST(jobs.expires_at, jobs.due_at + (excluded.expires_at - excluded.due_at)) END`

// waits tells whether a job waits for a time that was chosen for it. A job that is claimed is planned again by its holder.
const waits = "(jobs.planned AND jobs.holder IS NULL)"

// releasing is what becomes of an item that is inserted again: it grew, so the next digest tells of it.
const releasing = " ON CONFLICT (org_id, user_id, notification_id) DO UPDATE SET digest_id = NULL, added_at = excluded.added_at"

// recordJobs queues the messages and the digests of a decision's notifications. Each of its parts locks jobs in the order of their keys, but
// one after the other, so that a snooze or new preferences may meet it in a deadlock, after which one of them is tried again.
func recordJobs(q *query, orgID collab.ID, d *collab.Decision) {
	at := d.Change.OccurredAt
	if pushed := collab.Pushed(d.Change.Notifications); len(pushed.IDs) > 0 {
		recordPushes(q, orgID, pushed, collab.At(at.Add(d.PushLater)))
	}
	if lapsed := collab.Lapsed(d.Change.Notifications); len(lapsed.IDs) > 0 {
		dropLapsed(q, orgID, lapsed, at)
	}
	if mailed := collab.Mailed(d.Change.Notifications); len(mailed.IDs) > 0 {
		recordDigests(q, orgID, mailed, at)
	}
}

// recordPushes queues messages. In a full queue, those in the last places by urgency and age make room.
func recordPushes(q *query, orgID collab.ID, pushed collab.Recipients, at collab.Time) {
	q.add(`, browsers AS (SELECT s.org_id, s.id, s.user_id, s.host, n.id AS notification_id, n.urgent FROM log_head
		CROSS JOIN unnest(?::text[], ?::text[], ?::boolean[]) AS n (id, user_id, urgent) JOIN push_subscriptions s ON s.org_id = ? AND s.user_id = n.user_id)`,
		list(pushed.IDs), list(pushed.UserIDs), pushed.Urgent, orgID)
	q.add(`, waiting AS (SELECT w.target, w.notification_id, w.urgent, b.urgent AS presses,
		ROW_NUMBER() OVER (PARTITION BY w.target, b.notification_id ORDER BY w.urgent DESC, w.queued_at DESC, w.notification_id DESC) AS place
		FROM browsers b JOIN jobs w ON w.org_id = b.org_id AND w.kind = 'PUSH' AND w.target = b.id AND w.pending AND w.notification_id <> ALL(?::text[])),
		displaced AS (DELETE FROM jobs j USING (SELECT o.target, o.notification_id FROM jobs o WHERE o.org_id = ? AND o.kind = 'PUSH'
		AND (o.target, o.notification_id) IN (SELECT w.target, w.notification_id FROM waiting w WHERE w.place >= ? AND (w.presses OR NOT w.urgent))
		ORDER BY o.target, o.notification_id FOR UPDATE) AS o WHERE j.org_id = ? AND j.kind = 'PUSH' AND j.target = o.target
		AND j.notification_id = o.notification_id)`, list(pushed.IDs), orgID, collab.MaxJobsPerBrowser, orgID)
	q.add(`, pushes AS (INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at, urgent)
		SELECT b.org_id, 'PUSH', b.id, b.notification_id, b.user_id, b.host, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz, b.urgent
		FROM browsers b WHERE b.urgent OR b.id NOT IN (SELECT o.target FROM waiting o WHERE o.urgent AND o.place >= ?)
		ORDER BY b.id, b.notification_id COLLATE "C"`+growingPush+")",
		at, at, at, collab.At(at.Add(collab.PushLifetime)), collab.MaxJobsPerBrowser)
}

// recordDigests queues digests and their items. In a full digest that was not begun, the oldest make room.
func recordDigests(q *query, orgID collab.ID, mailed collab.Recipients, at collab.Time) {
	q.add(`, digests AS (INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at)
		SELECT ?, 'DIGEST', n.user_id, '', n.user_id, '', ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz FROM log_head
		CROSS JOIN unnest(?::text[]) AS n (user_id)`+growing+" RETURNING jobs.user_id)",
		orgID, at, at, at, collab.At(at.Add(collab.DigestLifetime)), list(mailed.UserIDs))
	// Jobs are locked before their items, as an erasure and the end of an expired job do.
	q.add(`, items AS (INSERT INTO digest_items (org_id, user_id, notification_id, added_at) SELECT ?, n.user_id, n.id, ?::timestamptz FROM digests d
		JOIN unnest(?::text[], ?::text[]) AS n (id, user_id) ON n.user_id = d.user_id`+releasing+")",
		orgID, at, list(mailed.IDs), list(mailed.UserIDs))
	q.add(`, displaced_items AS (DELETE FROM digest_items i USING (SELECT w.user_id, w.notification_id,
		ROW_NUMBER() OVER (PARTITION BY w.user_id ORDER BY w.added_at DESC, w.notification_id DESC) AS place
		FROM digests d JOIN digest_items w ON w.org_id = ? AND w.user_id = d.user_id AND w.digest_id IS NULL AND w.notification_id <> ALL(?::text[])) AS o
		WHERE i.org_id = ? AND i.user_id = o.user_id AND i.notification_id = o.notification_id AND o.place >= ?)`,
		orgID, list(mailed.IDs), orgID, collab.MaxDigestItems)
}

// dropJobs deletes what waits to be sent to a person who is removed, after dropBrowsers. An item has a digest that waits.
func dropJobs(q *query, orgID, userID collab.ID) {
	q.add(`, dropped_locked AS MATERIALIZED (SELECT o.kind, o.target, o.notification_id FROM (SELECT COUNT(*) FROM dropped_browsers) b CROSS JOIN jobs o
		WHERE o.org_id = ? AND o.user_id = ? ORDER BY o.kind, o.target, o.notification_id FOR UPDATE OF o), dropped AS (DELETE FROM jobs j USING dropped_locked o
		WHERE j.org_id = ? AND j.kind = o.kind AND j.target = o.target AND j.notification_id = o.notification_id RETURNING j.kind, j.target)`,
		orgID, userID, orgID)
	q.add(`, dropped_items AS (DELETE FROM digest_items i USING dropped d WHERE d.kind = 'DIGEST' AND i.org_id = ? AND i.user_id = d.target)`, orgID)
}

// jobColumns is what scanJob reads of a row j of the jobs.
const jobColumns = `j.kind, j.target, j.notification_id, j.user_id, j.host, j.attempts, j.ready_at, j.queued_at, j.holder, j.grown`

func scanJob(orgID collab.ID) func(row) (*collab.Job, error) {
	return func(r row) (*collab.Job, error) {
		j := &collab.Job{OrgID: orgID}
		var readyAt, queuedAt time.Time
		err := r.Scan(&j.Kind, &j.Target, &j.NotificationID, &j.UserID, &j.Host, &j.Attempts, &readyAt, &queuedAt, &j.Holder, &j.Grown)
		j.ReadyAt, j.QueuedAt = collab.At(readyAt), collab.At(queuedAt)
		return j, err
	}
}

func scanJobStats(into map[collab.JobKind]collab.JobStats) func(row) error {
	return func(r row) error {
		var kind collab.JobKind
		var waiting int
		var oldest *time.Time
		if err := r.Scan(&kind, &waiting, &oldest); err != nil {
			return err
		}
		stats := collab.JobStats{Waiting: waiting}
		if oldest != nil {
			stats.Oldest = collab.At(*oldest)
		}
		into[kind] = stats
		return nil
	}
}

// scanDigestItem returns a function that reads an item, and the digest that it is in.
func scanDigestItem(id *collab.ID, items *[]collab.ID) func(row) error {
	return func(r row) error {
		var item collab.ID
		err := r.Scan(id, &item)
		*items = append(*items, item)
		return err
	}
}
