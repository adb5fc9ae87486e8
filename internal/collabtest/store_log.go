package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

var logTests = []storeTest{
	{"Heads/ReturnsEndOfEachLog", logHeads},
	{"Changes/Pages", logPages},
	{"EntityChanges/FiltersByTypeAndEntity", logEntityChanges},
	{"Changes/RefusesForeignCursors", logCursors},
	{"Changes/AfterPruning", logPruned},
	{"Changes/AfterPruningEverything", logPrunedEmpty},
	{"EntitiesAt/ReturnsPastVersions", logEntitiesAt},
}

func logHeads(t *testing.T, f StoreFixture) {
	a, b := found(t, f.Store), found(t, f.Store)
	a.create(customer("Acme"))
	heads := must(f.Other.Heads(t.Context(), []collab.ID{a.id, b.id, "org_none", a.id}))(t)
	if len(heads) != 2 || heads[a.id].Position != 2 || heads[b.id].Position != 1 || heads[a.id].Oldest != 1 {
		t.Errorf("heads are %v", heads)
	}
	if heads[a.id].Epoch == 0 || heads[a.id].Epoch == heads[b.id].Epoch {
		t.Errorf("epochs are %d and %d", heads[a.id].Epoch, heads[b.id].Epoch)
	}
	if none := must(f.Store.Heads(t.Context(), nil))(t); len(none) > 0 {
		t.Errorf("without an organization, heads are %v", none)
	}
}

// grow makes a log of ten changes of every kind, and returns it.
func grow(c *company) []*collab.Change {
	c.t.Helper()
	c.join("bob")                         // 2
	acme := c.create(customer("Acme"))    // 3
	talk := c.create(call("talk", &acme)) // 4
	c.edit(acme, rename("Acme Ltd"))      // 5
	c.comment(acme, "good news", "bob")   // 6
	c.view(talk)                          // 7
	c.create(meeting("kick-off", &acme))  // 8
	c.remove(talk)                        // 9
	c.tell(acme, "bob", ann)              // 10
	return c.log(0)
}

func logPages(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := grow(c)
	if len(all) != 10 || all[0].Type != collab.ChangeMember || all[1].ActorID != "bob" || len(all[9].Notifications) != 2 {
		t.Fatalf("the log is %s", inJSON(t, all))
	}
	var paged []*collab.Change
	for after := int64(0); ; after = paged[len(paged)-1].Cursor.Position {
		page := must(f.Other.Changes(t.Context(), c.id, after, 3))(t)
		if len(page) > 3 {
			t.Fatalf("a page of 3 has %d", len(page))
		}
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
	}
	equal(t, "log in pages", paged, all)
	for _, after := range []int64{10, 11, 1 << 60} {
		if got := c.log(after); len(got) > 0 {
			t.Errorf("after %d there are %d changes", after, len(got))
		}
	}
	if got := must(f.Store.Changes(t.Context(), c.id, 0, 0))(t); len(got) > 0 {
		t.Errorf("a page of 0 has %d", len(got))
	}
}

func logEntityChanges(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := grow(c)
	acme := all[2].EntityID
	for _, test := range []struct {
		after int64
		query collab.ChangeQuery
		limit int
		want  []int64
	}{
		{0, collab.ChangeQuery{}, 100, []int64{3, 4, 5, 8, 9}},
		{4, collab.ChangeQuery{}, 100, []int64{5, 8, 9}},
		{0, collab.ChangeQuery{}, 2, []int64{3, 4}},
		{0, collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCall}}, 100, []int64{4, 9}},
		{0, collab.ChangeQuery{Types: []collab.EntityType{collab.TypeCall, collab.TypeMeeting}}, 100, []int64{4, 8, 9}},
		{0, collab.ChangeQuery{EntityID: &acme}, 100, []int64{3, 5}},
		{0, collab.ChangeQuery{EntityID: &acme, Types: []collab.EntityType{collab.TypeCall}}, 100, []int64{}},
		{10, collab.ChangeQuery{}, 100, []int64{}},
	} {
		got := must(f.Other.EntityChanges(t.Context(), c.scope(), test.after, test.query, test.limit))(t)
		equal(t, inJSON(t, test.query), positionsOf(got), test.want)
		for _, change := range got {
			equal(t, "change", change, all[change.Cursor.Position-1])
		}
	}
}

