package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// DueOrganizations returns the organizations with work for those who send jobs of a kind. It looks up two rows for each
// organization with jobs.
func (s *Store) DueOrganizations(ctx context.Context, kind collab.JobKind, now collab.Time) ([]collab.ID, error) {
	q := newQuery(`WITH RECURSIVE orgs (org_id) AS (SELECT (SELECT MIN(j.org_id) FROM jobs j)
		UNION ALL SELECT (SELECT MIN(j.org_id) FROM jobs j WHERE j.org_id > o.org_id) FROM orgs o WHERE o.org_id IS NOT NULL)
		SELECT o.org_id FROM orgs o WHERE o.org_id IS NOT NULL AND (EXISTS (SELECT 1 FROM jobs j WHERE j.org_id = o.org_id AND j.kind = ? AND j.due_at <= ?)
		OR EXISTS (SELECT 1 FROM jobs j WHERE j.org_id = o.org_id AND j.expires_at <= ? AND j.due_at <= ?))`, kind, now, now, now)
	return collect(ctx, s.readers, q, scanColumn[collab.ID])
}

// ClaimJobs claims jobs of an organization that are due.
func (s *Store) ClaimJobs(ctx context.Context, orgID collab.ID, claim collab.JobClaim) (jobs []*collab.Job, expired []collab.JobKind, err error) {
	tx, err := s.writer.begin(ctx, writing(ctx, orgID, ""))
	if err != nil {
		return nil, nil, err
	}
	defer tx.end()
	over := newQuery(`DELETE FROM jobs WHERE (org_id, kind, target, notification_id) IN (SELECT o.org_id, o.kind, o.target, o.notification_id FROM jobs o
		WHERE o.org_id = ? AND o.expires_at <= ? AND o.due_at <= ? LIMIT ?) RETURNING kind, target, pending`,
		orgID, claim.Now, claim.Now, collab.MaxExpired)
	var digests []collab.ID
	if err := forEachRow(ctx, tx, over, scanExpired(&expired, &digests)); err != nil {
		return nil, nil, err
	}
	items := newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id IN (SELECT value FROM json_each(?))", orgID, list(digests))
	if err := execAll(ctx, tx, items); err != nil {
		return nil, nil, err
	}
	due := dueJobs(orgID, claim).add(`
		UPDATE jobs AS j SET due_at = ?, holder = ?, planned = TRUE WHERE (j.org_id, j.kind, j.target, j.notification_id) IN
		(SELECT p.org_id, p.kind, p.target, p.notification_id FROM (SELECT f.*, ROW_NUMBER() OVER (PARTITION BY f.user_id ORDER BY f.due_at) AS of_person,
		ROW_NUMBER() OVER (PARTITION BY f.host ORDER BY f.due_at) AS of_host FROM first f) p
		WHERE p.of_person <= ? AND (p.of_host = 1 OR NOT EXISTS (SELECT 1 FROM json_each(?) t WHERE t.value = p.host)))
		RETURNING `+jobColumns, claim.Until, claim.Holder, claim.MostOfPerson(), list(claim.Tried))
	if err := forEachRow(ctx, tx, due, scanAll(&jobs, scanJob(orgID))); err != nil {
		return nil, nil, err
	}
	return jobs, expired, fault(ctx, tx.Commit())
}

// goesOn tells whether there is more to send of a job than what was claimed.
const goesOn = `(grown <> ? OR kind = 'DIGEST' AND EXISTS
	(SELECT 1 FROM digest_items i WHERE i.org_id = jobs.org_id AND i.user_id = jobs.user_id))`

// firstItem is when the first of what a digest tells was told; NULL for other jobs.
const firstItem = `(SELECT MIN(COALESCE(n.updated_at, n.created_at)) FROM digest_items i JOIN notifications n ON n.org_id = i.org_id
	AND n.user_id = i.user_id AND n.id = i.notification_id WHERE jobs.kind = 'DIGEST' AND i.org_id = jobs.org_id AND i.user_id = jobs.user_id)`

// rested is when a job that ended is due again. A snooze that was made since its claim moved ready_at to its end, which may come before
// the end of the rest.
const rested = "CASE WHEN ready_at > ? THEN MIN(ready_at, ?) ELSE ? END"

