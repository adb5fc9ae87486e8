package postgres

import (
	"encoding/json"
	"fmt"

	"tandem/internal/collab"
)

// recording returns the statement that writes a decision. end is the end of the audit trail, and
// erasures the organization's count of them, as they were read.
func recording(orgID collab.ID, end collab.AuditEnd, erasures int64, d *collab.Decision) (*query, error) {
	if d.Change == nil {
		return recordingAudit(orgID, end, erasures, d)
	}
	snapshot, err := encodeSnapshot(d.Change)
	if err != nil {
		return nil, err
	}
	withAccess := d.Change.WithRestrictedAccess()
	if end = collab.SealAudit(orgID, end, end.Position+1, d.Audit); len(d.Audit) == 0 {
		end = collab.AuditEnd{}
	}
	q := updateOrganization(orgID, erasures, organizationUpdate{
		head: true, hasRestricted: len(withAccess) > 0, auditEnd: end, erasures: d.Erasure != nil || d.Membership != nil,
	})
	if d.Profile != nil {
		recordProfile(q, orgID, d.Profile)
	}
	if err := recordChange(q, orgID, d.Change, snapshot, end); err != nil {
		return nil, err
	}
	if d.Change.Snapshot != nil {
		recordEntity(q, orgID, d.Change.Snapshot, snapshot)
	}
	if err := recordDetails(q, orgID, d); err != nil {
		return nil, err
	}
	if len(withAccess) > 0 {
		recordRestrictedAccess(q, orgID, withAccess)
	}
	if err := recordNotifications(q, orgID, d.Change.Notifications); err != nil {
		return nil, err
	}
	recordJobs(q, orgID, d)
	recordAudit(q, orgID, d.Audit)
	return q.add(" SELECT epoch, head FROM log_head"), nil
}

// recordDetails stores what a decision has besides its change and its entity.
func recordDetails(q *query, orgID collab.ID, d *collab.Decision) error {
	if d.Comment != nil {
		if err := recordComment(q, orgID, d.Comment); err != nil {
			return err
		}
	}
	if d.Conflict != nil {
		if err := recordConflict(q, orgID, d.Conflict); err != nil {
			return err
		}
	}
	if d.Grant != nil {
		recordGrant(q, orgID, d.Grant)
	}
	if d.Membership != nil {
		recordMembership(q, orgID, d.Membership)
	}
	return nil
}

// encodeSnapshot encodes the version that the change makes; nil if it makes none.
func encodeSnapshot(c *collab.Change) ([]byte, error) {
	if c.Snapshot == nil {
		return nil, nil
	}
	return collab.EncodeEntity(c.Snapshot)
}

// recordingAudit returns the statement that appends entries to the audit trail, with what they are about, without a
// row of the log.
func recordingAudit(orgID collab.ID, end collab.AuditEnd, erasures int64, d *collab.Decision) (*query, error) {
	before := end
	end = collab.SealAudit(orgID, end, 0, d.Audit)
	q := updateOrganization(orgID, erasures, organizationUpdate{auditEnd: end, defaults: d.NotificationDefaults})
	witnessAudit(q, orgID, before, end)
	recordAudit(q, orgID, d.Audit)
	if err := recordDefaults(q, orgID, d.NotificationDefaults); err != nil {
		return nil, err
	}
	return q.add(" SELECT epoch, head FROM log_head"), nil
}

// An organizationUpdate is what a write changes in the row of its organization.
type organizationUpdate struct {
	head          bool                  // moves on by one
	hasRestricted bool                  // the column restricts becomes true
	auditEnd      collab.AuditEnd       // as it is now; zero if the trail has no new entries
	erasures      bool                  // grow by one, for a change of membership as well
	defaults      *collab.DefaultsPatch // has a choice that is in this row; nil for none
}

// updateOrganization begins a statement with the update of the organization's row. It updates no row
// if another change of membership committed since erasures was read: Postgres evaluates the WHERE
// again after waiting for the row lock. So nobody's write commits after their removal.
func updateOrganization(orgID collab.ID, erasures int64, u organizationUpdate) *query {
	q := newQuery("WITH log_head AS (UPDATE organizations SET restricts = restricts OR ?", u.hasRestricted)
	if u.head {
		q.add(", head = head + 1")
	}
	if u.auditEnd.Number > 0 {
		q.add(", audit_number = ?, audit_hash = ?", u.auditEnd.Number, u.auditEnd.Hash)
	}
	if u.erasures {
		q.add(", erasures = erasures + 1")
	}
	if u.defaults != nil && u.defaults.SetsPushContent {
		q.add(", push_content = ?", u.defaults.PushContent)
	}
	return q.add(" WHERE id = ? AND erasures = ? RETURNING epoch, head)", orgID, erasures)
}

