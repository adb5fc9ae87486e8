package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

var activityTests = []storeTest{
	{"Activity/NewestFirst", activityGlobal},
	{"Activity/OfCustomerIncludesRelated", activityCustomer},
	{"Activity/OfPerson", activityUser},
	{"Activity/Filters", activityFilters},
	{"Activity/Pages", activityPages},
	{"Histories/CutForEachEntity", activityHistories},
	{"Activity/PagesAreStableWhileLogGrows", activityStable},
	{"Activity/OfCustomerHasNoDuplicates", activityOnce},
	{"Activity/MatchesModel", activityModel},
}

func (c *company) activity(query collab.ActivityQuery) []*collab.Change {
	c.t.Helper()
	if query.Limit == 0 {
		query.Limit = 1000
	}
	return must(c.store.Activity(c.t.Context(), c.scope(), query))(c.t)
}

func activityGlobal(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := grow(c)
	got := c.through(f.Other).activity(collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedGlobal}})
	equal(t, "positions", positionsOf(got), []int64{10, 9, 8, 7, 6, 5, 4, 3})
	for _, change := range got {
		equal(t, "event", change, withoutSnapshot(all[change.Cursor.Position-1]))
	}
}

func activityCustomer(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme, ajax := c.create(customer("Acme")), c.create(customer("Ajax"))        // 2, 3
	talk := c.create(call("talk", &acme))                                       // 4
	c.create(meeting("kick-off", &ajax))                                        // 5
	c.edit(talk, func(e collab.Entity) { e.(*collab.Call).CustomerID = &ajax }) // 6, in both
	c.comment(talk, "moved")                                                    // 7
	c.edit(talk, func(e collab.Entity) { e.(*collab.Call).CustomerID = nil })   // 8, left Ajax
	c.view(talk)                                                                // 9, in neither
	c.view(acme)                                                                // 10
	for id, want := range map[collab.ID][]int64{acme: {10, 6, 4, 2}, ajax: {8, 7, 6, 5, 3}, talk: {}, "cus_none": {}} {
		feed := collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: id}
		equal(t, string(id), positionsOf(c.activity(collab.ActivityQuery{Feed: feed})), want)
		if len(want) > 2 {
			query := collab.ActivityQuery{Feed: feed, Before: want[0], Limit: 2}
			equal(t, "page of "+string(id), positionsOf(c.activity(query)), want[1:3])
		}
	}
}

func activityOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme := c.create(customer("Acme"))
	c.write(collab.Intent{EntityID: acme}, func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeView, st.Entity)
		change.PriorCustomerID = change.CustomerID
		return &collab.Decision{Change: change}, nil
	})
	query := collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: acme}}
	equal(t, "feed", positionsOf(c.activity(query)), []int64{3, 2})
}

func activityUser(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob") // 2
	acme := c.create(customer("Acme"))
	c.as("bob").edit(acme, rename("Ajax")) // 4
	c.view(acme)
	c.as("bob").comment(acme, "mine") // 6
	for id, want := range map[collab.ID][]int64{"bob": {6, 4}, ann: {5, 3}, "nobody": {}} {
		query := collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedUser, EntityID: id}}
		equal(t, string(id), positionsOf(c.activity(query)), want)
	}
}

