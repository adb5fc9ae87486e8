package collabtest

import (
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
)

var searchTests = []storeTest{
	{"Search/FindsSubstrings", searchTerms},
	{"Search/EveryField", searchFields},
	{"Search/SortsFoldedAlike", searchSorts},
	{"Search/KeepsStoredText", searchKeeps},
	{"Search/FollowsEditsDeletionsAndRestores", searchMoves},
	{"Search/IndexFindsTheSame", searchIndexed},
	{"Search/MatchesModel", searchModel},
	{"Index/RefoldsEarlierRows", searchRefolds},
	{"Index/ByConcurrentInstances", searchIndexedAtOnce},
	{"Index/ForgetsDeletedAndReplaced", searchForgets},
	{"Index/BoundsTextOfABatch", searchIndexesLongTexts},
}

// searched are names, and searches are terms with the names that contain them.
var searched = []string{
	"50% off", "snake_case", `back\slash`, "O'Brien", `the "quoted"`, "Jose\u0301", "JOS\u00c9 Silva", "ΟΔΥΣΣΕΥΣ", "STRASSE 7",
	"\ufb01nance", "日本語 👩‍👩‍👧", "İstanbul", "a", "ab", "Anna  Banana", "x*y(z)^\"", "\U0001d504 math",
}

var searches = map[string][]string{
	// Terms of one and two letters.
	"%": {"50% off"}, "_": {"snake_case"}, `\`: {`back\slash`}, "'": {"O'Brien"}, `"`: {`the "quoted"`, "x*y(z)^\""},
	"7": {"STRASSE 7"}, "本": {"日本語 👩‍👩‍👧"}, "y": {"x*y(z)^\""}, "AB": {"ab"}, "k\\": {`back\slash`}, "0%": {"50% off"}, "zz": nil, "ß": {"STRASSE 7"},
	// Operators of every query language that an index might have.
	"x*": {"x*y(z)^\""}, "y(z)": {"x*y(z)^\""}, "*": {"x*y(z)^\""}, "50*": nil, "%off": nil, "s_ake": nil, "' or 1=1 --": nil, "snake OR back": nil,
	"NEAR(a b)": nil, "name:ab": nil, "-ab": nil, "^": {"x*y(z)^\""},
	// Spaces count as they stand.
	"anna  ban": {"Anna  Banana"}, "anna ban": nil, "  ": {"Anna  Banana"}, "banana ": nil, " banana": {"Anna  Banana"}, "% o": {"50% off"},
	// Accents and case, however they are encoded.
	"jos\u00e9": {"Jose\u0301", "JOS\u00c9 Silva"}, "jose\u0301": {"Jose\u0301", "JOS\u00c9 Silva"}, "JOSE\u0301": {"Jose\u0301", "JOS\u00c9 Silva"}, "jose": nil,
	"οδυσσευς": {"ΟΔΥΣΣΕΥΣ"}, "Σευσ": {"ΟΔΥΣΣΕΥΣ"}, "straße": {"STRASSE 7"}, "STRAẞE": {"STRASSE 7"}, "finance": {"\ufb01nance"}, "FINANCE": {"\ufb01nance"}, "\ufb01": {"\ufb01nance"},
	"i\u0307stan": {"İstanbul"}, "istanbul": nil, "👩‍👧": {"日本語 👩‍👩‍👧"}, "\U0001d504 m": {"\U0001d504 math"},
	// Longer than anything.
	strings.Repeat("anna", 50): nil, "snake_case\n": nil, "e\na": nil,
	// All of the term has to be there, not just its parts.
	"annana": nil, "nanana": nil, "ananab": nil, "banan": {"Anna  Banana"},
}

func searchTerms(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	checkSearches(t, c, c.createSearched(searched))
}

// createSearched makes customers of names, and returns these by id.
func (c *company) createSearched(names []string) map[collab.ID]string {
	created := map[collab.ID]string{}
	for _, name := range names {
		created[c.create(customer(name))] = name
	}
	return created
}