func logCursors(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	grow(c)
	old := c.head().Cursor
	check := func(why string, position int64, want bool) {
		t.Helper()
		err := c.head().Check(collab.Cursor{Epoch: old.Epoch, Position: position})
		if got := err == nil; got != want || !want && collab.CodeOf(err) != collab.ResyncRequired {
			t.Errorf("%s: a cursor at %d answers %v", why, position, err)
		}
	}
	check("whole", 0, true)
	check("whole", 10, true)
	check("future", 11, false)
	f.Prune(t, c.id, 4)
	check("pruned", 3, false)
	check("kept", 4, true)
	f.SetEpoch(t, c.id, old.Epoch^1)
	check("another epoch", 10, false)
	if got := c.head(); got.Epoch != old.Epoch^1 || c.log(9)[0].Cursor.Epoch != got.Epoch {
		t.Errorf("the head is %v, the change at %v", got, c.log(9)[0].Cursor)
	}
}

func logPruned(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := grow(c)
	f.Prune(t, c.id, 4)
	if got := c.head(); got.Oldest != 5 || got.Position != 10 {
		t.Errorf("the head is %v", got)
	}
	equal(t, "log", c.log(0), all[4:])
	if got := c.entity(all[3].EntityID); got != nil {
		t.Errorf("a deleted entity is there: %v", got)
	}
	acme := all[2].EntityID
	if got := c.entity(acme); got == nil || got.DisplayName() != "Acme Ltd" {
		t.Errorf("the entity is %v", got)
	}
	at := []collab.EntityVersion{{ID: acme, Version: 1}, {ID: acme, Version: 2}}
	if got := must(f.Store.EntitiesAt(t.Context(), c.scope(), at))(t); len(got) != 1 || got[at[1]] == nil {
		t.Errorf("versions are %s", inJSON(t, len(got)))
	}
}

func logPrunedEmpty(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	grow(c)
	f.Prune(t, c.id, 10)
	if got := c.head(); got.Oldest != 11 || got.Position != 10 {
		t.Errorf("the head is %v", got)
	}
	if err := c.head().Check(c.head().Cursor); err != nil {
		t.Errorf("a cursor at the head answers %v", err)
	}
	c.create(customer("next"))
	equal(t, "log", positionsOf(c.log(0)), []int64{11})
}

func logEntitiesAt(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id, other := c.create(customer("one")), c.create(customer("other"))
	c.edit(id, rename("two"))
	c.view(id) // a change that only saw version 2
	gone := c.remove(id)
	at := []collab.EntityVersion{{ID: id, Version: 1}, {ID: id, Version: 2}, {ID: id, Version: 3}, {ID: id, Version: 1 << 40}, {ID: other, Version: 1}, {ID: "ent_none", Version: 1}}
	got := must(f.Other.EntitiesAt(t.Context(), c.scope(), at))(t)
	if len(got) != 4 || got[at[0]].DisplayName() != "one" || got[at[1]].DisplayName() != "two" || got[at[4]].DisplayName() != "other" {
		t.Errorf("%d versions came back", len(got))
	}
	equal(t, "version of the deletion", got[at[2]], gone.Snapshot)
	if got[at[2]].Common().Cursor != gone.Cursor {
		t.Errorf("the version of the deletion is at %v, want %v", got[at[2]].Common().Cursor, gone.Cursor)
	}
	if none := must(f.Store.EntitiesAt(t.Context(), c.scope(), nil))(t); len(none) > 0 {
		t.Errorf("without a version, %d came back", len(none))
	}
}
