package collab

import (
	"context"
	"fmt"
)

// Admit returns the viewer that verified claims are about. The claims make the
// member at first sight, and keep name, e-mail and picture up to date; the role,
// and whether the person is a member at all, are decided by the members table
// from then on. The error is Forbidden for somebody who was removed.
func (s *Service) Admit(ctx context.Context, claims Claims) (*Viewer, error) {
	if !claims.Role.Valid() {
		claims.Role = RoleViewer
	}
	org, member, err := s.member(ctx, claims.OrganizationID, claims.UserID)
	if err != nil {
		return nil, err
	}
	if member == nil && claims.Name == "" {
		claims.Name = string(claims.UserID)
	}
	if org == nil || member == nil || claims.newsOf(member) {
		change, err := s.store.Join(ctx, claims, At(s.now()))
		if err != nil {
			return nil, err
		}
		if change != nil {
			s.announce(ctx, change)
		}
		if org, member, err = s.member(ctx, claims.OrganizationID, claims.UserID); err != nil {
			return nil, err
		}
	}
	switch {
	case org == nil || member == nil:
		return nil, fmt.Errorf("%s joined %s and is no member", claims.UserID, claims.OrganizationID)
	case member.Removed:
		removed := Errorf(Forbidden, "you are no longer a member of this organization")
		s.SignInRefused(ctx, claims, removed.Message)
		return nil, removed
	}
	return &Viewer{User: member.User, Organization: org, Role: member.Role, PresenceHidden: member.PresenceHidden, Insider: member.Insider}, nil
}

// newsOf reports whether the claims say something new of a member who is there.
func (c Claims) newsOf(m *Member) bool {
	differs := func(claim string, kept *string) bool { return claim != "" && (kept == nil || *kept != claim) }
	return !m.Removed && (differs(c.Name, &m.User.Name) || differs(c.Email, m.User.Email) || differs(c.Picture, m.User.Avatar))
}

// SetPresenceHidden says whether the viewer is shown to others in rooms, and
// returns the viewer as it is then.
func (s *Service) SetPresenceHidden(ctx context.Context, v *Viewer, hidden bool) (*Viewer, error) {
	if err := s.store.SetPresenceHidden(ctx, v.Organization.ID, v.User.ID, hidden); err != nil {
		return nil, err
	}
	s.forget(v.Organization.ID, v.User.ID)
	changed := *v
	changed.PresenceHidden = hidden
	return &changed, nil
}
