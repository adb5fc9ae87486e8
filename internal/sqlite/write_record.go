package sqlite

import (
	"encoding/json"
	"slices"

	"tandem/internal/collab"
)

// recordings are the statements that write a decision at a position of the log.
func recordings(orgID collab.ID, position int64, d *collab.Decision) ([]*query, error) {
	snapshot, err := encodeSnapshot(d.Change)
	if err != nil {
		return nil, err
	}
	entry, err := recordChange(orgID, position, d.Change, snapshot)
	if err != nil {
		return nil, err
	}
	var statements []*query
	if d.Profile != nil {
		statements = recordProfile(orgID, d.Profile)
	}
	statements = append(statements, entry)
	if d.Change.Snapshot != nil {
		statements = append(statements, recordEntity(orgID, position, d.Change.Snapshot, snapshot))
	}
	details, err := recordDetails(orgID, d)
	if err != nil {
		return nil, err
	}
	statements = append(statements, details...)
	if withAccess := d.Change.WithRestrictedAccess(); len(withAccess) > 0 {
		statements = append(statements, recordRestrictedAccess(orgID, withAccess))
	}
	notifications, err := recordNotifications(orgID, position, d.Change.Notifications)
	statements = append(statements, notifications...)
	return append(statements, recordJobs(orgID, d)...), err
}

// recordDetails stores what a decision has besides its change and its entity.
func recordDetails(orgID collab.ID, d *collab.Decision) ([]*query, error) {
	var statements []*query
	if d.Comment != nil {
		comment, err := recordComment(orgID, d.Comment)
		if err != nil {
			return nil, err
		}
		statements = append(statements, comment)
	}
	if d.Conflict != nil {
		conflict, err := recordConflict(orgID, d.Conflict)
		if err != nil {
			return nil, err
		}
		statements = append(statements, conflict)
	}
	if d.Grant != nil {
		statements = append(statements, recordGrant(orgID, d.Grant))
	}
	if d.Membership != nil {
		statements = append(statements, recordMembership(orgID, d.Membership)...)
	}
	return statements, nil
}

// encodeSnapshot encodes the version that the change makes; nil if it makes none.
func encodeSnapshot(c *collab.Change) ([]byte, error) {
	if c.Snapshot == nil {
		return nil, nil
	}
	return collab.EncodeEntity(c.Snapshot)
}

// recordProfile stores a person's profile. A new member gets the role; an existing one keeps theirs.
func recordProfile(orgID collab.ID, p *collab.Profile) []*query {
	u := p.User
	return []*query{
		newQuery(`INSERT INTO users (org_id, id, name, email, avatar, learned_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, email = excluded.email, avatar = excluded.avatar, learned_at = excluded.learned_at`,
			orgID, u.ID, u.Name, u.Email, u.Avatar, p.LearnedAt),
		newQuery(`INSERT INTO members (org_id, user_id, role, name_key) VALUES (?, ?, ?, ?)
			ON CONFLICT (org_id, user_id) DO UPDATE SET name_key = excluded.name_key`,
			orgID, u.ID, p.Role, collab.NameKey(u.Name)),
	}
}

