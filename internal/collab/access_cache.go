package collab

import "context"

// personKey names a person within an organization.
type personKey struct{ orgID, userID ID }

// A membership is an organization and a member of it.
type membership struct {
	org    *Organization
	member *Member
}

// member returns the organization and the member, either nil when it is not there.
func (s *Service) member(ctx context.Context, orgID, userID ID) (*Organization, *Member, error) {
	key, now := personKey{orgID, userID}, s.now()
	if m, ok := s.members.get(key, now); ok {
		return m.org, m.member, nil
	}
	mark := s.members.mark(key)
	org, member, err := s.store.Member(ctx, orgID, userID)
	if err == nil && org != nil && member != nil {
		s.members.put(key, membership{org, member}, now, mark)
	}
	return org, member, err
}

// KnownUser returns a person who was read recently.
func (s *Service) KnownUser(scope Scope, id ID) (*User, bool) {
	return s.users.get(personKey{scope.OrgID, id}, s.now())
}

// UsersByID returns the people that exist, by id.
func (s *Service) UsersByID(ctx context.Context, scope Scope, ids []ID) (map[ID]*User, error) {
	users, now := make(map[ID]*User, len(ids)), s.now()
	var unknown []ID
	marks := make(map[ID]uint64)
	for _, id := range ids {
		key := personKey{scope.OrgID, id}
		if user, ok := s.users.get(key, now); ok {
			users[id] = user
		} else {
			unknown = append(unknown, id)
			marks[id] = s.users.mark(key)
		}
	}
	if len(unknown) == 0 {
		return users, nil
	}
	read, err := s.store.Users(ctx, scope.OrgID, unknown)
	for id, user := range read {
		s.users.put(personKey{scope.OrgID, id}, user, now, marks[id])
		users[id] = user
	}
	return users, err
}

// InvalidateCaches drops the cached values that a change alters, so that its effects on people and on
// access apply from now on, and wakes the followers of inboxes that it notifies. It never blocks. The service calls it for the changes that it commits, and
// the hub for all that it is announced or reads from the log, before any subscription yields them.
func (s *Service) InvalidateCaches(change *Change) {
	if change.Type == ChangeMember {
		s.forget(change.OrgID, change.ActorID)
	}
	for _, n := range change.Notifications {
		s.inboxes.wake(change.OrgID, n.UserID)
	}
	if change.AccessEffects == nil {
		return
	}
	for id := range change.AccessEffects.People {
		s.forget(change.OrgID, id)
	}
	if change.AccessEffects.Others != "" {
		s.members.forgetAll(func(k personKey) bool { return k.orgID == change.OrgID })
	}
	s.rooms.forgetAll(func(k roomKey) bool { return k.scope.OrgID == change.OrgID })
}

// InvalidateOrganization drops everything that is cached about an organization, because changes may
// have been missed. It never blocks.
func (s *Service) InvalidateOrganization(orgID ID) {
	s.members.forgetAll(func(k personKey) bool { return k.orgID == orgID })
	s.users.forgetAll(func(k personKey) bool { return k.orgID == orgID })
	s.rooms.forgetAll(func(k roomKey) bool { return k.scope.OrgID == orgID })
}

// forget makes the next operation read a person from the store again.
func (s *Service) forget(orgID, userID ID) {
	key := personKey{orgID, userID}
	s.members.forget(key)
	s.users.forget(key)
}
