package collabtest

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"tandem/internal/collab"
)

var writeAllTests = []storeTest{
	{"WriteAll/CommitsAllThatWrite", writeAllCommits},
	{"WriteAll/WritesNothingIsNoTrace", writeAllNothing},
	{"WriteAll/PanicOfDecideLeavesNoTrace", writeAllPanics},
	{"WriteAll/SimultaneousOnesOfEqualEntities", writeAllSimultaneous},
}

func writeAllCommits(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	before := c.head()
	refused := errors.New("refused")
	first, last := customer("First"), customer("Last")
	planned := func(decide collab.Decide) collab.Planned {
		return collab.Planned{Intent: collab.Intent{OrgID: c.id, ActorID: ann}, Decide: decide}
	}
	outcomes, err := f.Store.WriteAll(t.Context(), []collab.Planned{
		planned(c.creating(first)),
		planned(func(*collab.State) (*collab.Decision, error) { return nil, refused }),
		planned(func(*collab.State) (*collab.Decision, error) { return &collab.Decision{}, nil }),
		planned(c.creating(last)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(outcomes[1].Err, refused) || outcomes[2].Err != nil || outcomes[2].Written.Change != nil {
		t.Errorf("outcomes are %v", outcomes)
	}
	want := []*collab.Change{outcomes[0].Written.Change, outcomes[3].Written.Change}
	for i, change := range want {
		at := collab.Cursor{Epoch: before.Epoch, Position: before.Position + int64(i) + 1}
		if change.Cursor != at || change.Snapshot.Common().Cursor != at || change.OrgID != c.id {
			t.Errorf("change %d is at %v, want %v", i, change.Cursor, at)
		}
	}
	equal(t, "log", c.through(f.Other).log(before.Position), want)
	equal(t, "entity", c.through(f.Other).entity(last.ID), last)
}

func writeAllNothing(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	before := c.head()
	nothing := func(*collab.State) (*collab.Decision, error) { return &collab.Decision{}, nil }
	intent := collab.Intent{OrgID: c.id, ActorID: ann}
	if _, err := f.Store.WriteAll(t.Context(), []collab.Planned{{Intent: intent, Decide: nothing}, {Intent: intent, Decide: nothing}}); err != nil {
		t.Fatal(err)
	}
	equal(t, "head", c.head(), before)
}

func writeAllPanics(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	before := c.head()
	intent := collab.Intent{OrgID: c.id, ActorID: ann}
	func() {
		defer func() { _ = recover() }()
		_, _ = f.Store.WriteAll(t.Context(), []collab.Planned{
			{Intent: intent, Decide: c.creating(customer("Acme"))},
			{Intent: intent, Decide: func(*collab.State) (*collab.Decision, error) { panic("no") }},
		})
		t.Error("the panic was swallowed")
	}()
	equal(t, "head", c.head(), before)
	c.write(collab.Intent{}, c.creating(customer("Next")))
}

// Several writers change the same entities in different orders, and none of them fails.
func writeAllSimultaneous(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	var ids []collab.ID
	for range 8 {
		ids = append(ids, c.create(customer("Acme")))
	}
	before := c.head()
	const rounds, writers = 5, 4
	var writing sync.WaitGroup
	for n := range writers {
		store := []collab.Store{f.Store, f.Other}[n%2]
		writing.Go(func() {
			for range rounds {
				var writes []collab.Planned
				for _, id := range ids {
					intent := collab.Intent{OrgID: c.id, ActorID: ann, EntityID: id}
					writes = append(writes, collab.Planned{Intent: intent, Decide: c.editing(collab.ChangeUpdate, func(collab.Entity) {})})
				}
				if n >= writers/2 {
					slices.Reverse(writes)
				}
				if _, err := store.WriteAll(t.Context(), writes); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	want := before.Position + int64(rounds*writers*len(ids))
	if head := c.head(); head.Position != want {
		t.Errorf("the head is %d, want %d", head.Position, want)
	}
	for _, id := range ids {
		if version := c.entity(id).Common().Version; version != 1+rounds*writers {
			t.Errorf("%s has version %d", id, version)
		}
	}
}
