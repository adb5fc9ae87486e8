package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

var stateTests = []storeTest{
	{"WriteState/OnlyWhatIntentNames", stateOnlyAsked},
	{"WriteState/BaseAndLaterChanges", stateBase},
	{"WriteState/NoBaseAfterPruning", statePruned},
	{"WriteState/NewerBases", stateNewerBases},
	{"WriteState/MadeAfter", stateMadeAfter},
	{"WriteState/QueuedConflict", stateQueued},
	{"WriteState/People", statePeople},
	{"WriteState/Customer", stateCustomer},
	{"WriteState/Conflict", stateConflict},
	{"WriteState/RecentViews", stateViewed},
}

// state reads the state that an intent asks for, and writes nothing.
func (c *company) state(intent collab.Intent) *collab.State {
	c.t.Helper()
	var state *collab.State
	c.write(intent, func(st *collab.State) (*collab.Decision, error) {
		state = st
		return &collab.Decision{}, nil
	})
	return state
}

func stateOnlyAsked(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	c.edit(id, rename("Ajax"))
	st := c.state(collab.Intent{})
	if st.Actor == nil || st.Actor.User.ID != ann || st.Actor.Role != collab.RoleAdmin {
		t.Errorf("the actor is %v", st.Actor)
	}
	st.Actor = nil
	equal(t, "state of an empty intent", st, collab.State{Members: map[collab.ID]*collab.Member{}})

	st = c.state(collab.Intent{EntityID: id, BaseVersion: 2, ConflictID: "cfl_none", CustomerID: new(collab.ID("cus_none")), ClientMutationID: new(collab.ID("none"))})
	equal(t, "entity", st.Entity, c.entity(id))
	if st.Entity.Common().Cursor != c.head().Cursor {
		t.Errorf("entity at %v, want %v", st.Entity.Common().Cursor, c.head().Cursor)
	}
	if st.Base != nil || st.Since != nil || st.Earlier != nil || st.Conflict != nil || st.Customer != nil || st.ViewedLately {
		t.Errorf("what is not there came back as %s", inJSON(t, st))
	}
	if st := c.state(collab.Intent{EntityID: "ent_none", BaseVersion: 1}); st.Entity != nil || st.Base != nil || st.Since != nil {
		t.Errorf("an entity that is not there came back as %s", inJSON(t, st))
	}
	if st := c.as("nobody").state(collab.Intent{}); st.Actor != nil {
		t.Errorf("somebody who is not a member came back as %v", st.Actor)
	}
}

func stateBase(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("one"))
	second := c.edit(id, rename("two"))
	c.view(id)
	c.comment(id, "no version")
	third := c.edit(id, rename("three"))
	fourth := c.remove(id)

	st := c.state(collab.Intent{EntityID: id, BaseVersion: 2})
	equal(t, "base", st.Base, second.Snapshot)
	if st.Base.Common().Cursor != second.Cursor {
		t.Errorf("base at %v, want %v", st.Base.Common().Cursor, second.Cursor)
	}
	equal(t, "since, with the values of the actor's changes", st.Since, []*collab.Change{withoutSnapshot(third), withoutSnapshot(fourth)})
	equal(t, "since, by somebody else", c.as("nobody").state(collab.Intent{EntityID: id, BaseVersion: 2}).Since,
		[]*collab.Change{withoutValues(third), withoutValues(fourth)})
	equal(t, "since, by one of the people", c.as("nobody").state(collab.Intent{EntityID: id, BaseVersion: 2, UserIDs: []collab.ID{third.ActorID}}).Since,
		[]*collab.Change{withoutSnapshot(third), withoutSnapshot(fourth)})
	if st := c.state(collab.Intent{EntityID: id, BaseVersion: 1}); len(st.Since) != 3 || st.Base.DisplayName() != "one" {
		t.Errorf("version 1 has the base %q and %d changes since", st.Base.DisplayName(), len(st.Since))
	}
	if st := c.state(collab.Intent{EntityID: id, BaseVersion: 1, MostSince: 2}); len(st.Since) != 2 || st.Since[0].EntityVersion != 3 || st.Base.DisplayName() != "one" {
		t.Errorf("of the newest two, version 1 has the base %q and %s since", st.Base.DisplayName(), inJSON(t, st.Since))
	}
	for _, version := range []int{-1, 0, 4, 5, 1 << 40} {
		if st := c.state(collab.Intent{EntityID: id, BaseVersion: version}); st.Base != nil || st.Since != nil {
			t.Errorf("version %d has the base %v and %d changes since", version, st.Base, len(st.Since))
		}
	}
}

