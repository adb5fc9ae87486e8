package postgres

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// unpinned are the statements that are not about one organization, by their beginnings, and why.
var unpinned = []struct{ beginning, why string }{
	{"SELECT o.id FROM organizations o ORDER BY o.id", "organization_ids lists organizations, for work that is then done for one after the other"},
	{"SELECT j.org_id FROM jobs j WHERE j.org_id > org", "due_organizations looks for the next organization with jobs, whose jobs are then claimed for it alone"},
	{"SELECT j.kind, COUNT(*), MIN(j.ready_at) FROM jobs j", "job_stats counts the queue of the deployment, for its metrics"},
}

// wantPinned has Postgres record the statements of a database from now on, and checks at the end of the test that each is
// pinned to one organization.
func wantPinned(t *testing.T, database string) {
	t.Helper()
	s, _ := open(t, database)
	of := columnsOfOrganizations(t, s)
	name := strings.TrimPrefix(pathOf(t, database), "/")
	behind(t, database, "CREATE EXTENSION pg_stat_statements; ALTER DATABASE "+name+" SET pg_stat_statements.track = 'all'")
	t.Cleanup(func() {
		texts := recorded(t, database)
		if len(texts) < 300 {
			t.Errorf("only %d statements were recorded; start Postgres with shared_preload_libraries = 'pg_stat_statements', as scripts/with-services does", len(texts))
		}
		used := map[string]bool{}
		for _, text := range texts {
			text = strings.Join(strings.Fields(text), " ")
			i := slices.IndexFunc(unpinned, func(u struct{ beginning, why string }) bool { return strings.HasPrefix(text, u.beginning) })
			if i >= 0 {
				used[unpinned[i].beginning] = true
			} else if why := notPinned(of, text); why != "" {
				t.Errorf("a statement is not pinned to one organization: %s\n%s", why, text)
			}
		}
		for _, u := range unpinned {
			if !used[u.beginning] {
				t.Errorf("no statement begins with %q", u.beginning)
			}
		}
	})
}

func pathOf(t *testing.T, database string) string {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	return address.Path
}

