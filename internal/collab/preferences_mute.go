package collab

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// A Mute is the wish of a person not to be told about an entity.
type Mute struct {
	UserID   ID
	EntityID ID
	// Until is when it ends by itself; nil for never.
	Until *Time
}

// holds reports whether there is a mute that is not over at a time.
func (m *Mute) holds(at Time) bool {
	return m != nil && (m.Until == nil || m.Until.After(at.Time))
}

// MaxMutes is how many entities a person can mute at a time. A list of them has no pages.
const MaxMutes = 500

// Mute mutes an entity for the viewer, until a time or for good (nil), and reports whether there is such an entity that
// the viewer may see. A mute of an entity that is muted replaces the earlier one. The error is BadInput for a time that
// is over, and LimitExceeded above MaxMutes.
func (s *Service) Mute(ctx context.Context, v *Viewer, entityID ID, until *Time) (bool, error) {
	now := At(s.now())
	if until != nil && !until.After(now.Time) {
		return false, Errorf(BadInput, "until must be in the future; leave it out to mute until you unmute")
	}
	if there, err := s.seesEntity(ctx, v, entityID); err != nil || !there {
		return false, err
	}
	mute := Mute{UserID: v.User.ID, EntityID: entityID, Until: until}
	stored, full, err := s.store.Mute(ctx, v.Organization.ID, mute, now)
	if err != nil || !full {
		return stored, err
	}
	if err := s.forgetHiddenMutes(ctx, v, now); err != nil {
		return false, err
	}
	if stored, full, err = s.store.Mute(ctx, v.Organization.ID, mute, now); full {
		return false, Errorf(LimitExceeded, "you have muted %d records, as many as you can; unmute some first", MaxMutes)
	}
	return stored, err
}

// forgetHiddenMutes ends the mutes of entities that were deleted, or that the viewer may not see any more: no list has
// them, so the viewer can't make room with them.
func (s *Service) forgetHiddenMutes(ctx context.Context, v *Viewer, now Time) error {
	mutes, err := s.store.Mutes(ctx, v.Organization.ID, v.User.ID, nil, now)
	if err != nil {
		return err
	}
	seen, err := s.store.Entities(ctx, v.OwnScope(), slices.Collect(maps.Keys(mutes)))
	if err != nil {
		return err
	}
	maps.DeleteFunc(mutes, func(id ID, _ *Mute) bool { return seen[id] != nil })
	return s.store.Unmute(ctx, v.Organization.ID, v.User.ID, slices.Collect(maps.Keys(mutes)), now)
}

// Unmute ends a mute, and reports whether there is such an entity that the viewer may see. A mute of one that they may
// not see any more ends as well. An entity that the viewer watched before is watched again.
func (s *Service) Unmute(ctx context.Context, v *Viewer, entityID ID) (bool, error) {
	there, err := s.seesEntity(ctx, v, entityID)
	if err != nil {
		return false, err
	}
	return there, s.store.Unmute(ctx, v.Organization.ID, v.User.ID, []ID{entityID}, At(s.now()))
}

// Muted returns which of some entities a person has muted.
func (s *Service) Muted(ctx context.Context, scope Scope, userID ID, entityIDs []ID) (map[ID]bool, error) {
	mutes, err := s.store.Mutes(ctx, scope.OrgID, userID, entityIDs, At(s.now()))
	muted := make(map[ID]bool, len(mutes))
	for id := range mutes {
		muted[id] = true
	}
	return muted, err
}

// seesEntity reports whether there is an entity, not deleted, that the viewer may see.
func (s *Service) seesEntity(ctx context.Context, v *Viewer, id ID) (bool, error) {
	found, err := s.store.Entities(ctx, v.OwnScope(), []ID{id})
	return found[id] != nil, err
}

// byName orders entities by name, and equal names by id.
func byName(a, b Entity) int {
	return cmp.Or(cmp.Compare(NameKey(a.DisplayName()), NameKey(b.DisplayName())), cmp.Compare(a.Common().ID, b.Common().ID))
}