// recordProfile stores a person's profile. A new member gets the role; an existing one keeps theirs.
func recordProfile(q *query, orgID collab.ID, p *collab.Profile) {
	u := p.User
	q.add(`, person AS (INSERT INTO users (org_id, id, name, email, avatar, learned_at) SELECT ?, ?, ?, ?, ?, ? FROM log_head
		ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, email = excluded.email, avatar = excluded.avatar, learned_at = excluded.learned_at)`,
		orgID, u.ID, u.Name, u.Email, u.Avatar, p.LearnedAt)
	q.add(`, member AS (INSERT INTO members (org_id, user_id, role, name_key) SELECT ?, ?, ?, ? FROM log_head
		ON CONFLICT (org_id, user_id) DO UPDATE SET name_key = excluded.name_key)`,
		orgID, u.ID, p.Role, collab.NameKey(u.Name))
}

// recordChange inserts the row of the log. end is the new end of the audit trail, if the change
// moves it.
func recordChange(q *query, orgID collab.ID, c *collab.Change, snapshot []byte, end collab.AuditEnd) error {
	fields, err := encode(c.Fields)
	if err != nil {
		return err
	}
	audience, err := encodeOrNull(c.Audience)
	if err != nil {
		return err
	}
	effects, err := encodeOrNull(c.AccessEffects)
	if err != nil {
		return err
	}
	batch, err := encodeOrNull(c.Batch)
	if err != nil {
		return err
	}
	edited, err := encodeOrNull(c.Edited())
	if err != nil {
		return err
	}
	q.add(`, entry AS (INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version,
		customer_id, prior_customer_id, actor_id, client_mutation_id, merged, comment_id, conflict_id,
		occurred_at, changes, metadata, audience, regards, snapshot, fingerprint, edited, batch, follows, prior_updated_at, audit_number, audit_hash)
		SELECT ?, head, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::timestamptz, NULLIF(?::bigint, 0), ? FROM log_head)`,
		orgID, c.Type, c.EntityType, c.EntityID, c.EntityVersion,
		c.CustomerID, c.PriorCustomerID, c.ActorID, c.ClientMutationID, c.Merged, c.CommentID, c.ConflictID,
		c.OccurredAt, fields, []byte(c.Metadata), audience, effects, snapshot, textOrNull(c.Fingerprint), edited, batch, c.Batch.Follow(), c.PriorUpdatedAt, end.Number, textOrNull(end.Hash))
	return nil
}

// recordEntity inserts the first version of an entity, and replaces later ones. The creator and the
// time of creation stay.
func recordEntity(q *query, orgID collab.ID, e collab.Entity, snapshot []byte) {
	r, b := e.Common(), e.Indexed()
	if r.Version > 1 {
		q.add(`, entity AS (UPDATE entities SET version = ?, position = head, owner_id = ?, customer_id = ?, status = ?, visibility = ?,
			starts_at = ?, amount = ?, updated_at = ?, deleted_at = ?, name_key = ?, data = ?, search = ?
			FROM log_head WHERE entities.org_id = ? AND entities.id = ?)`,
			r.Version, b.OwnerID, b.CustomerID, b.Status, b.Visibility,
			b.StartsAt, b.Amount, r.UpdatedAt, r.DeletedAt, collab.NameKey(e.DisplayName()), snapshot, e.SearchText(),
			orgID, r.ID)
		return
	}
	q.add(`, entity AS (INSERT INTO entities (org_id, id, type, version, position, owner_id, customer_id, status, visibility,
		starts_at, amount, created_by, created_at, updated_at, deleted_at, name_key, data, search)
		SELECT ?, ?, ?, ?, head, ?, ?, ?, ?, ?, ?::bigint, ?, ?, ?, ?, ?, ?, ? FROM log_head)`,
		orgID, r.ID, r.Type, r.Version, b.OwnerID, b.CustomerID, b.Status, b.Visibility,
		b.StartsAt, b.Amount, r.CreatedBy, r.CreatedAt, r.UpdatedAt, r.DeletedAt, collab.NameKey(e.DisplayName()), snapshot, e.SearchText())
}

