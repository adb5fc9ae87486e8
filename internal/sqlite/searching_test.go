package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// A search finds its rows by indexes that narrow to them, and not by an index over all entities of
// an organization, or of a type.
func TestSearchPlans(t *testing.T) {
	s, _ := open(t, filepath.Join(t.TempDir(), "test.db"))
	scope := collab.Scope{OrgID: "acme", UserID: "ben"}
	asked := collab.EntityQuery{Type: collab.TypeCustomer, Search: "acme", Status: []string{"LEAD"}, Order: collab.OrderUpdatedDesc, Limit: 26}
	statements := map[string]*query{
		"a list of those gathered": listGathered(scope, asked, []int{1}, []collab.ID{"cus"}),
		"a count of candidates":    countCandidates(scope, asked, []int{1}),
		"a count of those pending": countPending(scope, asked, []collab.ID{"cus"}),
	}
	plan := search.NewPlan(scope, asked)
	read := plan.NewReading()
	bitmaps := readingBitmaps(scope, asked.Type, plan.Keys(), read)
	for _, q := range append(reading(scope, asked.Type, read), bitmaps) {
		statements[q.text.String()] = q.query
	}
	for what, q := range statements {
		q = newQuery("EXPLAIN QUERY PLAN "+q.text.String(), q.args...)
		err := forEachRow(t.Context(), s.readers, q, func(r row) error {
			var id, parent, unused int
			var step string
			err := r.Scan(&id, &parent, &unused, &step)
			for _, table := range []string{" e ", " d ", " c "} {
				if strings.Contains(step, table) && (strings.HasPrefix(step, "SCAN") || strings.HasSuffix(step, "(org_id=?)") || strings.HasSuffix(step, "(org_id=? AND type=?)")) {
					t.Errorf("%s: %s", what, step)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
