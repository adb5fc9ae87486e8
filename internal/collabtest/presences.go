package collabtest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

// Presences holds a collab.Presences to its contract. open returns one that takes
// the time from now; nobody has to be in it, nor in any room of a new organization.
func Presences(t *testing.T, open func(t *testing.T, now func() time.Time) collab.Presences) {
	for _, test := range []struct {
		name string
		run  func(*stage)
	}{
		{"Enter/ShowsClient", enterShows},
		{"Enter/ExpiresAfterTTL", presenceExpires},
		{"Enter/AgainAppliesPatch", enterAgain},
		{"Update/PatchesWithoutRenewing", updatePatches},
		{"Renew/KeepsState", renewKeeps},
		{"Renew/ShortensTTL", renewShortens},
		{"Renew/RestoresLostClient", renewPutsBack},
		{"Renew/DoesNotRestoreClientThatLeft", renewRemembersLeaving},
		{"Renew/ManyAtOnce", renewMany},
		{"Leave/AtOnce", leaveLeaves},
		{"LeaveAll/TakesAllClientsOfAPerson", leaveAllLeaves},
		{"Present/KeepsRoomsOrganizationsAndPeopleApart", presencesAreApart},
		{"Present/OrderedByPersonAndClient", presentIsOrdered},
		{"Watch/HintsAtChanges", hintsForChanges},
		{"Watch/NoHintsForBeats", noHintsForBeats},
		{"Watch/HintsAtExpiry", hintsForDeaths},
		{"Watch/EndsWithContext", watchEnds},
		{"Enter/BoundsClientsOfAPerson", clientsAreBounded},
		{"Present/ReturnsLastChange", changedAtTells},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			test.run(newStage(t, c, open(t, c.now)))
		})
	}
}

// PresencesOfTwo holds the collab.Presences of two instances, which share what
// they keep, to what they owe each other.
func PresencesOfTwo(t *testing.T, open func(t *testing.T, now func() time.Time) (a, b collab.Presences)) {
	for _, test := range []struct {
		name string
		run  func(a, b *stage)
	}{
		{"Present/SeesClientsOfTheOther", twoSeeEachOther},
		{"Renew/KeepsLongerTTLOfTheOther", twoKeepTogether},
		{"Renew/DoesNotRestoreClientThatLeftTheOther", twoRememberLeaving},
		{"Present/ClientsOfDeadInstanceExpire", twoOutliveEachOther},
		{"LeaveAll/HoldsForBoth", twoLeaveAll},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			a, b := open(t, c.now)
			first := newStage(t, c, a)
			second := newStage(t, c, b)
			second.room = first.room
			test.run(first, second)
		})
	}
}

// A clock is moved by the test alone.
type clock struct {
	mu sync.Mutex // guards what follows
	at time.Time
}

func newClock() *clock {
	return &clock{at: time.Date(2026, 5, 4, 9, 30, 0, 0, time.UTC)}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A stage is a Presences, with a room of an organization of its own.
type stage struct {
	*testing.T
	*clock
	p    collab.Presences
	room collab.Room
}

func newStage(t *testing.T, c *clock, p collab.Presences) *stage {
	return &stage{t, c, p, collab.Room{OrgID: collab.NewID("org", time.Now()), ID: "room"}}
}

// client is what a client starts from.
func client(userID, clientID collab.ID) collab.Presence {
	return collab.Presence{
		UserID:        userID,
		Name:          "Name of " + string(userID),
		ClientID:      clientID,
		PresenceState: collab.PresenceState{Status: collab.StatusOnline},
	}
}

// The calls, which must not fail.

func (s *stage) enter(p collab.Presence, patch collab.PresencePatch) {
	s.Helper()
	s.enterFor(p, patch, collab.PresenceTTL)
}

func (s *stage) enterFor(p collab.Presence, patch collab.PresencePatch, ttl time.Duration) {
	s.Helper()
	s.must(s.p.Enter(s.Context(), s.room, p, patch, ttl))
}

func (s *stage) update(p collab.Presence, patch collab.PresencePatch) bool {
	s.Helper()
	there, err := s.p.Update(s.Context(), s.room, p.UserID, p.ClientID, patch)
	s.must(err)
	return there
}

func (s *stage) renew(ttl time.Duration, clients ...collab.Presence) {
	s.Helper()
	s.must(s.p.Renew(s.Context(), s.room, clients, ttl))
}

func (s *stage) leave(p collab.Presence) bool {
	s.Helper()
	there, err := s.p.Leave(s.Context(), s.room, p.UserID, p.ClientID)
	s.must(err)
	return there
}

func (s *stage) present() []collab.Presence {
	s.Helper()
	present, err := s.p.Present(s.Context(), s.room)
	s.must(err)
	return present
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// wantPresent checks who is there, as "person/client".
func (s *stage) wantPresent(want ...string) {
	s.Helper()
	got := []string{}
	for _, p := range s.present() {
		got = append(got, string(p.UserID+"/"+p.ClientID))
	}
	if !slices.Equal(got, want) && len(got)+len(want) > 0 {
		s.Errorf("present are %q, want %q", got, want)
	}
}

// wantShown checks what the only client there shows, as "status page field"; - is none.
func (s *stage) wantShown(want string) {
	s.Helper()
	present := s.present()
	if len(present) != 1 {
		s.Fatalf("%d clients are there, want one", len(present))
	}
	p := present[0]
	if got := string(p.Status) + " " + orDash(p.CurrentPage) + " " + orDash(p.EditingField); got != want {
		s.Errorf("it shows %q, want %q", got, want)
	}
}

func orDash(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

// hints collects what a watcher is told.
type hints struct {
	*stage
	heard chan collab.Room
}

// watch returns once hints come.
func (s *stage) watch() *hints {
	s.Helper()
	h := &hints{s, make(chan collab.Room, 1<<12)}
	begun := make(chan struct{}, 1)
	s.p.Watch(s.Context(), func(room collab.Room) {
		switch {
		case room == collab.Room{}:
			select {
			case begun <- struct{}{}:
			default:
			}
		case room.OrgID == s.room.OrgID:
			h.heard <- room
		}
	})
	select {
	case <-begun:
	case <-time.After(patience):
		s.Fatal("no hint of the beginning comes")
	}
	return h
}

// want checks which rooms were hinted at since the last want. Hints come in the
// order of what they are about, so those before the hint for a mark are all.
func (h *hints) want(rooms ...collab.Room) {
	h.Helper()
	mark := collab.Room{OrgID: h.room.OrgID, ID: collab.NewID("mark", time.Now())}
	h.must(h.p.Enter(h.Context(), mark, client("marker", "1"), nil, collab.PresenceTTL))
	got := map[collab.Room]bool{}
	for {
		select {
		case room := <-h.heard:
			if room != mark {
				got[room] = room.ID.Prefix() != mark.ID.Prefix() // earlier marks die too
				continue
			}
		case <-time.After(patience):
			h.Fatal("a hint does not come")
		}
		break
	}
	for _, room := range rooms {
		if !got[room] {
			h.Errorf("there was no hint for %v", room)
		}
		delete(got, room)
	}
	for room, counts := range got {
		if counts {
			h.Errorf("there was a hint for %v", room)
		}
	}
}
