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

// KnownUser returns a person who was read lately.
func (s *Service) KnownUser(scope Scope, id ID) (*User, bool) {
	return s.users.get(personKey{scope.OrgID, id}, s.now())
}

// UsersByID returns those of the people that are there.
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

// Heard takes note of an announced change: what it changed about a person, and
// about who may see what, counts from now on. It never blocks.
func (s *Service) Heard(change *Change) {
	if change.Type == ChangeMember {
		s.forget(change.OrgID, change.ActorID)
	}
	if change.Regards == nil {
		return
	}
	for id := range change.Regards.People {
		s.forget(change.OrgID, id)
	}
	if change.Regards.Others != "" {
		s.members.forgetAll(func(k personKey) bool { return k.orgID == change.OrgID })
	}
	s.rooms.forgetAll(func(k roomKey) bool { return k.scope.OrgID == change.OrgID })
}

// Unheard forgets all that is believed about an organization: changes of it may have
// been missed. It never blocks.
func (s *Service) Unheard(orgID ID) {
	s.members.forgetAll(func(k personKey) bool { return k.orgID == orgID })
	s.users.forgetAll(func(k personKey) bool { return k.orgID == orgID })
	s.rooms.forgetAll(func(k roomKey) bool { return k.scope.OrgID == orgID })
}

// forget has the next operation read a person anew.
func (s *Service) forget(orgID, userID ID) {
	key := personKey{orgID, userID}
	s.members.forget(key)
	s.users.forget(key)
}
