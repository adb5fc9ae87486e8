package collab

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	if org == nil || member == nil || claims.tellNews(member, At(s.now())) {
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

// SetPresenceHidden says whether the viewer is shown to others in rooms, and
// returns the viewer as it is then. It is a change of the log, by which the
// viewer's open subscriptions of rooms, on whichever instance, learn of it.
func (s *Service) SetPresenceHidden(ctx context.Context, v *Viewer, hidden bool) (*Viewer, error) {
	err := s.writePresenceHidden(ctx, v, hidden, func(was bool) bool { return was != hidden })
	if err != nil {
		return nil, err
	}
	changed := *v
	changed.PresenceHidden = hidden
	if !hidden || s.Presences == nil {
		return &changed, nil
	}
	left := s.Presences.LeaveAll(ctx, v.Organization.ID, v.User.ID)
	// Another tab may have shown the viewer again, whose clients came back and were then taken out.
	// The same change once more brings them back.
	again := s.writePresenceHidden(ctx, v, false, func(was bool) bool { return !was })
	return &changed, errors.Join(left, again)
}

// writePresenceHidden commits that the viewer is hidden or shown, if that is to be written over what it was.
func (s *Service) writePresenceHidden(ctx context.Context, v *Viewer, hidden bool, over func(was bool) bool) error {
	// All who write memberships take one lock, so that nobody's write is undone.
	intent := Intent{OrgID: v.Organization.ID, ActorID: v.User.ID, Admins: true}
	_, err := s.write(ctx, intent, func(st *State) (*Decision, error) {
		actor, err := st.actor()
		if err != nil || !over(actor.PresenceHidden) {
			return &Decision{}, err
		}
		return &Decision{
			Change: &Change{
				Type: ChangeMember, ActorID: actor.User.ID, OccurredAt: At(s.now()),
				Fields:  []*FieldChange{flag(fieldPresenceHidden, hidden)},
				Regards: &Regards{People: map[ID]Effect{actor.User.ID: EffectScope}},
			},
			Membership: &Membership{UserID: actor.User.ID, Role: actor.Role, PresenceHidden: hidden},
		}, nil
	})
	return err
}

const fieldPresenceHidden = "presenceHidden"

// ShowsPresence reports whether the change shows a person in rooms who was, or may just have been, hidden there.
func (c *Change) ShowsPresence() bool {
	return c.Type == ChangeMember && slices.ContainsFunc(c.Fields, func(f *FieldChange) bool {
		return f.Field == fieldPresenceHidden && string(f.NewValue) == "false"
	})
}
