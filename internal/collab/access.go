package collab

import (
	"encoding/json"
	"maps"
	"slices"
)

// governedFields may be changed by an entity's creator, its owner, and admins.
var governedFields = []string{"ownerId", "visibility"}

// An Access is what a viewer may do with an entity.
type Access struct {
	ID        ID
	CanEdit   bool
	CanDelete bool
	// ReadOnlyFields are those that the viewer may read but not change.
	ReadOnlyFields []string
	// Reason tells a person why something is not allowed; nil if everything is allowed.
	Reason *string
}

// AccessOf returns what a member with a role may do with e. level is the level of the member's
// grant on e, or "" without a grant; it matters only if e is restricted.
func AccessOf(userID ID, role Role, e Entity, level AccessLevel) *Access {
	access := &Access{ID: deriveID("access", e.Common().ID, userID), ReadOnlyFields: []string{}}
	govern := governs(userID, role, e)
	granted := govern || level == AccessWrite || !restricted(e)
	access.CanEdit = role.AtLeast(RoleMember) && granted
	access.CanDelete = access.CanEdit && govern
	switch {
	case !access.CanEdit:
		access.ReadOnlyFields = documentFields(e)
		access.Reason = ptr("Your role lets you read, not change.")
		if !granted {
			access.Reason = ptr("You were given access to read this, not to change it. Its creator, its owner or an admin can let you.")
		}
	case !access.CanDelete:
		access.ReadOnlyFields = slices.Clone(governedFields)
		access.Reason = ptr("Only its creator, its owner or an admin may delete it, hand it over or change who sees it.")
	}
	return access
}

// DependsOnGrant reports whether a grant would make a difference to AccessOf.
func DependsOnGrant(userID ID, role Role, e Entity) bool {
	return restricted(e) && role.AtLeast(RoleMember) && !governs(userID, role, e)
}

// documentFields are the names of all fields that a patch can set, in order.
func documentFields(e Entity) []string {
	fields, _ := fieldsOf(e) // a document that was decoded encodes
	return slices.Sorted(maps.Keys(fields))
}

// governs reports whether the member may delete e and set its governed fields.
func governs(userID ID, role Role, e Entity) bool {
	owner := e.Indexed().OwnerID
	return role == RoleAdmin || e.Common().CreatedBy == userID || owner != nil && *owner == userID
}

// governs reports whether the edit sets a field that not everybody may change.
func (op *edit) governs() bool {
	return slices.ContainsFunc(governedFields, func(name string) bool { return op.patch[name] != nil })
}

// audited returns the audit entries of an applied edit: how it changed who may see and govern the
// entity, and that it ended a conflict.
func (op *edit) audited(actor *Member, change *Change) []*AuditEntry {
	entries := op.resolving.audited(actor, op.now)
	for _, c := range change.Fields {
		var entry *AuditEntry
		switch c.Field {
		case "visibility":
			entry = actor.audited(AuditVisibilityChanged, op.now)
		case "ownerId":
			entry = actor.audited(AuditOwnerChanged, op.now)
			_ = json.Unmarshal(c.NewValue, &entry.SubjectID) // null leaves it empty
		default:
			continue
		}
		entry.EntityID = change.EntityID
		entries = append(entries, entry.became(c))
	}
	return entries
}

// access returns what the member may do with e.
func (st *State) access(m *Member, e Entity) *Access {
	return AccessOf(m.User.ID, m.Role, e, st.level(e.Common().ID, m.User.ID))
}

// mayEdit returns an AccessDenied if the member may not change these fields of e.
func (st *State) mayEdit(m *Member, e Entity, fields []string) error {
	access := st.access(m, e)
	readOnly := func(field string) bool { return slices.Contains(access.ReadOnlyFields, field) }
	if access.CanEdit && !slices.ContainsFunc(fields, readOnly) {
		return nil
	}
	return &AccessDenied{Message: *access.Reason, EntityID: e.Common().ID, ReadOnlyFields: access.ReadOnlyFields}
}

// mayDelete returns an AccessDenied if the member may not delete or restore e.
func (st *State) mayDelete(m *Member, e Entity) error {
	access := st.access(m, e)
	if access.CanDelete {
		return nil
	}
	return &AccessDenied{Message: *access.Reason, EntityID: e.Common().ID, ReadOnlyFields: access.ReadOnlyFields}
}
