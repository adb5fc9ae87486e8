package collab

import "time"

// digestTime is the local time of a daily digest.
const digestTime = 8 * 60

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
