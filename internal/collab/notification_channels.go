package collab

import (
	"maps"
	"slices"
)

// A NotificationChannel is a way in which a notification reaches a person.
type NotificationChannel string

// The channels.
const (
	ChannelInApp NotificationChannel = "IN_APP"
	ChannelPush  NotificationChannel = "PUSH"
	ChannelEmail NotificationChannel = "EMAIL"
)

// notificationChannels are all channels, in the order in which lists of them are kept.
var notificationChannels = []NotificationChannel{ChannelInApp, ChannelPush, ChannelEmail}

// NotificationKinds are all kinds.
var NotificationKinds = []NotificationKind{
	NotifyMention, NotifyComment, NotifyAssignment, NotifyConflict, NotifyConflictResolved, NotifyEntityDeleted, NotifyAccessChanged, NotifyWatched,
}

// ChannelChoices are channels by the kind of notification. A kind that is missing was not chosen; an empty list is the
// choice not to be told.
type ChannelChoices map[NotificationKind][]NotificationChannel

// A ChannelPreference says on which channels a person receives notifications of one kind.
type ChannelPreference struct {
	Kind     NotificationKind
	Channels []NotificationChannel
	// IsDefault is set where the person did not choose.
	IsDefault bool
}

// A ChannelDefault says on which channels everybody in an organization who did not choose receives notifications of one kind.
type ChannelDefault struct {
	Kind     NotificationKind
	Channels []NotificationChannel
	// IsChosen is set where an admin chose them.
	IsChosen bool
	// ServerChannels hold where no admin chose any.
	ServerChannels []NotificationChannel
}

// builtInChannels are the channels of a kind that neither a person nor an organization has chosen for.
func builtInChannels(kind NotificationKind) []NotificationChannel {
	switch kind {
	case NotifyMention, NotifyAssignment, NotifyConflict, NotifyConflictResolved, NotifyAccessChanged:
		return []NotificationChannel{ChannelInApp, ChannelPush}
	}
	return []NotificationChannel{ChannelInApp}
}

// NotificationPreferences are what one person wants to be told, how and when.
type NotificationPreferences struct {
	UserID ID
	// Chosen are the person's own choices. Defaults are the choices of the organization's admins for everybody else.
	Chosen, Defaults ChannelChoices
	// QuietHours is nil if there are none.
	QuietHours *QuietHours
	// TimeZone is the IANA name of the zone of QuietHours and of a daily digest.
	TimeZone string
	// IsTimeZoneDefault is set where the person did not choose the zone.
	IsTimeZoneDefault bool
	Digest            DigestFrequency
	// RefusedEmail is an address of the person that the mail server does not know; nil for none.
	RefusedEmail *string
}

// A DigestFrequency is how often a person gets an e-mail with what is new.
type DigestFrequency string

// The frequencies. With DigestNone no e-mail is sent.
const (
	DigestNone   DigestFrequency = "NONE"
	DigestHourly DigestFrequency = "HOURLY"
	DigestDaily  DigestFrequency = "DAILY"
)

// DefaultPreferences returns the preferences of a person who chose nothing.
func DefaultPreferences(userID ID, defaults ChannelChoices) *NotificationPreferences {
	return &NotificationPreferences{
		UserID: userID, Chosen: ChannelChoices{}, Defaults: defaults, TimeZone: defaultTimeZone, IsTimeZoneDefault: true, Digest: DigestNone,
	}
}

// ChannelsOf returns the channels of a kind: the person's choice, otherwise the organization's default,
// otherwise the built-in channels.
func (p *NotificationPreferences) ChannelsOf(kind NotificationKind) []NotificationChannel {
	for _, choices := range []ChannelChoices{p.Chosen, p.Defaults} {
		if channels, chosen := choices[kind]; chosen {
			return channels
		}
	}
	return builtInChannels(kind)
}

// ChannelsFor returns the channels on which a notification of a kind reaches the person; none if they are not told.
// muted says whether the person muted its entity: then nothing is told about it, except that mentions and assignments of
// the person stay in the app, whatever channels were chosen for them, unless the choice is none.
func (p *NotificationPreferences) ChannelsFor(kind NotificationKind, muted bool) []NotificationChannel {
	channels := p.ChannelsOf(kind)
	direct := kind == NotifyMention || kind == NotifyAssignment
	switch {
	case !muted:
		return channels
	case direct && len(channels) > 0:
		return []NotificationChannel{ChannelInApp}
	}
	return nil
}

// Channels returns the preference for each kind.
func (p *NotificationPreferences) Channels() []*ChannelPreference {
	all := make([]*ChannelPreference, len(NotificationKinds))
	for i, kind := range NotificationKinds {
		_, chosen := p.Chosen[kind]
		all[i] = &ChannelPreference{Kind: kind, Channels: p.ChannelsOf(kind), IsDefault: !chosen}
	}
	return all
}

// defaults returns the default for each kind, where c are the choices of the organization.
func (c ChannelChoices) defaults() []*ChannelDefault {
	all := make([]*ChannelDefault, len(NotificationKinds))
	for i, kind := range NotificationKinds {
		builtIn := builtInChannels(kind)
		channels, chosen := c[kind]
		if !chosen {
			channels = builtIn
		}
		all[i] = &ChannelDefault{Kind: kind, Channels: channels, IsChosen: chosen, ServerChannels: builtIn}
	}
	return all
}

// A ChannelChoice chooses the channels of one kind. Nil Channels take an earlier choice back.
type ChannelChoice struct {
	Kind     NotificationKind
	Channels []NotificationChannel
}

// checkChoices returns the choices by kind, each list in the order of the channels and without repetitions. It adds to v
// what is wrong with them.
func checkChoices(choices []*ChannelChoice, v *violations) ChannelChoices {
	checked := ChannelChoices{}
	for _, c := range choices {
		if _, again := checked[c.Kind]; again {
			v.add("channels", "must have each kind once; %s is there twice", c.Kind)
		}
		checked[c.Kind] = nil
		if c.Channels == nil {
			continue
		}
		checked[c.Kind] = []NotificationChannel{}
		for _, channel := range notificationChannels {
			if slices.Contains(c.Channels, channel) {
				checked[c.Kind] = append(checked[c.Kind], channel)
			}
		}
	}
	return checked
}

// with returns the choices after a change. A nil list of the change takes a choice back.
func (c ChannelChoices) with(change ChannelChoices) ChannelChoices {
	after := ChannelChoices{}
	maps.Copy(after, c)
	maps.Copy(after, change)
	maps.DeleteFunc(after, func(_ NotificationKind, channels []NotificationChannel) bool { return channels == nil })
	return after
}

// Split returns the choices to store, and the kinds whose choices are taken back, in order.
func (c ChannelChoices) Split() (chosen ChannelChoices, withdrawn []NotificationKind) {
	for _, kind := range slices.Sorted(maps.Keys(c)) {
		if c[kind] == nil {
			withdrawn = append(withdrawn, kind)
		}
	}
	return ChannelChoices{}.with(c), withdrawn
}

// equal reports whether two sets of choices are the same.
func (c ChannelChoices) equal(other ChannelChoices) bool {
	return maps.EqualFunc(c, other, slices.Equal[[]NotificationChannel])
}
