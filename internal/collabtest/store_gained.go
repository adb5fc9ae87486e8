package collabtest

import (
	"fmt"
	"slices"
	"testing"

	"tandem/internal/collab"
)

var gainedTests = []storeTest{
	{"EntitiesAtHead/OneState", entitiesAtHead},
	{"HiddenEntities/ByScope", hiddenEntities},
	{"AccessHistory/NewestOfEach", accessHistory},
	{"Changes/TimeOfTheVersionBefore", changesPrior},
}

func entitiesAtHead(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	a, b := c.create(customer("a")), c.create(customer("b"))
	secret := customer("secret")
	secret.Visibility = collab.VisibleRestricted
	hidden := c.create(secret)
	c.remove(b)
	ids := []collab.ID{hidden, b, a, "nothing"}
	for scope, want := range map[collab.Scope][]collab.ID{{OrgID: c.id, All: true}: {a, b, hidden}, {OrgID: c.id, UserID: "bob"}: {a, b}, {OrgID: c.id}: {a, b}} {
		head, entities, err := f.Other.EntitiesAtHead(t.Context(), scope, ids)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "entities", idsOf(entities, entityID), slices.Sorted(slices.Values(want)))
		equal(t, "head", head, c.head())
	}
	if _, entities, err := f.Store.EntitiesAtHead(t.Context(), c.scope(), nil); len(entities) > 0 || err != nil {
		t.Errorf("no ids name %v, %v", entities, err)
	}
}

func hiddenEntities(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.create(customer("open"))
	var hidden []collab.ID
	for range 3 {
		secret := customer("secret")
		secret.Visibility = collab.VisibleRestricted
		hidden = append(hidden, c.create(secret))
	}
	slices.Sort(hidden)
	ask := func(scope collab.Scope, types []collab.EntityType, limit int) []collab.ID {
		t.Helper()
		return idsOf(must(f.Store.HiddenEntities(t.Context(), scope, collab.HiddenQuery{Types: types, Limit: limit}))(t), entityID)
	}
	customers := []collab.EntityType{collab.TypeCustomer}
	equal(t, "for bob", ask(collab.Scope{OrgID: c.id, UserID: "bob"}, customers, 10), hidden)
	equal(t, "at most two", ask(collab.Scope{OrgID: c.id}, customers, 2), hidden[:2])
	equal(t, "calls", ask(collab.Scope{OrgID: c.id}, []collab.EntityType{collab.TypeCall}, 10), []collab.ID{})
	equal(t, "for admins", ask(collab.Scope{OrgID: c.id, All: true}, customers, 10), []collab.ID{})
	named := collab.HiddenQuery{Types: customers, IDs: []collab.ID{hidden[2], "cus_none"}, Limit: 10}
	equal(t, "by id", idsOf(must(f.Other.HiddenEntities(t.Context(), collab.Scope{OrgID: c.id, UserID: "bob"}, named))(t), entityID), hidden[2:])
	c.grant(hidden[0], "bob", collab.AccessRead)
	c.remove(hidden[1])
	equal(t, "after a grant and a deletion", ask(collab.Scope{OrgID: c.id, UserID: "bob"}, customers, 10), hidden[1:])
}

func accessHistory(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	var want []*collab.Change
	ids := []collab.ID{c.create(customer("a")), c.create(customer("b")), c.create(customer("c"))}
	for i := range 6 {
		id := ids[i%3]
		change := c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			change := c.event(collab.ChangeAccess, st.Entity)
			change.AccessEffects = &collab.AccessEffects{People: map[collab.ID]collab.Effect{"bob": collab.EffectGained}}
			return &collab.Decision{Change: change}, nil
		})
		c.view(id)
		if i >= 3 && i < 5 {
			want = append(want, change)
		}
	}
	equal(t, "history", must(f.Other.AccessHistory(t.Context(), c.id, ids[:2], 1))(t), want)
	if got := must(f.Store.AccessHistory(t.Context(), c.id, ids, 10))(t); len(got) != 6 {
		t.Errorf("there are %d changes of access, want 6", len(got))
	}
}

// A change has the time of the version before, also when it is read from the log.
func changesPrior(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("one"))
	c.create(customer("another"))
	second := c.edit(id, rename("two"))
	c.view(id)
	third := c.remove(id)
	check := func(when string, made func(*collab.Change) collab.Time) {
		t.Helper()
		log := c.through(f.Other).log(0)
		for i, before := range map[int]*collab.Change{2: log[len(log)-5], 0: second} {
			got := log[len(log)-1-i]
			if want := made(before); got.PriorUpdatedAt == nil || *got.PriorUpdatedAt != want {
				t.Errorf("%s: version %d was made after %v, want %v", when, got.EntityVersion, got.PriorUpdatedAt, want)
			}
		}
	}
	check("as it was written", func(before *collab.Change) collab.Time { return before.Snapshot.Common().UpdatedAt })
	f.Exec(t, fmt.Sprintf("UPDATE log SET prior_updated_at = NULL WHERE org_id = '%s'", c.id))
	check("in rows of releases that did not keep it", func(before *collab.Change) collab.Time { return before.OccurredAt })
	if third.PriorUpdatedAt == nil || *third.PriorUpdatedAt != second.Snapshot.Common().UpdatedAt {
		t.Errorf("the change that was written says %v", third.PriorUpdatedAt)
	}
}
