package postgres

import "tandem/internal/collab"

// reminding adds to a statement what becomes of the pushes of the notifications that it marked.
type reminding func(q *query, orgID, userID collab.ID)

// dropReminders deletes the pushes that wait of notifications that were snoozed.
func dropReminders(q *query, orgID, userID collab.ID) {
	q.add(`, dropped_locked AS MATERIALIZED (SELECT o.target, o.notification_id FROM jobs o JOIN marked m ON m.id = o.notification_id
		WHERE o.org_id = ? AND o.user_id = ? AND o.kind = 'PUSH' AND o.pending AND m.snoozed_until IS NOT NULL
		ORDER BY o.target, o.notification_id FOR UPDATE OF o), dropped AS (DELETE FROM jobs j USING dropped_locked o
		WHERE j.org_id = ? AND j.kind = 'PUSH' AND j.target = o.target AND j.notification_id = o.notification_id)`, orgID, userID, orgID)
}

// planReminders queues pushes for the end of a snooze, of the newest notifications where there is not room for all, and deletes those
// that wait of the others. They are not urgent, so that in a full queue they make room first. A claimed job is due when its claim is
// over: its holder, or the instance that takes it over, finds the snooze. It locks the browsers and the membership, so that nothing is
// planned after a removal of either.
func planReminders(until, now collab.Time) reminding {
	return func(q *query, orgID, userID collab.ID) {
		q.add(`, browsers AS MATERIALIZED (SELECT s.org_id, s.id, s.user_id, s.host, ? - (SELECT COUNT(*) FROM jobs w WHERE w.org_id = s.org_id
			AND w.kind = 'PUSH' AND w.target = s.id AND w.pending AND w.notification_id NOT IN (SELECT m.id FROM marked m)) AS places
			FROM push_subscriptions s JOIN members m ON m.org_id = s.org_id AND m.user_id = s.user_id AND m.removed_at IS NULL
			WHERE s.org_id = ? AND s.user_id = ? FOR KEY SHARE OF s, m)`, collab.MaxJobsPerBrowser, orgID, userID)
		q.add(`, room AS MATERIALIZED (SELECT b.org_id, b.id, b.user_id, b.host, m.id AS notification_id FROM browsers b
			JOIN (SELECT m.id, ROW_NUMBER() OVER (ORDER BY m.position DESC) AS place FROM marked m ORDER BY m.position DESC LIMIT ?) AS m ON m.place <= b.places)`,
			constant(collab.MaxJobsPerBrowser))
		q.add(`, crowded_locked AS MATERIALIZED (SELECT o.target, o.notification_id FROM jobs o WHERE o.org_id = ? AND o.user_id = ?
			AND o.kind = 'PUSH' AND o.pending AND o.notification_id IN (SELECT m.id FROM marked m)
			AND (o.target, o.notification_id) NOT IN (SELECT r.id, r.notification_id FROM room r)
			ORDER BY o.target, o.notification_id FOR UPDATE OF o), crowded AS (DELETE FROM jobs j USING crowded_locked o
			WHERE j.org_id = ? AND j.kind = 'PUSH' AND j.target = o.target AND j.notification_id = o.notification_id)`, orgID, userID, orgID)
		q.add(`, reminders AS (INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, planned, due_at, ready_at, queued_at, expires_at, urgent)
			SELECT r.org_id, 'PUSH', r.id, r.notification_id, r.user_id, r.host, TRUE, ?::timestamptz, ?::timestamptz, ?::timestamptz, ?::timestamptz, FALSE
			FROM room r ORDER BY r.id, r.notification_id COLLATE "C"`+snoozing+")",
			until, until, now, collab.At(until.Add(collab.PushLifetime)))
	}
}

// snoozing is what becomes of a push of a notification that is snoozed. FinishJob finds the end of the snooze in ready_at.
const snoozing = ` ON CONFLICT (org_id, kind, target, notification_id) DO UPDATE SET grown = jobs.grown + 1, pending = TRUE,
	planned = jobs.planned OR jobs.holder IS NULL, attempts = 0, due_at = CASE WHEN jobs.holder IS NULL THEN excluded.due_at ELSE jobs.due_at END,
	ready_at = excluded.ready_at, expires_at = excluded.expires_at, urgent = FALSE`

