package collab

import (
	"reflect"
	"sync"
	"testing"
)

// The entity before a change is that of the log, shares no memory that is written, and is made once for all filters.
func TestBeforeAChange(t *testing.T) {
	t.Parallel()
	for _, of := range EntityTypes {
		before := validEntity(of)
		old, err := fieldsOf(before)
		if err != nil {
			t.Fatal(err)
		}
		after, err := overlay(before, mustCanonical(t, of, Patch{"visibility": "RESTRICTED", "ownerId": "ann"}))
		if err != nil {
			t.Fatal(err)
		}
		set, err := fieldsOf(after)
		if err != nil {
			t.Fatal(err)
		}
		old["ownerId"] = []byte(`"bob"`)
		for name := range old {
			if !isNull(old[name]) && old[name][0] == '[' {
				old[name] = []byte(`["old"]`)
			}
		}
		snapshot, _ := EncodeEntity(after)
		c := &Change{OrgID: "acme", Type: ChangeUpdate, EntityType: of, EntityID: after.Common().ID, Fields: diff(old, set), Snapshot: after}
		want, err := overlay(after, old)
		if err != nil {
			t.Fatal(err)
		}
		c.FollowAt(&before.Common().CreatedAt)
		found := make([]Entity, 8)
		var wait sync.WaitGroup
		for i := range found {
			wait.Go(func() {
				view := ListView{Scope: Scope{OrgID: "acme", All: true}, Filter: &EntityQuery{Type: of}}
				shown := view.Show(c)
				if shown == nil || shown.Transition() != TransitionStayed {
					t.Errorf("%s: it shows %v", of, shown)
					return
				}
				found[i], _ = shown.before()
			})
		}
		wait.Wait()
		for _, e := range found {
			if e != found[0] || !reflect.DeepEqual(e, want) {
				t.Errorf("%s: before it was %v, want %v", of, e, want)
			}
		}
		if now, _ := EncodeEntity(after); string(now) != string(snapshot) {
			t.Errorf("%s: the snapshot became %s", of, now)
		}
		if folded := Fold(c, c); folded.earlier != nil {
			t.Errorf("%s: folded changes have what was before the second", of)
		}
	}
}

// A change of an entity that a filter can never match costs nothing more.
func TestConditionsThatNeverChange(t *testing.T) {
	t.Parallel()
	e := validEntity(TypeCustomer)
	created := e.Common().CreatedAt
	for name, test := range map[string]struct {
		query EntityQuery
		may   bool
	}{
		"no condition":    {EntityQuery{}, true},
		"the type":        {EntityQuery{Type: TypeCustomer}, true},
		"another type":    {EntityQuery{Type: TypeDeal}, false},
		"another id":      {EntityQuery{IDs: []ID{"cus_2"}}, false},
		"no id":           {EntityQuery{IDs: []ID{}}, false},
		"created before":  {EntityQuery{CreatedBefore: &created}, false},
		"created then":    {EntityQuery{CreatedAfter: &created}, true},
		"another stage":   {EntityQuery{Status: []string{"ACTIVE"}}, true},
		"a deleted one":   {EntityQuery{Deleted: true}, true},
		"another's":       {EntityQuery{OwnerIDs: []ID{"bob"}}, true},
		"another text":    {EntityQuery{Search: "zebra"}, true},
		"updated earlier": {EntityQuery{UpdatedBefore: &created}, true},
	} {
		if may := test.query.mayEverMatch(e); may != test.may {
			t.Errorf("%s: %v", name, may)
		}
		c := &Change{OrgID: "acme", Type: ChangeUpdate, EntityID: e.Common().ID, EntityType: TypeCustomer, Snapshot: e}
		c.FollowAt(nil)
		(&ListView{Scope: Scope{OrgID: "acme", All: true}, Filter: &test.query}).Show(c)
		if isMade := c.earlier.entity != nil; isMade != test.may {
			t.Errorf("%s: the entity before the change is made: %v", name, isMade)
		}
	}
}
