package collabtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

var listTests = []storeTest{
	{"ListEntities/OrdersTiesByID", listOrders},
	{"ListEntities/PagesWithoutRepeatOrGap", listPages},
	{"ListEntities/PagesAreStableWhileRowsAreInserted", listStable},
	{"ListEntities/OrdersNamesByBytes", listNames},
	{"ListEntities/EntitiesWithoutTheValueComeLast", listLacking},
	{"ListEntities/IndexOfAnEarlierForm", listRekeyed},
	{"RelatedEntities/CutForEachCustomer", listRelated},
	{"RelatedEntities/EveryOrder", listRelatedOrders},
	{"RelatedEntities/AfterOnePlace", listRelatedAfter},
}

var orders = []collab.EntityOrder{collab.OrderUpdatedDesc, collab.OrderUpdatedAsc, collab.OrderNameAsc, collab.OrderCreatedDesc}

// crowd creates customers, among them several of the same name and times, in an
// order that is none of the orders of a list.
func crowd(c *company, customerID *collab.ID) []collab.Entity {
	c.t.Helper()
	var all []collab.Entity
	for i, first := range []string{"b", "A", "_", "z", "a", "9", "é", "B", "-", "É", "Z", "~"} {
		e := call([]string{"b", "A", "c"}[i%3], customerID)
		e.ID = collab.ID(first + "-" + string(c.id))
		e.CreatedAt = collab.At(founding.Add(time.Duration(i%4) * time.Millisecond))
		e.UpdatedAt = collab.At(founding.Add(time.Duration(i%5) * time.Hour))
		c.create(e)
		all = append(all, e)
	}
	return all
}

// sorted is what a list in an order has to be.
func sorted(all []collab.Entity, order collab.EntityOrder) []collab.ID {
	byID := func(a, b collab.Entity) int { return strings.Compare(string(entityID(a)), string(entityID(b))) }
	compare := map[collab.EntityOrder]func(a, b collab.Entity) int{
		collab.OrderUpdatedAsc:  func(a, b collab.Entity) int { return a.Common().UpdatedAt.Compare(b.Common().UpdatedAt.Time) },
		collab.OrderUpdatedDesc: func(a, b collab.Entity) int { return b.Common().UpdatedAt.Compare(a.Common().UpdatedAt.Time) },
		collab.OrderCreatedDesc: func(a, b collab.Entity) int { return b.Common().CreatedAt.Compare(a.Common().CreatedAt.Time) },
		collab.OrderNameAsc: func(a, b collab.Entity) int {
			return strings.Compare(collab.NameKey(a.DisplayName()), collab.NameKey(b.DisplayName()))
		},
	}[order]
	return idsOf(slices.SortedFunc(slices.Values(all), func(a, b collab.Entity) int {
		if n := compare(a, b); n != 0 {
			return n
		}
		if strings.HasSuffix(string(order), "_DESC") {
			return byID(b, a)
		}
		return byID(a, b)
	}), entityID)
}

// placeOf is the place of an entity in an order.
func placeOf(e collab.Entity, order collab.EntityOrder) *collab.SortKey {
	return new(collab.EntityQuery{Type: e.Common().Type, Order: order}.SortKey(e))
}

func listOrders(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := crowd(c, nil)
	for _, order := range orders {
		equal(t, string(order), c.list(collab.EntityQuery{Type: collab.TypeCall, Order: order}), sorted(all, order))
	}
}

// pages reads a list to its end, and calls between after every page.
func (c *company) pages(query collab.EntityQuery, between func()) []collab.ID {
	c.t.Helper()
	var ids []collab.ID
	for {
		page := must(c.store.ListEntities(c.t.Context(), c.scope(), query))(c.t)
		if len(page) == 0 || len(ids) > 1000 {
			return ids
		}
		ids = append(ids, idsOf(page, entityID)...)
		query.After = placeOf(page[len(page)-1], query.Order)
		between()
	}
}

func listPages(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := crowd(c, nil)
	for _, order := range orders {
		for _, limit := range []int{1, 5, 12} {
			query := collab.EntityQuery{Type: collab.TypeCall, Order: order, Limit: limit}
			equal(t, fmt.Sprint(order, " by ", limit), c.pages(query, func() {}), sorted(all, order))
		}
	}
	if got := must(f.Store.ListEntities(t.Context(), c.scope(), collab.EntityQuery{Type: collab.TypeCall}))(t); len(got) > 0 {
		t.Errorf("a page of 0 has %d", len(got))
	}
}