// lockSnoozed locks what a registration may plan pushes for: the inbox, as a snooze does, so that a snooze and a registration at once see
// one another, and the notifications that are snoozed, by their positions as everybody does, so that none grows meanwhile.
func lockSnoozed(orgID collab.ID, p *collab.PushSubscription) []*query {
	return []*query{
		newQuery(`INSERT INTO inboxes AS i (org_id, user_id, revision) SELECT m.org_id, m.user_id, 0 FROM members m
			WHERE m.org_id = ? AND m.user_id = ? AND m.removed_at IS NULL ON CONFLICT (org_id, user_id) DO UPDATE SET revision = i.revision`, orgID, p.UserID),
		newQuery(`SELECT FROM notifications n WHERE n.org_id = ? AND n.user_id = ? AND n.read_at IS NULL AND n.snoozed_until > ?
			ORDER BY n.position FOR NO KEY UPDATE`, orgID, p.UserID, p.CreatedAt),
	}
}

// remindBrowser plans pushes to a browser that registers for the ends of its person's snoozes, which lockSnoozed has locked, of those that
// end first where there is not room for all: it may be the renewal of a subscription that had them.
func remindBrowser(orgID collab.ID, p *collab.PushSubscription, hash string) *query {
	return newQuery(`INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, planned, due_at, ready_at, queued_at, expires_at, urgent)
		SELECT s.org_id, 'PUSH', s.id, n.id, s.user_id, s.host, TRUE, n.snoozed_until, n.snoozed_until, ?::timestamptz, n.snoozed_until + ?::interval, FALSE
		FROM push_subscriptions s JOIN members m ON m.org_id = s.org_id AND m.user_id = s.user_id AND m.removed_at IS NULL
		JOIN notifications n ON n.org_id = s.org_id AND n.user_id = s.user_id
		WHERE s.org_id = ? AND s.endpoint_hash = ? AND n.org_id = ? AND n.user_id = ? AND n.read_at IS NULL AND n.snoozed_until > ?
		AND NOT EXISTS (SELECT FROM jobs w WHERE w.org_id = s.org_id AND w.kind = 'PUSH' AND w.target = s.id AND w.notification_id = n.id)
		ORDER BY n.snoozed_until, n.position LIMIT GREATEST(0, ? - (SELECT COUNT(*) FROM push_subscriptions s
		JOIN jobs w ON w.org_id = s.org_id AND w.kind = 'PUSH' AND w.target = s.id AND w.pending WHERE s.org_id = ? AND s.endpoint_hash = ?))
		ON CONFLICT DO NOTHING`,
		p.CreatedAt, collab.PushLifetime, orgID, hash, orgID, p.UserID, p.CreatedAt, collab.MaxJobsPerBrowser, orgID, hash)
}

// dropLapsed ends the pushes that wait of notifications that grew and are not pushed for it, as FinishJob ends what was sent. One in its
// rest, or its backoff, goes on resting. A claimed job stays as it is: its holder checks what the person wants now.
func dropLapsed(q *query, orgID collab.ID, lapsed collab.Recipients, at collab.Time) {
	q.add(`, lapsed_locked AS MATERIALIZED (SELECT o.target, o.notification_id, CASE WHEN o.planned THEN ?::timestamptz ELSE o.due_at END AS rested
		FROM log_head CROSS JOIN jobs o WHERE o.org_id = ? AND o.kind = 'PUSH' AND o.user_id = ANY(?) AND o.notification_id = ANY(?)
		AND o.pending AND o.holder IS NULL ORDER BY o.target, o.notification_id FOR NO KEY UPDATE OF o),
		lapsed AS (UPDATE jobs j SET pending = FALSE, planned = FALSE, attempts = 0, due_at = o.rested, ready_at = o.rested, queued_at = o.rested,
		expires_at = o.rested FROM lapsed_locked o WHERE j.org_id = ? AND j.kind = 'PUSH' AND j.target = o.target AND j.notification_id = o.notification_id)`,
		at, orgID, list(lapsed.UserIDs), list(lapsed.IDs), orgID)
}
