package collabtest

import (
	"encoding/json"
	"testing"
	"time"

	"tandem/internal/collab"
)

var conflictTests = []storeTest{
	{"Conflicts/ByID", conflictsByID},
	{"Conflicts/ReplacedAsTheyMoveOn", conflictsReplaced},
	{"ListConflicts/NewestFirst", conflictsListed},
	{"ListConflicts/FiltersByStateAndOwner", conflictsFiltered},
	{"Conflicts/HaveCurrentEntity", conflictsWithEntity},
}

// collide commits a conflict about an entity.
func (c *company) collide(id collab.ID) *collab.Conflict {
	c.t.Helper()
	conflict := &collab.Conflict{
		ID: collab.NewID("cfl", time.Now()), EntityType: collab.TypeCustomer, EntityID: id, BaseVersion: 1, RemoteVersion: 2,
		Fields: []*collab.FieldConflict{{
			Field: "name", Base: collab.JSON(`null`), Local: collab.JSON(`"M\u0026M \u003c🙂\u003e"`), Remote: collab.JSON(`["a","b"]`),
			RemoteChangedByID: new(ann), RemoteChangedAt: new(c.now()),
		}},
		Patch:         collab.Fields{"name": json.RawMessage(`"M\u0026M"`), "tags": json.RawMessage(`["a","b"]`), "notes": json.RawMessage(`null`)},
		DetectedForID: c.actor,
	}
	c.keep(conflict)
	return conflict
}

// keep commits a conflict as it is now.
func (c *company) keep(conflict *collab.Conflict) {
	c.t.Helper()
	c.write(collab.Intent{EntityID: conflict.EntityID}, func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeConflict, st.Entity)
		change.ConflictID = &conflict.ID
		if conflict.DetectedAt.IsZero() {
			conflict.DetectedAt = change.OccurredAt
		}
		return &collab.Decision{Change: change, Conflict: conflict}, nil
	})
}

// resolve ends a conflict.
func (c *company) resolve(conflict *collab.Conflict) {
	c.t.Helper()
	conflict.Resolution, conflict.ResolvedByID, conflict.ResolvedAt = new(collab.ResolveLocal), new(ann), new(c.now())
	c.keep(conflict)
}

func (c *company) conflicts(query collab.ConflictQuery) []collab.ID {
	c.t.Helper()
	count := must(c.store.CountConflicts(c.t.Context(), c.scope(), query))(c.t)
	if query.Limit == 0 {
		query.Limit = 1000
	}
	ids := idsOf(must(c.store.ListConflicts(c.t.Context(), c.scope(), query))(c.t), conflictID)
	if query.After == nil && query.Limit == 1000 && count != len(ids) {
		c.t.Errorf("counts %d and lists %d", count, len(ids))
	}
	return ids
}

func conflictsByID(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	a, b := c.collide(id), c.collide(id)
	got := must(f.Other.Conflicts(t.Context(), c.scope(), []collab.ID{a.ID, b.ID, "cfl_none", a.ID}))(t)
	equal(t, "conflicts", got, map[collab.ID]*collab.Conflict{a.ID: a, b.ID: b})
	// Merging compares values by their bytes, so a store may not reformat them.
	for field, value := range a.Patch {
		if kept := got[a.ID].Patch[field]; string(kept) != string(value) {
			t.Errorf("%s came back as %s, want %s", field, kept, value)
		}
	}
	if kept := got[a.ID].Fields[0]; string(kept.Local) != string(a.Fields[0].Local) || string(kept.Remote) != string(a.Fields[0].Remote) {
		t.Errorf("the field came back as %s and %s", kept.Local, kept.Remote)
	}
}

func conflictsReplaced(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	conflict := c.collide(id)
	conflict.BaseVersion, conflict.RemoteVersion, conflict.DetectedAt = 2, 3, c.now()
	conflict.Fields[0].Field, conflict.Patch = "email", collab.Fields{"email": json.RawMessage(`"a@b"`)}
	conflict.Authors, conflict.Audience, conflict.BaseAudience = map[string]collab.ID{"email": "bob"}, []collab.ID{ann, "bob"}, []collab.ID{}
	c.keep(conflict)
	check := func() {
		t.Helper()
		got := must(f.Other.Conflicts(t.Context(), c.scope(), []collab.ID{conflict.ID}))(t)
		equal(t, "conflict", got[conflict.ID], conflict)
	}
	check()
	c.resolve(conflict)
	check()
	if got := c.conflicts(collab.ConflictQuery{}); len(got) != 1 {
		t.Errorf("there are %d", len(got))
	}
}

// A conflict has its entity, also once that is deleted, and whatever of the log is kept.
func conflictsWithEntity(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	conflict := c.collide(id)
	c.edit(id, rename("Acme Ltd"))
	removed := c.remove(id)
	f.Prune(t, c.id, removed.Cursor.Position-1)
	read := must(f.Other.Conflicts(t.Context(), c.scope(), []collab.ID{conflict.ID}))(t)[conflict.ID]
	listed := must(f.Other.ListConflicts(t.Context(), c.scope(), collab.ConflictQuery{Limit: 10}))(t)
	for _, got := range append(listed, read) {
		if got == nil || got.Entity == nil {
			t.Fatalf("got %s", inJSON(t, got))
		}
		equal(t, "entity", got.Entity, removed.Snapshot)
		equal(t, "cursor", got.Entity.Common().Cursor, removed.Cursor)
	}
}

func conflictsListed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	at := c.now()
	for _, conflictID := range []collab.ID{"cfl_b", "cfl_a", "cfl_c"} {
		c.keep(&collab.Conflict{ID: conflictID, EntityType: collab.TypeCustomer, EntityID: id, DetectedAt: at, DetectedForID: ann})
	}
	newest := c.collide(id)
	equal(t, "conflicts", c.conflicts(collab.ConflictQuery{}), []collab.ID{newest.ID, "cfl_c", "cfl_b", "cfl_a"})
	equal(t, "first page", c.conflicts(collab.ConflictQuery{Limit: 2}), []collab.ID{newest.ID, "cfl_c"})
	c.collide(id)
	after := &collab.SortKey{Time: at, ID: "cfl_c"}
	equal(t, "second page", c.conflicts(collab.ConflictQuery{After: after, Limit: 2}), []collab.ID{"cfl_b", "cfl_a"})
}

func conflictsFiltered(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme, ajax := c.create(customer("Acme")), c.create(customer("Ajax"))
	open, done, other := c.collide(acme), c.collide(acme), c.collide(ajax)
	c.resolve(done)
	for _, test := range []struct {
		query collab.ConflictQuery
		want  []collab.ID
	}{
		{collab.ConflictQuery{}, []collab.ID{other.ID, done.ID, open.ID}},
		{collab.ConflictQuery{Open: new(true)}, []collab.ID{other.ID, open.ID}},
		{collab.ConflictQuery{Open: new(false)}, []collab.ID{done.ID}},
		{collab.ConflictQuery{EntityID: &acme}, []collab.ID{done.ID, open.ID}},
		{collab.ConflictQuery{EntityID: &acme, Open: new(true)}, []collab.ID{open.ID}},
		{collab.ConflictQuery{EntityID: new(collab.ID("ent_none"))}, []collab.ID{}},
	} {
		equal(t, inJSON(t, test.query), c.conflicts(test.query), test.want)
	}
}
