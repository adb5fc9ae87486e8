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
	// EffectScope: they may see the same as before, and their scope may be another one.
	EffectScope Effect = "SCOPE"
)

// A Regards says whose access a change alters. What is not said stays as it was.
type Regards struct {
	// People are single people, by what it does to them.
	People map[ID]Effect `json:"people,omitempty"`
	// Others is what it does to everybody who is neither among People nor in the change's audience.
	Others Effect `json:"others,omitempty"`
}

// EffectOn returns what the change does to the access of a person of a role, or
// "" when that stays as it was. An admin sees every entity before and after, so
// that only a scope of theirs can be another one.
func (c *Change) EffectOn(userID ID, role Role) Effect {
	if c.Regards == nil {
		return ""
	}
	effect, named := c.Regards.People[userID]
	if !named && (c.Audience == nil || !admits(c.Audience, userID)) {
		effect = c.Regards.Others
	}
	if effect != "" && role == RoleAdmin && c.Type != ChangeMember {
		return EffectScope
	}
	return effect
}

// RoleOf returns the role of a person after the change, who had one before.
func (c *Change) RoleOf(userID ID, before Role) Role {
	if c.Type != ChangeMember || c.Regards == nil || c.Regards.People[userID] == "" {
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

// AccessMessage says in words what the change does to the access of a person, who
// has a role after it. It names nothing that they may not see.
func (c *Change) AccessMessage(userID ID, role Role) string {
	gained := c.EffectOn(userID, role) == EffectGained
	switch {
	case c.Type == ChangeMember && c.changed("removed") && !gained:
		return "You were removed from the organization."
	case c.Type == ChangeMember:
		return "Your role is " + string(role) + " now."
	case gained:
		return "You were given more access to a " + c.EntityType.noun() + "."
	}
	return "You have less access to a " + c.EntityType.noun() + ", or none any more."
}

// name notes an effect on a person; the first one that is noted stays.
func (r *Regards) name(userID ID, effect Effect) {
	if r.People == nil {
		r.People = make(map[ID]Effect)
	}
	if r.People[userID] == "" {
		r.People[userID] = effect
	}
}

// address says who may see a change of an entity, which are those who may see
// the entity both before and after it, and whose access it alters. is is its
// audience after the change; was is that before, unless the change made it.
func (st *State) address(c *Change, was, is []ID, made bool) {
	c.Audience = is
	if !made {
		c.Audience = both(was, is)
	}
	if c.Audience == nil {
		return
	}
	var r Regards
	switch {
	case made:
	case was == nil:
		r.Others = EffectLost
	case is == nil:
		r.Others = EffectGained
	default:
		r.differ(was, is)
	}
	if !st.Restricts && r.Others == "" {
		r.Others = EffectScope
	}
	if made || was == nil {
		st.initiate(&r, c.Audience)
	}
	if r.Others != "" || len(r.People) > 0 {
		c.Regards = &r
	}
}

// differ notes who is in one of two audiences only.
func (r *Regards) differ(was, is []ID) {
	for _, id := range is {
		if !admits(was, id) {
			r.name(id, EffectGained)
		}
	}
	for _, id := range was {
		if !admits(is, id) {
			r.name(id, EffectLost)
		}
	}
}

// initiate notes those of an audience who are not known to be insiders already.
func (st *State) initiate(r *Regards, audience []ID) {
	for _, id := range audience {
		known := st.Members[id]
		if id == st.Actor.User.ID {
			known = st.Actor
		}
		if known == nil || !known.Insider {
			r.name(id, EffectScope)
		}
	}
}

// Insiders are the people who may see what not everybody may, as far as this
// change is a reason for it.
func (c *Change) Insiders() []ID {
	if c.Audience == nil {
		return nil
	}
	insiders := append([]ID{}, c.Audience...)
	if c.Regards != nil {
		for id, effect := range c.Regards.People {
			if effect == EffectGained {
				insiders = append(insiders, id)
			}
		}
	}
	return insiders
}
