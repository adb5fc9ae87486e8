package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Member returns the organization and the member.
func (s *Store) Member(ctx context.Context, orgID, userID collab.ID) (*collab.Organization, *collab.Member, error) {
	var org *collab.Organization
	var m *collab.Member
	err := s.in(orgID).ask(ctx, askOrganization(orgID, &org), askMember(orgID, userID, &m))
	return org, m, err
}

func askOrganization(orgID collab.ID, org **collab.Organization) question {
	q := newQuery("SELECT o.id, o.name, o.restricts FROM organizations o WHERE o.id = ?", orgID)
	return question{q, func(r row) error {
		*org = &collab.Organization{}
		return r.Scan(&(*org).ID, &(*org).Name, &(*org).Restricts)
	}}
}

func askMember(orgID, userID collab.ID, m **collab.Member) question {
	return question{selectMembers(orgID).add(" AND m.user_id = ?", userID), one(m, scanOneMember)}
}

// SetPresenceHidden says whether the member is shown to others in rooms.
func (s *Store) SetPresenceHidden(ctx context.Context, orgID, userID collab.ID, hidden bool) error {
	_, err := s.in(orgID).exec(ctx, newQuery("UPDATE members SET presence_hidden = ? WHERE org_id = ? AND user_id = ?", hidden, orgID, userID))
	return err
}

// Users returns those of the ids that are there.
func (s *Store) Users(ctx context.Context, orgID collab.ID, ids []collab.ID) (map[collab.ID]*collab.User, error) {
	q := newQuery("SELECT "+userColumns+" FROM users u WHERE u.org_id = ? AND u.id = ANY(?)", orgID, list(ids))
	return collectByID(ctx, s.in(orgID), q, scanUser, func(u *collab.User) collab.ID { return u.ID })
}

// Members returns members that are not removed, by name.
func (s *Store) Members(ctx context.Context, orgID collab.ID, after *collab.Place, limit int) ([]*collab.Member, error) {
	q := selectMembers(orgID).add(" AND m.removed_at IS NULL")
	if after != nil {
		q.add(" AND (m.name_key, m.user_id) > (?, ?)", after.Name, after.ID)
	}
	q.add(" ORDER BY m.name_key, m.user_id LIMIT ?", limit)
	return collect(ctx, s.in(orgID), q, scanOneMember)
}

// CountMembers counts the members that are not removed.
func (s *Store) CountMembers(ctx context.Context, orgID collab.ID) (int, error) {
	return count(ctx, s.in(orgID), newQuery("SELECT COUNT(*) FROM members m WHERE m.org_id = ? AND m.removed_at IS NULL", orgID))
}
