package sqlite

import (
	"context"
	"math"
	"math/rand/v2"

	"tandem/internal/collab"
)

// Join makes the organization, the person and the member, as far as they are not
// there, and brings what is known of the person up to date. Nothing becomes
// known of somebody who was removed.
func (s *Store) Join(ctx context.Context, claims collab.Claims, now collab.Time) (*collab.Change, error) {
	tx, err := s.writer.begin(ctx, writing(ctx, claims.OrganizationID, claims.UserID))
	if err != nil {
		return nil, err
	}
	defer tx.end()
	var known *collab.Member
	if err := answer(ctx, tx, []question{askMember(claims.OrganizationID, claims.UserID, &known)}); err != nil {
		return nil, err
	}
	user, learnedAt, news := claims.Learn(known, now)
	if !news {
		return nil, nil
	}
	if err := execAll(ctx, tx, foundOrganization(claims.OrganizationID)); err != nil {
		return nil, err
	}
	change := &collab.Change{OrgID: claims.OrganizationID, Type: collab.ChangeMember, ActorID: claims.UserID, OccurredAt: now}
	if change.Cursor, err = nextCursor(ctx, tx, claims.OrganizationID, false); err != nil {
		return nil, err
	}
	entry, err := recordChange(change.OrgID, change.Cursor.Position, change, nil)
	if err != nil {
		return nil, err
	}
	if err := execAll(ctx, tx, recordUser(claims.OrganizationID, user, learnedAt), recordMember(claims, user), entry); err != nil {
		return nil, err
	}
	return change, fault(ctx, tx.Commit())
}

// foundOrganization makes an organization that is not there yet. Its epoch is
// random, so that an organization which is lost and made anew has another one.
func foundOrganization(id collab.ID) *query {
	epoch := 1 + rand.Uint32N(math.MaxUint32)
	return newQuery("INSERT INTO organizations (id, name, epoch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, id, int64(epoch))
}

func recordUser(orgID collab.ID, u *collab.User, learnedAt *collab.Time) *query {
	return newQuery(`INSERT INTO users (org_id, id, name, email, avatar, learned_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, email = excluded.email, avatar = excluded.avatar, learned_at = excluded.learned_at`,
		orgID, u.ID, u.Name, u.Email, u.Avatar, learnedAt)
}

// recordMember makes the member with the role of the claims. One who is there
// keeps the role.
func recordMember(claims collab.Claims, u *collab.User) *query {
	return newQuery(`INSERT INTO members (org_id, user_id, role, name_key) VALUES (?, ?, ?, ?)
		ON CONFLICT (org_id, user_id) DO UPDATE SET name_key = excluded.name_key`,
		claims.OrganizationID, u.ID, claims.Role, collab.NameKey(u.Name))
}
