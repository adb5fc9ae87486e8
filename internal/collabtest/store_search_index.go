package collabtest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"tandem/internal/collab"
)

// indexAll brings the index of the company up to date, however small it is.
func (c *company) indexAll() {
	c.t.Helper()
	for more := true; more; {
		var err error
		if more, err = c.store.Index(c.t.Context(), c.id, 1); err != nil {
			c.t.Fatal(err)
		}
	}
}

// Rows of an earlier release have text in another form. They are found and sorted by
// the present one as soon as the organization was indexed, also if it is small.
func searchRefolds(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.createSearched([]string{"STRASSE", "Stra\u00dfe", "Jose\u0301"})
	claims := collab.Claims{UserID: "zoe", OrganizationID: c.id, Role: collab.RoleMember, Name: "\u00c9mile"}
	must(Join(t.Context(), c.store, claims, c.now()))(t)
	for present, earlier := range map[string]string{"strasse": "stra\u00dfe", "jos\u00e9": "jose\u0301"} {
		f.Exec(t, fmt.Sprintf("UPDATE entities SET search = '%s', name_key = 'zzz' WHERE org_id = '%s' AND search = '%s'", earlier, c.id, present))
	}
	f.Exec(t, fmt.Sprintf("UPDATE members SET name_key = 'a' WHERE org_id = '%s' AND user_id = 'zoe'", c.id))
	for more := true; more; {
		more = must(c.store.Index(t.Context(), c.id, 1000))(t)
	}
	if got := c.list(collab.EntityQuery{Search: "strasse"}); len(got) != 2 {
		t.Errorf("a search for strasse finds %v", got)
	}
	if got := c.list(collab.EntityQuery{Search: "jos\u00e9"}); len(got) != 1 {
		t.Errorf("a search for jos\u00e9 finds %v", got)
	}
	members := must(c.store.Members(t.Context(), c.id, nil, 10))(t)
	equal(t, "members", idsOf(members, memberID), []collab.ID{ann, "zoe"})
	if got := must(c.store.Unindexed(t.Context(), 1000))(t); slices.Contains(got, c.id) {
		t.Error("a small organization of the present form is unindexed")
	}
	if got := must(c.store.Unindexed(t.Context(), 2))(t); !slices.Contains(got, c.id) {
		t.Error("an organization that is not small is not unindexed")
	}
}

// Instances that index at once, while others write, leave one right index.
func searchIndexedAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	var all sync.WaitGroup
	for _, store := range []collab.Store{f.Store, f.Other} {
		all.Go(func() {
			for range 10 {
				if _, err := store.Index(t.Context(), c.id, 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	names := c.createSearched(searched)
	all.Wait()
	checkSearches(t, c, names)
	c.indexAll()
	checkSearches(t, c, names)
}

// An organization whose texts are too long for one batch, although its entities are few, is
// indexed batch by batch to its end.
func searchIndexesLongTexts(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	const calls, few = 40, 256
	for i := range calls {
		of := call(fmt.Sprint("Call ", i), nil)
		of.Notes = new(strings.Repeat(fmt.Sprint("note ", i, " "), 1_200))
		c.create(of)
	}
	batches := 0
	for more := true; more; batches++ {
		if more = must(c.store.Index(t.Context(), c.id, few))(t); batches > calls {
			t.Fatalf("after %d batches the index still lacks something", batches)
		}
	}
	if batches < 2 {
		t.Fatalf("one batch took the texts of all %d calls", calls)
	}
	if got := c.list(collab.EntityQuery{Type: collab.TypeCall, Search: "note 39 note 39"}); len(got) != 1 {
		t.Errorf("a search finds %d calls", len(got))
	}
}

// Deleted and replaced texts leave the index.
func searchForgets(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	deleted, renamed := c.create(customer("Quirinal")), c.create(customer("Quirin"))
	c.indexAll()
	if got := f.Dump(t, c.id); !strings.Contains(got, "=qui") {
		t.Error("the index lacks what is there")
	}
	c.remove(deleted)
	c.edit(renamed, rename("Ajax"))
	c.indexAll()
	if got := f.Dump(t, c.id); strings.Contains(got, "=qui") {
		t.Error("the index has what was deleted, or replaced")
	}
	c.restore(deleted)
	c.indexAll()
	equal(t, "search for quirinal", c.list(collab.EntityQuery{Search: "quirinal"}), []collab.ID{deleted})
}
