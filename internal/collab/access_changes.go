package collab

import "encoding/json"

// An Effect is what a change does to somebody's access.
type Effect string

// The effects.
const (
	// EffectGained: they may see or do something that they could not.
	EffectGained Effect = "GAINED"
	// EffectLost: they may no longer see or do something.
	EffectLost Effect = "LOST"
	// EffectScope: they may see the same as before, but their scope may have changed.
	EffectScope Effect = "SCOPE"
)

// AccessEffects lists whose access a change alters. Everybody else's access stays as it was.
type AccessEffects struct {
	// People are individuals, with the effect of the change on each.
	People map[ID]Effect `json:"people,omitempty"`
	// Others is the effect on everybody who is neither among People nor in the change's audience.
	Others Effect `json:"others,omitempty"`
}

// EffectOn returns the effect of the change on the access of a person with a role, or "" if there
// is none. An admin sees every entity before and after, so only their scope can change.
func (c *Change) EffectOn(userID ID, role Role) Effect {
	if c.AccessEffects == nil {
		return ""
	}
	effect, named := c.AccessEffects.People[userID]
	if !named && (c.Audience == nil || !admits(c.Audience, userID)) {
		effect = c.AccessEffects.Others
	}
	if effect != "" && role == RoleAdmin && c.Type != ChangeMember {
		return EffectScope
	}
	return effect
}

// RoleOf returns the role of a person after the change, given the role before it.
func (c *Change) RoleOf(userID ID, before Role) Role {
	if c.Type != ChangeMember || c.AccessEffects == nil || c.AccessEffects.People[userID] == "" {
		return before
	}
	for _, field := range c.Fields {
		var role Role
		if field.Field == "role" && json.Unmarshal(field.NewValue, &role) == nil {
			return role
		}
	}
	return before
}

// AccessMessage describes to a person what the change does to their access; role is their role
// after it. It names nothing that they may not see.
func (c *Change) AccessMessage(userID ID, role Role) string {
	gained := c.EffectOn(userID, role) == EffectGained
	switch {
	case c.Type == ChangeMember && c.changed("removed") && !gained:
		return "You were removed from the organization."
	case c.Type == ChangeMember:
		return "Your role is " + string(role) + " now."
	case gained:
		return "You were given more access to " + c.EntityType.one() + "."
	}
	return "You have less access to " + c.EntityType.one() + ", or none any more."
}

// add notes an effect on a person; the first one that is noted stays.
func (r *AccessEffects) add(userID ID, effect Effect) {
	if r.People == nil {
		r.People = make(map[ID]Effect)
	}
	if r.People[userID] == "" {
		r.People[userID] = effect
	}
}

// setFirstAudience sets the audience of the change that makes an entity, and whose access it alters.
func (st *State) setFirstAudience(c *Change, audience []ID) {
	if audience == nil {
		return
	}
	var r AccessEffects
	st.addNewRestrictedAccess(&r, audience)
	st.setAccessEffects(c, audience, r)
}

// setAudience sets the audience of a change of an entity, which is the people who may see the entity
// both before and after it, and whose access it alters.
func (st *State) setAudience(c *Change, before, after []ID) {
	audience := both(before, after)
	if audience == nil {
		return
	}
	var r AccessEffects
	switch {
	case before == nil:
		r.Others = EffectLost
		st.addNewRestrictedAccess(&r, audience)
	case after == nil:
		r.Others = EffectGained
	default:
		r.addDifference(before, after)
	}
	st.setAccessEffects(c, audience, r)
}

// setAccessEffects sets the audience and the effects of a change. With the first restricted entity of
// an organization, everybody's scope changes.
func (st *State) setAccessEffects(c *Change, audience []ID, r AccessEffects) {
	c.Audience = audience
	if !st.HasRestricted && r.Others == "" {
		r.Others = EffectScope
	}
	if r.Others != "" || len(r.People) > 0 {
		c.AccessEffects = &r
	}
}

// addDifference notes the people who are in only one of two audiences.
func (r *AccessEffects) addDifference(before, after []ID) {
	for _, id := range after {
		if !admits(before, id) {
			r.add(id, EffectGained)
		}
	}
	for _, id := range before {
		if !admits(after, id) {
			r.add(id, EffectLost)
		}
	}
}

// addNewRestrictedAccess notes the people of an audience who did not have restricted access before.
func (st *State) addNewRestrictedAccess(r *AccessEffects, audience []ID) {
	for _, id := range audience {
		known := st.Members[id]
		if id == st.Actor.User.ID {
			known = st.Actor
		}
		if known == nil || !known.HasRestrictedAccess {
			r.add(id, EffectScope)
		}
	}
}

// WithRestrictedAccess returns the people whom this change lets see something that not everybody may
// see.
func (c *Change) WithRestrictedAccess() []ID {
	if c.Audience == nil {
		return nil
	}
	people := append([]ID{}, c.Audience...)
	if c.AccessEffects != nil {
		for id, effect := range c.AccessEffects.People {
			if effect == EffectGained {
				people = append(people, id)
			}
		}
	}
	return people
}