// withoutSnapshot is a change as an activity feed has it.
func withoutSnapshot(c *collab.Change) *collab.Change {
	plain := *c
	plain.Snapshot, plain.Notifications, plain.PriorUpdatedAt = nil, nil, nil
	return &plain
}

// withoutValues is a change as an edit of an earlier version needs it.
func withoutValues(c *collab.Change) *collab.Change {
	plain := withoutSnapshot(c)
	plain.Fields = []*collab.FieldChange{}
	for _, f := range c.Fields {
		plain.Fields = append(plain.Fields, &collab.FieldChange{Field: f.Field, AuthorID: f.AuthorID})
	}
	return plain
}

func statePruned(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("one"))
	second := c.edit(id, rename("two"))
	c.edit(id, rename("three"))
	f.Prune(t, c.id, second.Cursor.Position)
	st := c.state(collab.Intent{EntityID: id, BaseVersion: 1})
	if st.Base != nil || len(st.Since) != 1 || st.Since[0].EntityVersion != 3 || st.Entity.DisplayName() != "three" {
		t.Errorf("base %v, since %s", st.Base, inJSON(t, st.Since))
	}
}

func stateNewerBases(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("one"))
	second := c.edit(id, rename("two"))
	c.comment(id, "no version")
	third := c.edit(id, rename("three"))
	st := c.state(collab.Intent{EntityID: id, BaseVersion: 1, NewerBases: []int{2, 3, 4, 1 << 30}})
	equal(t, "newer bases", map[int]collab.Entity{2: second.Snapshot, 3: third.Snapshot}, snapshots(st.NewerBases))
	f.Prune(t, c.id, second.Cursor.Position)
	st = c.state(collab.Intent{EntityID: id, BaseVersion: 1, NewerBases: []int{2, 3}})
	equal(t, "newer bases after pruning", map[int]collab.Entity{3: third.Snapshot}, snapshots(st.NewerBases))
}

func snapshots(changes map[int]*collab.Change) map[int]collab.Entity {
	entities := make(map[int]collab.Entity, len(changes))
	for version, change := range changes {
		entities[version] = change.Snapshot
	}
	return entities
}

// named renames an entity by a mutation that its client named.
func (c *company) named(id collab.ID, key, name string) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		decision, err := c.editing(collab.ChangeUpdate, rename(name))(st)
		if err == nil {
			decision.Change.ClientMutationID = new(collab.ID(key))
		}
		return decision, err
	})
}

func stateMadeAfter(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id, other := c.create(customer("one")), c.create(customer("other"))
	c.named(other, "elsewhere", "two")
	c.named(id, "before", "two")
	third := c.named(id, "a", "three")
	c.as("bob").named(id, "b", "four")
	ids := []collab.ID{"a", "b", "before", "elsewhere", "never"}
	st := c.state(collab.Intent{EntityID: id, BaseVersion: 2, MadeAfter: ids})
	equal(t, "made after", st.MadeAfter, map[int]*collab.Change{3: withoutSnapshot(third)})
	if st := c.state(collab.Intent{EntityID: id, BaseVersion: 4, MadeAfter: ids}); len(st.MadeAfter) != 0 {
		t.Errorf("before the base there were %s", inJSON(t, st.MadeAfter))
	}
	for range collab.MostMadeAfterRead {
		c.edit(id, rename("later"))
	}
	if st := c.state(collab.Intent{EntityID: id, BaseVersion: 2, MadeAfter: ids}); len(st.MadeAfter) != 0 {
		t.Errorf("of long ago there are %s", inJSON(t, st.MadeAfter))
	}
}

