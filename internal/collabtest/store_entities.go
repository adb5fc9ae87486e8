package collabtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

var entityTests = []storeTest{
	{"Entities/ByID", entitiesByID},
	{"Entities/DeletedAreGone", entitiesDeleted},
	{"ListEntities/Filters", entitiesFiltered},
	{"Search/TakesTermLiterally", entitiesSearched},
	{"ListEntities/FollowsEveryVersion", entitiesMove},
	{"Entities/WholeOfEveryType", entitiesWhole},
	{"Entities/TimesToTheEndsOfTheCalendar", entitiesTimes},
}

func (c *company) list(query collab.EntityQuery) []collab.ID {
	c.t.Helper()
	if query.Type == "" {
		query.Type = collab.TypeCustomer
	}
	if query.Order == "" {
		query.Order = collab.OrderNameAsc
	}
	count := must(c.store.CountEntities(c.t.Context(), c.scope(), query))(c.t)
	query.Limit = 1000
	ids := idsOf(must(c.store.ListEntities(c.t.Context(), c.scope(), query))(c.t), entityID)
	if query.After == nil && count != (collab.Count{N: len(ids), IsExact: true}) {
		c.t.Errorf("%s counts %+v and lists %d", inJSON(c.t, query), count, len(ids))
	}
	query.Limit = 1 + len(ids)/2
	page, total, err := c.store.ListAndCountEntities(c.t.Context(), c.scope(), query)
	if got := idsOf(page, entityID); err != nil || total != count || !slices.Equal(got, ids[:min(query.Limit, len(ids))]) {
		c.t.Errorf("%s lists %v and counts %+v, %v; want the first %d of %v and %+v", inJSON(c.t, query), got, total, err, query.Limit, ids, count)
	}
	return ids
}

func entitiesByID(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme, ajax := c.create(customer("Acme")), c.create(customer("Ajax"))
	got := must(f.Other.Entities(t.Context(), c.scope(), []collab.ID{acme, "ent_none", ajax, acme}))(t)
	if len(got) != 2 || got[acme].DisplayName() != "Acme" || got[ajax].DisplayName() != "Ajax" {
		t.Errorf("found %v", got)
	}
	if got := must(f.Other.Entities(t.Context(), c.scope(), nil))(t); len(got) > 0 {
		t.Errorf("without an id, found %v", got)
	}
}

func entitiesDeleted(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme, ajax := c.create(customer("Acme")), c.create(customer("Ajax"))
	talk, kept := c.create(call("talk", &acme)), c.create(call("kept", &acme))
	comment := c.comment(talk, "gone with it")
	c.remove(talk)
	c.remove(ajax)
	check := func(when string, customers, calls, comments int) {
		t.Helper()
		if got := len(c.list(collab.EntityQuery{})); got != customers {
			t.Errorf("%s, %d customers are listed", when, got)
		}
		related := must(c.store.RelatedEntities(t.Context(), c.scope(), []collab.ID{acme}, collab.EntityQuery{Type: collab.TypeCall, Limit: 10}))(t)
		counts := must(c.store.CountRelated(t.Context(), c.scope(), []collab.ID{acme}, collab.TypeCall))(t)
		if len(related[acme]) != calls || counts[acme] != calls {
			t.Errorf("%s, the customer has %d calls and counts %d", when, len(related[acme]), counts[acme])
		}
		byID := must(c.store.Comments(t.Context(), c.scope(), []collab.ID{comment.ID}))(t)
		counted := must(c.store.CountComments(t.Context(), c.scope(), []collab.ID{talk}))(t)
		if len(c.comments(talk)) != comments || len(byID) != comments || counted[talk] != comments {
			t.Errorf("%s, there are %d, %d and %d comments", when, len(c.comments(talk)), len(byID), counted[talk])
		}
	}
	check("deleted", 1, 1, 0)
	if c.entity(talk) != nil || c.entity(ajax) != nil || c.entity(kept) == nil {
		t.Error("what is deleted is there, or what is not is gone")
	}
	c.restore(talk)
	c.restore(ajax)
	check("restored", 2, 2, 1)
}

