package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"tandem/internal/collab"
)

// at is a time as its column holds it.
func at(milliseconds int64) collab.Time { return collab.At(time.UnixMilli(milliseconds)) }

// atOrNil is at for a column that may be NULL.
func atOrNil(milliseconds *int64) *collab.Time {
	if milliseconds == nil {
		return nil
	}
	return new(at(*milliseconds))
}

// epoch is the identity of the organization's log, for the cursors of a row.
const epoch = `(SELECT epoch FROM organizations WHERE id = ?)`

// changeColumns is what scanChange reads of a row l of the log, before the snapshot.
const changeColumns = `l.position, l.type, l.entity_type, l.entity_id, l.entity_version,
	l.customer_id, l.prior_customer_id, l.actor_id, l.client_mutation_id, l.merged, l.comment_id, l.conflict_id,
	l.occurred_at, l.changes, l.metadata, l.audience, l.regards, l.batch`

// changeColumnsBut is changeColumns with something in the place of the values before and after.
func changeColumnsBut(changes string) string {
	return strings.Replace(changeColumns, "l.changes", changes, 1)
}

// selectChanges begins a query for scanChange. snapshot is the column, or what
// stands in its place.
func selectChanges(orgID collab.ID, snapshot string, args ...any) *query {
	return newQuery("SELECT "+epoch+", "+changeColumns+", ", orgID).add(snapshot, args...)
}

func scanChange(orgID collab.ID) func(row) (*collab.Change, error) {
	return func(r row) (*collab.Change, error) {
		c := &collab.Change{OrgID: orgID}
		var occurredAt int64
		var fields, metadata, audience, effects, batch, snapshot []byte
		err := r.Scan(&c.Cursor.Epoch, &c.Cursor.Position, &c.Type, &c.EntityType, &c.EntityID, &c.EntityVersion,
			&c.CustomerID, &c.PriorCustomerID, &c.ActorID, &c.ClientMutationID, &c.Merged, &c.CommentID, &c.ConflictID,
			&occurredAt, &fields, &metadata, &audience, &effects, &batch, &snapshot)
		if err != nil {
			return nil, err
		}
		c.OccurredAt, c.Metadata = at(occurredAt), collab.JSON(metadata)
		err = errors.Join(decode(fields, &c.Fields), decode(audience, &c.Audience), decode(effects, &c.AccessEffects), decode(batch, &c.Batch))
		if err != nil {
			return nil, err
		}
		if snapshot != nil {
			c.Snapshot, err = collab.DecodeEntity(c.EntityType, snapshot, c.Cursor)
		}
		return c, err
	}
}

// priorUpdate is when the version was made that a row l of the log follows. Rows of older releases do not have it.
const priorUpdate = `COALESCE(l.prior_updated_at, CASE WHEN l.snapshot IS NOT NULL AND l.entity_version > 1 THEN
	(SELECT prior.occurred_at FROM log prior WHERE prior.org_id = l.org_id AND prior.entity_id = l.entity_id
	AND prior.entity_version = l.entity_version - 1 AND prior.snapshot IS NOT NULL) END)`

// scanWholeChange is scanChange of a row that also has priorUpdate.
func scanWholeChange(orgID collab.ID) func(row) (*collab.Change, error) {
	return func(r row) (*collab.Change, error) {
		var prior *int64
		c, err := scanChange(orgID)(withColumnsAfter{r, []any{&prior}})
		if err == nil {
			c.FollowAt(atOrNil(prior))
		}
		return c, err
	}
}

// entityColumns is what scanEntity reads of a row e of the entities.
const entityColumns = `e.position, e.type, e.data`

// selectEntities begins a query for scanEntity.
func selectEntities(orgID collab.ID) *query {
	return newQuery("SELECT "+epoch+", "+entityColumns, orgID)
}

// scanEntity reads an entity. more are further columns of the row.
func scanEntity(r row, more ...any) (collab.Entity, error) {
	var cursor collab.Cursor
	var t collab.EntityType
	var data []byte
	if err := r.Scan(append([]any{&cursor.Epoch, &cursor.Position, &t, &data}, more...)...); err != nil {
		return nil, err
	}
	return collab.DecodeEntity(t, data, cursor)
}

// scanOneEntity is scanEntity of a row that has nothing more.
func scanOneEntity(r row) (collab.Entity, error) { return scanEntity(r) }

func entityID(e collab.Entity) collab.ID { return e.Common().ID }

// commentColumns is what scanComment reads of a row c of the comments.
const commentColumns = `c.id, c.entity_type, c.entity_id, c.author_id, c.body, c.mention_ids, c.created_at`

func scanComment(r row) (*collab.Comment, error) {
	c := &collab.Comment{}
	var mentions []byte
	var createdAt int64
	if err := r.Scan(&c.ID, &c.EntityType, &c.EntityID, &c.AuthorID, &c.Body, &mentions, &createdAt); err != nil {
		return nil, err
	}
	c.CreatedAt = at(createdAt)
	err := decode(mentions, &c.MentionIDs)
	return c, err
}

// conflictColumns is what scanConflict reads of a row c of the conflicts.
const conflictColumns = `c.id, c.entity_type, c.entity_id, c.base_version, c.remote_version, c.fields, c.patch,
	c.detected_at, c.detected_for_id, c.resolution, c.resolved_by_id, c.resolved_at, c.authors, c.audience, c.base_audience`