func recordChange(orgID collab.ID, position int64, c *collab.Change, snapshot []byte) (*query, error) {
	fields, err := encode(c.Fields)
	if err != nil {
		return nil, err
	}
	audience, err := encodeOrNull(c.Audience)
	if err != nil {
		return nil, err
	}
	effects, err := encodeOrNull(c.AccessEffects)
	if err != nil {
		return nil, err
	}
	batch, err := encodeOrNull(c.Batch)
	if err != nil {
		return nil, err
	}
	edited, err := encodeOrNull(c.Edited())
	if err != nil {
		return nil, err
	}
	return newQuery(`INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version,
		customer_id, prior_customer_id, actor_id, client_mutation_id, merged, comment_id, conflict_id,
		occurred_at, changes, metadata, audience, regards, snapshot, fingerprint, edited, batch, follows, prior_updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		orgID, position, c.Type, c.EntityType, c.EntityID, c.EntityVersion,
		c.CustomerID, c.PriorCustomerID, c.ActorID, c.ClientMutationID, c.Merged, c.CommentID, c.ConflictID,
		c.OccurredAt, fields, []byte(c.Metadata), audience, effects, snapshot, textOrNull(c.Fingerprint), edited, batch, c.Batch.Follow(), c.PriorUpdatedAt), nil
}

// recordEntity inserts the first version of an entity, and replaces later ones. The creator and the
// time of creation stay.
func recordEntity(orgID collab.ID, position int64, e collab.Entity, snapshot []byte) *query {
	r, b := e.Common(), e.Indexed()
	if r.Version > 1 {
		return newQuery(`UPDATE entities SET version = ?, position = ?, owner_id = ?, customer_id = ?, status = ?, visibility = ?,
			starts_at = ?, amount = ?, updated_at = ?, deleted_at = ?, name_key = ?, data = ?, search = ?
			WHERE org_id = ? AND id = ?`,
			r.Version, position, b.OwnerID, b.CustomerID, b.Status, b.Visibility,
			b.StartsAt, b.Amount, r.UpdatedAt, r.DeletedAt, collab.NameKey(e.DisplayName()), snapshot, e.SearchText(),
			orgID, r.ID)
	}
	return newQuery(`INSERT INTO entities (org_id, id, type, version, position, owner_id, customer_id, status, visibility,
		starts_at, amount, created_by, created_at, updated_at, deleted_at, name_key, data, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		orgID, r.ID, r.Type, r.Version, position, b.OwnerID, b.CustomerID, b.Status, b.Visibility,
		b.StartsAt, b.Amount, r.CreatedBy, r.CreatedAt, r.UpdatedAt, r.DeletedAt, collab.NameKey(e.DisplayName()), snapshot, e.SearchText())
}

func recordComment(orgID collab.ID, c *collab.Comment) (*query, error) {
	mentions, err := json.Marshal(c.MentionIDs)
	if err != nil {
		return nil, err
	}
	return newQuery(`INSERT INTO comments (org_id, id, entity_type, entity_id, author_id, body, mention_ids, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		orgID, c.ID, c.EntityType, c.EntityID, c.AuthorID, c.Body, mentions, c.CreatedAt), nil
}

// recordConflict inserts a conflict, or replaces the one of the same id.
func recordConflict(orgID collab.ID, c *collab.Conflict) (*query, error) {
	fields, err := json.Marshal(c.Fields)
	if err != nil {
		return nil, err
	}
	patch, err := json.Marshal(c.Patch)
	if err != nil {
		return nil, err
	}
	authors, err := encodeOrNull(c.Authors)
	if err != nil {
		return nil, err
	}
	audience, err := encodeOrNull(c.Audience)
	if err != nil {
		return nil, err
	}
	baseAudience, err := encodeOrNull(c.BaseAudience)
	if err != nil {
		return nil, err
	}
	return newQuery(`INSERT INTO conflicts (org_id, id, entity_type, entity_id, base_version, remote_version,
		fields, patch, detected_at, detected_for_id, resolution, resolved_by_id, resolved_at, authors, audience, base_audience)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org_id, id) DO UPDATE SET base_version = excluded.base_version,
		remote_version = excluded.remote_version, fields = excluded.fields, patch = excluded.patch,
		detected_at = excluded.detected_at, detected_for_id = excluded.detected_for_id,
		resolution = excluded.resolution, resolved_by_id = excluded.resolved_by_id, resolved_at = excluded.resolved_at,
		authors = excluded.authors, audience = excluded.audience, base_audience = excluded.base_audience`,
		orgID, c.ID, c.EntityType, c.EntityID, c.BaseVersion, c.RemoteVersion,
		fields, patch, c.DetectedAt, c.DetectedForID, c.Resolution, c.ResolvedByID, c.ResolvedAt, authors, audience, baseAudience), nil
}

// recordGrant inserts a grant, or replaces the one of the same person. Without a level it deletes
// the grant.
func recordGrant(orgID collab.ID, g *collab.Grant) *query {
	if g.Level == "" {
		return newQuery("DELETE FROM grants WHERE org_id = ? AND entity_id = ? AND user_id = ?", orgID, g.EntityID, g.UserID)
	}
	return newQuery(`INSERT INTO grants (org_id, entity_id, user_id, level, granted_by, granted_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (org_id, entity_id, user_id) DO UPDATE SET level = excluded.level,
		granted_by = excluded.granted_by, granted_at = excluded.granted_at`,
		orgID, g.EntityID, g.UserID, g.Level, g.GrantedBy, g.GrantedAt)
}

func recordMembership(orgID collab.ID, m *collab.Membership) []*query {
	update := newQuery("UPDATE members SET role = ?, presence_hidden = ?, removed_at = ? WHERE org_id = ? AND user_id = ?",
		m.Role, m.PresenceHidden, m.RemovedAt, orgID, m.UserID)
	if m.RemovedAt == nil {
		return []*query{update}
	}
	return append(slices.Concat(dropJobs(orgID, m.UserID), dropBrowsers(orgID, m.UserID)), update)
}

func recordRestrictedAccess(orgID collab.ID, withAccess []collab.ID) *query {
	return newQuery("UPDATE members SET insider = TRUE WHERE org_id = ? AND NOT insider AND user_id IN (SELECT value FROM json_each(?))",
		orgID, list(withAccess))
}

// recordNotifications inserts the new ones, and moves those that grew to the new position, from one argument each.
func recordNotifications(orgID collab.ID, position int64, notifications []*collab.Notification) ([]*query, error) {
	var added, larger [][]any
	for _, n := range notifications {
		actors, err := json.Marshal(n.ActorIDs)
		if err != nil {
			return nil, err
		}
		burst, err := encodeOrNull(n.Burst)
		if err != nil {
			return nil, err
		}
		row := []any{n.UserID, n.ID, n.Kind, n.Title, n.Body, n.EntityType, n.EntityID, n.ActorID, string(actors), n.Count, textOrNull(string(burst)),
			value(n.CreatedAt), value(n.UpdatedAt), !n.IsElsewhere, n.Replaces}
		if n.Replaces > 0 {
			larger = append(larger, row)
		} else {
			added = append(added, row)
		}
	}
	var statements []*query
	if len(added) > 0 {
		statements = append(statements, newQuery(`INSERT INTO notifications (org_id, position, user_id, id, kind, title, body,
			entity_type, entity_id, actor_id, actor_ids, count, burst, created_at, updated_at, in_app) SELECT ?, ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4,
			value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13 FROM json_each(?)`,
			orgID, position, rows(added)))
	}
	if len(larger) > 0 {
		statements = append(statements, newQuery(`UPDATE notifications SET position = ?, title = t.value ->> 3, body = t.value ->> 4,
			entity_type = t.value ->> 5, entity_id = t.value ->> 6, actor_id = t.value ->> 7, actor_ids = t.value ->> 8, count = t.value ->> 9,
			burst = t.value ->> 10, updated_at = t.value ->> 12, snoozed_until = NULL FROM json_each(?) t
			WHERE org_id = ? AND position = t.value ->> 14 AND user_id = t.value ->> 0`, position, rows(larger), orgID))
	}
	return statements, nil
}

// recordAudit seals entries and appends them to the trail. For an entry that records an erasure it
// also empties the entries of that person.
func recordAudit(orgID collab.ID, end collab.AuditEnd, position int64, entries []*collab.AuditEntry) []*query {
	if len(entries) == 0 {
		return nil
	}
	before := end
	end = collab.SealAudit(orgID, end, position, entries)
	statements := []*query{witnessAudit(orgID, before, end),
		newQuery("UPDATE organizations SET audit_number = ?, audit_hash = ? WHERE id = ?", end.Number, end.Hash, orgID)}
	for _, e := range entries {
		if e.Action == collab.AuditDataErased {
			statements = append(statements, emptyAudit(orgID, e.SubjectID))
		}
		statements = append(statements, newQuery(`INSERT INTO audit (org_id, number, occurred_at, action, actor_id, subject_id, entity_id, position,
			address, agent, client, origin_salt, origin_digest, details, details_salt, details_digest, previous_hash, hash)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			orgID, e.Number, e.OccurredAt, e.Action, e.ActorID, e.SubjectID, e.EntityID, e.Position,
			e.Origin.Address, e.Origin.Agent, e.Origin.Client, e.OriginSalt, e.OriginDigest,
			[]byte(e.Details), e.DetailsSalt, e.DetailsDigest, e.PreviousHash, e.Hash))
	}
	return statements
}

