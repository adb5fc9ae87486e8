package model

import (
	"slices"
	"time"
)

// A room is where people see each other: 13. A room whose name contains the id of an entity is two rooms: people
// who see the entity meet inside, and all others meet outside, as in a room of an id that never existed.
type room struct {
	name   string
	entity *entity // whose id is in the name; nil: none
	tabs   []*tab
}

// Sides are the places of a room where somebody may be, by what they may see at some positions.
type sides int

const (
	inside sides = 1 << iota
	outside
	nowhere // they were removed
)

// sides returns where a person belongs by the roles and access at some positions. An instance learns of roles and
// of access separately.
func (r *room) sides(p *person, positions []int) (all sides) {
	for _, of := range positions {
		for _, at := range positions {
			switch role := p.role(of); {
			case role == removed:
				all |= nowhere
			case r.entity == nil || r.entity.access(at).sees(p, role):
				all |= inside
			default:
				all |= outside
			}
		}
	}
	return all
}

// A tab is a client of somebody in a room. It is there by subscriptions, or by heartbeats.
type tab struct {
	*room
	id     string
	person *person
	stays  []stay   // by subscriptions, oldest first
	beat   presence // by the last heartbeat: surely there
	ghosts []presence
	shows  object // status, currentPage and editingField
	sure   bool   // whether that is known
	from   int    // the position at which it was known last
}

// A stay says from when on subscriptions make a client present: surely, or perhaps.
type stay struct {
	from      time.Time
	must, may bool
}

// A presence is a place where a client is, or may be, until a time, whatever its person may see by then.
type presence struct {
	at    sides
	until time.Time
}

// How long a client may be seen after it is gone: 13.4, 13.5, plus the delay of a busy machine.
const (
	afterBreak = 5*time.Second + hears
	afterDeath = 30*time.Second + 10*time.Second + hears
	afterBeat  = 20 * time.Second // a client surely stays for this long: 30 s, less the delay of a busy machine
)

// set notes that from a time on subscriptions make the client present, or do not.
func (t *tab) set(from time.Time, must, may bool) {
	for len(t.stays) > 0 && !t.stays[len(t.stays)-1].from.Before(from) {
		t.stays = t.stays[:len(t.stays)-1]
	}
	t.stays = append(t.stays, stay{from, must, may})
}

// stay returns what holds at a time.
func (t *tab) stay(at time.Time) stay {
	for _, s := range slices.Backward(t.stays) {
		if !s.from.After(at) {
			return s
		}
	}
	return stay{}
}

// mayBe returns where the client may be at a time; positions are those that may count then.
func (t *tab) mayBe(at time.Time, positions []int) (all sides) {
	lately := t.stay(at.Add(-time.Second)).may
	for _, s := range t.stays {
		lately = lately || s.may && s.from.After(at.Add(-time.Second)) && !s.from.After(at)
	}
	if lately {
		all = t.sides(t.person, positions)
	}
	for _, g := range append(t.ghosts, t.beat) {
		if g.until.After(at) {
			all |= g.at
		}
	}
	return all
}

// mustBe returns where the client has to be at a time, and has to have been for a while; 0: perhaps nowhere.
func (t *tab) mustBe(at time.Time, since time.Time, positions []int) sides {
	where := t.sides(t.person, positions)
	if where != inside && where != outside {
		return 0
	}
	steady := t.stay(since).must
	for _, s := range t.stays {
		steady = steady && (s.must || s.from.Before(since) || s.from.After(at))
	}
	if steady || t.beat.at == where && t.beat.until.After(at) && t.beat.until.Add(-afterBeat).Before(since) {
		return where
	}
	return 0
}

// leave notes that no subscription holds the client any more, which may be seen where it was for a while.
func (t *tab) leave(positions []int, lasts time.Duration) {
	now := time.Now()
	if t.stay(now).may {
		t.ghosts = append(t.ghosts, presence{t.sides(t.person, positions), now.Add(lasts)})
		t.set(now, false, false)
	}
}

// lasting has everything that may still be seen of the client be seen for another while.
func (t *tab) lasting(lasts time.Duration) {
	now := time.Now()
	for i := range t.ghosts {
		if t.ghosts[i].until.After(now) {
			t.ghosts[i].until = now.Add(lasts)
		}
	}
}

// fade has all that is seen of a client go within a while, where it belongs by now.
func (t *tab) fade(within time.Duration) {
	for i := range t.ghosts {
		if until := time.Now().Add(within); t.ghosts[i].until.After(until) {
			t.ghosts[i].until = until
		}
	}
}

// forgotten notes that Redis was killed, with what clients showed, and those that are there by heartbeats.
func (t *tab) forgotten() {
	t.ghosts, t.beat, t.sure = append(t.ghosts, t.beat), presence{}, false
	t.lasting(afterDeath)
}

// tabsOf returns the clients of a person in all rooms.
func (w *world) tabsOf(p *person) (all []*tab) {
	for _, r := range w.rooms {
		for _, t := range r.tabs {
			if t.person == p {
				all = append(all, t)
			}
		}
	}
	return all
}

// held reports whether a subscription holds a client.
func (w *world) held(t *tab) bool {
	return slices.ContainsFunc(w.sessions, func(s *session) bool { return s.tab == t && !s.over && !s.leftBehind() })
}

// entered notes that a subscription holds a client.
func (w *world) entered(s *session) {
	t := s.tab
	if t == nil {
		return
	}
	now := time.Now()
	before := t.stay(now)
	switch {
	case s.state != nil:
		t.shows, t.sure, t.from = s.state, true, w.position
	case !before.must:
		t.sure = false
	}
	if s.state = nil; t.person.hidden || t.person.now() == removed {
		return
	}
	t.set(s.began, before.must, true)
	t.set(now, true, true)
}

// released notes that a subscription holds its client no more.
func (w *world) released(s *session, lasts time.Duration) {
	if s.tab != nil && !w.held(s.tab) {
		s.tab.leave(w.lately(time.Now()), lasts)
	}
}

// lately returns the positions by which an instance may answer, or may have put somebody in a room, at a time.
func (w *world) lately(at time.Time) []int {
	return w.breaks(w.known(-1, at), at)
}

// expelled records that a person was removed at the newest position. The clients that their subscriptions held are
// released.
func (w *world) expelled(p *person) {
	for _, t := range w.tabsOf(p) {
		t.leave([]int{w.position - 1}, afterDeath)
	}
}
