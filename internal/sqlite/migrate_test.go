package sqlite

import (
	"path/filepath"
	"testing"

	"tandem/internal/collab"
)

// A file that an earlier release filled keeps its conflicts, with the audiences of the
// changes that they are about, its changes of access, and the end of its audit trail.
func TestMigrateFilledFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	migratedTo(t, path, 6)
	db, err := connect(path, "rw", "immediate")
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"UPDATE organizations SET restricts = 1, head = 4, audit_number = 1, audit_hash = 'aa'",
		"UPDATE entities SET visibility = 'RESTRICTED' WHERE id IN ('cus1', 'cus2')",
		`INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version, actor_id, conflict_id, occurred_at, audience, snapshot, merged, regards)
			VALUES ('acme', 1, 'UPDATE', 'CUSTOMER', 'cus1', 1, 'ann', NULL, 1, '["ann"]', '{}', 0, NULL),
			('acme', 2, 'CONFLICT', 'CUSTOMER', 'cus1', 1, 'bob', 'known', 2, '["ann","bob"]', NULL, 0, NULL),
			('acme', 3, 'CONFLICT', 'CUSTOMER', 'cus3', 1, 'bob', 'open', 3, NULL, NULL, 0, NULL),
			('acme', 4, 'ACCESS', 'CUSTOMER', 'cus1', 1, 'ann', NULL, 4, NULL, NULL, 0, '{}')`,
		`INSERT INTO conflicts (org_id, id, entity_type, entity_id, base_version, remote_version, fields, patch, detected_at, detected_for_id)
			VALUES ('acme', 'known', 'CUSTOMER', 'cus1', 1, 1, '[]', '{}', 2, 'bob'), ('acme', 'pruned', 'CUSTOMER', 'cus2', 1, 1, '[]', '{}', 1, 'bob'),
			('acme', 'open', 'CUSTOMER', 'cus3', 1, 1, '[]', '{}', 3, 'bob')`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, _ := open(t, path)
	texts := func(statement string) (list []string) {
		t.Helper()
		list, err := collect(t.Context(), s.readers, newQuery(statement), scanColumn[string])
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for statement, want := range map[string]string{
		"SELECT audience || ' ' || base_audience FROM conflicts WHERE id = 'known'":                                                   `["ann","bob"] ["ann"]`,
		"SELECT audience || ' ' || base_audience FROM conflicts WHERE id = 'pruned'":                                                  "[] []",
		"SELECT audience || ' ' || COALESCE(base_audience, 'NULL') FROM conflicts WHERE id = 'open'":                                  "null NULL",
		"SELECT audit_number || audit_hash || COUNT(*) FROM log WHERE audit_number IS NOT NULL":                                       "1aa1",
		"SELECT CAST(position AS TEXT) FROM log INDEXED BY log_access WHERE org_id = 'acme' AND regards IS NOT NULL AND position > 0": "4",
	} {
		if got := texts(statement); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", statement, got, want)
		}
	}
	for more := true; more; {
		if more, err = s.Index(t.Context(), "acme", 100); err != nil {
			t.Fatal(err)
		}
	}
	query := collab.EntityQuery{Type: collab.TypeCustomer, Search: "strasse 1200", Limit: 10}
	if list, err := s.ListEntities(t.Context(), collab.Scope{OrgID: "acme", All: true}, query); err != nil || len(list) != 1 {
		t.Errorf("the index finds %d: %v", len(list), err)
	}
}
