package collabtest

import (
	"context"
	"encoding/json"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
)

// Bus holds a collab.Bus to its contract. open returns the buses of two connected instances; for a
// bus of a single instance, the same bus twice. The contract does not cover failures, in which a
// bus may lose changes: without one, every change is delivered once and in order.
func Bus(t *testing.T, open func(t *testing.T) (a, b collab.Bus)) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, collab.Bus, collab.Bus)
	}{
		{"Announce/ReachesEveryListenerWhole", busTellsAll},
		{"Listen/OneChangeAtATime", busTellsOneAtATime},
		{"Announce/KeepsOrder", busKeepsOrder},
		{"Listen/EndsWithContext", busListenerEnds},
		{"Announce/OutlivesRequest", busOutlivesRequest},
		{"AnnounceMarks/ReachesEveryListener", busTellsMarks},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := open(t)
			test.run(t, a, b)
		})
	}
}

func busTellsAll(t *testing.T, a, b collab.Bus) {
	org := collab.NewID("org", time.Now())
	ears := []*ear{listen(t, a, org), listen(t, a, org), listen(t, b, org), listen(t, b, org)}
	warmUp(t, a, ears...)
	warmUp(t, b, ears...)
	for i, change := range wholeChanges(org) {
		from := []collab.Bus{a, b}[i%2]
		change.Commit(org, change.Cursor) // as a store does before it is announced
		announce(t, from, change)
		for _, e := range ears {
			if got := e.next(); !reflect.DeepEqual(got, change) {
				t.Errorf("heard\n%s\nwant\n%s", asJSON(t, got), asJSON(t, change))
			}
		}
	}
}

func busTellsOneAtATime(t *testing.T, a, b collab.Bus) {
	const each = 200
	org := collab.NewID("org", time.Now())
	var inside atomic.Int32
	e := newEar(t, org)
	a.Listen(t.Context(), func(c *collab.Change) {
		if inside.Add(1) != 1 {
			t.Error("a listener was told while it listened to something else")
		}
		e.heard(c)
		inside.Add(-1)
	})
	warmUp(t, a, e)
	warmUp(t, b, e)
	var writers sync.WaitGroup
	for i, from := range []collab.Bus{a, b, a, b} {
		writers.Go(func() {
			for n := range each {
				announce(t, from, busChange(org, int64(i*each+n+1)))
			}
		})
	}
	writers.Wait()
	heard := make(map[int64]bool)
	for range 4 * each {
		heard[e.next().Cursor.Position] = true
	}
	if len(heard) != 4*each {
		t.Errorf("heard %d different changes of %d", len(heard), 4*each)
	}
}

func busKeepsOrder(t *testing.T, a, b collab.Bus) {
	const count = 1000
	org := collab.NewID("org", time.Now())
	near, far := listen(t, a, org), listen(t, b, org)
	warmUp(t, a, near, far)
	for position := range int64(count) {
		announce(t, a, busChange(org, position+1))
	}
	for _, e := range []*ear{near, far} {
		for position := range int64(count) {
			if got := e.next().Cursor.Position; got != position+1 {
				t.Fatalf("heard position %d where %d was next", got, position+1)
			}
		}
	}
}

func busListenerEnds(t *testing.T, a, b collab.Bus) {
	org := collab.NewID("org", time.Now())
	for _, bus := range []collab.Bus{a, b} {
		ctx, cancel := context.WithCancel(t.Context())
		ended, stays := newEar(t, org), listen(t, bus, org)
		bus.Listen(ctx, ended.heard)
		warmUp(t, a, ended, stays)
		cancel()
		announce(t, a, busChange(org, 1))
		if got := stays.next().Cursor.Position; got != 1 {
			t.Errorf("the other listener heard position %d, want 1", got)
		}
		// By the time that a second change was heard, it would have heard the first.
		announce(t, a, busChange(org, 2))
		stays.next()
		for len(ended.changes) > 0 {
			if c := <-ended.changes; !isWarmUp(c) {
				t.Errorf("position %d was heard after the context had ended", c.Cursor.Position)
			}
		}
	}
}

func busOutlivesRequest(t *testing.T, a, b collab.Bus) {
	org := collab.NewID("org", time.Now())
	near, far := listen(t, a, org), listen(t, b, org)
	warmUp(t, a, near, far)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Announce(ctx, busChange(org, 1)); err != nil {
		t.Error(err)
	}
	near.next()
	far.next()
}

// An ear records the changes that one listener receives for one organization. Others may use the
// same Redis, so it leaves out changes of other tests.
type ear struct {
	t       *testing.T
	org     collab.ID
	changes chan *collab.Change
}

func newEar(t *testing.T, org collab.ID) *ear {
	return &ear{t, org, make(chan *collab.Change, 1<<14)}
}

func listen(t *testing.T, bus collab.Bus, org collab.ID) *ear {
	e := newEar(t, org)
	bus.Listen(t.Context(), e.heard)
	return e
}

func (e *ear) heard(c *collab.Change) {
	if c.OrgID != e.org {
		return
	}
	select {
	case e.changes <- c:
	default:
		e.t.Error("more was heard than was announced")
	}
}

// next waits for the next change that is not a warm-up.
func (e *ear) next() *collab.Change {
	e.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case c := <-e.changes:
			if !isWarmUp(c) {
				return c
			}
		case <-timeout:
			e.t.Fatal("nothing is heard")
		}
	}
}

// warmUpID is the entity of changes that only find out who listens already.
const warmUpID = "warm-up"

func isWarmUp(c *collab.Change) bool { return c.EntityID == warmUpID }

// warmUp announces until every ear has received a change of this bus. Listen returns at once, so a
// listener may begin to receive changes of other instances a little later. next skips the warm-ups
// that arrive after that.
func warmUp(t *testing.T, bus collab.Bus, ears ...*ear) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	timeout := time.After(patience)
	for _, e := range ears {
		hello := busChange(e.org, 1)
		hello.EntityID, hello.ActorID = warmUpID, collab.NewID("hello", time.Now())
		announce(t, bus, hello)
		for heard := false; !heard; {
			select {
			case c := <-e.changes:
				heard = c.ActorID == hello.ActorID
			case <-again.C:
				announce(t, bus, hello)
			case <-timeout:
				t.Fatal("a listener does not hear the bus")
			}
		}
	}
}

func announce(t *testing.T, bus collab.Bus, change *collab.Change) {
	t.Helper()
	if err := bus.Announce(t.Context(), change); err != nil {
		t.Error(err)
	}
}

func asJSON(t *testing.T, c *collab.Change) string {
	b, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
