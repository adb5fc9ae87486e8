package collab

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Admit returns the viewer that verified claims describe. The claims create the member the first
// time, and keep name, e-mail and picture up to date. From then on, the members table decides the
// role and whether the person is a member at all. The error is Forbidden for somebody who was
// removed.
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
	now := At(s.now())
	if _, news := claims.learn(member, now); news {
		intent, decide := claims.Join(now)
		if _, err := s.write(ctx, intent, decide); err != nil {
			return nil, err
		}
		if org, member, err = s.member(ctx, claims.OrganizationID, claims.UserID); err != nil {
			return nil, err
		}
	}
	switch {
	case org == nil || member == nil:
		return nil, fmt.Errorf("%s joined %s and is not a member", claims.UserID, claims.OrganizationID)
	case member.Removed:
		s.counts.removed()
		s.SignInRefused(ctx, claims, errRemoved.Message)
	}
	return viewerOf(org, member)
}

// SetPresenceHidden sets whether the viewer is hidden from others in rooms, and returns the updated
// viewer. It writes a change to the log, which notifies the viewer's open subscriptions of rooms on
// every instance.
func (s *Service) SetPresenceHidden(ctx context.Context, v *Viewer, hidden bool) (*Viewer, error) {
	err := s.writePresenceHidden(ctx, v, hidden, func(was bool) bool { return was != hidden })
	if err != nil {
		return nil, err
	}
	changed := *v
	changed.PresenceHidden = hidden
	if !hidden || s.presences == nil {
		return &changed, nil
	}
	left := s.presences.LeaveAll(ctx, v.Organization.ID, v.User.ID)
	// Another tab may have shown the viewer again, so that the viewer's clients came back and were
	// then removed. Writing the same change once more brings them back.
	again := s.writePresenceHidden(ctx, v, false, func(was bool) bool { return !was })
	return &changed, errors.Join(left, again)
}

// writePresenceHidden commits that the viewer is hidden or shown, if the previous value is to be
// overwritten.
func (s *Service) writePresenceHidden(ctx context.Context, v *Viewer, hidden bool, over func(was bool) bool) error {
	// All writes of memberships take one lock, so that none of them undoes another.
	intent := Intent{OrgID: v.Organization.ID, ActorID: v.User.ID, Admins: true}
	now := At(s.now())
	_, err := s.write(ctx, intent, func(st *State) (*Decision, error) {
		actor, err := st.actor()
		if err != nil || !over(actor.PresenceHidden) {
			return &Decision{}, err
		}
		return &Decision{
			Change: &Change{
				Type: ChangeMember, ActorID: actor.User.ID, OccurredAt: now,
				Fields:        []*FieldChange{flag(fieldPresenceHidden, hidden)},
				AccessEffects: &AccessEffects{People: map[ID]Effect{actor.User.ID: EffectScope}},
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