func recordComment(q *query, orgID collab.ID, c *collab.Comment) error {
	mentions, err := json.Marshal(c.MentionIDs)
	if err != nil {
		return err
	}
	q.add(`, comment AS (INSERT INTO comments (org_id, id, entity_type, entity_id, author_id, body, mention_ids, created_at)
		SELECT ?, ?, ?, ?, ?, ?, ?, ? FROM log_head)`,
		orgID, c.ID, c.EntityType, c.EntityID, c.AuthorID, c.Body, mentions, c.CreatedAt)
	return nil
}

// recordConflict inserts a conflict, or replaces the one of the same id.
func recordConflict(q *query, orgID collab.ID, c *collab.Conflict) error {
	fields, err := json.Marshal(c.Fields)
	if err != nil {
		return err
	}
	patch, err := json.Marshal(c.Patch)
	if err != nil {
		return err
	}
	authors, err := encodeOrNull(c.Authors)
	if err != nil {
		return err
	}
	audience, err := encodeOrNull(c.Audience)
	if err != nil {
		return err
	}
	baseAudience, err := encodeOrNull(c.BaseAudience)
	if err != nil {
		return err
	}
	q.add(`, conflict AS (INSERT INTO conflicts (org_id, id, entity_type, entity_id, base_version, remote_version,
		fields, patch, detected_at, detected_for_id, resolution, resolved_by_id, resolved_at, authors, audience, base_audience)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM log_head
		ON CONFLICT (org_id, id) DO UPDATE SET base_version = excluded.base_version,
		remote_version = excluded.remote_version, fields = excluded.fields, patch = excluded.patch,
		detected_at = excluded.detected_at, detected_for_id = excluded.detected_for_id,
		resolution = excluded.resolution, resolved_by_id = excluded.resolved_by_id, resolved_at = excluded.resolved_at,
		authors = excluded.authors, audience = excluded.audience, base_audience = excluded.base_audience)`,
		orgID, c.ID, c.EntityType, c.EntityID, c.BaseVersion, c.RemoteVersion,
		fields, patch, c.DetectedAt, c.DetectedForID, c.Resolution, c.ResolvedByID, c.ResolvedAt, authors, audience, baseAudience)
	return nil
}

// recordGrant inserts a grant, or replaces the one of the same person. Without a level it deletes
// the grant.
func recordGrant(q *query, orgID collab.ID, g *collab.Grant) {
	if g.Level == "" {
		q.add(", revoked AS (DELETE FROM grants USING log_head WHERE org_id = ? AND entity_id = ? AND user_id = ?)", orgID, g.EntityID, g.UserID)
		return
	}
	q.add(`, granted AS (INSERT INTO grants (org_id, entity_id, user_id, level, granted_by, granted_at)
		SELECT ?, ?, ?, ?, ?, ? FROM log_head
		ON CONFLICT (org_id, entity_id, user_id) DO UPDATE SET level = excluded.level,
		granted_by = excluded.granted_by, granted_at = excluded.granted_at)`,
		orgID, g.EntityID, g.UserID, g.Level, g.GrantedBy, g.GrantedAt)
}

func recordMembership(q *query, orgID collab.ID, m *collab.Membership) {
	q.add(", membership AS (UPDATE members SET role = ?, presence_hidden = ?, removed_at = ? FROM log_head WHERE org_id = ? AND user_id = ?)",
		m.Role, m.PresenceHidden, m.RemovedAt, orgID, m.UserID)
	if m.RemovedAt != nil {
		dropBrowsers(q, orgID, m.UserID)
		dropJobs(q, orgID, m.UserID)
	}
}

func recordRestrictedAccess(q *query, orgID collab.ID, withAccess []collab.ID) {
	q.add(", insiders AS (UPDATE members SET insider = TRUE FROM log_head WHERE org_id = ? AND NOT insider AND user_id = ANY(?))",
		orgID, list(withAccess))
}

