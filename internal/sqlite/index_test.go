package sqlite

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// migratedTo makes a file to which only the first migrations were applied.
func migratedTo(t *testing.T, path string, applied int) {
	t.Helper()
	db, err := connect(path, "rwc", "immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{fmt.Sprintf("PRAGMA user_version = %d", applied)}
	for _, file := range files[:applied] {
		text, err := migrations.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, string(text))
	}
	statements = append(statements, `INSERT INTO organizations (id, name, head, epoch) VALUES ('acme', 'acme', 1200, 1)`,
		`INSERT INTO entities (org_id, id, type, version, position, status, visibility, created_by, created_at, updated_at, name_key, data, search)
		SELECT 'acme', 'cus' || value, 'CUSTOMER', 1, value, 'LEAD', 'ORGANIZATION', 'ann', value, value, 'stra`+"\u00df"+`e ' || value,
		json_object('id', 'cus' || value, 'type', 'CUSTOMER', 'version', 1, 'fields', json_object('name', 'Stra`+"\u00df"+`e ' || value, 'status', 'LEAD', 'visibility', 'ORGANIZATION')),
		'stra`+"\u00df"+`e ' || value FROM generate_series(1, 1200)`)
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// A file of an earlier release is indexed in batches. A committed batch stays when the program
// ends, lists work all the time, and the next start continues.
func TestIndexOfEarlierFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	migratedTo(t, path, 5)
	query := collab.EntityQuery{Type: collab.TypeCustomer, Search: "strasse 12", Limit: 2000}
	found := -1
	for more := true; more; {
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if more, err = s.Index(t.Context(), "acme", 100); err != nil {
			t.Fatal(err)
		}
		list, err := s.ListEntities(t.Context(), collab.Scope{OrgID: "acme"}, query)
		if err != nil || len(list) < found {
			t.Errorf("a list has %d, %v; it had %d", len(list), err, found)
		}
		found = len(list)
		if orgIDs, err := s.Unindexed(t.Context(), 100); err != nil || (len(orgIDs) > 0) != more {
			t.Errorf("unindexed are %v, %v", orgIDs, err)
		}
		s.Close()
	}
	// 12, 120 to 129, 1200
	if found != 12 {
		t.Errorf("found %d", found)
	}
}

// A program that only reads needs the tables of this release, and reports their absence.
func TestOpenToReadEarlierFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	migratedTo(t, path, 5)
	if s, err := OpenToRead(t.Context(), path); err == nil || !strings.Contains(err.Error(), "run tandem migrate") {
		t.Errorf("it opens %v with the error %v", s, err)
	}
}
