package postgres

import (
	"encoding/json"
	"fmt"

	"tandem/internal/collab"
)

// recording is the one statement that writes a decision at the next position
// of the log, and returns the cursor. It moves the organization's head on, and
// all else is inserted with the position that this returns. end is where the audit
// trail ends, if the decision has something for it; erasures is how many there were.
func recording(orgID collab.ID, end collab.AuditEnd, d *collab.Decision, erasures int64) (*query, error) {
	var snapshot []byte
	var err error
	if d.Change.Snapshot != nil {
		if snapshot, err = collab.EncodeEntity(d.Change.Snapshot); err != nil {
			return nil, err
		}
	}
	insiders := d.Change.Insiders()
	if end = collab.SealAudit(orgID, end, end.Position+1, d.Audit); len(d.Audit) == 0 {
		end = collab.AuditEnd{}
	}
	q := nextCursor(orgID, len(insiders) > 0, end, erasures, d.Erasure != nil || d.Membership != nil)
	if err := recordChange(q, orgID, d.Change, snapshot, end); err != nil {
		return nil, err
	}
	if d.Change.Snapshot != nil {
		recordEntity(q, orgID, d.Change.Snapshot, snapshot)
	}
	if d.Comment != nil {
		if err := recordComment(q, orgID, d.Comment); err != nil {
			return nil, err
		}
	}
	if d.Conflict != nil {
		if err := recordConflict(q, orgID, d.Conflict); err != nil {
			return nil, err
		}
	}
	if d.Grant != nil {
		recordGrant(q, orgID, d.Grant)
	}
	if d.Membership != nil {
		recordMembership(q, orgID, d.Membership)
	}
	if len(insiders) > 0 {
		recordInsiders(q, orgID, insiders)
	}
	if err := recordNotifications(q, orgID, d.Change.Notifications); err != nil {
		return nil, err
	}
	recordAudit(q, orgID, d.Audit)
	return q.add(" SELECT epoch, head FROM log_head"), nil
}

// nextCursor begins a statement that moves the organization's head on by one, and
// notes if it restricts, where the audit trail ends if it was moved on, and if
// somebody's membership changes, be it by an erasure. It has no row to move if
// another such change committed since there were so many: the condition is of the
// one row that is locked here, so it is met by what committed while this waited for
// it. So nobody's write commits after their removal.
func nextCursor(orgID collab.ID, restricts bool, end collab.AuditEnd, erasures int64, governs bool) *query {
	q := newQuery("WITH log_head AS (UPDATE organizations SET head = head + 1, restricts = restricts OR ?", restricts)
	if end.Number > 0 {
		q.add(", audit_number = ?, audit_hash = ?", end.Number, end.Hash)
	}
	if governs {
		q.add(", erasures = erasures + 1")
	}
	return q.add(" WHERE id = ? AND erasures = ? RETURNING epoch, head)", orgID, erasures)
}

// recordChange inserts the row of the log. end is where the audit trail ends, if the
// change moves it on.
func recordChange(q *query, orgID collab.ID, c *collab.Change, snapshot []byte, end collab.AuditEnd) error {
	fields, err := encode(c.Fields)
	if err != nil {
		return err
	}
	audience, err := encodeOrNull(c.Audience)
	if err != nil {
		return err
	}
	regards, err := encodeOrNull(c.Regards)
	if err != nil {
		return err
	}
	edited, err := encodeOrNull(c.Edited())
	if err != nil {
		return err
	}
	q.add(`, entry AS (INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version,
		customer_id, prior_customer_id, actor_id, client_mutation_id, merged, comment_id, conflict_id,
		occurred_at, changes, metadata, audience, regards, snapshot, fingerprint, edited, audit_number, audit_hash)
		SELECT ?, head, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?::bigint, 0), ? FROM log_head)`,
		orgID, c.Type, c.EntityType, c.EntityID, c.EntityVersion,
		c.CustomerID, c.PriorCustomerID, c.ActorID, c.ClientMutationID, c.Merged, c.CommentID, c.ConflictID,
		c.OccurredAt, fields, []byte(c.Metadata), audience, regards, snapshot, textOrNull(c.Fingerprint), edited, end.Number, textOrNull(end.Hash))
	return nil
}