// recorded returns the statements that Postgres recorded, those inside functions and of foreign keys too.
func recorded(t *testing.T, database string) []string {
	t.Helper()
	address, err := url.Parse(service(t, "TEST_POSTGRES_SUPERUSER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	address.Path = pathOf(t, database)
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	rows, _ := conn.Query(ctx, "SELECT DISTINCT s.query FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()")
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Errorf("the statements can't be read: %v", err)
	}
	return texts
}

// A use is a table in a statement, under an alias; "" if it has none.
type use struct{ table, alias string }

var (
	reads    = regexp.MustCompile(`(?i)(?:\b(?:FROM|JOIN|UPDATE|USING)(?: ONLY)? |, )(\w+)(?: AS)?(?: (\w+))?`)
	inserts  = regexp.MustCompile(`INSERT INTO (\w+)(?: AS \w+)? \((\w+)[^)]*\) (?:SELECT (?:DISTINCT )?|VALUES \()([$\w.]+)`)
	noAlias  = regexp.MustCompile(`(?i)^(WHERE|SET|ON|JOIN|USING|LEFT|CROSS|INNER|ORDER|GROUP|LIMIT|OFFSET|SELECT|VALUES|FOR|UNION|RETURNING|TABLESAMPLE)?$`)
	equality = regexp.MustCompile(`([$\w.]+) = ([$\w.]+)`)
	given    = regexp.MustCompile(`^(\$\d+|org|held)$`) // org and held are variables of functions
)

// usesOf finds the tables of organizations that a statement reads, changes or deletes from.
func usesOf(of map[string]string, text string) (uses []use) {
	for _, found := range reads.FindAllStringSubmatch(text, -1) {
		u := use{found[1], found[2]}
		if noAlias.MatchString(u.alias) {
			u.alias = ""
		}
		isListed := strings.HasPrefix(found[0], ",") // columns are listed too
		if of[u.table] != "" && (u.alias != "" || !isListed) {
			uses = append(uses, u)
		}
	}
	return uses
}

// notPinned tells what keeps a statement from being about one organization, or returns "". Each use of a table needs a
// condition of its own: its organization is a parameter, or that of another row in the statement. So does a row that is inserted.
func notPinned(of map[string]string, text string) string {
	text = strings.NewReplacer(`"`, "", "public.", "", "OPERATOR(pg_catalog.=)", "=").Replace(text) // as foreign keys write it
	uses := usesOf(of, text)
	needed, columns := map[string]int{}, map[string]string{"org_id": ""}
	for _, u := range uses {
		needed[u.alias]++
		if u.alias == "" {
			columns[of[u.table]], columns[u.table+"."+of[u.table]] = "", ""
		} else {
			columns[u.alias+"."+of[u.table]] = u.alias
		}
	}
	if len(uses) == 1 {
		columns[of[uses[0].table]] = uses[0].alias
	}
	hasParameter := false
	for _, sides := range equality.FindAllStringSubmatch(text, -1) {
		for i, side := range sides[1:] {
			other := sides[2-i]
			alias, names := columns[side]
			hasParameter = hasParameter || names && given.MatchString(other)
			if names && (given.MatchString(other) || isOrganization(columns, other)) {
				needed[alias]--
			}
		}
	}
	for alias, lacking := range needed {
		if lacking > 0 {
			return fmt.Sprintf("%d conditions of %q are missing", lacking, alias)
		}
	}
	for _, row := range inserts.FindAllStringSubmatch(text, -1) {
		if column := of[row[1]]; column != "" && (row[2] != column || !given.MatchString(row[3]) && !isOrganization(columns, row[3])) {
			return "the organization is not the first column of a row in " + row[1] + ", or has no known value"
		}
	}
	if len(uses) > 0 && !hasParameter {
		return "no organization is a parameter"
	}
	return ""
}

// isOrganization reports whether an expression is the organization of a row, which a part of the statement may have selected.
func isOrganization(columns map[string]string, expression string) bool {
	_, isKnown := columns[expression]
	return isKnown || strings.HasSuffix(expression, ".org_id")
}

// Statements that are not pinned are found.
func TestNotPinned(t *testing.T) {
	t.Parallel()
	of := map[string]string{"organizations": "id", "entities": "org_id", "log": "org_id"}
	for text, isPinned := range map[string]bool{
		"SELECT data FROM entities WHERE org_id = $1 AND id = $2":                                                     true,
		"SELECT data FROM entities WHERE id = $1":                                                                     false,
		"SELECT data FROM entities e, organizations o WHERE e.org_id = o.id AND o.id = $1":                            true,
		"SELECT data FROM entities e, organizations o WHERE e.org_id = o.id":                                          false,
		"SELECT data FROM entities e JOIN log l ON l.entity_id = e.id WHERE e.org_id = $1":                            false,
		"SELECT data FROM entities e JOIN log l ON l.org_id = e.org_id AND l.entity_id = e.id WHERE e.org_id = $1":    true,
		"SELECT (SELECT MAX(position) FROM log l), (SELECT 1 FROM log l WHERE l.org_id = $1)":                         false,
		"SELECT epoch FROM organizations WHERE id = $1":                                                               true,
		"SELECT epoch FROM organizations WHERE name = $1":                                                             false,
		"UPDATE entities SET version = $1 WHERE id = $2":                                                              false,
		"DELETE FROM log WHERE position < $1":                                                                         false,
		"WITH gone AS (DELETE FROM log l WHERE l.org_id = $1 RETURNING l.org_id) DELETE FROM entities":                false,
		"INSERT INTO log (org_id, position) VALUES ($1, $2)":                                                          true,
		"INSERT INTO log (position, org_id) VALUES ($1, $2)":                                                          false,
		"INSERT INTO log (org_id, position) SELECT e.id, e.position FROM entities e WHERE e.org_id = $1":              false,
		"SELECT $3 FROM ONLY \"public\".\"entities\" x WHERE $1 OPERATOR(pg_catalog.=) \"org_id\" FOR KEY SHARE OF x": true,
	} {
		if why := notPinned(of, text); isPinned != (why == "") {
			t.Errorf("pinned is not %t: %s (%s)", isPinned, text, why)
		}
	}
}
