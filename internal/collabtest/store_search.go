package collabtest

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"tandem/internal/collab"
)

var searchTests = map[string]func(*testing.T, StoreFixture){
	"finds what contains the term":          searchTerms,
	"finds a term in every field":           searchFields,
	"sorts alike what folds alike":          searchSorts,
	"keeps what is stored as it came":       searchKeeps,
	"follows edits, deletions and restores": searchMoves,
	"finds the same by the index":           searchIndexed,
	"finds what a plain model finds":        searchModel,
	"brings earlier rows into form":         searchRefolds,
	"of one index, by several instances":    searchIndexedAtOnce,
	"forgets what was deleted or replaced":  searchForgets,
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
	for kind, terms := range map[collab.EntityType]map[string]bool{
		collab.TypeCustomer: {"the name": true, "MAIL@": true, "9 1": true, "company": true, "t tag s": true, "not searched": false, "name\nmail": true},
		collab.TypeMeeting:  {"the title": true, "place": true, "AGENDA": true, "a\nof": true, "g end": true, "subject": false, "name": false},
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

// searchModel compares lists and counts of random queries with what a plain model
// says, while entities change at random and the index follows now and then.
func searchModel(t *testing.T, f StoreFixture) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	m := &searchedCompany{company: found(t, f.Store), random: rand.New(rand.NewPCG(seed, 0)), there: map[collab.ID]*collab.Customer{}, granted: map[collab.ID]bool{}}
	m.join("bob")
	for range 60 {
		m.change()
	}
	for range 60 {
		for range m.random.IntN(4) {
			m.change()
		}
		if m.random.IntN(3) == 0 {
			m.indexAll()
		}
		m.compare()
	}
}

// A searchedCompany is a company whose customers are known by a plain model too.
type searchedCompany struct {
	*company
	random *rand.Rand
	there  map[collab.ID]*collab.Customer
	gone   []collab.ID
	// granted are those that bob has a grant for.
	granted map[collab.ID]bool
}

// text is a few letters, of which there are so few that all parts of it are common.
func (m *searchedCompany) text(most int) string {
	var text strings.Builder
	for range 1 + m.random.IntN(most) {
		text.WriteString([]string{"a", "b", "B", "\u00e9", "e\u0301", "\u00df", "ss", " ", "%"}[m.random.IntN(9)])
	}
	return text.String()
}

func (m *searchedCompany) randomize(c *collab.Customer) {
	c.Name = m.text(8)
	c.Company, c.OwnerID, c.Tags = nil, nil, []string{}
	if m.random.IntN(2) == 0 {
		c.Company = new(m.text(5))
	}
	if m.random.IntN(2) == 0 {
		c.OwnerID = new([]collab.ID{ann, "bob"}[m.random.IntN(2)])
	}
	if m.random.IntN(2) == 0 {
		c.Tags = append(c.Tags, m.text(1))
	}
	c.Status = []collab.CustomerStatus{collab.CustomerLead, collab.CustomerActive}[m.random.IntN(2)]
	c.Visibility = []collab.Visibility{collab.VisibleToOrganization, collab.VisibleToOrganization, collab.VisibleRestricted}[m.random.IntN(3)]
}

// present is a customer as it is now, in any scope.
func (m *searchedCompany) present(id collab.ID) *collab.Customer {
	m.t.Helper()
	return must(m.store.Entities(m.t.Context(), collab.Scope{OrgID: m.id, All: true}, []collab.ID{id}))(m.t)[id].(*collab.Customer)
}

// change makes, edits, deletes or restores a customer.
func (m *searchedCompany) change() {
	m.t.Helper()
	ids := slices.Sorted(maps.Keys(m.there))
	switch n := m.random.IntN(10); {
	case n == 0 && len(m.gone) > 0:
		id := m.gone[0]
		m.gone = m.gone[1:]
		m.restore(id)
		m.there[id] = m.present(id)
	case n == 1 && len(ids) > 0:
		id := ids[m.random.IntN(len(ids))]
		m.remove(id)
		delete(m.there, id)
		m.gone = append(m.gone, id)
	case n == 2 && len(ids) > 0:
		id := ids[m.random.IntN(len(ids))]
		m.granted[id] = !m.granted[id]
		m.grant(id, "bob", map[bool]collab.AccessLevel{true: collab.AccessRead}[m.granted[id]])
	case n < 6 && len(ids) > 0:
		id := ids[m.random.IntN(len(ids))]
		m.edit(id, func(e collab.Entity) { m.randomize(e.(*collab.Customer)) })
		m.there[id] = m.present(id)
	default:
		c := customer("")
		m.randomize(c)
		m.there[m.as([]collab.ID{ann, "bob"}[m.random.IntN(2)]).create(c)] = c
	}
}

// compare asks a random query in every kind of scope.
func (m *searchedCompany) compare() {
	m.t.Helper()
	query := collab.EntityQuery{Type: collab.TypeCustomer, Order: collab.OrderNameAsc, Limit: 1000}
	if m.random.IntN(3) > 0 {
		query.Search = m.text(5)
	}
	if m.random.IntN(4) == 0 {
		query.OwnerID = new(collab.ID("bob"))
	}
	if m.random.IntN(4) == 0 {
		query.Status = []string{"ACTIVE", "CHURNED"}
	}
	if m.random.IntN(4) == 0 {
		query.Tag = new("a")
	}
	for _, scope := range []collab.Scope{{OrgID: m.id}, {OrgID: m.id, All: true}, {OrgID: m.id, UserID: "bob"}} {
		want := []collab.ID{}
		for id, c := range m.there {
			if m.isIn(scope, c) && asked(query, c) {
				want = append(want, id)
			}
		}
		slices.SortFunc(want, func(a, b collab.ID) int {
			return cmp.Or(strings.Compare(collab.NameKey(m.there[a].Name), collab.NameKey(m.there[b].Name)), strings.Compare(string(a), string(b)))
		})
		what := inJSON(m.t, query) + inJSON(m.t, scope)
		equal(m.t, what, idsOf(must(m.store.ListEntities(m.t.Context(), scope, query))(m.t), entityID), want)
		equal(m.t, "count of "+what, must(m.store.CountEntities(m.t.Context(), scope, query))(m.t), collab.Count{N: len(want), IsExact: true})
	}
}

func (m *searchedCompany) isIn(scope collab.Scope, c *collab.Customer) bool {
	return scope.All || c.Visibility != collab.VisibleRestricted ||
		scope.UserID != "" && (m.granted[c.ID] || c.CreatedBy == scope.UserID || c.OwnerID != nil && *c.OwnerID == scope.UserID)
}

func asked(query collab.EntityQuery, c *collab.Customer) bool {
	return strings.Contains(c.SearchText(), collab.FoldText(query.Search)) &&
		(query.OwnerID == nil || c.OwnerID != nil && *c.OwnerID == *query.OwnerID) &&
		(len(query.Status) == 0 || slices.Contains(query.Status, string(c.Status))) &&
		(query.Tag == nil || slices.Contains(c.Tags, *query.Tag))
}

// Rows of an earlier release have text in another form. They are found and sorted by
// the present one as soon as the organization was indexed, also if it is small.
func searchRefolds(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.createSearched([]string{"STRASSE", "Stra\u00dfe", "Jose\u0301"})
	claims := collab.Claims{UserID: "zoe", OrganizationID: c.id, Role: collab.RoleMember, Name: "\u00c9mile"}
	must(c.store.Join(t.Context(), claims, c.now()))(t)
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

// What was deleted or replaced leaves the index.
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
