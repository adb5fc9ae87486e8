package postgres

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

// Join makes the organization, the person and the member, as far as they are not
// there, and brings what is known of the person up to date. Nothing becomes
// known of somebody who was removed.
func (s *Store) Join(ctx context.Context, claims collab.Claims, now collab.Time) (change *collab.Change, err error) {
	done, err := s.pool.queueForRows(ctx, claims.OrganizationID, "", claims.UserID, true)
	if err != nil {
		return nil, err
	}
	defer done()
	err = s.pool.unblocked(ctx, func() (err error) {
		change, err = s.tryJoin(ctx, claims, now)
		return err
	})
	return change, err
}

func (s *Store) tryJoin(ctx context.Context, claims collab.Claims, now collab.Time) (*collab.Change, error) {
	conn, release, err := s.pool.acquire(ctx, claims.OrganizationID)
	if err != nil {
		return nil, err
	}
	defer release()
	known, erasures, err := s.lockOrganization(ctx, conn, claims)
	if err != nil {
		return nil, err
	}
	user, learnedAt, news := claims.Learn(known, now)
	if !news {
		return nil, nil
	}
	change := &collab.Change{OrgID: claims.OrganizationID, Type: collab.ChangeMember, ActorID: claims.UserID, OccurredAt: now}
	q := nextCursor(claims.OrganizationID, false, collab.AuditEnd{}, erasures, false)
	recordUser(q, claims.OrganizationID, user, learnedAt)
	recordMember(q, claims, user)
	if err := recordChange(q, claims.OrganizationID, change, nil, collab.AuditEnd{}); err != nil {
		return nil, err
	}
	if change.Cursor, err = commit(ctx, conn, q.add(" SELECT epoch, head FROM log_head")); err != nil {
		return nil, err
	}
	return change, nil
}

// lockOrganization begins a transaction, makes the organization if it is not
// there yet, and locks it, so that of many who join at once the first is known
// to the others. It returns what is known of the person, and how many erasures there were.
func (s *Store) lockOrganization(ctx context.Context, conn *pgxpool.Conn, claims collab.Claims) (known *collab.Member, erasures int64, err error) {
	batch := s.in(claims.OrganizationID).begin()
	nothing := func(row) error { return nil }
	queue(batch, []question{
		{foundOrganization(claims.OrganizationID), nothing},
		{newQuery("SELECT erasures FROM organizations WHERE id = ? FOR NO KEY UPDATE", claims.OrganizationID), func(r row) error { return r.Scan(&erasures) }},
		askMember(claims.OrganizationID, claims.UserID, &known),
	})
	err = fault(ctx, conn.SendBatch(ctx, batch).Close())
	return known, erasures, err
}

// foundOrganization makes an organization that is not there yet. Its epoch is
// random, so that an organization which is lost and made anew has another one.
func foundOrganization(id collab.ID) *query {
	epoch := 1 + rand.Uint32N(math.MaxUint32)
	return newQuery("INSERT INTO organizations (id, name, epoch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, id, int64(epoch))
}

func recordUser(q *query, orgID collab.ID, u *collab.User, learnedAt *collab.Time) {
	q.add(`, person AS (INSERT INTO users (org_id, id, name, email, avatar, learned_at) SELECT ?, ?, ?, ?, ?, ? FROM log_head
		ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, email = excluded.email, avatar = excluded.avatar, learned_at = excluded.learned_at)`,
		orgID, u.ID, u.Name, u.Email, u.Avatar, learnedAt)
}

// recordMember makes the member with the role of the claims. One who is there
// keeps the role.
func recordMember(q *query, claims collab.Claims, u *collab.User) {
	q.add(`, member AS (INSERT INTO members (org_id, user_id, role, name_key) SELECT ?, ?, ?, ? FROM log_head
		ON CONFLICT (org_id, user_id) DO UPDATE SET name_key = excluded.name_key)`,
		claims.OrganizationID, u.ID, claims.Role, collab.NameKey(u.Name))
}
