package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

var stateTests = map[string]func(*testing.T, StoreFixture){
	"has what was asked for and nothing else": stateOnlyAsked,
	"has the base and what came since":        stateBase,
	"has no base that is kept no more":        statePruned,
	"has people who are members":              statePeople,
	"has a customer that is there":            stateCustomer,
	"has the conflict":                        stateConflict,
	"knows what was viewed lately":            stateViewed,
}

// state reads the state that an intent asks for, and writes nothing.
func (c *company) state(intent collab.Intent) *collab.State {
	c.t.Helper()
	var state *collab.State
	c.write(intent, func(st *collab.State) (*collab.Decision, error) {
		state = st
		return nil, nil
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
		t.Errorf("somebody who is no member came back as %v", st.Actor)
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
	equal(t, "since", st.Since, []*collab.Change{withoutValues(third), withoutValues(fourth)})
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
	plain.Snapshot, plain.Notifications = nil, nil
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