func activityFilters(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := grow(c)
	acme, talk := all[2].EntityID, all[3].EntityID
	fourth, seventh := all[3].OccurredAt, all[6].OccurredAt
	for _, test := range []struct {
		filter collab.ActivityFilter
		want   []int64
	}{
		{collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeCreate}}, []int64{8, 4, 3}},
		{collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeView, collab.ChangeComment}}, []int64{10, 7, 6}},
		{collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeMember, collab.ChangeConflict}}, []int64{}},
		{collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeMember, collab.ChangeDelete}}, []int64{9}},
		{collab.ActivityFilter{EntityTypes: []collab.EntityType{collab.TypeCall, collab.TypeMeeting}}, []int64{9, 8, 7, 4}},
		{collab.ActivityFilter{EntityIDs: []collab.ID{talk, "ent_none"}}, []int64{9, 7, 4}},
		{collab.ActivityFilter{UserIDs: []collab.ID{"bob"}}, []int64{}},
		{collab.ActivityFilter{UserIDs: []collab.ID{"bob", ann}}, []int64{10, 9, 8, 7, 6, 5, 4, 3}},
		{collab.ActivityFilter{Since: &fourth}, []int64{10, 9, 8, 7, 6, 5, 4}},
		{collab.ActivityFilter{Until: &fourth}, []int64{3}},
		{collab.ActivityFilter{Since: &fourth, Until: &seventh}, []int64{6, 5, 4}},
		{collab.ActivityFilter{
			Types: []collab.ChangeType{collab.ChangeUpdate, collab.ChangeComment}, EntityTypes: []collab.EntityType{collab.TypeCustomer},
			EntityIDs: []collab.ID{acme}, UserIDs: []collab.ID{ann}, Since: &fourth, Until: &seventh,
		}, []int64{6, 5}},
	} {
		for _, feed := range []collab.ActivityFeed{{}, {Type: collab.FeedUser, EntityID: ann}, {Type: collab.FeedCustomer, EntityID: acme}} {
			got := c.activity(collab.ActivityQuery{Feed: feed, Filter: test.filter})
			equal(t, string(feed.Type)+inJSON(t, test.filter), positionsOf(got), test.want)
		}
	}
}

func activityPages(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	grow(c)
	for _, test := range []struct {
		before int64
		limit  int
		want   []int64
	}{
		{0, 3, []int64{10, 9, 8}},
		{8, 3, []int64{7, 6, 5}},
		{5, 3, []int64{4, 3}},
		{3, 3, []int64{}},
		{100, 1, []int64{10}},
	} {
		got := c.activity(collab.ActivityQuery{Before: test.before, Limit: test.limit})
		equal(t, inJSON(t, test.before), positionsOf(got), test.want)
	}
	if got := must(f.Store.Activity(t.Context(), c.scope(), collab.ActivityQuery{}))(t); len(got) > 0 {
		t.Errorf("a page of 0 has %d", len(got))
	}
}

func activityHistories(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	all := grow(c)
	acme, talk, kickOff := all[2].EntityID, all[3].EntityID, all[7].EntityID
	ask := func(query collab.ActivityQuery) map[collab.ID][]int64 {
		t.Helper()
		ids := []collab.ID{acme, talk, kickOff, "ent_none", acme}
		positions := map[collab.ID][]int64{}
		for id, changes := range must(f.Other.Histories(t.Context(), c.scope(), ids, query))(t) {
			positions[id] = positionsOf(changes)
			equal(t, "event", changes[0], withoutSnapshot(all[changes[0].Cursor.Position-1]))
		}
		return positions
	}
	equal(t, "histories", ask(collab.ActivityQuery{Limit: 3}),
		map[collab.ID][]int64{acme: {10, 6, 5}, talk: {9, 7, 4}, kickOff: {8}})
	equal(t, "further histories", ask(collab.ActivityQuery{Limit: 2, Before: 7}),
		map[collab.ID][]int64{acme: {6, 5}, talk: {4}})
	filter := collab.ActivityFilter{Types: []collab.ChangeType{collab.ChangeCreate, collab.ChangeDelete}}
	equal(t, "filtered histories", ask(collab.ActivityQuery{Limit: 5, Filter: filter}),
		map[collab.ID][]int64{acme: {3}, talk: {9, 4}, kickOff: {8}})
	ofAcme := collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: acme}
	equal(t, "histories of a customer", ask(collab.ActivityQuery{Limit: 1, Feed: ofAcme}),
		map[collab.ID][]int64{acme: {10}, talk: {9}, kickOff: {8}})
	ofBob := collab.ActivityFeed{Type: collab.FeedUser, EntityID: "bob"}
	equal(t, "histories of a person", ask(collab.ActivityQuery{Limit: 1, Feed: ofBob}), map[collab.ID][]int64{})
}

func activityStable(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	grow(c)
	var paged []int64
	for before := int64(0); ; before = paged[len(paged)-1] {
		page := positionsOf(c.activity(collab.ActivityQuery{Before: before, Limit: 3}))
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
		c.create(customer(time.Duration(before).String()))
	}
	equal(t, "positions", paged, []int64{10, 9, 8, 7, 6, 5, 4, 3})
}