// Rows that come before or after the place of a page, while it is read, must not
// make it repeat or miss one that was there from the beginning.
func listStable(t *testing.T, f StoreFixture) {
	for _, order := range orders {
		c := found(t, f.Store)
		all := crowd(c, nil)
		n := 0
		got := c.pages(collab.EntityQuery{Type: collab.TypeCall, Order: order, Limit: 2}, func() {
			if n++; n > 6 {
				return
			}
			for _, name := range []string{"a", "b", "z"} {
				late := call(name, nil)
				late.CreatedAt = collab.At(founding.Add(time.Duration(n%5-2) * time.Millisecond))
				late.UpdatedAt = collab.At(founding.Add(time.Duration(n%7-2) * time.Hour))
				c.create(late)
			}
		})
		there := slices.DeleteFunc(slices.Clone(got), func(id collab.ID) bool { return !strings.HasSuffix(string(id), string(c.id)) })
		equal(t, string(order), there, sorted(all, order))
		if len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
			t.Errorf("%s repeats in %v", order, got)
		}
	}
}

func listNames(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	names := []string{"zebra", "Äpfel", "apple", "Apple pie", "_", "~", "a-b", "a b", "aB", "日本", "Ω", "🙂", "1", "10", "2", ""}
	for _, name := range names {
		e := customer(name)
		e.ID = collab.ID("name " + name)
		c.create(e)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(collab.NameKey(a), collab.NameKey(b)) })
	var want []collab.ID
	for _, name := range names {
		want = append(want, collab.ID("name "+name))
	}
	equal(t, "names", c.list(collab.EntityQuery{}), want)
	equal(t, "names in pages", c.pages(collab.EntityQuery{Type: collab.TypeCustomer, Order: collab.OrderNameAsc, Limit: 1}, func() {}), want)
}

func (c *company) related(query collab.EntityQuery, ids ...collab.ID) map[collab.ID][]collab.ID {
	c.t.Helper()
	related := map[collab.ID][]collab.ID{}
	for id, list := range must(c.store.RelatedEntities(c.t.Context(), c.scope(), ids, query))(c.t) {
		related[id] = idsOf(list, entityID)
	}
	return related
}

func listRelated(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	a, b, none := c.create(customer("a")), c.create(customer("b")), c.create(customer("none"))
	var ofA []collab.ID
	for i := range 5 {
		ofA = append(ofA, c.create(call(fmt.Sprint(i), &a)))
	}
	ofB := c.create(call("b", &b))
	c.create(meeting("another type", &a))
	c.create(call("of nobody", nil))
	query := collab.EntityQuery{Type: collab.TypeCall, Order: collab.OrderUpdatedAsc, Limit: 3, CustomerID: &none}
	equal(t, "related", c.related(query, a, b, none, "cus_none", a), map[collab.ID][]collab.ID{a: ofA[:3], b: {ofB}})
	counts := must(f.Other.CountRelated(t.Context(), c.scope(), []collab.ID{a, b, none, "cus_none", a}, collab.TypeCall))(t)
	if counts[a] != 5 || counts[b] != 1 || counts[none] != 0 || counts["cus_none"] != 0 {
		t.Errorf("counts are %v", counts)
	}
	if got := c.related(query); len(got) > 0 {
		t.Errorf("without a customer there are %v", got)
	}
}

func listRelatedOrders(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	a, b := c.create(customer("a")), c.create(customer("b"))
	all := crowd(c, &a)
	for _, order := range orders {
		query := collab.EntityQuery{Type: collab.TypeCall, Order: order, Limit: 100}
		equal(t, string(order), c.related(query, a, b)[a], sorted(all, order))
	}
}

func listRelatedAfter(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	a := c.create(customer("a"))
	all := crowd(c, &a)
	byID := map[collab.ID]collab.Entity{}
	for _, e := range all {
		byID[entityID(e)] = e
	}
	for _, order := range orders {
		want := sorted(all, order)
		query := collab.EntityQuery{Type: collab.TypeCall, Order: order, Limit: 4, After: placeOf(byID[want[3]], order)}
		equal(t, string(order), c.related(query, a)[a], want[4:8])
	}
}