func scanConflict(r row) (*collab.Conflict, error) {
	c := &collab.Conflict{}
	var fields, patch, authors, audience, baseAudience []byte
	var detectedAt int64
	var resolvedAt *int64
	err := r.Scan(&c.ID, &c.EntityType, &c.EntityID, &c.BaseVersion, &c.RemoteVersion, &fields, &patch,
		&detectedAt, &c.DetectedForID, &c.Resolution, &c.ResolvedByID, &resolvedAt, &authors, &audience, &baseAudience)
	if err != nil {
		return nil, err
	}
	c.DetectedAt, c.ResolvedAt = at(detectedAt), atOrNil(resolvedAt)
	err = errors.Join(decode(fields, &c.Fields), decode(patch, &c.Patch), decode(authors, &c.Authors),
		decode(audience, &c.Audience), decode(baseAudience, &c.BaseAudience))
	return c, err
}

// selectConflicts begins a query for scanWholeConflict.
func selectConflicts(orgID collab.ID) *query {
	return newQuery("SELECT "+epoch+", "+entityColumns+", "+conflictColumns, orgID)
}

// scanWholeConflict reads a conflict together with its entity.
func scanWholeConflict(r row) (*collab.Conflict, error) {
	var cursor collab.Cursor
	var t collab.EntityType
	var data []byte
	c, err := scanConflict(withColumnsBefore{r, []any{&cursor.Epoch, &cursor.Position, &t, &data}})
	if err != nil {
		return nil, err
	}
	c.Entity, err = collab.DecodeEntity(t, data, cursor)
	return c, err
}

// memberColumns is what scanMember reads of a row m of the members with its row u of the users.
const memberColumns = `u.id, u.name, u.email, u.avatar, u.erased_at IS NOT NULL, m.role, m.presence_hidden, m.removed_at IS NOT NULL, m.insider, u.learned_at`

// selectMembers begins a query for scanMember.
func selectMembers(orgID collab.ID) *query {
	return newQuery("SELECT "+memberColumns+membersFrom+" WHERE m.org_id = ?", orgID)
}

// membersFrom are the members as m, together with their users as u.
const membersFrom = ` FROM members m JOIN users u ON u.org_id = m.org_id AND u.id = m.user_id`

// scanMember reads a member. more are further columns of the row.
func scanMember(r row, more ...any) (*collab.Member, error) {
	m := &collab.Member{User: &collab.User{}}
	var learnedAt *int64
	err := r.Scan(append([]any{&m.User.ID, &m.User.Name, &m.User.Email, &m.User.Avatar, &m.User.Erased, &m.Role, &m.PresenceHidden, &m.Removed, &m.HasRestrictedAccess, &learnedAt}, more...)...)
	m.LearnedAt = atOrNil(learnedAt)
	return m, err
}

// scanOneMember is scanMember of a row that has nothing more.
func scanOneMember(r row) (*collab.Member, error) { return scanMember(r) }

// grantColumns is what scanGrant reads of a row g of the grants.
const grantColumns = `g.entity_id, g.user_id, g.level, g.granted_by, g.granted_at`

func scanGrant(r row) (*collab.Grant, error) {
	g := &collab.Grant{}
	var grantedAt int64
	err := r.Scan(&g.EntityID, &g.UserID, &g.Level, &g.GrantedBy, &grantedAt)
	g.GrantedAt = at(grantedAt)
	return g, err
}

// userColumns is what scanUser reads of a row u of the users.
const userColumns = `u.id, u.name, u.email, u.avatar, u.erased_at IS NOT NULL`

func scanUser(r row) (*collab.User, error) {
	u := &collab.User{}
	err := r.Scan(&u.ID, &u.Name, &u.Email, &u.Avatar, &u.Erased)
	return u, err
}

// selectAudit begins a query for scanAudit.
func selectAudit(orgID collab.ID) *query {
	return newQuery(`SELECT a.number, a.occurred_at, a.action, a.actor_id, a.subject_id, a.entity_id, a.position,
		a.address, a.agent, a.client, a.origin_salt, a.origin_digest, a.details, a.details_salt, a.details_digest,
		a.previous_hash, a.hash FROM audit a WHERE a.org_id = ?`, orgID)
}

func scanAudit(r row) (*collab.AuditEntry, error) {
	e := &collab.AuditEntry{}
	var occurredAt int64
	var details []byte
	err := r.Scan(&e.Number, &occurredAt, &e.Action, &e.ActorID, &e.SubjectID, &e.EntityID, &e.Position,
		&e.Origin.Address, &e.Origin.Agent, &e.Origin.Client, &e.OriginSalt, &e.OriginDigest, &details, &e.DetailsSalt, &e.DetailsDigest,
		&e.PreviousHash, &e.Hash)
	e.OccurredAt, e.Details = at(occurredAt), collab.JSON(details)
	return e, err
}

func scanAuditEnd(r row) (end collab.AuditEnd, err error) {
	err = r.Scan(&end.Number, &end.Hash, &end.Position)
	return end, err
}

// decode reads a column of JSON. NULL leaves v as it is.
func decode(column []byte, v any) error {
	if column == nil {
		return nil
	}
	if err := jsonv2.Unmarshal(column, v); err != nil {
		return fmt.Errorf("decode a column: %w", err)
	}
	return nil
}

// encodeOrNull writes a column of JSON. Nil is NULL; an empty list is a list.
func encodeOrNull(v any) ([]byte, error) {
	encoded, err := json.Marshal(v)
	if string(encoded) == "null" {
		return nil, err
	}
	return encoded, err
}

// encode writes a column of JSON. An empty list is NULL.
func encode[T any](values []T) ([]byte, error) {
	if len(values) == 0 {
		return nil, nil
	}
	return json.Marshal(values)
}

// textOrNull is a column of text that is NULL for "".
func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
