package collab

import (
	"context"
	"encoding/json"
	"slices"
)

// errNoEntity is the same error for an entity that does not exist and for one that is hidden.
func errNoEntity() error {
	return Errorf(BadInput, "entityId must be an entity of the organization")
}

// errNoMember is the same error for a person who is not a member and for an id that never existed.
func errNoMember() error {
	return Errorf(BadInput, "userId must be a member of the organization")
}

// GrantAccess lets a member see an entity once it is restricted, and change it where the level is
// WRITE. It reports whether that changed anything. The error is BadInput for an entity that the
// viewer does not see and for somebody who is not a member, and Forbidden unless the viewer is the
// creator, the owner or an admin.
func (s *Service) GrantAccess(ctx context.Context, v *Viewer, entityID, userID ID, level AccessLevel) (bool, error) {
	return s.share(ctx, v, &Grant{EntityID: entityID, UserID: userID, Level: level, GrantedBy: v.User.ID, GrantedAt: At(s.now())})
}

// RevokeAccess takes a grant back. It reports whether there was one; the errors are those of
// GrantAccess. People who may see the entity for another reason still see it.
func (s *Service) RevokeAccess(ctx context.Context, v *Viewer, entityID, userID ID) (bool, error) {
	return s.share(ctx, v, &Grant{EntityID: entityID, UserID: userID, GrantedAt: At(s.now())})
}

// share writes a grant; a grant without a level revokes it.
func (s *Service) share(ctx context.Context, v *Viewer, g *Grant) (bool, error) {
	intent := Intent{OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: g.EntityID, UserIDs: []ID{g.UserID}, Audited: true}
	intent.notifies(g.GrantedAt)
	written, err := s.write(ctx, intent, func(st *State) (*Decision, error) { return st.share(g) })
	return written.changed(), err
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
	// A former member gets no new grant, but an existing one can be revoked.
	person := st.Members[g.UserID]
	if person == nil || person.Removed && g.Level != "" {
		return nil, errNoMember()
	}
	if st.level(g.EntityID, g.UserID) == g.Level {
		return &Decision{}, nil
	}
	change := st.unrevised(ChangeAccess, entity, authorship{actor: actor, at: g.GrantedAt})
	change.Fields = []*FieldChange{{
		Field: "level", OldValue: levelJSON(st.level(g.EntityID, g.UserID)), NewValue: levelJSON(g.Level),
	}}
	change.Metadata = personMetadata(g.UserID)
	after := st.withGrant(g)
	after.setAudience(change, st.audience(entity), after.audience(entity))
	after.notifyShared(change, person, entity, st.access(person, entity))
	return &Decision{Change: change, Grant: g, Audit: []*AuditEntry{g.audited(actor, change)}}, nil
}

// audited returns the audit entry of a grant that is given, changed or revoked.
func (g *Grant) audited(actor *Member, change *Change) *AuditEntry {
	action := AuditAccessGranted
	if g.Level == "" {
		action = AuditAccessRevoked
	}
	entry := actor.audited(action, g.GrantedAt).became(change.Fields[0])
	entry.SubjectID, entry.EntityID = g.UserID, g.EntityID
	return entry
}

// withGrant is the state as the grant leaves it.
func (st *State) withGrant(g *Grant) *State {
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

// notifyShared notifies the person whose access to the entity changed, and notes the effect on them
// if they see it as before.
func (st *State) notifyShared(c *Change, person *Member, e Entity, before *Access) {
	id, one := person.User.ID, typeOf(e).one()
	now := st.access(person, e)
	switch {
	case !restricted(e), governs(id, person.Role, e):
		return
	case !st.sees(person, e):
		st.notify(c, st.lost(c, st.Entity))
		return
	case c.AccessEffects == nil && now.CanEdit == before.CanEdit:
		return
	}
	did := "gave you read access to "
	switch {
	case now.CanEdit:
		did = "gave you edit access to "
	case before.CanEdit:
		did = "removed your edit access to "
	}
	if c.AccessEffects == nil {
		effect := EffectLost
		if now.CanEdit {
			effect = EffectGained
		}
		c.AccessEffects = &AccessEffects{People: map[ID]Effect{id: effect}}
	}
	if slices.Contains(e.Indexed().AttendeeIDs, id) { // which no notification has told them
		one += " you are invited to"
	}
	st.notify(c, []reason{{kind: NotifyAccessChanged, userID: id, words: fixed(did+one, shortNameOf(e))}})
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

// personMetadata is the metadata of a change that is about somebody's access.
func personMetadata(userID ID) JSON {
	encoded, _ := json.Marshal(map[string]ID{"userId": userID}) // a text always encodes
	return encoded
}
