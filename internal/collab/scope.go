package collab

import (
	"fmt"
	"slices"
)

// A Scope is what of a viewer decides what they may see. Two viewers of equal
// scope are shown equal bytes, so one execution may serve both.
//
// There are three kinds. An open scope, which has neither UserID nor All, sees
// what everybody in the organization may see. That of a person sees also what
// this person may see. One with All sees everything.
type Scope struct {
	OrgID  ID
	UserID ID
	All    bool
}

// Key names the scope: equal for equal scopes, different for others. No id has
// the character that separates its parts.
func (s Scope) Key() string {
	switch {
	case s.All:
		return string(s.OrgID) + "\x00"
	case s.UserID != "":
		return string(s.OrgID) + "\x00" + string(s.UserID)
	}
	return string(s.OrgID)
}

// Sees reports whether a change may be shown in the scope. It asks nothing but
// the change itself, so it can be asked for each change and each subscription.
func (s Scope) Sees(c *Change) bool {
	return c != nil && c.OrgID == s.OrgID && s.in(c.Audience)
}

// in reports whether the scope belongs to an audience.
func (s Scope) in(audience []ID) bool {
	if s.All || audience == nil {
		return true
	}
	_, admitted := slices.BinarySearch(audience, s.UserID)
	return admitted && s.UserID != ""
}

// Scope returns the scope that the viewer shares with as many others as can be:
// most people of most organizations see what everybody sees.
func (v *Viewer) Scope() Scope {
	open := Scope{OrgID: v.Organization.ID}
	switch {
	case !v.Organization.Restricts:
		return open
	case v.Role == RoleAdmin || v.Insider:
		return v.OwnScope()
	}
	return open
}

// Standing tells two states of a member apart whose scope may be the same: fields that depend
// on the viewer are made of it.
func (v *Viewer) Standing() string {
	return fmt.Sprintf("%s %t %t", v.Role, v.Insider, v.PresenceHidden)
}

// OwnScope returns a scope that the viewer shares with admins at most. It holds
// also for what the viewer is just now bringing about, as the first restricted
// entity of an organization.
func (v *Viewer) OwnScope() Scope {
	if v.Role == RoleAdmin {
		return Scope{OrgID: v.Organization.ID, All: true}
	}
	return Scope{OrgID: v.Organization.ID, UserID: v.User.ID}
}
