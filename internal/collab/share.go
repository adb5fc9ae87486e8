package collab

import (
	"context"
	"encoding/json"
	"fmt"
)

// errNoEntity answers for an entity that is not there as for one that is hidden.
func errNoEntity() error {
	return Errorf(BadInput, "entityId must be an entity of the organization")
}

// errNoMember answers for a person who is no member as for an id that never was.
func errNoMember() error {
	return Errorf(BadInput, "userId must be a member of the organization")
}

// GrantAccess lets a member see an entity once it is restricted, and change it
// where the level is WRITE. It reports whether that is anything new. The error is
// BadInput for an entity that the viewer does not see and for somebody who is no
// member, and Forbidden unless the viewer is the creator, the owner or an admin.
func (s *Service) GrantAccess(ctx context.Context, v *Viewer, entityID, userID ID, level AccessLevel) (bool, error) {
	return s.share(ctx, v, &Grant{EntityID: entityID, UserID: userID, Level: level, GrantedBy: v.User.ID, GrantedAt: At(s.now())})
}

// RevokeAccess takes a grant back. It reports whether there was one; the errors
// are those of GrantAccess. Who may see the entity for another reason still does.
func (s *Service) RevokeAccess(ctx context.Context, v *Viewer, entityID, userID ID) (bool, error) {
	return s.share(ctx, v, &Grant{EntityID: entityID, UserID: userID, GrantedAt: At(s.now())})
}

// share writes a grant, or, without a level, that it is taken back.
func (s *Service) share(ctx context.Context, v *Viewer, g *Grant) (bool, error) {
	change, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: g.EntityID, UserIDs: []ID{g.UserID}, Audited: true,
	}, func(st *State) (*Decision, error) { return st.share(g) })
	return change != nil, err
}

func (st *State) share(g *Grant) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	entity, err := st.living(actor, g.EntityID, "")
	if err != nil {
		return nil, errNoEntity()
	}
	if access := st.access(actor, entity); !access.CanDelete {
		return nil, Errorf(Forbidden, "%s", *access.Reason)
	}
	// Who is no member any more is given nothing, but can be taken a grant away.
	person := st.Members[g.UserID]
	if person == nil || person.Removed && g.Level != "" {
		return nil, errNoMember()
	}
	if st.level(g.EntityID, g.UserID) == g.Level {
		return &Decision{}, nil
	}
	change := st.change(ChangeAccess, actor, entity, entity, mutationKey{}, g.GrantedAt)
	change.Fields = []*FieldChange{{
		Field: "level", OldValue: levelJSON(st.level(g.EntityID, g.UserID)), NewValue: levelJSON(g.Level),
	}}
	change.Metadata = aboutPerson(g.UserID)
	after := st.sharedAs(g)
	after.address(change, st.audience(entity), after.audience(entity), false)
	after.notifyShared(change, actor, person, entity, st.access(person, entity))
	return &Decision{Change: change, Grant: g, Audit: []*AuditEntry{g.audited(actor, change)}}, nil
}

// audited is what the audit trail says of a grant that is given, changed or taken back.
func (g *Grant) audited(actor *Member, change *Change) *AuditEntry {
	action := AuditAccessGranted
	if g.Level == "" {
		action = AuditAccessRevoked
	}
	entry := actor.audited(action, g.GrantedAt).became(change.Fields[0])
	entry.SubjectID, entry.EntityID = g.UserID, g.EntityID
	return entry
}

// sharedAs is the state as the grant leaves it.
func (st *State) sharedAs(g *Grant) *State {
	after := *st
	after.Grants = nil
	for _, kept := range st.Grants {
		if kept.EntityID != g.EntityID || kept.UserID != g.UserID {
			after.Grants = append(after.Grants, kept)
		}
	}
	if g.Level != "" {
		after.Grants = append(after.Grants, g)
	}
	return &after
}

// notifyShared tells the person whose access to the entity is another one now,
// and notes what it did to them if they see it as before.
func (st *State) notifyShared(c *Change, actor, person *Member, e Entity, before *Access) {
	id, noun := person.User.ID, e.Common().Type.noun()
	now := st.access(person, e)
	switch {
	case !restricted(e), governs(id, person.Role, e):
		return
	case !st.sees(person, e):
		c.notifyLost(actor)
		return
	case c.Regards == nil && now.CanEdit == before.CanEdit:
		return
	case c.Regards == nil && now.CanEdit:
		c.Regards = &Regards{People: map[ID]Effect{id: EffectGained}}
	case c.Regards == nil:
		c.Regards = &Regards{People: map[ID]Effect{id: EffectLost}}
	}
	title := "%s gave you access to read a %s"
	if now.CanEdit {
		title = "%s gave you access to change a %s"
	}
	c.notifyOther(NotifyAccessChanged, id, fmt.Sprintf(title, actor.User.Name, noun), e.DisplayName())
}

// levelJSON is a level as a field's value.
func levelJSON(level AccessLevel) JSON {
	if level == "" {
		return JSON("null")
	}
	return textJSON(string(level))
}

func textJSON(text string) JSON {
	encoded, _ := json.Marshal(text) // a text always encodes
	return encoded
}

// aboutPerson is the metadata of a change that is about somebody's access.
func aboutPerson(userID ID) JSON {
	encoded, _ := json.Marshal(map[string]ID{"userId": userID}) // a text always encodes
	return encoded
}