// FinishJob ends a claimed job. A digest waits as long as it has items. A job without more to send expires when it has rested.
func (s *Store) FinishJob(ctx context.Context, job *collab.Job, until collab.Time) error {
	return s.updateJob(ctx, job, "pending = "+goesOn+", planned = FALSE, attempts = 0, due_at = "+rested+", ready_at = "+rested+","+
		" queued_at = COALESCE("+firstItem+", "+rested+"), expires_at = CASE WHEN "+goesOn+" THEN MAX(expires_at, ?) ELSE ? END",
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
		" attempts = ?, expires_at = MAX(expires_at, ?)",
		job.Planned, job.Planned, job.Grown, job.Attempts, until, job.Planned, job.Planned, job.Grown, job.Attempts,
		job.Planned, job.Grown, job.Attempts, until, job.Attempts, job.KeptUntil(until))
}

// updateJob changes a job, if it is still that of its claim.
func (s *Store) updateJob(ctx context.Context, job *collab.Job, set string, args ...any) error {
	q := newQuery("UPDATE jobs SET "+set, args...).
		add(", holder = NULL WHERE org_id = ? AND kind = ? AND target = ? AND notification_id = ? AND holder = ?",
			job.OrgID, job.Kind, job.Target, job.NotificationID, job.Holder)
	_, err := s.exec(ctx, job.OrgID, q)
	return err
}

// JobStats returns what is due in the queue.
func (s *Store) JobStats(ctx context.Context, now collab.Time) (map[collab.JobKind]collab.JobStats, error) {
	stats := map[collab.JobKind]collab.JobStats{}
	q := newQuery("SELECT kind, COUNT(*), MIN(ready_at) FROM jobs WHERE pending AND ready_at <= ? GROUP BY kind", now)
	return stats, forEachRow(ctx, s.readers, q, scanJobStats(stats))
}

// rescheduleJobs returns the statement that makes a person's digest due, and the pushes that are planned. A claimed job stays claimed, and
// is due after that. A push does not count as grown, since it would be sent twice.
func rescheduleJobs(orgID, userID collab.ID, now collab.Time) *query {
	return newQuery(`UPDATE jobs SET grown = CASE WHEN kind = 'DIGEST' THEN grown + 1 ELSE grown END,
		due_at = CASE WHEN holder IS NULL THEN MIN(due_at, ?) ELSE due_at END,
		ready_at = MIN(ready_at, ?), planned = FALSE
		WHERE org_id = ? AND user_id = ? AND pending AND (kind = 'DIGEST' OR planned)`, now, now, orgID, userID)
}

// BeginDigest returns the items of the digest that a person is sent now, and its id.
func (s *Store) BeginDigest(ctx context.Context, job *collab.Job, proposed collab.ID) (id collab.ID, items []collab.ID, err error) {
	tx, err := s.writer.begin(ctx, writing(ctx, job.OrgID, job.UserID))
	if err != nil {
		return "", nil, err
	}
	defer tx.end()
	claimed, err := count(ctx, tx, newQuery("SELECT COUNT(*) FROM jobs WHERE org_id = ? AND kind = 'DIGEST' AND target = ? AND holder = ?",
		job.OrgID, job.Target, job.Holder))
	if err != nil || claimed == 0 {
		return "", nil, err
	}
	fresh := newQuery(`UPDATE digest_items SET digest_id = ? WHERE org_id = ? AND user_id = ?
		AND NOT EXISTS (SELECT 1 FROM digest_items b WHERE b.org_id = ? AND b.user_id = ? AND b.digest_id IS NOT NULL)`,
		proposed, job.OrgID, job.UserID, job.OrgID, job.UserID)
	if err := execAll(ctx, tx, fresh); err != nil {
		return "", nil, err
	}
	q := newQuery(`SELECT digest_id, notification_id FROM digest_items WHERE org_id = ? AND user_id = ? AND digest_id IS NOT NULL`,
		job.OrgID, job.UserID)
	if err := forEachRow(ctx, tx, q, scanDigestItem(&id, &items)); err != nil {
		return "", nil, err
	}
	return id, items, fault(ctx, tx.Commit())
}

