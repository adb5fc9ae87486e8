package hub_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// versions are the versions of each entity that a follower saw, by the events' own words.
type versions map[collab.ID]int

// tell takes an event "entity from to", and fails if versions are missing between those before and it.
func (v versions) tell(t *testing.T, payload []byte) {
	t.Helper()
	var entity collab.ID
	var from, to int
	if _, err := fmt.Sscan(string(payload), &entity, &from, &to); err != nil {
		t.Fatal(err)
	}
	if from > v[entity] {
		t.Errorf("%s goes from version %d to %d, and was at %d", entity, from, to, v[entity])
	}
	v[entity] = max(v[entity], to)
}

// A spanText renders which versions of which entity a change spans.
type spanText struct{ pushed *collab.Change }

func (s *spanText) Render(context.Context) ([]byte, bool) {
	return fmt.Appendf(nil, "%s %d %d %s", s.pushed.EntityID, s.pushed.FromVersion(), s.pushed.EntityVersion, make([]byte, 8_000)), false
}

func (s *spanText) Close() {}

// A spanSink takes as many batches as it is let, and is behind afterwards.
type spanSink struct {
	t    *testing.T
	told versions

	mu      sync.Mutex // guards batches
	batches int
}

// let lets the sink take that many batches from now on.
func (s *spanSink) let(batches int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batches = batches
}

func (s *spanSink) Take(events []hub.Event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.batches == 0 {
		return false
	}
	s.batches--
	for _, e := range events {
		s.told.tell(s.t, e.Payload)
	}
	return true
}

func (s *spanSink) Resume()       {}
func (s *spanSink) End(err error) { s.t.Error(err) }

// A reader that falls behind between two batches of folded changes loses no part of those that it
// was not given: the cursor of the last event says from where on they are still to come.
func TestFallingBehindBetweenFolds(t *testing.T) {
	t.Parallel()
	const entities = 40
	broadcasting(t, func(t *testing.T, s *stage) {
		rate := 1.0
		start := func(feed *hub.Feed) (hub.Execution, error) {
			span := &spanText{}
			feed.Changes(hub.ChangeFeed{
				OrgID: acme, MaxPerSecond: &rate, Matches: func(*collab.Change) bool { return true },
				Push: func(c *collab.Change) { span.pushed = c },
			})
			return span, nil
		}
		sink := &spanSink{t: t, told: versions{}, batches: 1000}
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, start, nil, sink)
		if err != nil {
			t.Fatal(err)
		}
		if events, err := m.Next(t.Context()); events != nil || err != nil {
			t.Fatalf("got %d events, %v", len(events), err)
		}
		version := 0
		edit := func() {
			version++
			for n := range entities {
				s.Announce(s.log.commit(acme, func(c *collab.Change) {
					c.EntityID, c.EntityVersion, c.Type = collab.ID(fmt.Sprint("cus_", n)), version, collab.ChangeUpdate
					c.Snapshot = &collab.Customer{}
					c.Snapshot.Common().Cursor = c.Cursor
				}))
			}
			synctest.Wait()
		}
		edit()
		edit() // these wait for the window to end
		edit()
		sink.let(1)
		time.Sleep(2 * time.Second)
		for range 8 { // the broadcast keeps none of what comes then
			edit()
			time.Sleep(2 * time.Second)
		}
		sink.let(1000)
		for range 10_000 {
			events, err := m.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if events == nil {
				break
			}
			for _, e := range events {
				sink.told.tell(t, e.Payload)
			}
		}
		for entity, told := range sink.told {
			if told != version {
				t.Errorf("%s was told up to version %d of %d", entity, told, version)
			}
		}
		m.Close()
	})
}
