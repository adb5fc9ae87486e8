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
	{"WriteAll/DecidesAllBeforeItRecords", writeAllDecidesFirst},
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

// A later decision of the transaction may still change what an earlier one notifies people of.
func writeAllDecidesFirst(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id, other := c.create(customer("Acme")), c.create(customer("Other"))
	told := &collab.Notification{
		ID: "ntf_batch", UserID: ann, Kind: collab.NotifyMention, Title: "1 change", EntityType: new(collab.TypeCustomer), EntityID: &id,
		ActorID: new(collab.ID(ann)), ActorIDs: []collab.ID{ann}, Count: 1, CreatedAt: c.now(), UpdatedAt: c.now(),
	}
	_, err := f.Store.WriteAll(t.Context(), []collab.Planned{
		{Intent: collab.Intent{OrgID: c.id, ActorID: ann, EntityID: id}, Decide: func(st *collab.State) (*collab.Decision, error) {
			change := c.event(collab.ChangeView, st.Entity)
			change.Notifications = []*collab.Notification{told}
			return &collab.Decision{Change: change}, nil
		}},
		{Intent: collab.Intent{OrgID: c.id, ActorID: ann, EntityID: other}, Decide: func(st *collab.State) (*collab.Decision, error) {
			told.Title, told.Count = "2 changes", 2
			return &collab.Decision{Change: c.event(collab.ChangeView, st.Entity)}, nil
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "the row", must(f.Other.Notifications(t.Context(), c.scope(), ann, []collab.ID{told.ID}))(t)[told.ID], told)
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