// EndDigest deletes the items of a digest.
func (s *Store) EndDigest(ctx context.Context, orgID, userID, id collab.ID) error {
	q := newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id = ? AND digest_id = ?", orgID, userID, id)
	_, err := s.exec(ctx, orgID, q)
	return err
}

// DropDigest deletes everything of which a digest would tell, unless there is more of it than when it was claimed.
func (s *Store) DropDigest(ctx context.Context, job *collab.Job) (bool, error) {
	tx, err := s.writer.begin(ctx, writing(ctx, job.OrgID, job.UserID))
	if err != nil {
		return false, err
	}
	defer tx.end()
	claimed, err := count(ctx, tx, newQuery("SELECT COUNT(*) FROM jobs WHERE org_id = ? AND kind = 'DIGEST' AND target = ? AND holder = ? AND grown = ?",
		job.OrgID, job.Target, job.Holder, job.Grown))
	if err != nil || claimed == 0 {
		return false, err
	}
	if err := execAll(ctx, tx, newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id = ?", job.OrgID, job.UserID)); err != nil {
		return false, err
	}
	return true, fault(ctx, tx.Commit())
}

// growing is what becomes of a job that is inserted again. A job that was sent lately keeps the time until which it rests.
const growing = ` ON CONFLICT (org_id, kind, target, notification_id) DO UPDATE SET grown = jobs.grown + 1, pending = TRUE,
	expires_at = MAX(jobs.expires_at, jobs.due_at + (excluded.expires_at - excluded.due_at))`

// growingPush is growing of a push. A push that is planned, for the end of quiet hours or of a snooze, is checked at once: what is
// new was not put off.
const growingPush = ` ON CONFLICT (org_id, kind, target, notification_id) DO UPDATE SET grown = jobs.grown + 1, pending = TRUE, planned = FALSE,
	urgent = excluded.urgent, due_at = CASE WHEN ` + waits + ` THEN excluded.due_at ELSE jobs.due_at END,
	ready_at = CASE WHEN ` + waits + ` THEN excluded.ready_at ELSE jobs.ready_at END, expires_at = CASE WHEN ` + waits + `
	THEN excluded.expires_at ELSE MAX(jobs.expires_at, jobs.due_at + (excluded.expires_at - excluded.due_at)) END`

// waits tells whether a job waits for a time that was chosen for it. A job that is claimed is planned again by its holder.
const waits = "(jobs.planned AND jobs.holder IS NULL)"

// releasing is what becomes of an item that is inserted again: it grew, so the next digest tells of it.
const releasing = " ON CONFLICT (org_id, user_id, notification_id) DO UPDATE SET digest_id = NULL, added_at = excluded.added_at"

// recordJobs returns the statements that queue the messages and the digests of a decision's notifications.
func recordJobs(orgID collab.ID, d *collab.Decision) []*query {
	var statements []*query
	at := d.Change.OccurredAt
	if pushed := collab.Pushed(d.Change.Notifications); len(pushed.IDs) > 0 {
		statements = recordPushes(orgID, pushed, collab.At(at.Add(d.PushLater)))
	}
	if lapsed := collab.Lapsed(d.Change.Notifications); len(lapsed.IDs) > 0 {
		statements = append(statements, dropLapsed(orgID, lapsed, at))
	}
	if mailed := collab.Mailed(d.Change.Notifications); len(mailed.IDs) > 0 {
		statements = append(statements, recordDigests(orgID, mailed, at)...)
	}
	return statements
}

// toldTo begins a statement with the table told, of the notifications of a decision: a row for each person.
func toldTo(told collab.Recipients) *query {
	people := make([][]any, len(told.IDs))
	for i, id := range told.IDs {
		people[i] = []any{id, told.UserIDs[i], told.Urgent[i]}
	}
	return newQuery("WITH told (id, user_id, urgent) AS MATERIALIZED (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)) ", rows(people))
}

