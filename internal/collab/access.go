package collab

import "slices"

// governedFields may be changed by an entity's creator, its owner, and admins.
var governedFields = []string{"ownerId", "visibility"}

// An Access is what a viewer may do with an entity.
type Access struct {
	CanEdit   bool
	CanDelete bool
	// ReadOnlyFields are those that the viewer may read but not change.
	ReadOnlyFields []string
	// Reason says in words why something is not allowed; nil when all is.
	Reason *string
}

// AccessOf returns what a member of a role may do with e.
func AccessOf(userID ID, role Role, e Entity) *Access {
	access := &Access{CanEdit: role.AtLeast(RoleMember), ReadOnlyFields: []string{}}
	access.CanDelete = access.CanEdit && governs(userID, role, e)
	switch {
	case !access.CanEdit:
		fields, _ := fieldsOf(e) // a document that was decoded encodes
		for name := range fields {
			access.ReadOnlyFields = append(access.ReadOnlyFields, name)
		}
		slices.Sort(access.ReadOnlyFields)
		access.Reason = ptr("Your role lets you read, not change.")
	case !access.CanDelete:
		access.ReadOnlyFields = slices.Clone(governedFields)
		access.Reason = ptr("Only its creator, its owner or an admin may delete it, hand it over or change who sees it.")
	}
	return access
}

// governs reports whether the member may delete e and set its governed fields.
func governs(userID ID, role Role, e Entity) bool {
	owner := e.Belongings().OwnerID
	return role == RoleAdmin || e.Common().CreatedBy == userID || owner != nil && *owner == userID
}

// mayEdit returns an AccessDenied if the member may not make these changes to e.
func mayEdit(userID ID, role Role, e Entity, changes []*FieldChange) error {
	access := AccessOf(userID, role, e)
	var denied []string
	for _, c := range changes {
		if slices.Contains(access.ReadOnlyFields, c.Field) {
			denied = append(denied, c.Field)
		}
	}
	if access.CanEdit && len(denied) == 0 {
		return nil
	}
	return &AccessDenied{Message: *access.Reason, EntityID: &e.Common().ID, ReadOnlyFields: access.ReadOnlyFields}
}

// mayDelete returns an AccessDenied if the member may not delete or restore e.
func mayDelete(userID ID, role Role, e Entity) error {
	access := AccessOf(userID, role, e)
	if access.CanDelete {
		return nil
	}
	return &AccessDenied{Message: *access.Reason, EntityID: &e.Common().ID, ReadOnlyFields: access.ReadOnlyFields}
}