func entitiesFiltered(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	acme := customer("Acme")
	acme.Status, acme.OwnerID, acme.Tags = collab.CustomerActive, new(ann), []string{"vip", "größer"}
	ajax := customer("Ajax")
	ajax.OwnerID, ajax.Tags = new(collab.ID("bob")), []string{"vip%", `qu"ote`}
	a, b := c.create(acme), c.create(ajax)
	for i, hour := range []int{9, 10, 11} {
		m := meeting(string(rune('k'+i)), &a)
		m.ID = collab.ID(m.Title)
		m.StartsAt = collab.At(founding.AddDate(0, 0, hour))
		c.create(m)
	}
	c.create(meeting("z", &b))
	for id, day := range map[string]collab.Date{"p": "2027-03-30", "q": "2027-03-31"} {
		d := deal(id, &a)
		d.ID, d.ExpectedCloseDate, d.Stage = collab.ID(id), &day, collab.DealWon
		c.create(d)
	}
	c.create(deal("unexpected", &b))
	last := collab.Date("2027-03-31")
	ten, eleven := collab.At(founding.AddDate(0, 0, 10)), collab.At(founding.AddDate(0, 0, 11))
	for _, test := range []struct {
		query collab.EntityQuery
		want  []collab.ID
	}{
		{collab.EntityQuery{}, []collab.ID{a, b}},
		{collab.EntityQuery{Status: []string{"ACTIVE"}}, []collab.ID{a}},
		{collab.EntityQuery{Status: []string{"ACTIVE", "LEAD"}}, []collab.ID{a, b}},
		{collab.EntityQuery{Status: []string{"CHURNED"}}, []collab.ID{}},
		{collab.EntityQuery{OwnerID: new(collab.ID("bob"))}, []collab.ID{b}},
		{collab.EntityQuery{OwnerID: new(collab.ID("bob")), Status: []string{"ACTIVE"}}, []collab.ID{}},
		{collab.EntityQuery{CustomerID: &a}, []collab.ID{a}},
		{collab.EntityQuery{Tag: new("vip")}, []collab.ID{a}},
		{collab.EntityQuery{Tag: new("vip%")}, []collab.ID{b}},
		{collab.EntityQuery{Tag: new("größer")}, []collab.ID{a}},
		{collab.EntityQuery{Tag: new(`qu"ote`)}, []collab.ID{b}},
		{collab.EntityQuery{Tag: new("VIP")}, []collab.ID{}},
		{collab.EntityQuery{Type: collab.TypeCall}, []collab.ID{}},
		{collab.EntityQuery{Type: collab.TypeMeeting, CustomerID: &a}, []collab.ID{"k", "l", "m"}},
		{collab.EntityQuery{Type: collab.TypeMeeting, Tag: new("vip")}, []collab.ID{}},
		{collab.EntityQuery{Type: collab.TypeMeeting, CustomerID: &a, StartsAfter: &ten}, []collab.ID{"l", "m"}},
		{collab.EntityQuery{Type: collab.TypeMeeting, CustomerID: &a, StartsBefore: &eleven}, []collab.ID{"k", "l"}},
		{collab.EntityQuery{Type: collab.TypeMeeting, CustomerID: &a, StartsAfter: &ten, StartsBefore: &eleven}, []collab.ID{"l"}},
		{collab.EntityQuery{StartsAfter: &ten}, []collab.ID{}},
		{collab.EntityQuery{Type: collab.TypeDeal, CustomerID: &a, Status: []string{"WON"}}, []collab.ID{"p", "q"}},
		{collab.EntityQuery{Type: collab.TypeDeal, StartsAfter: last.Begins()}, []collab.ID{"q"}},
		{collab.EntityQuery{Type: collab.TypeDeal, StartsBefore: last.Begins()}, []collab.ID{"p"}},
	} {
		equal(t, inJSON(t, test.query), c.list(test.query), test.want)
	}
}

