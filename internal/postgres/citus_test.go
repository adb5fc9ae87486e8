package postgres

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// fakeCitus is as much of Citus as tandem migrate calls. It refuses what Citus refuses, or would lose rows by: a table whose
// policies apply to its owner, one before those that its foreign keys refer to, and one twice.
const fakeCitus = `
CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY);
CREATE TABLE citus_calls (number serial PRIMARY KEY, call text NOT NULL);
CREATE FUNCTION create_distributed_table(table_name regclass, distribution_column text, colocate_with text DEFAULT 'default') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM pg_class WHERE oid = table_name AND (relrowsecurity OR relforcerowsecurity)) THEN
		RAISE '% has row-level security', table_name;
	END IF;
	IF EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = table_name AND f.contype = 'f' AND f.confrelid NOT IN (SELECT logicalrelid FROM pg_dist_partition)) THEN
		RAISE '% refers to a table that is not distributed', table_name;
	END IF;
	IF colocate_with <> 'none' AND NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = colocate_with::regclass) THEN
		RAISE '% is not distributed', colocate_with;
	END IF;
	INSERT INTO pg_dist_partition VALUES (table_name);
	INSERT INTO citus_calls (call) VALUES (format('%s by %s beside %s', table_name, distribution_column, colocate_with));
END
$$;
CREATE FUNCTION create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS $$
	INSERT INTO pg_dist_partition VALUES (table_name);
	INSERT INTO citus_calls (call) VALUES (table_name || ' everywhere');
$$;`

// newCitusDatabase makes a database with fakeCitus, and migrates it.
func newCitusDatabase(t *testing.T) (database string, steps []string) {
	t.Helper()
	database = newDatabase(t)
	s, _ := open(t, database)
	if _, err := s.pool.Exec(t.Context(), fakeCitus); err != nil {
		t.Fatal(err)
	}
	return database, migratedAgain(t, database)
}

// migratedAgain runs Migrate and returns the names of what it did.
func migratedAgain(t *testing.T, database string) (steps []string) {
	t.Helper()
	if err := Migrate(t.Context(), database, func(name string) { steps = append(steps, name) }); err != nil {
		t.Fatal(err)
	}
	return steps
}

// Where the database has Citus, tandem migrate distributes each table once, by its organization and beside organizations,
// or puts it on every node.
func TestMigrateDistributes(t *testing.T) {
	t.Parallel()
	database, steps := newCitusDatabase(t)
	s, _ := open(t, database)
	calls := func() (calls []string) {
		t.Helper()
		calls, err := collect(t.Context(), s.forOrg(noTenant), newQuery("SELECT call FROM citus_calls ORDER BY number"), scanColumn[string])
		if err != nil {
			t.Fatal(err)
		}
		return calls
	}
	of := columnsOfOrganizations(t, s)
	var want []string
	for table, column := range of {
		if table != "organizations" {
			want = append(want, table+" by "+column+" beside organizations")
		}
	}
	for _, table := range sharedTables {
		want = append(want, table+" everywhere")
	}
	got := calls()
	if got[0] != "organizations by id beside none" || !slices.Equal(slices.Sorted(slices.Values(got[1:])), slices.Sorted(slices.Values(want))) {
		t.Errorf("migrate called\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(steps) != len(got) || steps[0] != "the distribution of organizations" {
		t.Errorf("it told %q", steps)
	}
	if steps := migratedAgain(t, database); len(steps) > 0 || len(calls()) != len(got) {
		t.Errorf("once more, it did %q", steps)
	}
	if _, err := s.pool.Exec(t.Context(), "CREATE TABLE news (org_id text NOT NULL); SELECT keep_apart('news')"); err != nil {
		t.Fatal(err)
	}
	if steps := migratedAgain(t, database); !slices.Equal(steps, []string{"the distribution of news"}) {
		t.Errorf("with a new table, it did %q", steps)
	}
	if now := columnsOfOrganizations(t, s); len(now) != len(of)+1 || maps.Equal(now, of) {
		t.Errorf("the new table is not among %v", now)
	}
}

// Without row-level security, as with Citus, the conditions of the statements keep organizations apart, and every statement
// is pinned.
func TestStoreWithoutRowSecurity(t *testing.T) {
	database, _ := newCitusDatabase(t)
	wantPinned(t, database)
	testStatements(t, database)
}
