package collab

import (
	"path"
	"strings"
	"time"
	_ "time/tzdata" // for machines without time zones of their own
)

// defaultTimeZone is the zone of people who chose none.
const defaultTimeZone = "UTC"

// maxTimeZone bounds the name of a zone, in bytes; the longest one has 32.
const maxTimeZone = 64

// QuietHours are a part of every day, in local time, in which a person is not disturbed. From and To are HH:MM. If From is
// later than To they span midnight.
type QuietHours struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// minutesOf returns the minutes from midnight to a local time, HH:MM.
func minutesOf(wall string) (int, bool) {
	at, err := time.Parse("15:04", wall)
	return at.Hour()*60 + at.Minute(), err == nil && len(wall) == len("15:04")
}

// check adds to v what is wrong with the quiet hours.
func (q QuietHours) check(v *violations) {
	const format = "must be a time of day from 00:00 to 23:59, like 22:00"
	_, from := minutesOf(q.From)
	_, to := minutesOf(q.To)
	if !from {
		v.add("quietHours.from", format)
	}
	if !to {
		v.add("quietHours.to", format)
	}
	if from && to && q.From == q.To {
		v.add("quietHours.to", "must differ from quietHours.from; send null for no quiet hours")
	}
}

// checkTimeZone adds to v what is wrong with the name of a zone.
func checkTimeZone(name string, v *violations) {
	if !isTimeZone(name) {
		v.add("timeZone", "must be the IANA name of a time zone, like Europe/Helsinki or UTC")
	}
}

// isTimeZone reports whether a zone has the name on every machine. Names that a file system has besides do not count, nor
// does Factory, the zone of a machine whose zone was not set.
func isTimeZone(name string) bool {
	switch {
	case name == "", name == "Local", name == "localtime", name == "posixrules", name == "Factory", len(name) > maxTimeZone, path.Clean(name) != name,
		strings.HasPrefix(name, "posix/"), strings.HasPrefix(name, "right/"):
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// location returns the person's zone, or UTC if this machine does not know it.
func (p *NotificationPreferences) location() *time.Location {
	if zone, err := time.LoadLocation(p.TimeZone); err == nil {
		return zone
	}
	return time.UTC
}

// QuietUntil returns the end of the quiet hours that now falls into, or now if it falls into none. Where a local time
// comes twice, quiet hours begin with its first and end with its last; where it is skipped, its place is the moment at
// which the clock is set forward.
func (p *NotificationPreferences) QuietUntil(now Time) Time {
	if p.QuietHours == nil {
		return now
	}
	zone := p.location()
	from, _ := minutesOf(p.QuietHours.From)
	to, _ := minutesOf(p.QuietHours.To)
	today := now.In(zone)
	// The hours that began yesterday may last until today, and those of a skipped day begin a day later.
	for day := -1; day <= 1; day++ {
		lasts := 0
		if from > to {
			lasts = 1
		}
		begin, _ := wallClock(today, day, from, zone)
		_, end := wallClock(today, day+lasts, to, zone)
		if !now.Before(begin) && now.Before(end) {
			now = At(end)
		}
	}
	return now
}

// wallClock returns the first and the last moment at which clocks in a zone show some minutes since midnight, a number
// of days after a date. If they skip that time, both are the moment of the skip.
func wallClock(date time.Time, days, minutes int, zone *time.Location) (first, last time.Time) {
	year, month, day := date.Date()
	wall := time.Date(year, month, day+days, 0, minutes, 0, 0, time.UTC)
	before := withOffsetOf(wall, wall.Add(-offsetRange), zone)
	after := withOffsetOf(wall, wall.Add(offsetRange), zone)
	switch isBefore, isAfter := shows(before, wall), shows(after, wall); {
	case isBefore && isAfter: // before is the first: the clock was set back in between, or not at all
		return before, after
	case isBefore:
		return before, before
	case isAfter:
		return after, after
	}
	skip, _ := before.ZoneBounds()
	return skip, skip
}

// offsetRange is more than any zone differs from UTC, and less than the time between two changes of its offset.
const offsetRange = 26 * time.Hour

// withOffsetOf returns the moment at which clocks show wall if their zone has the offset that it has at a time.
func withOffsetOf(wall, at time.Time, zone *time.Location) time.Time {
	_, offset := at.In(zone).Zone()
	return wall.Add(-time.Duration(offset) * time.Second).In(zone)
}

// shows reports whether a clock shows wall, which is in UTC.
func shows(at, wall time.Time) bool {
	return at.Format(time.DateTime) == wall.Format(time.DateTime)
}