func entitiesSearched(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	ids := map[string]collab.ID{}
	for _, name := range []string{"50% off", "snake_case", `back\slash`, "MÜLLER & Söhne", "O'Brien", "日本語 👩‍👩‍👧", "ΣΊΣΥΦΟΣ", "plain"} {
		ids[name] = c.create(customer(name))
	}
	withEmail := customer("mail")
	withEmail.Email, withEmail.Notes = new("Hidden@Example.com"), new(strings.Repeat("long ", 1000))
	ids["mail"] = c.create(withEmail)
	for search, want := range map[string]string{
		"%": "50% off", "_": "snake_case", `\`: `back\slash`, "müller": "MÜLLER & Söhne", "SÖHNE": "MÜLLER & Söhne",
		"o'b": "O'Brien", "本": "日本語 👩‍👩‍👧", "👩‍👧": "日本語 👩‍👩‍👧", "PLAIN": "plain", "hidden@example": "mail",
		strings.ToLower("ΣΊΣ"): "ΣΊΣΥΦΟΣ", "0% o": "50% off", "e_c": "snake_case",
	} {
		equal(t, "search for "+search, c.list(collab.EntityQuery{Search: search}), []collab.ID{ids[want]})
	}
	for _, search := range []string{"50%off", "%off", "s_ake", "lain'", "' OR 1=1 --", "plain\x20"} {
		equal(t, "search for "+search, c.list(collab.EntityQuery{Search: search}), []collab.ID{})
	}
	if got := c.list(collab.EntityQuery{Search: ""}); len(got) != len(ids) {
		t.Errorf("an empty search finds %d of %d", len(got), len(ids))
	}
}

// The columns that lists are filtered and sorted by follow every version.
func entitiesMove(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme, zeta := c.create(customer("Acme")), c.create(customer("Zeta"))
	c.edit(acme, func(e collab.Entity) {
		c := e.(*collab.Customer)
		c.Name, c.Status, c.OwnerID, c.Tags = "zzz", collab.CustomerChurned, new(ann), []string{"new"}
	})
	for _, test := range []struct {
		query collab.EntityQuery
		want  []collab.ID
	}{
		{collab.EntityQuery{Order: collab.OrderNameAsc}, []collab.ID{zeta, acme}},
		{collab.EntityQuery{Order: collab.OrderUpdatedDesc}, []collab.ID{acme, zeta}},
		{collab.EntityQuery{Order: collab.OrderUpdatedAsc}, []collab.ID{zeta, acme}},
		{collab.EntityQuery{Order: collab.OrderCreatedDesc}, []collab.ID{zeta, acme}},
		{collab.EntityQuery{Status: []string{"CHURNED"}}, []collab.ID{acme}},
		{collab.EntityQuery{Status: []string{"LEAD"}}, []collab.ID{zeta}},
		{collab.EntityQuery{OwnerID: new(ann)}, []collab.ID{acme}},
		{collab.EntityQuery{Tag: new("new")}, []collab.ID{acme}},
		{collab.EntityQuery{Search: "zzz"}, []collab.ID{acme}},
		{collab.EntityQuery{Search: "acme"}, []collab.ID{}},
	} {
		equal(t, inJSON(t, test.query), c.list(test.query), test.want)
	}
}

func entitiesWhole(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	acme := customer(awkwardText)
	acme.Email, acme.Phone, acme.Company = new("a@example.com"), new("+49 1"), new(awkwardText)
	acme.OwnerID, acme.Notes, acme.Tags = new(ann), new(awkwardText), []string{"a", awkwardText}
	talk := call(awkwardText, new(c.create(acme)))
	talk.ScheduledAt, talk.StartedAt = new(c.now()), new(c.now())
	talk.DurationSeconds, talk.Outcome, talk.Notes = new(90), new(awkwardText), new(awkwardText)
	full := fullMeeting(c)
	for _, e := range []collab.Entity{acme, talk, full} {
		if e != collab.Entity(acme) {
			c.create(e)
		}
		equal(t, string(e.Common().Type), c.through(f.Other).entity(e.Common().ID), e)
	}
}

func entitiesTimes(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	m := meeting("from the first moment to the last", nil)
	m.StartsAt = collab.At(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))
	m.EndsAt = collab.At(time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC))
	id := c.create(m)
	equal(t, "meeting", c.through(f.Other).entity(id), m)
	query := collab.EntityQuery{Type: collab.TypeMeeting, StartsAfter: &m.StartsAt, StartsBefore: &m.EndsAt}
	equal(t, "list", c.list(query), []collab.ID{id})
}