// recordEntity inserts the first version of an entity, and replaces later ones.
// Who created it, and when, stays.
func recordEntity(q *query, orgID collab.ID, e collab.Entity, snapshot []byte) {
	r, b := e.Common(), e.Belongings()
	if r.Version > 1 {
		q.add(`, entity AS (UPDATE entities SET version = ?, position = head, owner_id = ?, customer_id = ?, status = ?, visibility = ?,
			starts_at = ?, updated_at = ?, deleted_at = ?, name_key = ?, data = ?, search = ?
			FROM log_head WHERE entities.org_id = ? AND entities.id = ?)`,
			r.Version, b.OwnerID, b.CustomerID, b.Status, b.Visibility,
			b.StartsAt, r.UpdatedAt, r.DeletedAt, collab.NameKey(e.DisplayName()), snapshot, e.SearchText(),
			orgID, r.ID)
		return
	}
	q.add(`, entity AS (INSERT INTO entities (org_id, id, type, version, position, owner_id, customer_id, status, visibility,
		starts_at, created_by, created_at, updated_at, deleted_at, name_key, data, search)
		SELECT ?, ?, ?, ?, head, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM log_head)`,
		orgID, r.ID, r.Type, r.Version, b.OwnerID, b.CustomerID, b.Status, b.Visibility,
		b.StartsAt, r.CreatedBy, r.CreatedAt, r.UpdatedAt, r.DeletedAt, collab.NameKey(e.DisplayName()), snapshot, e.SearchText())
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

// recordGrant inserts a grant, or replaces the one of the same person; without a
// level it deletes that one.
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
}

func recordInsiders(q *query, orgID collab.ID, insiders []collab.ID) {
	q.add(", insiders AS (UPDATE members SET insider = TRUE FROM log_head WHERE org_id = ? AND NOT insider AND user_id = ANY(?))",
		orgID, list(insiders))
}

// recordNotifications inserts all of them from one argument.
func recordNotifications(q *query, orgID collab.ID, notifications []*collab.Notification) error {
	if len(notifications) == 0 {
		return nil
	}
	encoded, err := json.Marshal(notifications)
	if err != nil {
		return err
	}
	q.add(`, notification AS (INSERT INTO notifications (org_id, position, user_id, id, kind, title, body,
		entity_type, entity_id, actor_id, created_at)
		SELECT ?, head, "userId", id, kind, title, body, "entityType", "entityId", "actorId", "createdAt"
		FROM log_head, json_to_recordset(?) AS n (id text, "userId" text, kind text, title text, body text,
		"entityType" text, "entityId" text, "actorId" text, "createdAt" timestamptz))`, orgID, encoded)
	return nil
}

// recordAudit inserts entries that are sealed. What an erasure takes away is
// emptied by the statement that says so.
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

// witnessAudit has the newest row of the log say where the trail ends now. A row that
// says something else than where it ended before is left as it is: the trail was
// tampered with, and the row is what tells.
func witnessAudit(q *query, orgID collab.ID, before, end collab.AuditEnd) {
	q.add(`, witness AS (UPDATE log l SET audit_number = ?, audit_hash = ? FROM log_head
		WHERE l.org_id = ? AND l.position = log_head.head AND (l.audit_number IS NULL OR (l.audit_number, l.audit_hash) = (?, ?)))`,
		end.Number, end.Hash, orgID, before.Number, before.Hash)
}

// emptyAudit takes away where a person's entries came from, and the details of those
// and of what was done to them. The digests stay.
func emptyAudit(q *query, orgID, userID collab.ID) {
	q.add(`UPDATE audit SET address = CASE actor_id WHEN ? THEN '' ELSE address END,
		agent = CASE actor_id WHEN ? THEN '' ELSE agent END, client = CASE actor_id WHEN ? THEN '' ELSE client END,
		origin_salt = CASE actor_id WHEN ? THEN '' ELSE origin_salt END, details = NULL, details_salt = ''
		FROM log_head WHERE org_id = ? AND (actor_id = ? OR subject_id = ?)`, userID, userID, userID, userID, orgID, userID, userID)
}
