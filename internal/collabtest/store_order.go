package collabtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"tandem/internal/collab"
)

var orderTests = []storeTest{
	{"WriteOrder/PositionsAreDense", orderDense},
	{"WriteOrder/SerializesUpdatesOfOneEntity", orderSerialized},
	{"WriteOrder/ManyEntitiesDoNotDeadlock", orderNoDeadlock},
	{"WriteOrder/OrganizationsDoNotWaitForEachOther", orderIndependent},
}

// Sizes of the tests of concurrency.
const (
	writers   = 8
	writesOf1 = 25
)

// together runs work n times at once, and reports what went wrong.
func together(t *testing.T, n int, work func(i int) error) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := work(i); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// everySecond spreads work over both stores.
func everySecond(f StoreFixture, i int) collab.Store {
	return []collab.Store{f.Store, f.Other}[i%2]
}

// A reader who polls while others write, and goes on after the last position
// that it saw, must see every position. If positions were taken before commits,
// it would now and then pass one that was still to come.
func orderDense(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	start := c.head().Position
	var reader sync.WaitGroup
	reader.Go(func() { follow(c.through(f.Other), start, start+writers*writesOf1) })
	together(t, writers, func(i int) error {
		mine := c.through(everySecond(f, i))
		for n := range writesOf1 {
			if n%5 == 4 { // Some give up under way, and must leave no gap.
				_, err := mine.tryWrite(collab.Intent{}, func(*collab.State) (*collab.Decision, error) { return nil, errNotThere })
				if !errors.Is(err, errNotThere) {
					return err
				}
			}
			if _, err := mine.tryWrite(collab.Intent{}, mine.creating(customer(fmt.Sprintf("%d of %d", n, i)))); err != nil {
				return err
			}
		}
		return nil
	})
	reader.Wait()
}

// follow reads the log as it grows, until it reaches a position.
func follow(c *company, after, until int64) {
	for after < until && !c.t.Failed() {
		changes, err := c.store.Changes(c.t.Context(), c.id, after, 7)
		if err != nil {
			c.t.Error(err)
			return
		}
		for _, change := range changes {
			if change.Cursor.Position != after+1 {
				c.t.Errorf("saw %d after %d", change.Cursor.Position, after)
				return
			}
			after++
		}
		heads, err := c.store.Heads(c.t.Context(), []collab.ID{c.id})
		if err != nil || heads[c.id].Position < after || heads[c.id].Oldest != 1 {
			c.t.Errorf("at %d, the head is %v, %v", after, heads[c.id], err)
			return
		}
	}
}

// Each update counts on from what it reads, so an update that did not see the
// one before would lose it.
func orderSerialized(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(call("counted", nil))
	together(t, writers, func(i int) error {
		mine := c.through(everySecond(f, i))
		for range writesOf1 {
			if _, err := mine.tryWrite(collab.Intent{EntityID: id}, mine.editing(collab.ChangeUpdate, countUp)); err != nil {
				return err
			}
		}
		return nil
	})
	got := c.entity(id).(*collab.Call)
	if *got.DurationSeconds != writers*writesOf1 || got.Version != writers*writesOf1+1 {
		t.Errorf("counted to %d at version %d, want %d", *got.DurationSeconds, got.Version, writers*writesOf1)
	}
	for i, change := range must(c.store.EntityChanges(t.Context(), c.scope(), 0, collab.ChangeQuery{EntityID: &id}, 1000))(t) {
		if change.EntityVersion != i+1 {
			t.Fatalf("change %d made version %d", i+1, change.EntityVersion)
		}
	}
}

func countUp(e collab.Entity) {
	counted := e.(*collab.Call)
	if counted.DurationSeconds == nil {
		counted.DurationSeconds = new(0)
	}
	counted.DurationSeconds = new(*counted.DurationSeconds + 1)
}

func orderNoDeadlock(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	ids := []collab.ID{c.create(call("a", nil)), c.create(call("b", nil)), c.create(call("c", nil))}
	together(t, writers, func(i int) error {
		mine := c.through(everySecond(f, i))
		for n := range writesOf1 {
			if _, err := mine.tryWrite(collab.Intent{EntityID: ids[(i+n)%len(ids)]}, mine.editing(collab.ChangeUpdate, countUp)); err != nil {
				return err
			}
			claims := collab.Claims{UserID: collab.ID(fmt.Sprintf("bob-%d-%d", i, n)), OrganizationID: c.id, Role: collab.RoleMember}
			if _, err := Join(t.Context(), mine.store, claims, mine.now()); err != nil {
				return err
			}
		}
		return nil
	})
	if got, want := c.head().Position, int64(1+1+3+2*writers*writesOf1); got != want {
		t.Errorf("the head is %d, want %d", got, want)
	}
}

// A write that is being decided holds only its own entity.
func orderIndependent(t *testing.T, f StoreFixture) {
	a, b := found(t, f.Store), found(t, f.Store)
	a.t, b.t = t, t
	id := a.create(customer("Acme"))
	a.edit(id, func(collab.Entity) {
		heads := must(f.Other.Heads(t.Context(), []collab.ID{a.id, b.id}))(t)
		if heads[a.id].Position != 2 || heads[b.id].Position != 1 {
			t.Errorf("while a write is decided, the heads are %v", heads)
		}
		if got := a.through(f.Other).entity(id); got.DisplayName() != "Acme" {
			t.Errorf("while a write is decided, the entity is %v", got)
		}
	})
	if got := a.head().Position; got != 3 {
		t.Errorf("the head is %d", got)
	}
}