// A search finds the same whether everything is in the index, some of it, or nothing.
func searchIndexed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	names := c.createSearched(searched[:7])
	c.indexAll()
	for id, name := range c.createSearched(searched[7:]) {
		names[id] = name
	}
	checkSearches(t, c, names)
	c.through(f.Other).indexAll()
	checkSearches(t, c, names)
}

// checkSearches runs all searches over customers of the names that are searched.
func checkSearches(t *testing.T, c *company, names map[collab.ID]string) {
	t.Helper()
	for term, want := range searches {
		got := []string{}
		for _, id := range c.list(collab.EntityQuery{Search: term}) {
			got = append(got, names[id])
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(want))
		equal(t, "search for "+term, got, append([]string{}, want...))
	}
}

func searchFields(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme := customer("the name")
	acme.Email, acme.Phone, acme.Company, acme.Tags = new("mail@example.com"), new("+49 123"), new("the company"), []string{"first tag", "second"}
	acme.Notes = new("not searched")
	m := meeting("the title", nil)
	m.Location, m.Agenda, m.Notes = new("the place"), new("the agenda\nof two lines"), new(strings.Repeat("long ", 3000)+"end")
	talk := call("the subject", nil)
	talk.Outcome, talk.Notes = new("the outcome"), new("the notes")
	c.create(acme)
	c.create(m)
	c.create(talk)
	sale := deal("the offer", nil)
	sale.Notes, sale.Currency, sale.AmountMinor = new("the terms"), new("EUR"), new(collab.SafeInt(5))
	c.create(sale)
	for kind, terms := range map[collab.EntityType]map[string]bool{
		collab.TypeCustomer: {"the name": true, "MAIL@": true, "9 1": true, "company": true, "t tag s": true, "not searched": false, "name\nmail": true},
		collab.TypeMeeting:  {"the title": true, "place": true, "AGENDA": true, "a\nof": true, "g end": true, "subject": false, "name": false},
		collab.TypeDeal:     {"OFFER": true, "terms": true, "EUR": false, "title": false},
		collab.TypeCall:     {"subject": true, "outcome": true, "notes": true, "title": false},
	} {
		for term, want := range terms {
			if got := c.list(collab.EntityQuery{Type: kind, Search: term}); (len(got) == 1) != want || len(got) > 1 {
				t.Errorf("a search of %s for %q finds %d", kind, term, len(got))
			}
		}
	}
}

func searchSorts(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	// In the order in which they are listed; the ids break ties.
	want := []string{"jordan", "JORDI", "Jos\u00e9", "JOSE\u0301", "jos\u00e9", "Jos\u00e9z", "strasse", "Straße", "STRASSE a"}
	for _, i := range []int{8, 3, 0, 6, 5, 1, 7, 2, 4} {
		e := customer(want[i])
		e.ID = collab.ID("cus_" + string(rune('a'+i)))
		c.create(e)
	}
	got := []string{}
	for _, e := range must(c.store.ListEntities(t.Context(), c.scope(), collab.EntityQuery{Type: collab.TypeCustomer, Order: collab.OrderNameAsc, Limit: 100}))(t) {
		got = append(got, e.DisplayName())
	}
	equal(t, "order", got, want)
}

func searchKeeps(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for _, name := range []string{"Jose\u0301", "Jos\u00e9", "\ufb01nance", "\u212b"} {
		if got := c.entity(c.create(customer(name))).DisplayName(); got != name {
			t.Errorf("%q was kept as %q", name, got)
		}
	}
}

func searchMoves(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	acme := c.create(customer("acme"))
	check := func(when, term string, want bool) {
		t.Helper()
		if got := c.list(collab.EntityQuery{Search: term}); (len(got) == 1) != want {
			t.Errorf("%s, a search for %q finds %d", when, term, len(got))
		}
	}
	check("created", "cme", true)
	c.edit(acme, rename("ajax"))
	check("renamed", "cme", false)
	check("renamed", "jax", true)
	c.remove(acme)
	check("deleted", "jax", false)
	c.restore(acme)
	check("restored", "jax", true)
}
