package postgres

import (
	"slices"
	"strings"
	"testing"
)

// columnsOfOrganizations returns the tables with rows of organizations, each with the column that names the organization.
func columnsOfOrganizations(t *testing.T, s *Store) map[string]string {
	t.Helper()
	names, err := collect(t.Context(), s.forOrg(noTenant), newQuery(`SELECT c.relname::text FROM pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND NOT c.relispartition
		AND (c.relname = 'organizations' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'org_id'))`), scanColumn[string])
	if err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	columns := map[string]string{}
	for _, name := range names {
		columns[name] = columnOf(name)
	}
	return columns
}

// unpinnedTables are the tables whose keys need no organization.
func unpinnedTables() map[string]string {
	why := map[string]string{"migrations": "it counts the migrations, and stays on the node that is asked"}
	for _, table := range sharedTables {
		why[table] = "it belongs to no organization, and is on every node"
	}
	return why
}

// keysWithout lists the primary keys, unique indexes and foreign keys that do not begin with the organization, on either
// side, by table. Citus can keep none of them.
func keysWithout(t *testing.T, s *Store) (found []string) {
	t.Helper()
	found, err := collect(t.Context(), s.forOrg(noTenant), newQuery(`WITH keys AS (
		SELECT i.indrelid AS of, i.indexrelid::regclass::text AS name, i.indkey[0] AS first FROM pg_index i WHERE i.indisunique
		UNION ALL SELECT f.conrelid, f.conname, f.conkey[1] FROM pg_constraint f WHERE f.contype = 'f'
		UNION ALL SELECT f.confrelid, f.conname, f.confkey[1] FROM pg_constraint f WHERE f.contype = 'f')
		SELECT c.relname || ' ' || k.name FROM keys k JOIN pg_class c ON c.oid = k.of
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT FROM pg_attribute a
		WHERE a.attrelid = c.oid AND a.attnum = k.first AND a.attname = CASE c.relname WHEN 'organizations' THEN 'id' ELSE 'org_id' END)
		ORDER BY 1`), scanColumn[string])
	if err != nil {
		t.Fatal(err)
	}
	known := unpinnedTables()
	return slices.DeleteFunc(found, func(key string) bool {
		table, _, _ := strings.Cut(key, " ")
		return known[table] != ""
	})
}

// Every primary key, unique index and foreign key begins with the organization.
func TestKeysBeginWithOrganization(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	if found := keysWithout(t, s); len(found) > 0 {
		t.Errorf("these keys do not begin with the organization: %v", found)
	}
	_, err := s.pool.Exec(t.Context(), `CREATE TABLE news (org_id text, id text, user_id text, PRIMARY KEY (org_id, id), UNIQUE (id));
		CREATE TABLE readers (org_id text, id text, news_id text REFERENCES news (id), PRIMARY KEY (org_id, id))`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"news news_id_key", "news readers_news_id_fkey", "readers readers_news_id_fkey"}
	if found := keysWithout(t, s); !slices.Equal(found, want) {
		t.Errorf("found the keys %q, want %q", found, want)
	}
}

// Every table has rows of organizations, or is known to have none.
func TestTablesAreOfOrganizations(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	of, known := columnsOfOrganizations(t, s), unpinnedTables()
	all, err := collect(t.Context(), s.forOrg(noTenant), newQuery(`SELECT c.relname::text FROM pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace`), scanColumn[string])
	if err != nil || len(all) != len(of)+len(known) {
		t.Errorf("there are %d tables, %d of organizations and %d others, %v", len(all), len(of), len(known), err)
	}
	for _, table := range all {
		if of[table] == "" && known[table] == "" {
			t.Errorf("%s has no org_id; if it belongs to no organization, add it to sharedTables", table)
		}
	}
}