// recordNotifications inserts the new ones, and moves those that grew to the new position, from one
// argument.
func recordNotifications(q *query, orgID collab.ID, notifications []*collab.Notification) error {
	if len(notifications) == 0 {
		return nil
	}
	encoded, err := json.Marshal(notifications)
	if err != nil {
		return err
	}
	rowIDs, replaced := make([]string, len(notifications)), make([]int64, len(notifications))
	for i, n := range notifications {
		rowIDs[i], replaced[i] = string(n.ID), n.Replaces
	}
	q.add(`, told AS (SELECT * FROM log_head, json_to_recordset(?) AS n (id text, "userId" text, kind text, title text, body text,
		"entityType" text, "entityId" text, "actorId" text, "actorIds" json, count integer, burst json, "createdAt" timestamptz, "updatedAt" timestamptz, "isElsewhere" boolean)
		JOIN unnest(?::text[], ?::bigint[]) AS rows ("rowId", replaces) ON rows."rowId" = n.id)`, encoded, rowIDs, replaced)
	q.add(`, notification AS (INSERT INTO notifications (org_id, position, user_id, id, kind, title, body,
		entity_type, entity_id, actor_id, actor_ids, count, burst, created_at, updated_at, in_app)
		SELECT ?, head, "userId", id, kind, title, body, "entityType", "entityId", "actorId", "actorIds", count, burst, "createdAt", "updatedAt", "isElsewhere" IS NULL
		FROM told WHERE replaces = 0)`, orgID)
	q.add(`, larger AS (UPDATE notifications n SET position = t.head, title = t.title, body = t.body,
		entity_type = t."entityType", entity_id = t."entityId", actor_id = t."actorId", actor_ids = t."actorIds",
		count = t.count, burst = t.burst, updated_at = t."updatedAt", snoozed_until = NULL FROM told t
		WHERE n.org_id = ? AND n.position = t.replaces AND n.user_id = t."userId")`, orgID)
	return nil
}

// recordAudit inserts sealed entries. For an entry that records an erasure it also empties the
// entries of that person.
func recordAudit(q *query, orgID collab.ID, entries []*collab.AuditEntry) {
	for i, e := range entries {
		if e.Action == collab.AuditDataErased {
			q.add(fmt.Sprintf(", emptied%d AS (", i))
			emptyAudit(q, orgID, e.SubjectID)
			q.add(")")
		}
		q.add(fmt.Sprintf(`, audit%d AS (INSERT INTO audit (org_id, number, occurred_at, action, actor_id, subject_id, entity_id, position,
			address, agent, client, origin_salt, origin_digest, details, details_salt, details_digest, previous_hash, hash)
			SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM log_head)`, i),
			orgID, e.Number, e.OccurredAt, e.Action, e.ActorID, e.SubjectID, e.EntityID, e.Position,
			e.Origin.Address, e.Origin.Agent, e.Origin.Client, e.OriginSalt, e.OriginDigest,
			[]byte(e.Details), e.DetailsSalt, e.DetailsDigest, e.PreviousHash, e.Hash)
	}
}

// witnessAudit stores the new end of the trail in the newest row of the log. If that row disagrees
// with the end before, it stays as it is: the trail was tampered with, and the row is the evidence.
func witnessAudit(q *query, orgID collab.ID, before, end collab.AuditEnd) {
	q.add(`, witness AS (UPDATE log l SET audit_number = ?, audit_hash = ? FROM log_head
		WHERE l.org_id = ? AND l.position = log_head.head AND (l.audit_number IS NULL OR (l.audit_number, l.audit_hash) = (?, ?)))`,
		end.Number, end.Hash, orgID, before.Number, before.Hash)
}

// emptyAudit removes the origins of a person's entries, and the details of those and of entries
// about the person. The digests stay.
func emptyAudit(q *query, orgID, userID collab.ID) {
	q.add(`UPDATE audit SET address = CASE actor_id WHEN ? THEN '' ELSE address END,
		agent = CASE actor_id WHEN ? THEN '' ELSE agent END, client = CASE actor_id WHEN ? THEN '' ELSE client END,
		origin_salt = CASE actor_id WHEN ? THEN '' ELSE origin_salt END, details = NULL, details_salt = ''
		FROM log_head WHERE org_id = ? AND (actor_id = ? OR subject_id = ?)`, userID, userID, userID, userID, orgID, userID, userID)
}
