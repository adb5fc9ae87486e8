package model

import (
	"encoding/json"
	"time"

	"tandem/internal/systemtest"
)

// A reading is how far the oracle has followed what a session received.
type reading struct {
	start       int    // the position that it begins at
	next        int    // the first event that was neither told nor passed over
	started     bool   // whether it is known that what comes at next has to be told
	last        string // the cursor that the reader resumes after
	established int    // the position of the first event that was told: it followed then
	over        bool
	refused     bool              // it ended with FORBIDDEN
	people      map[string]object // of presence: who is there, as the reader was told
	role        string            // of session: that was told last
	looked      bool              // whether presence told who is there
	folds
}

// begin records where a session begins. Without a cursor it begins at an unknown moment, without the changes that
// its instance had not received by then: 4.7.
func (s *session) begin(w *world) {
	s.last, s.started, s.start = s.after, s.after != "", w.position
	if s.next = len(w.events); s.started {
		for s.next > 0 && w.events[s.next-1].cursor > s.after {
			s.next--
		}
		if s.start = 0; s.next > 0 {
			s.start = w.events[s.next-1].position
		}
	} else {
		for s.next > 0 && w.events[s.next-1].at.After(s.began.Add(-hears)) {
			s.next--
		}
	}
	s.folds.begin()
}

// breaks are the positions, from a given one on, at which a person's access may change: of the changes of access
// that were sent before a time.
func (w *world) breaks(from int, before time.Time) []int {
	at := []int{from}
	for _, s := range w.shifts {
		if s.position > from && s.sent.Before(before) {
			at = append(at, s.position)
		}
	}
	return at
}

// shownAt reports whether an event may be told to a reader by what holds at a position: 19.1, 19.3, 19.6.
func (s *session) shownAt(v *event, position int) bool {
	role := s.person.role(position)
	return v.mayBeTold(s.person, role) && v.entity.access(position).sees(s.person, role)
}

// must reports whether an event has to be told: whatever may decide over it lets it be told.
func (w *world) must(s *session, v *event) bool {
	if !s.matches(v) {
		return false
	}
	for _, position := range w.breaks(max(v.position, s.known), time.Now()) {
		if !s.shownAt(v, position) {
			return false
		}
	}
	return true
}

// may reports whether an event may be delivered: by the access at its position, or by the access at a later one,
// before it was delivered, to a reader who was behind. Changes that a reader's instance knew before the reader
// subscribed do not count.
func (w *world) may(s *session, v *event, at time.Time) bool {
	for _, position := range w.breaks(max(v.position, s.known), at) {
		if s.shownAt(v, position) {
			return true
		}
	}
	return false
}

// digest checks all that a session received since it was asked last.
func (w *world) digest(s *session) {
	if s.over {
		return
	}
	defer func() {
		if s.over {
			w.released(s, afterBreak)
		}
	}()
	received, ended, reason, forgiven := s.take()
	for _, r := range received {
		if s.over && s.leftBehind() {
			break // the reader left it, and does not read on
		}
		if s.over {
			w.violates(s, nil, "was sent something after its end: %.200s", r.message)
		}
		w.receive(s, r)
	}
	if ended == "" || s.over {
		return
	}
	s.over = true
	switch {
	case ended == "FORBIDDEN":
		w.mayEnd(s, ended, time.Now())
	case !forgiven:
		w.violates(s, nil, "lost its connection, and nothing happened to its instance: %s", reason)
	}
}

// receive checks one message.
func (w *world) receive(s *session, r receipt) {
	var m struct {
		Type    string
		Payload json.RawMessage
	}
	if err := json.Unmarshal(r.message, &m); err != nil {
		w.violates(s, nil, "was sent %.200q", r.message)
	}
	switch m.Type {
	case "next":
		w.receiveEvent(s, r.at, m.Payload)
	case "error":
		got := systemtest.Decode([]byte(`{"errors":` + string(m.Payload) + `}`))
		s.over = true
		w.note(s.only, s.person, "%v ends with %s (received at %s)", s, got.Code, r.at.Format("04:05.000"))
		w.mayEnd(s, got.Code, r.at)
	case "complete":
		w.violates(s, nil, "was completed by the server")
	}
}