// witnessAudit stores the new end of the trail in the newest row of the log. If that row disagrees
// with the end before, it stays as it is: the trail was tampered with, and the row is the evidence.
func witnessAudit(orgID collab.ID, before, end collab.AuditEnd) *query {
	return newQuery(`UPDATE log SET audit_number = ?, audit_hash = ?
		WHERE org_id = ? AND position = (SELECT head FROM organizations WHERE id = ?)
		AND (audit_number IS NULL OR (audit_number, audit_hash) = (?, ?))`,
		end.Number, end.Hash, orgID, orgID, before.Number, before.Hash)
}

// emptyAudit removes the origins of a person's entries, and the details of those and of entries
// about the person. The digests stay.
func emptyAudit(orgID, userID collab.ID) *query {
	return newQuery(`UPDATE audit SET address = CASE actor_id WHEN ? THEN '' ELSE address END,
		agent = CASE actor_id WHEN ? THEN '' ELSE agent END, client = CASE actor_id WHEN ? THEN '' ELSE client END,
		origin_salt = CASE actor_id WHEN ? THEN '' ELSE origin_salt END, details = NULL, details_salt = ''
		WHERE org_id = ? AND (actor_id = ? OR subject_id = ?)`, userID, userID, userID, userID, orgID, userID, userID)
}
