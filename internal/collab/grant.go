package collab

import "slices"

// An AccessLevel is what a grant lets its person do.
type AccessLevel string

// The levels. WRITE includes READ.
const (
	AccessRead  AccessLevel = "READ"
	AccessWrite AccessLevel = "WRITE"
)

// A Grant lets one person see one restricted entity. It may be given while the
// entity is visible to the organization, and counts once that is restricted.
type Grant struct {
	EntityID  ID          `json:"entityId"`
	UserID    ID          `json:"userId"`
	Level     AccessLevel `json:"level"`
	GrantedBy ID          `json:"grantedBy"`
	GrantedAt Time        `json:"grantedAt"`
}

// grant returns the person's grant on the entity, or nil.
func (st *State) grant(entityID, userID ID) *Grant {
	for _, g := range st.Grants {
		if g.EntityID == entityID && g.UserID == userID {
			return g
		}
	}
	return nil
}

// level is the level of the person's grant on the entity; "" is no grant.
func (st *State) level(entityID, userID ID) AccessLevel {
	if g := st.grant(entityID, userID); g != nil {
		return g.Level
	}
	return ""
}

// audience returns the ids of those who may see e, in order: its creator, its
// owner and whom it was granted. Admins may always, and are not in the list.
// Nil is the whole organization.
func (st *State) audience(e Entity) []ID {
	if !restricted(e) {
		return nil
	}
	people := []ID{e.Common().CreatedBy}
	if owner := e.Belongings().OwnerID; owner != nil {
		people = append(people, *owner)
	}
	for _, g := range st.Grants {
		if g.EntityID == e.Common().ID {
			people = append(people, g.UserID)
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// sees reports whether the member may see e.
func (st *State) sees(m *Member, e Entity) bool {
	return m.Role == RoleAdmin || admits(st.audience(e), m.User.ID)
}

func restricted(e Entity) bool { return e.Belongings().Visibility == VisibleRestricted }

// admits reports whether a person is in an audience, of which nil has everybody.
func admits(audience []ID, userID ID) bool {
	return audience == nil || slices.Contains(audience, userID)
}

// both returns who is in two audiences.
func both(a, b []ID) []ID {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	in := []ID{}
	for _, id := range a {
		if slices.Contains(b, id) {
			in = append(in, id)
		}
	}
	return in
}
