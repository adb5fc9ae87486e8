package postgres

import (
	"context"
	"encoding/json"
	"maps"

	"tandem/internal/collab"
)

// NotificationPreferences returns the preferences of people.
func (s *Store) NotificationPreferences(ctx context.Context, orgID collab.ID, userIDs []collab.ID) (map[collab.ID]*collab.NotificationPreferences, error) {
	found, queries := queryPreferences(orgID, userIDs)
	if err := s.forOrg(orgID).query(ctx, queries...); err != nil {
		return nil, err
	}
	return found, nil
}

// SetNotificationPreferences applies a patch. It locks the person's membership, so that two patches at once are applied
// one after the other, and none after an erasure.
func (s *Store) SetNotificationPreferences(ctx context.Context, orgID, userID collab.ID, patch collab.PreferencesPatch, now collab.Time) (
	stored *collab.NotificationPreferences, err error) {
	apply, err := applyPatch(orgID, userID, patch)
	if err != nil {
		return nil, err
	}
	var members int
	found, stating := queryPreferences(orgID, []collab.ID{userID})
	statements := []batchQuery{{lockChoices(orgID, userID), ignore}, {apply, func(r row) error { return r.Scan(&members) }}}
	for _, q := range rescheduleJobs(orgID, userID, now) {
		statements = append(statements, batchQuery{q, ignore})
	}
	if err := s.inTurn(ctx, orgID, append(statements, stating...)...); err != nil || members == 0 {
		return nil, err
	}
	return found[userID], nil
}

// applyPatch returns the statement that applies a patch, and counts the members whose preferences it changes.
func applyPatch(orgID, userID collab.ID, patch collab.PreferencesPatch) (*query, error) {
	chosen, withdrawn, err := splitChoices(patch.Channels)
	if err != nil {
		return nil, err
	}
	var from, to *string
	if patch.QuietHours != nil {
		from, to = &patch.QuietHours.From, &patch.QuietHours.To
	}
	q := newQuery(`WITH person AS (SELECT m.org_id, m.user_id FROM members m WHERE m.org_id = ? AND m.user_id = ? AND m.removed_at IS NULL
		FOR NO KEY UPDATE)`, orgID, userID)
	q.add(`, chosen AS (INSERT INTO notification_channels (org_id, user_id, kind, channels)
		SELECT org_id, user_id, c.key, c.value FROM person, json_each(?) AS c
		ON CONFLICT (org_id, user_id, kind) DO UPDATE SET channels = excluded.channels)`, chosen)
	q.add(`, withdrawn AS (DELETE FROM notification_channels c USING person p
		WHERE c.org_id = p.org_id AND c.user_id = p.user_id AND c.kind = ANY(?))`, list(withdrawn))
	q.add(`, settings AS (INSERT INTO notification_settings AS s (org_id, user_id, quiet_from, quiet_to, time_zone, digest, refused_email)
		SELECT org_id, user_id, ?::text, ?::text, ?::text, ?::text, ?::text FROM person
		ON CONFLICT (org_id, user_id) DO UPDATE SET time_zone = COALESCE(excluded.time_zone, s.time_zone), digest = COALESCE(excluded.digest, s.digest),
		refused_email = CASE WHEN excluded.digest IS NULL THEN COALESCE(excluded.refused_email, s.refused_email) END`,
		from, to, patch.TimeZone, patch.Digest, patch.RefusedEmail)
	if patch.SetsQuietHours {
		q.add(", quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to")
	}
	return q.add(") SELECT COUNT(*) FROM person"), nil
}

// lockChoices waits until no other transaction changes what a person wants to be told, or reads it by shareChoices, and has the others wait.
func lockChoices(orgID, userID collab.ID) *query {
	return newQuery("SELECT pg_advisory_xact_lock(hashtextextended(?, 1))", choicesLock(orgID, userID))
}

// shareChoices waits until no other transaction changes what a person wants to be told, and has those that want to change it wait. A
// check of a job begins so: when it reads, a choice that has rescheduled the person's jobs before this one was claimed has committed, and
// a later one finds the job claimed. Otherwise the job could wait on what was before.
func shareChoices(orgID, userID collab.ID) *query {
	return newQuery("SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 1))", choicesLock(orgID, userID))
}

// choicesLock names the lock of a person's choices.
func choicesLock(orgID, userID collab.ID) string { return string(orgID) + "/" + string(userID) }

