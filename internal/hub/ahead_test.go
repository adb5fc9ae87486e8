package hub_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// A reader that is far behind waits for the log once, for its first page: the others are read
// while it deals with the page before.
func TestFarBehindReadsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const changes = 2000
		log := newLog(acme)
		log.commitMany(acme, changes)
		h := startHub(t, log)
		s := subscribe(t, h, acme, &collab.Cursor{Epoch: 1})
		log.setLatency(10 * time.Millisecond)
		began := time.Now()
		for want := range int64(changes) {
			expect(t, s, want+1)
			time.Sleep(time.Millisecond) // dealing with it
		}
		if took := time.Since(began); took > changes*time.Millisecond+20*time.Millisecond {
			t.Errorf("%d changes of a millisecond each took %v", changes, took)
		}
	})
}

// A shownText is an execution that loads something for each event, together with that of the events to come.
type shownText struct {
	feed   *hub.Feed
	loaded map[*collab.Change]bool
	reads  *atomic.Int64
}

func (e *shownText) Render(context.Context) ([]byte, bool) {
	if !e.loaded[e.feed.Current()] {
		e.reads.Add(1)
		e.loaded = map[*collab.Change]bool{}
		for _, event := range e.feed.Upcoming() {
			e.loaded[event] = true
		}
	}
	return []byte("{}"), false
}

func (e *shownText) Close() {}

// A member that catches up is shown each change once, and what its events load is read together, also where an event is
// not the change itself.
func TestChangesAheadAreShownOnce(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		const changes = 300
		s.log.commitMany(acme, changes)
		var reads, shows atomic.Int64
		start := func(feed *hub.Feed) (hub.Execution, error) {
			show := func(c *collab.Change) *collab.Change {
				shows.Add(1)
				if c.Cursor.Position%3 == 0 {
					return nil
				}
				shown := *c
				shown.Placed = &collab.Placed{At: c.Cursor.Position, IsIn: true}
				return &shown
			}
			feed.Changes(hub.ChangeFeed{OrgID: acme, Show: show, Push: func(*collab.Change) {}})
			return &shownText{feed: feed, reads: &reads}, nil
		}
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, start, &collab.Cursor{Epoch: 1}, &spanSink{t: t})
		if err != nil {
			t.Fatal(err)
		}
		var got, want []int64
		for {
			events, err := m.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(events) == 0 {
				break
			}
			for _, e := range events {
				got = append(got, e.Position)
			}
		}
		for position := range int64(changes) {
			if (position+1)%3 != 0 {
				want = append(want, position+1)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
		m.Close()
		if shows.Load() > changes*11/10 || reads.Load() > changes/20 {
			t.Errorf("%d changes were shown %d times, and took %d reads", changes, shows.Load(), reads.Load())
		}
	})
}
