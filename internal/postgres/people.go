package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Member returns the organization and the member.
func (s *Store) Member(ctx context.Context, orgID, userID collab.ID) (*collab.Organization, *collab.Member, error) {
	var org *collab.Organization
	var m *collab.Member
	err := s.forOrg(orgID).query(ctx, queryOrganization(orgID, &org), queryMember(orgID, userID, &m))
	return org, m, err
}

// MembersByID returns the organization, and its members of the ids.
func (s *Store) MembersByID(ctx context.Context, orgID collab.ID, ids []collab.ID) (*collab.Organization, map[collab.ID]*collab.Member, error) {
	var org *collab.Organization
	members := make(map[collab.ID]*collab.Member, len(ids))
	among := selectMembers(orgID).add(" AND m.user_id = ANY(?)", list(ids))
	err := s.forOrg(orgID).query(ctx, queryOrganization(orgID, &org), batchQuery{among, func(r row) error {
		m, err := scanOneMember(r)
		if err == nil {
			members[m.User.ID] = m
		}
		return err
	}})
	return org, members, err
}

// MemberAtHead returns the head of an organization's log, the organization, and a member of it.
func (s *Store) MemberAtHead(ctx context.Context, orgID, userID collab.ID) (head collab.Head, org *collab.Organization, m *collab.Member, err error) {
	err = s.forOrg(orgID).query(ctx, queryHead(orgID, &head), queryOrganization(orgID, &org), queryMember(orgID, userID, &m))
	return head, org, m, err
}

func queryHead(orgID collab.ID, head *collab.Head) batchQuery {
	q := newQuery(`SELECT o.epoch, o.head, COALESCE((SELECT MIN(l.position) FROM log l WHERE l.org_id = o.id AND l.position > o.pruned), o.head + 1)
		FROM organizations o WHERE o.id = ?`, orgID)
	return batchQuery{q, func(r row) error { return r.Scan(&head.Epoch, &head.Position, &head.Oldest) }}
}

func queryOrganization(orgID collab.ID, org **collab.Organization) batchQuery {
	q := newQuery("SELECT o.id, o.name, o.restricts FROM organizations o WHERE o.id = ?", orgID)
	return batchQuery{q, func(r row) error {
		*org = &collab.Organization{}
		return r.Scan(&(*org).ID, &(*org).Name, &(*org).HasRestricted)
	}}
}

func queryMember(orgID, userID collab.ID, m **collab.Member) batchQuery {
	return batchQuery{selectMembers(orgID).add(" AND m.user_id = ?", userID), scanOne(m, scanOneMember)}
}

// Users returns those of the ids that are there.
func (s *Store) Users(ctx context.Context, orgID collab.ID, ids []collab.ID) (map[collab.ID]*collab.User, error) {
	q := newQuery("SELECT "+userColumns+" FROM users u WHERE u.org_id = ? AND u.id = ANY(?)", orgID, list(ids))
	return collectByID(ctx, s.forOrg(orgID), q, scanUser, func(u *collab.User) collab.ID { return u.ID })
}

// Members returns members that are not removed, by name.
func (s *Store) Members(ctx context.Context, orgID collab.ID, after *collab.SortKey, limit int) ([]*collab.Member, error) {
	q := selectMembers(orgID).add(" AND m.removed_at IS NULL")
	if after != nil {
		q.add(" AND (m.name_key, m.user_id) > (?, ?)", after.Name, after.ID)
	}
	q.add(" ORDER BY m.name_key, m.user_id LIMIT ?", limit)
	return collect(ctx, s.forOrg(orgID), q, scanOneMember)
}

// CountMembers counts the members that are not removed.
func (s *Store) CountMembers(ctx context.Context, orgID collab.ID) (int, error) {
	return count(ctx, s.forOrg(orgID), newQuery("SELECT COUNT(*) FROM members m WHERE m.org_id = ? AND m.removed_at IS NULL", orgID))
}