// NotificationDefaults returns the choices of an organization.
func (s *Store) NotificationDefaults(ctx context.Context, orgID collab.ID) (*collab.NotificationDefaults, error) {
	defaults := &collab.NotificationDefaults{Channels: collab.ChannelChoices{}}
	err := s.forOrg(orgID).query(ctx, queryDefaults(orgID, defaults.Channels), queryPushContent(orgID, &defaults.PushContent))
	return defaults, err
}

// splitChoices returns what to store, as a JSON object by kind, and the kinds to delete.
func splitChoices(choices collab.ChannelChoices) (stored []byte, withdrawn []collab.NotificationKind, err error) {
	chosen, withdrawn := choices.Split()
	stored, err = json.Marshal(chosen)
	return stored, withdrawn, err
}

// queryPreferences returns the queries for the preferences of people, and where they store them.
func queryPreferences(orgID collab.ID, userIDs []collab.ID) (map[collab.ID]*collab.NotificationPreferences, []batchQuery) {
	found, defaults := make(map[collab.ID]*collab.NotificationPreferences, len(userIDs)), collab.ChannelChoices{}
	for _, id := range userIDs {
		found[id] = collab.DefaultPreferences(id, defaults)
	}
	settings := newQuery("SELECT t.user_id, "+settingsColumns+` FROM notification_settings t
		WHERE t.org_id = ? AND t.user_id = ANY(?)`, orgID, list(userIDs))
	channels := newQuery(`SELECT c.user_id, c.kind, c.channels FROM notification_channels c
		WHERE c.org_id = ? AND c.user_id = ANY(?)`, orgID, list(userIDs))
	return found, []batchQuery{
		{settings, func(r row) error { return scanSettings(r, found) }},
		{channels, func(r row) error {
			var id collab.ID
			choices := collab.ChannelChoices{}
			err := scanChoice(choices)(withColumnsBefore{r, []any{&id}})
			maps.Copy(found[id].Chosen, choices)
			return err
		}},
		queryDefaults(orgID, defaults),
	}
}

func scanSettings(r row, into map[collab.ID]*collab.NotificationPreferences) error {
	var id collab.ID
	var chose settings
	if err := r.Scan(append([]any{&id}, chose.columns()...)...); err != nil {
		return err
	}
	chose.applyTo(into[id])
	return nil
}

// settings is a row of the notification settings, or of nothing: all are nil then.
type settings struct {
	quietFrom, quietTo, zone *string
	digest                   *collab.DigestFrequency
	refusedEmail             *string
}

// settingsColumns is what a row t of the notification settings has of them.
const settingsColumns = `t.quiet_from, t.quiet_to, t.time_zone, t.digest, t.refused_email`

// columns is where settingsColumns are read to.
func (s *settings) columns() []any {
	return []any{&s.quietFrom, &s.quietTo, &s.zone, &s.digest, &s.refusedEmail}
}

// applyTo sets what the person chose.
func (s *settings) applyTo(p *collab.NotificationPreferences) {
	if s.quietFrom != nil && s.quietTo != nil {
		p.QuietHours = &collab.QuietHours{From: *s.quietFrom, To: *s.quietTo}
	}
	if s.zone != nil {
		p.TimeZone, p.IsTimeZoneDefault = *s.zone, false
	}
	if s.digest != nil {
		p.Digest = *s.digest
	}
	p.RefusedEmail = s.refusedEmail
}

// queryDefaults reads the channels that an organization has chosen.
func queryDefaults(orgID collab.ID, into collab.ChannelChoices) batchQuery {
	return batchQuery{newQuery("SELECT d.kind, d.channels FROM notification_defaults d WHERE d.org_id = ?", orgID), scanChoice(into)}
}

// queryPushContent reads whether an organization has chosen that messages of Web Push name records and people.
func queryPushContent(orgID collab.ID, into **bool) batchQuery {
	return batchQuery{newQuery("SELECT o.push_content FROM organizations o WHERE o.id = ?", orgID), func(r row) error { return r.Scan(into) }}
}

// scanChoice returns a function that reads a kind and its channels.
func scanChoice(into collab.ChannelChoices) func(row) error {
	return func(r row) error {
		var kind collab.NotificationKind
		var channels []byte
		if err := r.Scan(&kind, &channels); err != nil {
			return err
		}
		chosen := []collab.NotificationChannel{}
		err := json.Unmarshal(channels, &chosen)
		into[kind] = chosen
		return err
	}
}