func stateQueued(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id := c.create(customer("Acme"))
	second := c.edit(id, rename("Ajax"))
	conflict := &collab.Conflict{
		ID: collab.NewID("cfl", time.Now()), EntityType: collab.TypeCustomer, EntityID: id, BaseVersion: 1, RemoteVersion: 2,
		Fields: []*collab.FieldConflict{}, Patch: collab.Fields{}, DetectedAt: c.now(), DetectedForID: c.actor,
	}
	meet := func(key collab.ID) {
		c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			change := c.event(collab.ChangeConflict, st.Entity)
			change.ConflictID, change.ClientMutationID = &conflict.ID, &key
			return &collab.Decision{Change: change, Conflict: conflict}, nil
		})
	}
	meet("met")
	asked := collab.Intent{EntityID: id, BaseVersion: 1, MadeAfter: []collab.ID{"never", "met"}}
	st := c.state(asked)
	equal(t, "conflict", st.QueuedConflict, conflict)
	equal(t, "remote version", snapshots(st.NewerBases), map[int]collab.Entity{2: second.Snapshot})
	if st := c.state(collab.Intent{EntityID: id, BaseVersion: 1, MadeAfter: []collab.ID{"never"}}); st.QueuedConflict != nil {
		t.Errorf("a conflict that no named mutation met came back: %s", inJSON(t, st.QueuedConflict))
	}
	if st := c.as("bob").state(asked); st.QueuedConflict != nil {
		t.Errorf("somebody else's conflict came back: %s", inJSON(t, st.QueuedConflict))
	}
	conflict.Resolution, conflict.ResolvedByID, conflict.ResolvedAt = new(collab.ResolveLocal), &c.actor, new(c.now())
	meet("resolved")
	if st := c.state(asked); st.QueuedConflict != nil {
		t.Errorf("a resolved conflict came back: %s", inJSON(t, st.QueuedConflict))
	}
}

func statePeople(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve", "joe")
	f.Remove(t, c.id, "eve")
	st := c.state(collab.Intent{UserIDs: []collab.ID{"bob", "eve", "nobody", "bob"}})
	equal(t, "members", st.Members, map[collab.ID]*collab.Member{
		"bob": {Role: collab.RoleAdmin, User: &collab.User{ID: "bob", Name: "bob"}},
		"eve": {Role: collab.RoleAdmin, User: &collab.User{ID: "eve", Name: "eve"}, Removed: true},
	})
	if st := c.state(collab.Intent{UserIDs: []collab.ID{ann}}); st.Members[ann] == nil {
		t.Error("the actor is not among the people that were asked for")
	}
	if st := c.as("eve").state(collab.Intent{UserIDs: []collab.ID{"eve"}}); st.Actor == nil || !st.Actor.Removed {
		t.Errorf("removed, the actor is %v", st.Actor)
	}
}

func stateCustomer(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	there, gone := c.create(customer("there")), c.create(customer("gone"))
	planned := c.create(call("a call", &there))
	c.remove(gone)
	if st := c.state(collab.Intent{CustomerID: &there}); st.Customer == nil || st.Customer.Name != "there" {
		t.Errorf("the customer is %v", st.Customer)
	}
	for _, id := range []collab.ID{gone, planned, "cus_none"} {
		if st := c.state(collab.Intent{CustomerID: &id}); st.Customer != nil {
			t.Errorf("%s came back as %v", id, st.Customer)
		}
	}
}

func stateConflict(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	conflict := c.collide(id)
	equal(t, "conflict", c.state(collab.Intent{EntityID: id, ConflictID: conflict.ID}).Conflict, conflict)
}

func stateViewed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id, other := c.create(customer("Acme")), c.create(customer("Ajax"))
	at := c.view(id).OccurredAt
	c.edit(other, rename("no view"))
	earlier := collab.At(at.Add(-time.Millisecond))
	for _, test := range []struct {
		who   *company
		id    collab.ID
		since collab.Time
		want  bool
	}{
		{c, id, earlier, true},
		{c, id, at, false},
		{c, other, earlier, false},
		{c.as("bob"), id, earlier, false},
	} {
		if got := test.who.state(collab.Intent{EntityID: test.id, ViewedSince: &test.since}).ViewedLately; got != test.want {
			t.Errorf("%s viewed %s after %v: %v", test.who.actor, test.id, test.since, got)
		}
	}
}
