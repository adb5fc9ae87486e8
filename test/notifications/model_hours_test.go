package notifications_test

import (
	"cmp"
	"slices"
)

// A reader is what the plain model of hours knows of a person: what they chose, what they were told, and what arrived.
type reader struct {
	channels []string // of mentions
	zone     string
	quiet    *quietHours
	digest   string
	muted    map[string]bool // by record

	lines  []*line
	pushes []arrival
	// quieted counts the pushes that waited for the end of quiet hours, reminded those at the end of a snooze, and woken the snoozes that
	// ended since their line grew.
	quieted, reminded, woken int
	mails                    [][]string // the records of each digest, the newest first
	// collected are the lines for the next digest, and since is the hour of the first of them.
	collected map[*line]bool
	since     int
}

// A line is a notification of the model. Times are hours since the model began.
type line struct {
	id, record string
	count      int
	made       int
	newest     int // the order of the lines by their newest mention
	elsewhere  bool
	read       bool
	hidden     bool
	snoozed    int
	// A push is queued until it is sent or dropped, and tried at the hour pushAt. It is planned if the person's hours decide that.
	queued, planned bool
	pushAt          int
}

// An arrival is a message at a browser.
type arrival struct {
	record  string
	count   int
	reminds bool // of what was snoozed
}

// quietHours are whole hours of a day.
type quietHours struct{ from, to int }

// zones are how many hours clocks are ahead of UTC, without minutes.
var zones = map[string]int{"UTC": 0, "Asia/Kathmandu": 5}

// local is the hour that a person's clock shows.
func (r *reader) local(hour int) int { return (startHour + hour + zones[r.zone]) % 24 }

// until is the next hour after or at one when the person's clock shows an hour of the day.
func (r *reader) until(hour, wall int) int { return hour + (wall-r.local(hour)+24)%24 }

// quietUntil is when the quiet hours end that an hour is in, or the hour itself.
func (r *reader) quietUntil(hour int) int {
	if r.quiet == nil {
		return hour
	}
	wall, from, to := r.local(hour), r.quiet.from, r.quiet.to
	if from < to && from <= wall && wall < to || from > to && (wall >= from || wall < to) {
		return r.until(hour, to)
	}
	return hour
}

// wants reports whether the person wants mentions on a record on a channel.
func (r *reader) wants(record, channel string) bool {
	if r.muted[record] {
		return channel == "IN_APP" && len(r.channels) > 0
	}
	return slices.Contains(r.channels, channel)
}

// fresh is the record of a line that grows at an hour: of one that is snoozed then, else of the newest one, else another record.
func (r *reader) fresh(hour int, another string) string {
	record := another
	for _, l := range r.lines {
		if l.hidden || hour-l.made >= 20 {
			continue
		}
		if record = l.record; l.snoozed > hour {
			break
		}
	}
	return record
}

// mention has the person mentioned on a record; order is that of the mentions.
func (r *reader) mention(record string, hour, order int) *line {
	inApp, push, email := r.wants(record, "IN_APP"), r.wants(record, "PUSH"), r.wants(record, "EMAIL")
	if !inApp && !push && !email {
		return nil
	}
	var l *line
	for _, earlier := range r.lines {
		if earlier.record == record && !earlier.read && earlier.elsewhere == !inApp {
			l = earlier
		}
	}
	if l == nil {
		l = &line{record: record, elsewhere: !inApp, made: hour, pushAt: hour}
		r.lines = append(r.lines, l)
	}
	if l.snoozed > hour {
		r.woken++
	}
	l.count++
	l.newest, l.snoozed = order, 0
	l.queued = l.queued || push
	if push && l.planned {
		l.pushAt, l.planned = hour, false
	}
	if email {
		if len(r.collected) == 0 {
			r.since = hour
		}
		r.collected[l] = true
	}
	return l
}

// snooze puts a line off until an hour, and has a push remind of it then.
func (l *line) snooze(until int) {
	l.snoozed = until
	l.queued, l.planned, l.pushAt = true, true, until
}

// endSnooze ends a snooze, and drops its push.
func (l *line) endSnooze() {
	if l.snoozed > 0 && l.queued {
		l.queued, l.planned, l.pushAt = false, false, 0
	}
	l.snoozed = 0
}

// chose has what waits be decided anew.
func (r *reader) chose(hour int) {
	for _, l := range r.lines {
		if l.planned {
			l.pushAt, l.planned = hour, false
		}
	}
}

// tells reports whether a line is still told on a channel at an hour.
func (r *reader) tells(l *line, channel string, hour int) bool {
	return !l.read && !l.hidden && l.snoozed <= hour && r.wants(l.record, channel)
}

// send sends what is due at an hour.
func (r *reader) send(hour int) {
	for _, l := range r.lines {
		if !l.queued || l.pushAt > hour {
			continue
		}
		if l.snoozed > hour && r.tells(l, "PUSH", l.snoozed) {
			l.planned, l.pushAt = true, l.snoozed
			continue
		}
		if l.queued = r.tells(l, "PUSH", hour); !l.queued {
			l.planned, l.pushAt = false, hour
			continue
		}
		if l.pushAt = r.quietUntil(hour); l.pushAt > hour {
			l.planned = true
			r.quieted++
			continue
		}
		if l.snoozed > 0 {
			r.reminded++
		}
		r.pushes = append(r.pushes, arrival{l.record, l.count, l.snoozed > 0})
		l.queued, l.planned, l.pushAt = false, false, hour+1 // it rests for five minutes
	}
	r.mail(hour)
}

// mail sends the digest if it is due.
func (r *reader) mail(hour int) {
	due := r.since + 1
	if r.digest == "DAILY" {
		due = r.until(r.since+1, 8)
	}
	if len(r.collected) == 0 || r.digest != "NONE" && (r.quietUntil(due) > hour || r.quietUntil(hour) > hour) {
		return
	}
	var told []*line
	for l := range r.collected {
		if r.digest != "NONE" && r.tells(l, "EMAIL", hour) {
			told = append(told, l)
		}
	}
	clear(r.collected)
	slices.SortFunc(told, func(a, b *line) int { return cmp.Compare(b.newest, a.newest) })
	var records []string
	for _, l := range told {
		records = append(records, l.record)
	}
	if len(records) > 0 {
		r.mails = append(r.mails, records)
	}
}

// unread are the records of what the person's inbox shows as unread, in order.
func (r *reader) unread(hour int) (records []string) {
	for _, l := range r.lines {
		if !l.elsewhere && !l.read && !l.hidden && l.snoozed <= hour {
			records = append(records, l.record)
		}
	}
	slices.Sort(records)
	return records
}
