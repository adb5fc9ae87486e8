package collab

import (
	"context"
	"strconv"
)

// SetMemberRole gives a member another role, and brings back somebody who was
// removed. It returns the member as they are then. The error is Forbidden unless
// the viewer is an admin, and BadInput for somebody who never was a member, and
// for the last admin.
func (s *Service) SetMemberRole(ctx context.Context, v *Viewer, userID ID, role Role) (*Member, error) {
	written, err := s.changeMember(ctx, v, userID, func(m *Member, _ Time) Membership {
		return Membership{UserID: userID, Role: role, PresenceHidden: m.PresenceHidden}
	})
	if err != nil {
		return nil, err
	}
	return written.Member, nil
}

// RemoveMember removes somebody from the organization: all their requests are refused from then on,
// whatever their token says. Everything that they own or made stays as it is. It reports whether
// they were a member; the errors are those of SetMemberRole.
func (s *Service) RemoveMember(ctx context.Context, v *Viewer, userID ID) (bool, error) {
	written, err := s.changeMember(ctx, v, userID, func(m *Member, now Time) Membership {
		return Membership{UserID: userID, Role: m.Role, PresenceHidden: m.PresenceHidden, RemovedAt: &now}
	})
	return written.changed(), err
}

// changeMember writes the membership that next returns for the member and the time of the write.
func (s *Service) changeMember(ctx context.Context, v *Viewer, userID ID, next func(*Member, Time) Membership) (*Written, error) {
	now := At(s.now())
	intent := Intent{OrgID: v.Organization.ID, ActorID: v.User.ID, UserIDs: []ID{userID}, UnreadOf: userID, Admins: true, Audited: true}
	intent.notifies(now)
	return s.write(ctx, intent, func(st *State) (*Decision, error) {
		actor, member, err := st.adminAndMember(userID)
		if err != nil {
			return nil, err
		}
		if member.User.Erased {
			return nil, errNoMember()
		}
		membership := next(member, now)
		if err := st.keepAdmin(membership); err != nil {
			return nil, err
		}
		decision := member.change(membership, actor, now)
		if decision.Change != nil && membership.RemovedAt == nil {
			st.notify(decision.Change, []reason{givenRole(userID, membership.Role)})
		}
		return decision, nil
	})
}

// adminAndMember returns the admin who writes, and the member, removed or not, that they
// write about. The error is Forbidden for everybody but admins.
func (st *State) adminAndMember(userID ID) (actor, member *Member, err error) {
	if actor, err = st.admin(); err != nil {
		return nil, nil, err
	}
	if member = st.Members[userID]; member == nil {
		return nil, nil, errNoMember()
	}
	return actor, member, nil
}

// keepAdmin rejects a change that would leave the organization without an admin.
func (st *State) keepAdmin(next Membership) error {
	last := len(st.Admins) == 1 && st.Admins[0] == next.UserID
	if last && (next.Role != RoleAdmin || next.RemovedAt != nil) {
		return Errorf(BadInput, "this is the organization's last admin; make somebody else an admin first")
	}
	return nil
}

// change decides to give the member the state next, or nothing if they have it already.
func (m *Member) change(next Membership, actor *Member, now Time) *Decision {
	removed := next.RemovedAt != nil
	after := &Member{User: m.User, Role: next.Role, PresenceHidden: next.PresenceHidden, Removed: removed, HasRestrictedAccess: m.HasRestrictedAccess}
	if m.Removed == removed && m.Role == next.Role {
		return &Decision{Member: after}
	}
	change := &Change{Type: ChangeMember, ActorID: actor.User.ID, OccurredAt: now, Metadata: personMetadata(next.UserID)}
	var audit []*AuditEntry
	effect := EffectLost
	if m.Role != next.Role {
		change.Fields = append(change.Fields, &FieldChange{
			Field: "role", OldValue: textJSON(string(m.Role)), NewValue: textJSON(string(next.Role)),
		})
		audit = append(audit, actor.audited(AuditRoleChanged, now).became(change.Fields[0]))
		if next.Role.AtLeast(m.Role) {
			effect = EffectGained
		}
	}
	if m.Removed != removed {
		change.Fields = append(change.Fields, &FieldChange{
			Field: "removed", OldValue: JSON(strconv.FormatBool(m.Removed)), NewValue: JSON(strconv.FormatBool(removed)),
		})
		action := AuditMemberRemoved
		effect = EffectLost
		if m.Removed {
			action, effect = AuditMemberReturned, EffectGained
		}
		audit = append(audit, actor.audited(action, now))
	}
	for _, entry := range audit {
		entry.SubjectID = next.UserID
	}
	change.AccessEffects = &AccessEffects{People: map[ID]Effect{next.UserID: effect}}
	return &Decision{Change: change, Membership: &next, Audit: audit, Member: after}
}