// recordDefaults stores the channels that an organization chose.
func recordDefaults(q *query, orgID collab.ID, patch *collab.DefaultsPatch) error {
	if patch == nil {
		return nil
	}
	chosen, withdrawn, err := splitChoices(patch.Channels)
	if err != nil {
		return err
	}
	q.add(`, chosen AS (INSERT INTO notification_defaults (org_id, kind, channels)
		SELECT ?, c.key, c.value FROM log_head, json_each(?) AS c
		ON CONFLICT (org_id, kind) DO UPDATE SET channels = excluded.channels)`, orgID, chosen)
	q.add(", withdrawn AS (DELETE FROM notification_defaults d USING log_head WHERE d.org_id = ? AND d.kind = ANY(?))", orgID, list(withdrawn))
	return nil
}

// Mutes returns what a person has muted.
func (s *Store) Mutes(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID, now collab.Time) (map[collab.ID]*collab.Mute, error) {
	q := newQuery("SELECT m.user_id, m.entity_id, m.until FROM mutes m WHERE m.org_id = ? AND m.user_id = ? AND (m.until IS NULL OR m.until > ?)",
		orgID, userID, now)
	among(q, "m.entity_id", entityIDs)
	return collectByID(ctx, s.forOrg(orgID), q, scanMute, func(m *collab.Mute) collab.ID { return m.EntityID })
}

// addMuted adds to q whether the person of a notification n, a member m, has muted all that it is about: after a batch, each of its records that
// they see.
func addMuted(q *query, orgID collab.ID, now collab.Time) *query {
	q.add(`NOT EXISTS (SELECT FROM (SELECT n.entity_id AS id UNION ALL SELECT json_array_elements_text(n.burst -> 'records')) r WHERE NOT EXISTS (
		SELECT FROM mutes mu WHERE mu.org_id = n.org_id AND mu.user_id = n.user_id AND mu.entity_id = r.id AND (mu.until IS NULL OR mu.until > ?))
		AND (r.id = n.entity_id OR m.role = ? OR NOT EXISTS (SELECT 1`, now, collab.RoleAdmin)
	addHiddenFrom(q, orgID, column("n.user_id"))
	return q.add(" AND h.id = r.id)))")
}

// Mute stores a mute. It locks the membership first, against an erasure and so that it counts what other calls stored, and the
// entity against a pruning.
func (s *Store) Mute(ctx context.Context, orgID collab.ID, m collab.Mute, now collab.Time) (stored, full bool, err error) {
	person := newQuery("SELECT FROM members m WHERE m.org_id = ? AND m.user_id = ? FOR NO KEY UPDATE", orgID, m.UserID)
	mute := newQuery(`WITH others AS (`+countMutes+`), stored AS (INSERT INTO mutes (org_id, user_id, entity_id, until)
		SELECT m.org_id, m.user_id, e.id, ?::timestamptz FROM members m JOIN entities e ON e.org_id = m.org_id CROSS JOIN others o
		WHERE m.org_id = ? AND m.user_id = ? AND m.removed_at IS NULL AND e.id = ? AND o.n < ? FOR KEY SHARE OF e
		ON CONFLICT (org_id, user_id, entity_id) DO UPDATE SET until = excluded.until RETURNING entity_id)
		SELECT EXISTS (SELECT FROM stored), o.n >= ? FROM others o`,
		orgID, m.UserID, m.EntityID, now, m.Until, orgID, m.UserID, m.EntityID, collab.MaxMutes, collab.MaxMutes)
	batch := s.forOrg(orgID).begin()
	queue(batch, []batchQuery{
		{person, func(row) error { return nil }},
		{mute, func(r row) error { return r.Scan(&stored, &full) }},
	})
	batch.Queue("COMMIT")
	err = s.forOrg(orgID).send(ctx, batch)
	return stored, full, err
}

// countMutes counts what a person has muted besides an entity, at a time.
const countMutes = `SELECT COUNT(*) AS n FROM mutes m WHERE m.org_id = ? AND m.user_id = ? AND m.entity_id <> ? AND (m.until IS NULL OR m.until > ?)`

// Unmute deletes mutes, and those of the person that are over.
func (s *Store) Unmute(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID, now collab.Time) error {
	q := newQuery("DELETE FROM mutes WHERE org_id = ? AND user_id = ? AND (entity_id = ANY(?) OR until <= ?)", orgID, userID, list(entityIDs), now)
	_, err := s.forOrg(orgID).exec(ctx, q)
	return err
}
