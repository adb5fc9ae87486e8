package hub_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// A book announces versions of entities, each of which changes the field n.
type book struct {
	log      *memoryLog
	hub      *hub.Hub
	versions map[collab.ID]int
}

func (b *book) change(entity collab.ID) {
	b.versions[entity]++
	n := b.versions[entity]
	b.hub.Announce(b.log.commit(acme, func(change *collab.Change) {
		change.Type, change.EntityType, change.EntityID, change.EntityVersion = collab.ChangeUpdate, collab.TypeCustomer, entity, n
		change.Snapshot = &collab.Customer{}
		change.Snapshot.Common().Cursor = change.Cursor
		change.Fields = []*collab.FieldChange{{Field: "n", OldValue: number(n - 1), NewValue: number(n)}}
	}))
}

func number(n int) collab.JSON {
	encoded, _ := json.Marshal(n)
	return encoded
}

// coalesced opens a folder of one change a second.
func coalesced(t *testing.T) (*book, *hub.Throttle) {
	t.Helper()
	log := newLog(acme)
	h := startHub(t, log)
	f, err := hub.NewThrottle(subscribe(t, h, acme, nil), 1, (*collab.Change).MakesVersion)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return &book{log: log, hub: h.Hub, versions: map[collab.ID]int{}}, f
}

// wantFold reads the next change, and says how long it took.
func wantFold(t *testing.T, f *hub.Throttle, entity collab.ID, from, to int, position int64) time.Duration {
	t.Helper()
	began := time.Now()
	c, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.EntityID != entity || c.FromVersion() != from || c.EntityVersion != to || c.Cursor.Position != position {
		t.Errorf("got %s from %d to %d at %d, want %s from %d to %d at %d",
			c.EntityID, c.FromVersion(), c.EntityVersion, c.Cursor.Position, entity, from, to, position)
	}
	if got := c.Fields[0]; string(got.OldValue) != string(number(from)) || string(got.NewValue) != string(number(to)) {
		t.Errorf("n went from %s to %s", got.OldValue, got.NewValue)
	}
	return time.Since(began)
}

func TestThrottleFoldsChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := coalesced(t)
		b.change("a")
		if waited := wantFold(t, f, "a", 0, 1, 1); waited != 0 {
			t.Errorf("the first change waited %v", waited)
		}
		b.change("b")
		wantFold(t, f, "b", 0, 1, 2) // another entity need not wait
		for range 5 {
			b.change("a")
		}
		if waited := wantFold(t, f, "a", 1, 6, 7); waited != time.Second {
			t.Errorf("the fold came after %v, want a second", waited)
		}
		b.change("a")
		if waited := wantFold(t, f, "a", 6, 7, 8); waited != time.Second {
			t.Errorf("the next came after %v, want a second", waited)
		}
		synctest.Wait()
	})
}

// The cursor of a change promises that nothing before it is still to come.
func TestFolderKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := coalesced(t)
		b.change("a") // 1
		wantFold(t, f, "a", 0, 1, 1)
		b.change("a")                                                      // 2 waits, and so does all that follows
		b.change("b")                                                      // 3
		b.change("a")                                                      // 4
		b.change("c")                                                      // 5
		if waited := wantFold(t, f, "b", 0, 1, 1); waited != time.Second { // 2 is still to come
			t.Errorf("b passed what waits, after %v", waited)
		}
		wantFold(t, f, "a", 1, 3, 4)
		wantFold(t, f, "c", 0, 1, 5)
	})
}

func TestFolderEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, f := coalesced(t)
		b.change("a")
		wantFold(t, f, "a", 0, 1, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := f.Next(ctx); err == nil {
			t.Error("no error")
		}
	})
}

func TestFolderRefusesRates(t *testing.T) {
	for _, rate := range []float64{0, -1, 1001, 0.0001, math.NaN(), math.Inf(1)} {
		if _, err := hub.NewThrottle(nil, rate, nil); collab.CodeOf(err) != collab.BadInput {
			t.Errorf("%v: %v", rate, err)
		}
	}
}

// The changes that wait for the end of a window are bounded, and none is lost.
func TestFolderBoundsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const entities, rounds = 300, 4
		log := newLog(acme)
		h := startHub(t, log)
		f, err := hub.NewThrottle(subscribe(t, h, acme, nil), 1.0/60, (*collab.Change).MakesVersion)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		b := &book{log: log, hub: h.Hub, versions: map[collab.ID]int{}}
		b.change("first")
		wantFold(t, f, "first", 0, 1, 1)
		for range rounds {
			for i := range entities {
				b.change(collab.ID(fmt.Sprint(i)))
			}
		}
		b.change("first")
		reached := map[collab.ID]int{"first": 1}
		lastAt := map[collab.ID]time.Time{}
		most := 0
		for reached["first"] < 2 {
			change, err := f.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if change.FromVersion() != reached[change.EntityID] {
				t.Fatalf("%s went from %d, and was at %d", change.EntityID, change.FromVersion(), reached[change.EntityID])
			}
			if ago := time.Since(lastAt[change.EntityID]); ago < time.Minute {
				t.Fatalf("%s changed %v before already", change.EntityID, ago)
			}
			reached[change.EntityID], lastAt[change.EntityID] = change.EntityVersion, time.Now()
			most = max(most, f.Waiting())
		}
		for i := range entities {
			if got := reached[collab.ID(fmt.Sprint(i))]; got != rounds {
				t.Errorf("entity %d is at version %d, want %d", i, got, rounds)
			}
		}
		if most > 64 {
			t.Errorf("%d folds were held", most)
		}
	})
}

// A folder that reads no further still meets a change of access soon.
func TestFullThrottleReadsAccessChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		f, err := hub.NewThrottle(subscribe(t, h, acme, nil), 1.0/3600, (*collab.Change).MakesVersion)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		b := &book{log: log, hub: h.Hub, versions: map[collab.ID]int{}}
		b.change("first")
		wantFold(t, f, "first", 0, 1, 1)
		for range 2 {
			for i := range 100 {
				b.change(collab.ID(fmt.Sprint(i)))
			}
		}
		began := time.Now()
		regards := make(chan time.Duration, 1)
		go func() {
			for {
				change, err := f.Next(t.Context())
				if err != nil || change.AccessEffects != nil {
					regards <- time.Since(began)
					return
				}
			}
		}()
		time.Sleep(time.Minute)
		h.Announce(log.commit(acme, func(c *collab.Change) { c.AccessEffects = &collab.AccessEffects{} }))
		if waited := <-regards; waited > time.Minute+2*time.Second {
			t.Errorf("the change of access was met after %v", waited-time.Minute)
		}
	})
}
