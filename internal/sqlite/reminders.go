package sqlite

import "tandem/internal/collab"

// reminding returns what becomes of the pushes of the notifications n that are about to be marked.
type reminding func(orgID, userID collab.ID, which *query) []*query

// dropReminders deletes the pushes that wait of notifications that were snoozed.
func dropReminders(orgID, userID collab.ID, which *query) []*query {
	return []*query{newQuery(`DELETE FROM jobs WHERE org_id = ? AND user_id = ? AND kind = 'PUSH' AND pending
		AND notification_id IN (SELECT n.id FROM notifications n`, orgID, userID).
		add(which.text.String(), which.args...).add(" AND n.snoozed_until IS NOT NULL)")}
}

// planReminders queues pushes for the end of a snooze, of the newest notifications where there is not room for all, and deletes those
// that wait of the others. They are not urgent, so that in a full queue they make room first. A claimed job is due when its claim is
// over: its holder, or the instance that takes it over, finds the snooze.
func planReminders(until, now collab.Time) reminding {
	return func(orgID, userID collab.ID, which *query) []*query {
		room := newQuery("WITH marked AS MATERIALIZED (SELECT n.id, n.position FROM notifications n").add(which.text.String(), which.args...).
			add(`), browsers AS MATERIALIZED (SELECT s.org_id, s.id, s.user_id, s.host, ? - (SELECT COUNT(*) FROM jobs w WHERE w.org_id = s.org_id
			AND w.kind = 'PUSH' AND w.target = s.id AND w.pending AND w.notification_id NOT IN (SELECT m.id FROM marked m)) AS places
			FROM push_subscriptions s JOIN members m ON m.org_id = s.org_id AND m.user_id = s.user_id AND m.removed_at IS NULL
			WHERE s.org_id = ? AND s.user_id = ?)`, collab.MaxJobsPerBrowser, orgID, userID).
			add(`, room AS MATERIALIZED (SELECT b.org_id, b.id, b.user_id, b.host, m.id AS notification_id FROM browsers b
			JOIN (SELECT m.id, ROW_NUMBER() OVER (ORDER BY m.position DESC) AS place FROM marked m ORDER BY m.position DESC LIMIT ?) AS m ON m.place <= b.places) `,
				collab.MaxJobsPerBrowser)
		crowded := newQuery(room.text.String(), room.args...).add(`DELETE FROM jobs WHERE org_id = ? AND user_id = ? AND kind = 'PUSH' AND pending
			AND notification_id IN (SELECT m.id FROM marked m) AND (target, notification_id) NOT IN (SELECT r.id, r.notification_id FROM room r)`, orgID, userID)
		reminders := room.add(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, planned, due_at, ready_at, queued_at, expires_at, urgent)
			SELECT r.org_id, 'PUSH', r.id, r.notification_id, r.user_id, r.host, TRUE, ?, ?, ?, ?, FALSE FROM room r WHERE TRUE`+snoozing,
			until, until, now, collab.At(until.Add(collab.PushLifetime)))
		return []*query{crowded, reminders}
	}
}

// snoozing is what becomes of a push of a notification that is snoozed. FinishJob finds the end of the snooze in ready_at.
const snoozing = ` ON CONFLICT (org_id, kind, target, notification_id) DO UPDATE SET grown = jobs.grown + 1, pending = TRUE,
	planned = jobs.planned OR jobs.holder IS NULL, attempts = 0, due_at = CASE WHEN jobs.holder IS NULL THEN excluded.due_at ELSE jobs.due_at END,
	ready_at = excluded.ready_at, expires_at = excluded.expires_at, urgent = FALSE`

// remindBrowser plans pushes to a browser that registers for the ends of its person's snoozes, of those that end first where there is not
// room for all: it may be the renewal of a subscription that had them.
func remindBrowser(orgID collab.ID, p *collab.PushSubscription, hash string) *query {
	return newQuery(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, planned, due_at, ready_at, queued_at, expires_at, urgent)
		SELECT s.org_id, 'PUSH', s.id, n.id, s.user_id, s.host, TRUE, n.snoozed_until, n.snoozed_until, ?, n.snoozed_until + ?, FALSE
		FROM push_subscriptions s JOIN members m ON m.org_id = s.org_id AND m.user_id = s.user_id AND m.removed_at IS NULL
		JOIN notifications n ON n.org_id = s.org_id AND n.user_id = s.user_id AND n.read_at IS NULL AND n.snoozed_until > ?
		WHERE s.org_id = ? AND s.endpoint_hash = ? AND NOT EXISTS (SELECT 1 FROM jobs w WHERE w.org_id = s.org_id AND w.kind = 'PUSH' AND w.target = s.id
		AND w.notification_id = n.id) ORDER BY n.snoozed_until, n.position LIMIT MAX(0, ? - (SELECT COUNT(*) FROM push_subscriptions s
		JOIN jobs w ON w.org_id = s.org_id AND w.kind = 'PUSH' AND w.target = s.id AND w.pending WHERE s.org_id = ? AND s.endpoint_hash = ?)) ON CONFLICT DO NOTHING`,
		p.CreatedAt, collab.PushLifetime.Milliseconds(), p.CreatedAt, orgID, hash, collab.MaxJobsPerBrowser, orgID, hash)
}

// dropLapsed ends the pushes that wait of notifications that grew and are not pushed for it, as FinishJob ends what was sent. One in its
// rest, or its backoff, goes on resting. A claimed job stays as it is: its holder checks what the person wants now.
func dropLapsed(orgID collab.ID, lapsed collab.Recipients, at collab.Time) *query {
	return newQuery(`UPDATE jobs SET pending = FALSE, planned = FALSE, attempts = 0, due_at = o.rested, ready_at = o.rested, queued_at = o.rested,
		expires_at = o.rested FROM (SELECT l.target, l.notification_id, CASE WHEN l.planned THEN ? ELSE l.due_at END AS rested FROM jobs l
		WHERE l.org_id = ? AND l.user_id IN (SELECT value FROM json_each(?)) AND l.kind = 'PUSH'
		AND l.notification_id IN (SELECT value FROM json_each(?)) AND l.pending AND l.holder IS NULL) AS o
		WHERE jobs.org_id = ? AND jobs.kind = 'PUSH' AND jobs.target = o.target AND jobs.notification_id = o.notification_id`,
		at, orgID, list(lapsed.UserIDs), list(lapsed.IDs), orgID)
}
