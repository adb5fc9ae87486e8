package collab

import (
	"context"
	"slices"
)

// A PreferenceStore keeps what people want to be told. Only the person reads it, so its writes have no position in the
// log. They write nothing for somebody who is not a member.
type PreferenceStore interface {
	// NotificationPreferences returns the preferences of people, by id, with an entry for each.
	NotificationPreferences(ctx context.Context, orgID ID, userIDs []ID) (map[ID]*NotificationPreferences, error)
	// SetNotificationPreferences applies a patch to a person's preferences, and returns them; nil for somebody who is not a member. The
	// same transaction makes the person's digest due at a time, and their pushes that are Planned, if they were due later: what they chose
	// holds for them too. A claimed job stays claimed: PostponeJob makes it due at once then.
	SetNotificationPreferences(ctx context.Context, orgID, userID ID, patch PreferencesPatch, now Time) (*NotificationPreferences, error)

	// NotificationDefaults returns what an organization has chosen for its people. A write stores it.
	NotificationDefaults(ctx context.Context, orgID ID) (*NotificationDefaults, error)

	// Mutes returns what a person has muted at a time, by entity: those of the ids, or everything where they are nil.
	Mutes(ctx context.Context, orgID, userID ID, entityIDs []ID, now Time) (map[ID]*Mute, error)
	// Mute stores a mute, in the place of an earlier one, and reports whether it did: the person must be a member and the entity
	// exist. It stores nothing if MaxMutes others hold at the time, which full reports.
	Mute(ctx context.Context, orgID ID, m Mute, now Time) (stored, full bool, err error)
	// Unmute deletes a person's mutes of entities, and those that are over.
	Unmute(ctx context.Context, orgID, userID ID, entityIDs []ID, now Time) error
}

// A PreferencesPatch is what to change in a person's preferences. An empty field stays.
type PreferencesPatch struct {
	// Channels are the person's choices; a nil list takes one back.
	Channels ChannelChoices
	// SetsQuietHours is set where QuietHours, nil for none, are to be stored.
	SetsQuietHours bool
	QuietHours     *QuietHours
	TimeZone       *string
	Digest         *DigestFrequency
	// RefusedEmail is an address that the mail server does not know. A Digest takes it back.
	RefusedEmail *string
}

// A PreferencesInput is a patch as a client sends it, with a list of choices that become its Channels.
type PreferencesInput struct {
	Choices []*ChannelChoice
	PreferencesPatch
}

// check returns the patch. The error is an InvalidInput that names everything that is wrong.
func (i PreferencesInput) check() (PreferencesPatch, error) {
	var v violations
	i.Channels = checkChoices(i.Choices, &v)
	if i.QuietHours != nil {
		i.QuietHours.check(&v)
	}
	if i.TimeZone != nil {
		checkTimeZone(*i.TimeZone, &v)
	}
	return i.PreferencesPatch, v.problem()
}

// NotificationPreferences returns the viewer's preferences.
func (s *Service) NotificationPreferences(ctx context.Context, v *Viewer) (*NotificationPreferences, error) {
	found, err := s.store.NotificationPreferences(ctx, v.Organization.ID, []ID{v.User.ID})
	if err != nil {
		return nil, err
	}
	return found[v.User.ID], nil
}

// SetNotificationPreferences changes the viewer's preferences, and returns them. The error is an InvalidInput for
// input that is wrong.
func (s *Service) SetNotificationPreferences(ctx context.Context, v *Viewer, input PreferencesInput) (*NotificationPreferences, error) {
	patch, err := input.check()
	if err != nil {
		return nil, err
	}
	stored, err := s.store.SetNotificationPreferences(ctx, v.Organization.ID, v.User.ID, patch, At(s.now()))
	if err == nil && stored == nil {
		err = errNotAMember()
	}
	return stored, err
}

// A MutedEntity is an entity that a person has muted, until a time or for good (nil).
type MutedEntity struct {
	Entity Entity
	Until  *Time
}

// MutedEntities returns what the viewer has muted and may still see, by name.
func (s *Service) MutedEntities(ctx context.Context, v *Viewer) ([]*MutedEntity, error) {
	mutes, err := s.store.Mutes(ctx, v.Organization.ID, v.User.ID, nil, At(s.now()))
	if err != nil || len(mutes) == 0 {
		return []*MutedEntity{}, err
	}
	ids := make([]ID, 0, len(mutes))
	for id := range mutes {
		ids = append(ids, id)
	}
	found, err := s.store.Entities(ctx, v.OwnScope(), ids)
	if err != nil {
		return nil, err
	}
	muted := make([]*MutedEntity, 0, len(found))
	for id, e := range found {
		muted = append(muted, &MutedEntity{Entity: e, Until: mutes[id].Until})
	}
	slices.SortFunc(muted, func(a, b *MutedEntity) int { return byName(a.Entity, b.Entity) })
	return muted, nil
}
