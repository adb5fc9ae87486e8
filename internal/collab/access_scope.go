package collab

import (
	"fmt"
	"slices"
)

// A Scope is the part of a viewer that decides what they may see. Two viewers with equal scopes are
// shown equal bytes, so one execution may serve both.
//
// There are three kinds. An open scope, which has neither UserID nor All, sees what everybody in
// the organization may see. A person's scope also sees what this person may see. A scope with All
// sees everything.
type Scope struct {
	OrgID  ID
	UserID ID
	All    bool
}

// Key names the scope: equal for equal scopes, different for others. No id contains the character
// that separates its parts.
func (s Scope) Key() string {
	switch {
	case s.All:
		return string(s.OrgID) + "\x00"
	case s.UserID != "":
		return string(s.OrgID) + "\x00" + string(s.UserID)
	}
	return string(s.OrgID)
}

// Sees reports whether a change may be shown in the scope. It depends only on the change itself, so
// it can be called for every change and every subscription.
func (s Scope) Sees(c *Change) bool {
	return c != nil && c.OrgID == s.OrgID && s.in(c.Audience)
}

// in reports whether the scope is in an audience.
func (s Scope) in(audience []ID) bool {
	if s.All || audience == nil {
		return true
	}
	_, admitted := slices.BinarySearch(audience, s.UserID)
	return admitted && s.UserID != ""
}

// Scope returns the scope that the viewer shares with as many others as possible: most people in
// most organizations see what everybody sees.
func (v *Viewer) Scope() Scope {
	open := Scope{OrgID: v.Organization.ID}
	switch {
	case !v.Organization.HasRestricted:
		return open
	case v.Role == RoleAdmin || v.HasRestrictedAccess:
		return v.OwnScope()
	}
	return open
}

// Standing distinguishes two states of a member whose scopes may be equal: the fields that depend
// on the viewer are computed from it.
func (v *Viewer) Standing() string {
	return fmt.Sprintf("%s %t %t", v.Role, v.HasRestrictedAccess, v.PresenceHidden)
}

// OwnScope returns a scope that the viewer shares at most with admins. It also covers what the
// viewer is just creating, such as the first restricted entity of an organization.
func (v *Viewer) OwnScope() Scope { return ownScope(v.Organization.ID, v.User.ID, v.Role) }

// ownScope is the OwnScope of a member.
func ownScope(orgID, userID ID, role Role) Scope {
	if role == RoleAdmin {
		return Scope{OrgID: orgID, All: true}
	}
	return Scope{OrgID: orgID, UserID: userID}
}
