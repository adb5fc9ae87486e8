package collabtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

// valued creates calls, deals and meetings, of which some lack a time or an amount, and some have equal ones.
func valued(c *company) []collab.Entity {
	c.t.Helper()
	var all []collab.Entity
	for i := range 12 {
		at := collab.At(founding.Add(time.Duration(i%3) * time.Hour))
		talk, offer, visit := call("call", nil), deal("deal", nil), meeting("meeting", nil)
		visit.StartsAt = at
		if i%4 > 0 {
			talk.ScheduledAt = &at
			offer.AmountMinor, offer.Currency = new(collab.SafeInt(1000*(i%3)-1000)), new("EUR")
			offer.ExpectedCloseDate = new(collab.Date(fmt.Sprintf("2027-03-%02d", 1+i%5)))
		}
		if i%3 == 0 {
			talk.OwnerID, offer.OwnerID, visit.OwnerID = new(ann), new(ann), new(ann)
		}
		for _, e := range []collab.Entity{talk, offer, visit} {
			c.create(e)
			all = append(all, e)
		}
	}
	return all
}

// listLacking pages along the orders by a value that not every entity has.
func listLacking(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := valued(c)
	for _, query := range []collab.EntityQuery{
		{Type: collab.TypeCall, Order: "SCHEDULED_AT_ASC"}, {Type: collab.TypeCall, Order: "SCHEDULED_AT_DESC"},
		{Type: collab.TypeDeal, Order: "EXPECTED_CLOSE_ASC"}, {Type: collab.TypeDeal, Order: "EXPECTED_CLOSE_DESC"},
		{Type: collab.TypeDeal, Order: "AMOUNT_DESC"},
		{Type: collab.TypeMeeting, Order: "STARTS_AT_ASC"}, {Type: collab.TypeMeeting, Order: "STARTS_AT_DESC"},
	} {
		for _, owned := range []*collab.ID{nil, new(ann)} {
			query.OwnerID = owned
			var want []collab.Entity
			for _, e := range all {
				if query.Matches(e) {
					want = append(want, e)
				}
			}
			slices.SortFunc(want, func(a, b collab.Entity) int { return compareBy(query, a, b) })
			for _, limit := range []int{1, 5, 100} {
				query.Limit = limit
				equal(t, fmt.Sprint(query.Order, " by ", limit), c.pages(query, func() {}), idsOf(want, entityID))
				c.indexAll()
			}
		}
	}
}

// compareBy compares entities as the query's order sorts them.
func compareBy(query collab.EntityQuery, a, b collab.Entity) int {
	one, other := query.SortKey(a), query.SortKey(b)
	if one.IsLast != other.IsLast {
		return map[bool]int{true: 1, false: -1}[one.IsLast]
	}
	order := cmp.Or(one.Time.Compare(other.Time.Time), strings.Compare(one.Name, other.Name), cmp.Compare(one.Amount, other.Amount),
		strings.Compare(string(one.ID), string(other.ID)))
	if query.Sorting().Descending {
		return -order
	}
	return order
}

// An index that an earlier release made has no keys of some kinds. It is rewritten batch by batch, and
// lists are right before, meanwhile and after.
func listRekeyed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	var attended, unowned []collab.ID
	for i := range 30 {
		visit := meeting(fmt.Sprint("Meeting ", i), nil)
		visit.Notes = new(strings.Repeat("long ", 3000)) // so that one batch does not take them all
		if i%3 == 0 {
			visit.AttendeeIDs = []collab.ID{"bob"}
			attended = append(attended, c.create(visit))
		} else {
			visit.OwnerID = new(ann)
			c.create(visit)
		}
		if visit.OwnerID == nil {
			unowned = append(unowned, visit.ID)
		}
	}
	var offers []collab.ID
	for i := range 4 {
		offer := deal("deal", nil)
		offer.AmountMinor, offer.Currency = new(collab.SafeInt(100*i)), new("EUR")
		offers = append([]collab.ID{c.create(offer)}, offers...)
	}
	c.indexAll()
	earlier := strings.ReplaceAll(fmt.Sprintf(`UPDATE search_state SET keyed = 0, form = 1 WHERE org_id = '%[1]s'
		;DELETE FROM search_chunks WHERE org_id = '%[1]s' AND (key = 'n' OR key = 'pbob')
		;UPDATE entities SET amount = NULL WHERE org_id = '%[1]s'
		;UPDATE search_documents SET source = replace(replace(source, '|n', ''), '|pbob', '') WHERE org_id = '%[1]s'`, c.id), "|", "\x1f")
	for _, statement := range strings.Split(earlier, ";") {
		f.Exec(t, statement)
	}
	check := func() {
		t.Helper()
		for want, query := range map[*[]collab.ID]collab.EntityQuery{
			&attended: {Type: collab.TypeMeeting, AttendeeIDs: []collab.ID{"bob", "nobody"}},
			&unowned:  {Type: collab.TypeMeeting, Unowned: true},
		} {
			query.Order = "STARTS_AT_ASC"
			equal(t, inJSON(t, query), c.list(query), slices.Sorted(slices.Values(*want)))
			equal(t, "count of "+inJSON(t, query), must(c.store.CountEntities(t.Context(), c.scope(), query))(t), collab.Count{N: len(*want), IsExact: true})
		}
	}
	check()
	if got := must(c.store.Unindexed(t.Context(), 1000))(t); !slices.Contains(got, c.id) {
		t.Error("an organization whose index lacks keys is not unindexed")
	}
	batches := 0
	for more := true; more; batches++ {
		more = must(c.store.Index(t.Context(), c.id, 1))(t)
		check()
	}
	if batches < 3 {
		t.Errorf("the index was rewritten in %d batches", batches)
	}
	if got := f.Dump(t, c.id); !strings.Contains(got, "pbob") {
		t.Error("the index still lacks keys")
	}
	equal(t, "deals by amount", c.list(collab.EntityQuery{Type: collab.TypeDeal, Order: "AMOUNT_DESC"}), offers)
}