// recordPushes queues messages. In a full queue, those in the last places by urgency and age make room.
func recordPushes(orgID collab.ID, pushed collab.Recipients, at collab.Time) []*query {
	return []*query{
		toldTo(pushed).add(`DELETE FROM jobs WHERE (org_id, kind, target, notification_id) IN (SELECT o.org_id, o.kind, o.target, o.notification_id FROM
			(SELECT w.org_id, w.kind, w.target, w.notification_id, w.urgent, n.urgent AS presses,
			ROW_NUMBER() OVER (PARTITION BY w.target ORDER BY w.urgent DESC, w.queued_at DESC, w.notification_id DESC) AS place
			FROM told n CROSS JOIN push_subscriptions s ON s.org_id = ? AND s.user_id = n.user_id
			CROSS JOIN jobs w ON w.org_id = s.org_id AND w.kind = 'PUSH' AND w.target = s.id AND w.pending AND w.notification_id <> n.id) o
			WHERE o.place >= ? AND (o.presses OR NOT o.urgent))`,
			orgID, collab.MaxJobsPerBrowser),
		toldTo(pushed).add(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at, urgent)
			SELECT s.org_id, 'PUSH', s.id, n.id, s.user_id, s.host, ?, ?, ?, ?, n.urgent
			FROM told n CROSS JOIN push_subscriptions s ON s.org_id = ? AND s.user_id = n.user_id
			WHERE n.urgent OR (SELECT COUNT(*) FROM jobs w WHERE w.org_id = s.org_id AND w.kind = 'PUSH' AND w.target = s.id AND w.pending
			AND w.urgent AND w.notification_id <> n.id) < ?`+growingPush,
			at, at, at, collab.At(at.Add(collab.PushLifetime)), orgID, collab.MaxJobsPerBrowser),
	}
}

// recordDigests queues digests and their items. In a full digest that was not begun, the oldest make room.
func recordDigests(orgID collab.ID, mailed collab.Recipients, at collab.Time) []*query {
	return []*query{
		toldTo(mailed).add(`INSERT INTO digest_items (org_id, user_id, notification_id, added_at) SELECT ?, n.user_id, n.id, ? FROM told n WHERE TRUE`+releasing, orgID, at),
		toldTo(mailed).add(`DELETE FROM digest_items WHERE org_id = ? AND (user_id, notification_id) IN (SELECT o.user_id, o.notification_id FROM
			(SELECT w.user_id, w.notification_id, ROW_NUMBER() OVER (PARTITION BY w.user_id ORDER BY w.added_at DESC, w.notification_id DESC) AS place
			FROM told n CROSS JOIN digest_items w ON w.org_id = ? AND w.user_id = n.user_id AND w.digest_id IS NULL) o WHERE o.place > ?)`,
			orgID, orgID, collab.MaxDigestItems),
		toldTo(mailed).add(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at)
			SELECT ?, 'DIGEST', n.user_id, '', n.user_id, '', ?, ?, ?, ? FROM told n WHERE TRUE`+growing,
			orgID, at, at, at, collab.At(at.Add(collab.DigestLifetime))),
	}
}

// dropJobs deletes what waits to be sent to a person who is removed.
func dropJobs(orgID, userID collab.ID) []*query {
	return []*query{
		newQuery("DELETE FROM jobs WHERE org_id = ? AND user_id = ?", orgID, userID),
		newQuery("DELETE FROM digest_items WHERE org_id = ? AND user_id = ?", orgID, userID),
	}
}

// jobColumns is what scanJob reads of a row of the jobs.
const jobColumns = `kind, target, notification_id, user_id, host, attempts, ready_at, queued_at, holder, grown`

func scanJob(orgID collab.ID) func(row) (*collab.Job, error) {
	return func(r row) (*collab.Job, error) {
		j := &collab.Job{OrgID: orgID}
		var readyAt, queuedAt int64
		err := r.Scan(&j.Kind, &j.Target, &j.NotificationID, &j.UserID, &j.Host, &j.Attempts, &readyAt, &queuedAt, &j.Holder, &j.Grown)
		j.ReadyAt, j.QueuedAt = at(readyAt), at(queuedAt)
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

// scanExpired returns a function that reads an expired job: its kind if it was pending, and its person if it was a digest.
func scanExpired(kinds *[]collab.JobKind, digests *[]collab.ID) func(row) error {
	return func(r row) error {
		var kind collab.JobKind
		var target collab.ID
		wasPending := false
		err := r.Scan(&kind, &target, &wasPending)
		if wasPending {
			*kinds = append(*kinds, kind)
		}
		if wasPending && kind == collab.JobDigest {
			*digests = append(*digests, target)
		}
		return err
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
