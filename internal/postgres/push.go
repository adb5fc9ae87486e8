package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"tandem/internal/collab"
)

// RegisterPush stores a subscription. Registrations of one endpoint wait for each other. It locks in the order of writes and marks: what it
// may plan pushes for, then the membership, so that it stores no browser after an erasure, and then browsers, with their jobs, also those of
// the person who had the endpoint before.
func (s *Store) RegisterPush(ctx context.Context, orgID collab.ID, p *collab.PushSubscription) (bool, error) {
	hash, registered := endpointHash(p.Endpoint), 0
	register := newQuery(`WITH person AS (SELECT m.org_id, m.user_id FROM members m WHERE m.org_id = ? AND m.user_id = ? AND m.removed_at IS NULL),
		subscription AS (INSERT INTO push_subscriptions (org_id, id, user_id, endpoint, endpoint_hash, host, p256dh, auth, created_at)
		SELECT org_id, ?, user_id, ?, ?, ?, ?, ?, ? FROM person
		ON CONFLICT (org_id, endpoint_hash) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth, created_at = excluded.created_at
		RETURNING org_id, endpoint_hash),
		endpoint AS (INSERT INTO push_endpoints (hash, holder) SELECT endpoint_hash, org_id FROM subscription ON CONFLICT (hash) DO UPDATE SET holder = excluded.holder)
		SELECT COUNT(*) FROM person`, orgID, p.UserID, p.ID, p.Endpoint, hash, p.Host, p.P256dh, p.Auth, p.CreatedAt)
	steps := []batchQuery{{newQuery("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", hash), ignore}}
	for _, q := range lockSnoozed(orgID, p) {
		steps = append(steps, batchQuery{q, ignore})
	}
	steps = append(steps,
		batchQuery{newQuery("SELECT FROM members m WHERE m.org_id = ? AND m.user_id = ? AND m.removed_at IS NULL FOR NO KEY UPDATE", orgID, p.UserID), ignore},
		batchQuery{newQuery("SELECT release_endpoint(?, ?, ?)", hash, orgID, p.UserID), ignore},
		batchQuery{register, func(r row) error { return r.Scan(&registered) }},
		batchQuery{remindBrowser(orgID, p, hash), ignore},
		batchQuery{dropSubscriptions(orgID, `s.id IN (SELECT old.id FROM push_subscriptions old WHERE old.org_id = ? AND old.user_id = ?
			ORDER BY old.created_at DESC, old.id DESC OFFSET ?)`, orgID, p.UserID, constant(collab.MaxPushSubscriptions)), ignore})
	err := retried(func() error {
		batch := s.forOrg(orgID).begin()
		queue(batch, steps)
		batch.Queue("COMMIT")
		return s.forOrg(orgID).send(ctx, batch)
	})
	return registered > 0, err
}

// RemovePush deletes the person's subscription of an endpoint, with its jobs, and reports whether there was one.
func (s *Store) RemovePush(ctx context.Context, orgID, userID collab.ID, endpoint string) (bool, error) {
	removed, err := s.drop(ctx, orgID, "s.user_id = ? AND s.endpoint_hash = ?", userID, endpointHash(endpoint))
	return removed > 0, err
}

// DropPush deletes a subscription, with its jobs.
func (s *Store) DropPush(ctx context.Context, orgID, id collab.ID) error {
	_, err := s.drop(ctx, orgID, "s.id = ?", id)
	return err
}

// drop is dropSubscriptions in a transaction of its own. It locks them first, so that it sees the pushes that a snooze was just planning.
func (s *Store) drop(ctx context.Context, orgID collab.ID, which string, args ...any) (dropped int, err error) {
	lock := newQuery("SELECT FROM push_subscriptions s WHERE s.org_id = ? AND ", orgID).add(which, args...).add(" FOR UPDATE")
	err = s.inTurn(ctx, orgID, batchQuery{lock, ignore}, batchQuery{dropSubscriptions(orgID, which, args...), func(r row) error { return r.Scan(&dropped) }})
	return dropped, err
}

// dropSubscriptions returns the statement that deletes subscriptions, with their jobs, and counts them.
func dropSubscriptions(orgID collab.ID, which string, args ...any) *query {
	return newQuery("WITH gone AS (DELETE FROM push_subscriptions s WHERE s.org_id = ? AND ", orgID).add(which, args...).
		add(` RETURNING s.id, s.endpoint_hash),
		unused_locked AS MATERIALIZED (SELECT o.target, o.notification_id FROM gone JOIN jobs o ON o.target = gone.id
		WHERE o.org_id = ? AND o.kind = 'PUSH' ORDER BY o.target, o.notification_id FOR UPDATE OF o), unused AS (DELETE FROM jobs j USING unused_locked o
		WHERE j.org_id = ? AND j.kind = 'PUSH' AND j.target = o.target AND j.notification_id = o.notification_id),
		free AS (DELETE FROM push_endpoints e USING gone WHERE e.hash = gone.endpoint_hash AND e.holder = ?)
		SELECT COUNT(*) FROM gone`, orgID, orgID, orgID)
}

// dropBrowsers deletes all subscriptions of a person who is removed, before dropJobs, which deletes their jobs: the end of one subscription
// locks them in this order too.
func dropBrowsers(q *query, orgID, userID collab.ID) {
	q.add(`, dropped_browsers AS (DELETE FROM push_subscriptions s USING log_head WHERE s.org_id = ? AND s.user_id = ? RETURNING s.endpoint_hash),
		dropped_endpoints AS (DELETE FROM push_endpoints e USING dropped_browsers b WHERE e.hash = b.endpoint_hash AND e.holder = ?)`,
		orgID, userID, orgID)
}

// DeploymentKey returns the key of a name that all instances share. The first call with a proposed one stores it; until
// then the key is "".
func (s *Store) DeploymentKey(ctx context.Context, name, proposed string) (key string, err error) {
	if key, err = s.deploymentKey(ctx, name); err != nil || key != "" || proposed == "" {
		return key, err
	}
	q := newQuery("INSERT INTO deployment_keys (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", name, proposed)
	if _, err := s.forOrg(noTenant).exec(ctx, q); err != nil {
		return "", err
	}
	return s.deploymentKey(ctx, name)
}

// deploymentKey returns the key of a name, or "".
func (s *Store) deploymentKey(ctx context.Context, name string) (key string, err error) {
	q := newQuery("SELECT value FROM deployment_keys WHERE name = ?", name)
	err = forEachRow(ctx, s.forOrg(noTenant), q, func(r row) error { return r.Scan(&key) })
	return key, err
}

// endpointHash stands for an endpoint, which may be long, in keys and indexes.
func endpointHash(endpoint string) string {
	sum := sha256.Sum256([]byte(endpoint))
	return hex.EncodeToString(sum[:])
}