func (w *world) receiveEvent(s *session, at time.Time, payload []byte) {
	got := systemtest.Decode(payload)
	told, _ := got.Data[s.field].(object)
	if told == nil || got.Code != "" { // 5.10
		if !w.disturbed(s.began) {
			w.violates(s, nil, "was sent an event that could not be rendered, and nothing was away: %s %s", got.Code, got.Text)
		}
		s.over = true
		w.note(s.only, s.person, "%v is sent an event that could not be rendered", s)
		s.leave()
		return
	}
	if s.room != nil {
		w.receivePresence(s, at, told)
		return
	}
	switch {
	case s.field == "session":
		w.receiveNotice(s, at, told)
	case s.field == "notificationReceived":
		w.receiveNotification(s, at, told)
	case s.rate > 0:
		w.receiveFold(s, at, told)
	default:
		w.checkEvent(s, at, told)
	}
}

// checkEvent checks an event that is told by itself.
func (w *world) checkEvent(s *session, at time.Time, told object) {
	v := w.eventAt(told["cursor"])
	if v == nil {
		w.violates(s, nil, "received %v %v at %v, where nothing happened", told["entityId"], told["version"], told["cursor"])
	}
	index := v.index
	if index < s.next {
		w.violates(s, v, "received %v again, or out of order", v)
	}
	for _, passed := range w.events[s.next:index] {
		if s.started && w.must(s, passed) {
			w.violates(s, passed, "was not told of %v, and received %v", passed, v)
		}
	}
	switch wrong := w.tells(s, v, told); {
	case !s.matches(v):
		w.violates(s, v, "received %v, which it did not ask for", v)
	case !w.may(s, v, at):
		w.violates(s, v, "received %v, which %s must not see", v, s.person.id)
	case wrong != "":
		w.violates(s, v, "received %v with %s", v, wrong)
	}
	s.told(v)
	s.next, s.last = index+1, v.cursor
}

// told notes that an event was told.
func (r *reading) told(v *event) {
	r.started = true
	if r.established == 0 {
		r.established = v.position
	}
}

// mayEnd checks that a session may end with a code.
func (w *world) mayEnd(s *session, code string, at time.Time) {
	switch code {
	case "FORBIDDEN":
		breaks := w.breaks(min(s.known, s.start), at) // what was lost after the cursor may be met on the way
		for i, position := range breaks {
			if s.person.role(position) == removed || i > 0 && s.loses(breaks[i-1], position) {
				s.refused = true
				return
			}
		}
	case "UNAVAILABLE", "TIMEOUT":
		if w.disturbed(s.began) {
			return
		}
	}
	w.violates(s, nil, "ended with %s", code)
}

// about is the one entity that a subscription is about, or nil.
func (f following) about() *entity {
	switch {
	case f.only != nil:
		return f.only
	case f.room != nil:
		return f.room.entity
	}
	return f.feed
}

// loses reports whether somebody who saw the session's entity at a position does not at a later one.
func (s *session) loses(before, after int) bool {
	e, p := s.about(), s.person
	return e != nil && s.room == nil && e.access(before).sees(p, p.role(before)) && !e.access(after).sees(p, p.role(after))
}

// hasToEnd reports whether a session has to end by now: 19.6.
func (w *world) hasToEnd(s *session) bool {
	if s.person.now() == removed {
		return true
	}
	if s.only == nil || s.established == 0 || s.only.current().sees(s.person, s.person.now()) {
		return false
	}
	return s.loses(s.established, w.position)
}

// lacks says what a session still has to be told, or "".
func (w *world) lacks(s *session) string {
	switch {
	case s.over || s.leftBehind():
		return ""
	case w.hasToEnd(s):
		return "FORBIDDEN"
	case s.room != nil:
		return w.roomLacks(s)
	case s.field == "session":
		return w.noticeLacks(s)
	case !s.started:
		return ""
	}
	for _, v := range w.events[s.next:] {
		if w.must(s, v) && !s.covers(v) && !(s.field == "notificationReceived" && w.grows(v, s.person)) {
			return v.String()
		}
	}
	return ""
}

// settle waits until every session that reads has received everything that it has to, and checks what it received.
func (w *world) settle() {
	w.whole()
	began := time.Now()
	deadline := began.Add(patience)
	for {
		var behind *session
		lacks := ""
		for _, s := range w.sessions {
			w.digest(s)
			if lack := w.lacks(s); lack != "" && !s.isStanding() {
				behind, lacks = s, lack
			}
		}
		if behind == nil {
			w.settled = time.Now()
			return
		}
		if time.Now().After(deadline) || behind.room != nil && time.Since(began) > roomPatience && !w.disturbed(began) {
			w.violates(behind, nil, "was not told of %s within %v", lacks, time.Since(began).Round(time.Second))
		}
		<-time.After(5 * time.Millisecond)
	}
}
