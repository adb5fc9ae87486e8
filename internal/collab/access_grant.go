package collab

import "slices"

// An AccessLevel is what a grant allows its person to do.
type AccessLevel string

// The levels. WRITE includes READ.
const (
	AccessRead  AccessLevel = "READ"
	AccessWrite AccessLevel = "WRITE"
)

// A Grant lets one person see one restricted entity. It may be given while the entity is visible to
// the organization, and takes effect once the entity is restricted.
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

// level is the level of the person's grant on the entity, or "" without a grant.
func (st *State) level(entityID, userID ID) AccessLevel {
	if g := st.grant(entityID, userID); g != nil {
		return g.Level
	}
	return ""
}

// audience returns the sorted ids of the people who may see e: its creator, its owner and everybody
// with a grant. Admins may always see it, and are not in the list. Nil is the whole organization.
func (st *State) audience(e Entity) []ID {
	if !restricted(e) {
		return nil
	}
	people := []ID{e.Common().CreatedBy}
	if owner := e.Indexed().OwnerID; owner != nil {
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

func restricted(e Entity) bool { return e.Indexed().Visibility == VisibleRestricted }

// admits reports whether a person is in an audience; nil includes everybody.
func admits(audience []ID, userID ID) bool {
	return audience == nil || slices.Contains(audience, userID)
}

// both returns the people who are in both audiences.
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
