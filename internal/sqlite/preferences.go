package sqlite

import (
	"context"
	"encoding/json"
	"maps"

	"tandem/internal/collab"
)

// NotificationPreferences returns the preferences of people.
func (s *Store) NotificationPreferences(ctx context.Context, orgID collab.ID, userIDs []collab.ID) (map[collab.ID]*collab.NotificationPreferences, error) {
	found, queries := queryPreferences(orgID, userIDs)
	if err := s.query(ctx, queries...); err != nil {
		return nil, err
	}
	return found, nil
}

// SetNotificationPreferences applies a patch, in one transaction.
func (s *Store) SetNotificationPreferences(ctx context.Context, orgID, userID collab.ID, patch collab.PreferencesPatch, now collab.Time) (
	stored *collab.NotificationPreferences, err error) {
	patches, err := applyPatch(orgID, userID, patch)
	if err != nil {
		return nil, err
	}
	tx, err := s.writer.begin(ctx, writing(ctx, orgID, userID))
	if err != nil {
		return nil, err
	}
	defer tx.end()
	members, err := count(ctx, tx, newQuery("SELECT COUNT(*) FROM members WHERE org_id = ? AND user_id = ? AND removed_at IS NULL", orgID, userID))
	if err != nil || members == 0 {
		return nil, err
	}
	if err := execAll(ctx, tx, append(patches, rescheduleJobs(orgID, userID, now))...); err != nil {
		return nil, err
	}
	found, stating := queryPreferences(orgID, []collab.ID{userID})
	if err := answer(ctx, tx, stating); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fault(ctx, err)
	}
	return found[userID], nil
}

// applyPatch returns the statements that apply a patch to the preferences of a member.
func applyPatch(orgID, userID collab.ID, patch collab.PreferencesPatch) ([]*query, error) {
	chosen, withdrawn, err := splitChoices(patch.Channels)
	if err != nil {
		return nil, err
	}
	var from, to *string
	if patch.QuietHours != nil {
		from, to = &patch.QuietHours.From, &patch.QuietHours.To
	}
	settings := newQuery("INSERT INTO notification_settings AS s (org_id, user_id, quiet_from, quiet_to, time_zone, digest, refused_email)"+
		" VALUES (?, ?, ?, ?, ?, ?, ?)"+
		" ON CONFLICT (org_id, user_id) DO UPDATE SET time_zone = COALESCE(excluded.time_zone, s.time_zone), digest = COALESCE(excluded.digest, s.digest)"+
		", refused_email = CASE WHEN excluded.digest IS NULL THEN COALESCE(excluded.refused_email, s.refused_email) END",
		orgID, userID, from, to, patch.TimeZone, patch.Digest, patch.RefusedEmail)
	if patch.SetsQuietHours {
		settings.add(", quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to")
	}
	return []*query{
		settings,
		newQuery("INSERT INTO notification_channels (org_id, user_id, kind, channels) SELECT ?, ?, c.key, c.value FROM json_each(?) AS c WHERE TRUE"+
			" ON CONFLICT (org_id, user_id, kind) DO UPDATE SET channels = excluded.channels", orgID, userID, chosen),
		newQuery("DELETE FROM notification_channels WHERE org_id = ? AND user_id = ? AND kind IN (SELECT value FROM json_each(?))",
			orgID, userID, list(withdrawn)),
	}, nil
}

