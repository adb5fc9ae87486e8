package collab

import (
	"slices"
	"time"
)

// A Delivery is how one notification reaches one person.
type Delivery struct {
	// InApp is set if it is in the inbox.
	InApp bool
	// PushAt is when it is pushed; nil for never.
	PushAt *Time
	// EmailAt is when the digest goes out that has it; nil for never.
	EmailAt *Time
}

// Told reports whether the notification reaches the person at all.
func (d Delivery) Told() bool { return d.InApp || d.PushAt != nil || d.EmailAt != nil }

// digestTime is the local time of a daily digest.
const digestTime = 8 * 60

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

// Plan returns how a notification reaches the person on some channels. Push and e-mail wait for the end of the person's
// quiet hours; the inbox does not. hour is how long the hour of an hourly digest is.
func (p *NotificationPreferences) Plan(channels []NotificationChannel, now Time, hour time.Duration) Delivery {
	d := Delivery{InApp: slices.Contains(channels, ChannelInApp)}
	if slices.Contains(channels, ChannelPush) {
		d.PushAt = ptr(p.QuietUntil(now))
	}
	if slices.Contains(channels, ChannelEmail) {
		d.EmailAt = p.NextDigest(now, hour)
	}
	return d
}

// NextDigest returns when the person's next digest after now goes out; nil if they get none.
func (p *NotificationPreferences) NextDigest(now Time, hour time.Duration) *Time {
	var due time.Time
	switch p.Digest {
	case DigestHourly:
		due = now.Truncate(hour).Add(hour)
	case DigestDaily:
		due = p.nextMorning(now.Time)
	default:
		return nil
	}
	return ptr(p.QuietUntil(At(due)))
}

// nextMorning returns the next time after now at which clocks in the person's zone show digestTime.
func (p *NotificationPreferences) nextMorning(now time.Time) time.Time {
	zone := p.location()
	for day := 0; ; day++ {
		if due, _ := wallClock(now.In(zone), day, digestTime, zone); due.After(now) {
			return due
		}
	}
}
