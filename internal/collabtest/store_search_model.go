package collabtest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/seeded"
)

// searchModel compares lists and counts of random queries with what a plain model
// says, while entities change at random and the index follows now and then.
func searchModel(t *testing.T, f StoreFixture) {
	m := &searchedCompany{company: found(t, f.Store), random: seeded.New(t).Rand(0), there: map[collab.ID]*collab.Customer{}, granted: map[collab.ID]bool{}, binned: map[collab.ID]*collab.Customer{}}
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
	// ids are those of there in an order that a seed repeats, unlike the order of the ids themselves.
	ids, gone []collab.ID
	// binned are the deleted ones.
	binned map[collab.ID]*collab.Customer
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
	switch n := m.random.IntN(10); {
	case n == 0 && len(m.gone) > 0:
		id := m.gone[0]
		m.gone = m.gone[1:]
		m.restore(id)
		delete(m.binned, id)
		m.there[id], m.ids = m.present(id), append(m.ids, id)
	case n == 1 && len(m.ids) > 0:
		i := m.random.IntN(len(m.ids))
		id := m.ids[i]
		m.binned[id] = m.remove(id).Snapshot.(*collab.Customer)
		delete(m.there, id)
		m.ids, m.gone = slices.Delete(m.ids, i, i+1), append(m.gone, id)
	case n == 2 && len(m.ids) > 0:
		id := oneIn(m.random, m.ids)
		m.granted[id] = !m.granted[id]
		m.grant(id, "bob", map[bool]collab.AccessLevel{true: collab.AccessRead}[m.granted[id]])
	case n < 6 && len(m.ids) > 0:
		id := oneIn(m.random, m.ids)
		m.edit(id, func(e collab.Entity) { m.randomize(e.(*collab.Customer)) })
		m.there[id] = m.present(id)
	default:
		c := customer("")
		m.randomize(c)
		id := m.as([]collab.ID{ann, "bob"}[m.random.IntN(2)]).create(c)
		m.there[id], m.ids = c, append(m.ids, id)
	}
}

// compare asks a random query in every kind of scope.
func (m *searchedCompany) compare() {
	m.t.Helper()
	query := collab.EntityQuery{Type: collab.TypeCustomer, Order: collab.OrderNameAsc, Limit: 1000}
	if m.random.IntN(3) > 0 {
		query.Search = collab.FoldText(m.text(5))
	}
	m.narrow(&query)
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
		all := maps.Clone(m.there)
		maps.Copy(all, m.binned)
		for id, c := range all {
			if m.isIn(scope, c) && query.Matches(c) {
				want = append(want, id)
			}
		}
		slices.SortFunc(want, func(a, b collab.ID) int { return compareBy(query, all[a], all[b]) })
		what := inJSON(m.t, query) + inJSON(m.t, scope)
		equal(m.t, what, idsOf(must(m.store.ListEntities(m.t.Context(), scope, query))(m.t), entityID), want)
		query := query
		query.Limit = 1 + len(want)/2
		page, total, err := m.store.ListAndCountEntities(m.t.Context(), scope, query)
		if err != nil {
			m.t.Fatal(err)
		}
		equal(m.t, "first page of "+what, idsOf(page, entityID), want[:min(query.Limit, len(want))])
		equal(m.t, "its count", total, collab.Count{N: len(want), IsExact: true})
		equal(m.t, "count of "+what, must(m.store.CountEntities(m.t.Context(), scope, query))(m.t), collab.Count{N: len(want), IsExact: true})
	}
}

func (m *searchedCompany) isIn(scope collab.Scope, c *collab.Customer) bool {
	return scope.All || c.Visibility != collab.VisibleRestricted ||
		scope.UserID != "" && (m.granted[c.ID] || c.CreatedBy == scope.UserID || c.OwnerID != nil && *c.OwnerID == scope.UserID)
}

// narrow adds the rarer conditions to a query, each now and then.
func (m *searchedCompany) narrow(query *collab.EntityQuery) {
	now := func() bool { return m.random.IntN(7) == 0 }
	some := func() (ids []collab.ID) {
		ids = []collab.ID{"nothing"}
		for range m.random.IntN(20) {
			ids = append(ids, oneIn(m.random, m.ids))
		}
		return ids[m.random.IntN(2):]
	}
	at := func() *collab.Time {
		return new(m.present(oneIn(m.random, m.ids)).UpdatedAt)
	}
	if now() {
		query.IDs = some()
	}
	if now() {
		query.OwnerIDs = []collab.ID{"bob", "nobody", ann}[:m.random.IntN(4)]
	}
	if now() {
		query.Tags = []string{"b", "a", "%"}[:m.random.IntN(4)]
	}
	if now() {
		query.CreatedAfter = at()
	}
	if now() {
		query.UpdatedBefore = at()
	}
	query.Unowned, query.Deleted = now(), now()
	if now() {
		query.Order = []collab.EntityOrder{collab.OrderUpdatedDesc, collab.OrderUpdatedAsc, collab.OrderCreatedDesc}[m.random.IntN(3)]
	}
	if now() {
		query.Status = []string{}
	}
}
