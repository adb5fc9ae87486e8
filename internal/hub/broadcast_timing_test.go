package hub_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// A rendering is an execution that takes a while for each event.
type rendering struct{ takes time.Duration }

func (r rendering) Render(context.Context) ([]byte, bool) {
	time.Sleep(r.takes)
	return []byte("{}"), false
}
func (r rendering) Close() {}

// follows begins a rendering of all of acme's changes.
func follows(takes time.Duration, maxPerSecond *float64) hub.Start {
	return func(feed *hub.Feed) (hub.Execution, error) {
		feed.Changes(hub.ChangeFeed{
			OrgID: acme, MaxPerSecond: maxPerSecond,
			Matches: func(*collab.Change) bool { return true }, Push: func(*collab.Change) {},
		})
		return rendering{takes}, nil
	}
}

// A taker takes all that comes.
type taker struct{ taken chan int }

func (s taker) Take(events []hub.Event) bool { s.taken <- len(events); return true }
func (s taker) End(error)                    {}
func (s taker) Resume()                      {}

// A timing is what a broadcast told of a delivery.
type timing struct{ sinceCommit, sinceHeard time.Duration }

func join(t *testing.T, all *hub.Broadcasts, key string, start hub.Start, sink hub.Sink) *hub.Member {
	t.Helper()
	m, err := all.Join(t.Context(), key, hub.Person{ID: "ada"}, start, nil, sink)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	if sink != nil {
		if events, err := m.Next(t.Context()); events != nil || err != nil {
			t.Fatal(events, err)
		}
	}
	return m
}

// Each event is timed once, independent of the number of members: since its commit by a clock that
// is 3 s behind, and since its announcement arrived here.
func TestDeliveriesAreTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		told := make(chan timing, 100)
		all := hub.NewBroadcasts(h.Hub, hub.BroadcastOptions{
			Delivered: func(sinceCommit, sinceHeard time.Duration) { told <- timing{sinceCommit, sinceHeard} },
		})
		for range 3 {
			join(t, all, "k", follows(40*time.Millisecond, nil), taker{make(chan int, 100)})
		}
		time.Sleep(10 * time.Second)
		h.Announce(log.commit(acme, func(c *collab.Change) { c.OccurredAt = collab.At(time.Now().Add(-3 * time.Second)) }))
		synctest.Wait()
		time.Sleep(time.Second)
		want := timing{3*time.Second + 40*time.Millisecond, 40 * time.Millisecond}
		if got := <-told; got != want || len(told) != 0 {
			t.Errorf("got %v and %d more, want %v once", got, len(told), want)
		}
	})
}

// A change that was committed before the broadcast opened, and a coalesced change, are late on
// purpose.
func TestOldAndFoldedEventsAreNotTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		all := hub.NewBroadcasts(h.Hub, hub.BroadcastOptions{
			Delivered: func(sinceCommit, sinceHeard time.Duration) {
				t.Errorf("Delivered is called with %v, %v", sinceCommit, sinceHeard)
			},
		})
		tenth := 0.1
		folded, old := taker{make(chan int, 100)}, taker{make(chan int, 100)}
		join(t, all, "folded", follows(0, &tenth), folded)
		join(t, all, "old", follows(0, nil), old)
		for _, occurred := range []collab.Time{collab.At(time.Now().Add(-time.Hour)), {}} {
			h.Announce(log.commit(acme, func(c *collab.Change) { c.OccurredAt = occurred }))
		}
		synctest.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(folded.taken) == 0 || len(old.taken) == 0 {
			t.Error("nothing was delivered")
		}
	})
}

func TestBroadcastsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := hub.NewBroadcasts(startHub(t, newLog(acme)).Hub, hub.BroadcastOptions{Max: 2})
		one, err := all.Join(t.Context(), "1", hub.Person{ID: "ada"}, follows(0, nil), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		join(t, all, "2", follows(0, nil), taker{})
		_, err = all.Join(t.Context(), "3", hub.Person{ID: "ada"}, follows(0, nil), nil, nil)
		if collab.CodeOf(err) != collab.LimitExceeded {
			t.Errorf("got %v, want LIMIT_EXCEEDED", err)
		}
		join(t, all, "2", follows(0, nil), nil) // what is there may be shared
		stats := all.Stats()
		if stats.Broadcasts != 2 || stats.Members != 3 || stats.BehindNow != 0 || stats.Refused != 1 {
			t.Errorf("got %+v", stats)
		}
		one.Close()
		join(t, all, "3", follows(0, nil), nil)
	})
}

// A member that does not take its events is behind until it has caught up.
func TestMembersBehindAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		all := hub.NewBroadcasts(h.Hub, hub.BroadcastOptions{})
		m := join(t, all, "k", follows(0, nil), refuser{})
		if stats := all.Stats(); stats.BehindNow != 0 {
			t.Errorf("%d are behind before anything happened", stats.BehindNow)
		}
		h.Announce(log.commit(acme))
		synctest.Wait()
		if stats := all.Stats(); stats.BehindNow != 1 || stats.Behind != 1 {
			t.Errorf("got %+v, want one behind", stats)
		}
		for range 2 { // the event, and that there are no more
			if _, err := m.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if stats := all.Stats(); stats.BehindNow != 0 {
			t.Errorf("%d are behind, although all caught up", stats.BehindNow)
		}
	})
}

// A refuser takes nothing.
type refuser struct{}

func (refuser) Take([]hub.Event) bool { return false }
func (refuser) End(error)             {}
func (refuser) Resume()               {}
