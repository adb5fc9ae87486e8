package collab

import "context"

// NotificationDefaults are what an organization has chosen for its people.
type NotificationDefaults struct {
	// Channels are for people who did not choose.
	Channels ChannelChoices
	// PushContent says whether messages of Web Push name records and people; nil where the setting of the server holds.
	PushContent *bool
}

// A DefaultsPatch is what to change in an organization's defaults. An empty field stays.
type DefaultsPatch struct {
	// Channels are choices; a nil list takes one back.
	Channels ChannelChoices
	// SetsPushContent is set where PushContent, nil for the setting of the server, is to be stored.
	SetsPushContent bool
	PushContent     *bool
}

// A DefaultsInput is a patch as a client sends it, with a list of choices that become its Channels.
type DefaultsInput struct {
	Choices []*ChannelChoice
	DefaultsPatch
}

// A PushContentDefault says whether messages of Web Push name records and people, which a locked screen shows too.
type PushContentDefault struct {
	IsShown bool
	// IsChosen is set where an admin chose it.
	IsChosen bool
}

// NotificationDefaults returns the channels of everybody in the viewer's organization who did not choose, for each kind.
func (s *Service) NotificationDefaults(ctx context.Context, v *Viewer) ([]*ChannelDefault, error) {
	chosen, err := s.store.NotificationDefaults(ctx, v.Organization.ID)
	if err != nil {
		return nil, err
	}
	return chosen.Channels.defaults(), nil
}

// PushContentDefault returns whether messages to browsers of the viewer's organization name records and people.
func (s *Service) PushContentDefault(ctx context.Context, v *Viewer) (*PushContentDefault, error) {
	defaults, err := s.store.NotificationDefaults(ctx, v.Organization.ID)
	if err != nil {
		return nil, err
	}
	return &PushContentDefault{IsShown: s.showsContent(defaults.PushContent), IsChosen: defaults.PushContent != nil}, nil
}

// showsContent returns the choice of an organization, or the setting of the server where there is none.
func (s *Service) showsContent(chosen *bool) bool {
	if chosen != nil {
		return *chosen
	}
	return s.push != nil && s.push.ShowsContent
}

// SetNotificationDefaults changes the defaults of the viewer's organization, and returns the viewer's preferences. The error
// is Forbidden unless the viewer is an admin, and an InvalidInput for input that is wrong.
func (s *Service) SetNotificationDefaults(ctx context.Context, v *Viewer, input DefaultsInput) (*NotificationPreferences, error) {
	var violated violations
	patch := input.DefaultsPatch
	patch.Channels = checkChoices(input.Choices, &violated)
	if err := violated.problem(); err != nil {
		return nil, err
	}
	now := At(s.now())
	_, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, Audited: true, NotificationDefaults: true,
	}, func(st *State) (*Decision, error) { return st.setNotificationDefaults(patch, now) })
	if err != nil {
		return nil, err
	}
	return s.NotificationPreferences(ctx, v)
}

// setNotificationDefaults decides a change. Its audit entry has the channels before and after it, and the content of pushes only
// if that changes.
func (st *State) setNotificationDefaults(patch DefaultsPatch, now Time) (*Decision, error) {
	actor, err := st.admin()
	if err != nil {
		return nil, err
	}
	before, after := st.NotificationDefaults, st.NotificationDefaults.with(patch)
	changesContent := !sameOptional(before.PushContent, after.PushContent)
	if before.Channels.equal(after.Channels) && !changesContent {
		return &Decision{}, nil
	}
	details := map[string]any{"old": before.Channels, "new": after.Channels}
	if changesContent {
		details["pushContent"] = map[string]*bool{"old": before.PushContent, "new": after.PushContent}
	}
	entry := actor.audited(AuditNotificationDefaultsChanged, now).detail(details)
	return &Decision{NotificationDefaults: &patch, Audit: []*AuditEntry{entry}}, nil
}

// with returns the defaults after a change.
func (d *NotificationDefaults) with(patch DefaultsPatch) *NotificationDefaults {
	after := &NotificationDefaults{Channels: d.Channels.with(patch.Channels), PushContent: d.PushContent}
	if patch.SetsPushContent {
		after.PushContent = patch.PushContent
	}
	return after
}
