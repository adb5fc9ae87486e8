package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"tandem/internal/collab"
)

// RegisterPush stores a subscription, in one transaction.
func (s *Store) RegisterPush(ctx context.Context, orgID collab.ID, p *collab.PushSubscription) (bool, error) {
	tx, err := s.writer.begin(ctx, writing(ctx, orgID, p.UserID))
	if err != nil {
		return false, err
	}
	defer tx.end()
	hash, holders := endpointHash(p.Endpoint), []collab.ID(nil)
	q := newQuery("SELECT holder FROM push_endpoints WHERE hash = ?", hash)
	if err := forEachRow(ctx, tx, q, scanAll(&holders, scanColumn[collab.ID])); err != nil {
		return false, err
	}
	for _, holder := range holders {
		_, err := dropSubscriptions(ctx, tx, holder, "s.endpoint_hash = ? AND (s.org_id <> ? OR s.user_id <> ?)", hash, orgID, p.UserID)
		if err != nil {
			return false, err
		}
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO push_subscriptions (org_id, id, user_id, endpoint, endpoint_hash, host, p256dh, auth, created_at)
		SELECT m.org_id, ?, m.user_id, ?, ?, ?, ?, ?, ? FROM members m WHERE m.org_id = ? AND m.user_id = ? AND m.removed_at IS NULL
		ON CONFLICT (org_id, endpoint_hash) DO UPDATE SET p256dh = excluded.p256dh, auth = excluded.auth, created_at = excluded.created_at`,
		p.ID, p.Endpoint, hash, p.Host, p.P256dh, p.Auth, value(p.CreatedAt), orgID, p.UserID)
	if err != nil {
		return false, fault(ctx, err)
	}
	registered, err := result.RowsAffected()
	if err != nil {
		return false, err
	}
	if registered > 0 {
		holds := newQuery("INSERT INTO push_endpoints (hash, holder) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET holder = excluded.holder", hash, orgID)
		if err := execAll(ctx, tx, holds, remindBrowser(orgID, p, hash)); err != nil {
			return false, err
		}
	}
	_, err = dropSubscriptions(ctx, tx, orgID, `s.id IN (SELECT old.id FROM push_subscriptions old WHERE old.org_id = ? AND old.user_id = ?
		ORDER BY old.created_at DESC, old.id DESC LIMIT -1 OFFSET ?)`, orgID, p.UserID, collab.MaxPushSubscriptions)
	if err != nil {
		return false, err
	}
	return registered > 0, fault(ctx, tx.Commit())
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

// drop is dropSubscriptions in a transaction of its own.
func (s *Store) drop(ctx context.Context, orgID collab.ID, which string, args ...any) (dropped int, err error) {
	tx, err := s.writer.begin(ctx, writing(ctx, orgID, ""))
	if err != nil {
		return 0, err
	}
	defer tx.end()
	if dropped, err = dropSubscriptions(ctx, tx, orgID, which, args...); err != nil {
		return 0, err
	}
	return dropped, fault(ctx, tx.Commit())
}

// dropSubscriptions deletes subscriptions, with their jobs, and returns how many.
func dropSubscriptions(ctx context.Context, tx *transaction, orgID collab.ID, which string, args ...any) (int, error) {
	gone := newQuery("SELECT s.id FROM push_subscriptions s WHERE s.org_id = ? AND ", orgID).add(which, args...)
	var ids []collab.ID
	if err := forEachRow(ctx, tx, gone, scanAll(&ids, scanColumn[collab.ID])); err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), execAll(ctx, tx,
		newQuery("DELETE FROM jobs WHERE org_id = ? AND kind = 'PUSH' AND target IN (SELECT value FROM json_each(?))", orgID, list(ids)),
		newQuery(`DELETE FROM push_endpoints WHERE holder = ? AND hash IN
			(SELECT s.endpoint_hash FROM push_subscriptions s WHERE s.org_id = ? AND s.id IN (SELECT value FROM json_each(?)))`, orgID, orgID, list(ids)),
		newQuery("DELETE FROM push_subscriptions WHERE org_id = ? AND id IN (SELECT value FROM json_each(?))", orgID, list(ids)))
}

// dropBrowsers deletes all subscriptions of a person who is removed or erased, whose jobs are deleted as well.
func dropBrowsers(orgID, userID collab.ID) []*query {
	return []*query{
		newQuery(`DELETE FROM push_endpoints WHERE holder = ? AND hash IN
			(SELECT endpoint_hash FROM push_subscriptions WHERE org_id = ? AND user_id = ?)`, orgID, orgID, userID),
		newQuery("DELETE FROM push_subscriptions WHERE org_id = ? AND user_id = ?", orgID, userID),
	}
}

// DeploymentKey returns the key of a name that all instances share. The first call with a proposed one stores it; until
// then the key is "".
func (s *Store) DeploymentKey(ctx context.Context, name, proposed string) (key string, err error) {
	if key, err = s.deploymentKey(ctx, name); err != nil || key != "" || proposed == "" {
		return key, err
	}
	q := newQuery("INSERT INTO deployment_keys (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING", name, proposed)
	if _, err := s.exec(ctx, "", q); err != nil {
		return "", err
	}
	return s.deploymentKey(ctx, name)
}

// deploymentKey returns the key of a name, or "".
func (s *Store) deploymentKey(ctx context.Context, name string) (key string, err error) {
	q := newQuery("SELECT value FROM deployment_keys WHERE name = ?", name)
	err = forEachRow(ctx, s.readers, q, func(r row) error { return r.Scan(&key) })
	return key, err
}

// endpointHash stands for an endpoint, which may be long, in keys and indexes.
func endpointHash(endpoint string) string {
	sum := sha256.Sum256([]byte(endpoint))
	return hex.EncodeToString(sum[:])
}