// NotificationDefaults returns the choices of an organization.
func (s *Store) NotificationDefaults(ctx context.Context, orgID collab.ID) (*collab.NotificationDefaults, error) {
	defaults := &collab.NotificationDefaults{Channels: collab.ChannelChoices{}}
	err := s.query(ctx, queryDefaults(orgID, defaults.Channels), queryPushContent(orgID, &defaults.PushContent))
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
		WHERE t.org_id = ? AND t.user_id IN (SELECT value FROM json_each(?))`, orgID, list(userIDs))
	channels := newQuery(`SELECT c.user_id, c.kind, c.channels FROM notification_channels c
		WHERE c.org_id = ? AND c.user_id IN (SELECT value FROM json_each(?))`, orgID, list(userIDs))
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

// recordDefaults stores choices of the organization.
func recordDefaults(orgID collab.ID, patch *collab.DefaultsPatch) ([]*query, error) {
	if patch == nil {
		return nil, nil
	}
	chosen, withdrawn, err := splitChoices(patch.Channels)
	if err != nil {
		return nil, err
	}
	recorded := []*query{
		newQuery("INSERT INTO notification_defaults (org_id, kind, channels) SELECT ?, c.key, c.value FROM json_each(?) AS c WHERE TRUE"+
			" ON CONFLICT (org_id, kind) DO UPDATE SET channels = excluded.channels", orgID, chosen),
		newQuery("DELETE FROM notification_defaults WHERE org_id = ? AND kind IN (SELECT value FROM json_each(?))", orgID, list(withdrawn)),
	}
	if patch.SetsPushContent {
		recorded = append(recorded, newQuery("UPDATE organizations SET push_content = ? WHERE id = ?", patch.PushContent, orgID))
	}
	return recorded, nil
}

// Mutes returns what a person has muted.
func (s *Store) Mutes(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID, now collab.Time) (map[collab.ID]*collab.Mute, error) {
	q := newQuery("SELECT m.user_id, m.entity_id, m.until FROM mutes m WHERE m.org_id = ? AND m.user_id = ? AND (m.until IS NULL OR m.until > ?)",
		orgID, userID, now)
	among(q, "m.entity_id", entityIDs)
	return collectByID(ctx, s.readers, q, scanMute, func(m *collab.Mute) collab.ID { return m.EntityID })
}

// addMuted adds to q whether the person of a notification n, a member m, has muted all that it is about: after a batch, each of its records that
// they see.
func addMuted(q *query, orgID collab.ID, now collab.Time) *query {
	q.add(`NOT EXISTS (SELECT 1 FROM (SELECT n.entity_id AS id UNION ALL SELECT value FROM json_each(n.burst, '$.records')) r WHERE NOT EXISTS (
		SELECT 1 FROM mutes mu WHERE mu.org_id = n.org_id AND mu.user_id = n.user_id AND mu.entity_id = r.id AND (mu.until IS NULL OR mu.until > ?))
		AND (r.id = n.entity_id OR m.role = ? OR NOT EXISTS (SELECT 1`, now, collab.RoleAdmin)
	addHiddenFrom(q, orgID, column("n.user_id"))
	return q.add(" AND h.id = r.id)))")
}

// Mute stores a mute.
func (s *Store) Mute(ctx context.Context, orgID collab.ID, m collab.Mute, now collab.Time) (stored, full bool, err error) {
	q := newQuery(`INSERT INTO mutes (org_id, user_id, entity_id, until)
		SELECT m.org_id, m.user_id, e.id, ? FROM members m JOIN entities e ON e.org_id = m.org_id
		WHERE m.org_id = ? AND m.user_id = ? AND m.removed_at IS NULL AND e.id = ?`, m.Until, orgID, m.UserID, m.EntityID)
	q.add(" AND ("+countMutes+") < ?", orgID, m.UserID, m.EntityID, now, collab.MaxMutes)
	q.add(" ON CONFLICT (org_id, user_id, entity_id) DO UPDATE SET until = excluded.until")
	if n, err := s.exec(ctx, orgID, q); err != nil || n > 0 {
		return err == nil, false, err
	}
	others, err := count(ctx, s.readers, newQuery(countMutes, orgID, m.UserID, m.EntityID, now))
	return false, others >= collab.MaxMutes, err
}

// countMutes counts what a person has muted besides an entity, at a time.
const countMutes = `SELECT COUNT(*) AS n FROM mutes m WHERE m.org_id = ? AND m.user_id = ? AND m.entity_id <> ? AND (m.until IS NULL OR m.until > ?)`

// Unmute deletes mutes, and those of the person that are over.
func (s *Store) Unmute(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID, now collab.Time) error {
	q := newQuery("DELETE FROM mutes WHERE org_id = ? AND user_id = ? AND (entity_id IN (SELECT value FROM json_each(?)) OR until <= ?)", orgID, userID, list(entityIDs), now)
	_, err := s.exec(ctx, orgID, q)
	return err
}
