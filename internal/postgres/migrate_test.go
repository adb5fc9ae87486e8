package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/eventually"
)

// Migrations are applied by their count, so their names number them without a gap: a migration that
// is later put into a gap would never be applied to a database that has the ones after it.
func TestMigrationsAreNumbered(t *testing.T) {
	t.Parallel()
	for _, folder := range []fs.FS{migrations, os.DirFS("../sqlite")} {
		files, err := fs.Glob(folder, "migrations/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatal(files, err)
		}
		for i, file := range files {
			var number int
			if _, err := fmt.Sscanf(file, "migrations/%04d_", &number); err != nil || number != i+1 {
				t.Errorf("%s is number %d in its folder", file, i+1)
			}
		}
	}
}

// A migration builds indexes of tables of earlier ones only while these are empty. The program makes them otherwise.
func TestIndexesOfEarlierTables(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	const firstOfRule = 20 // 0021_queue_room.sql
	created := regexp.MustCompile(`(?m)^CREATE (?:UNIQUE )?INDEX \w+ ON (\w+)`)
	for _, file := range files[firstOfRule:] {
		text, err := migrations.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, index := range created.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(string(text), "CREATE TABLE "+index[1]+" (") {
				t.Errorf("%s locks %s while it builds %q", file, index[1], index[0])
			}
		}
	}
}

// The browsers of people who were removed before removals deleted them are deleted, and inboxes with rows get their index later.
func TestMigrateRemovedPeople(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	older := migratedTo(t, database, 25)
	for _, statement := range []string{
		"INSERT INTO organizations (id, name, head, epoch) VALUES ('acme', 'Acme', 1, 1)",
		"INSERT INTO users (org_id, id, name) VALUES ('acme', 'ann', 'Ann'), ('acme', 'bob', 'Bob')",
		`INSERT INTO members (org_id, user_id, role, name_key, removed_at) VALUES ('acme', 'ann', 'MEMBER', 'ann', NULL), ('acme', 'bob', 'MEMBER', 'bob', now())`,
		"INSERT INTO inboxes (org_id, user_id, revision) VALUES ('acme', 'ann', 1)",
		`INSERT INTO push_subscriptions (org_id, id, user_id, endpoint, endpoint_hash, host, p256dh, auth, created_at)
			SELECT 'acme', 'psh_' || id, id, id, id, 'push.example', '', '', now() FROM users`,
		"INSERT INTO push_endpoints (hash, holder) SELECT id, 'acme' FROM users",
	} {
		older.run(t, "acme", statement)
	}
	s, _ := open(t, database)
	for statement, want := range map[string]string{
		"SELECT string_agg(user_id, ' ') FROM push_subscriptions": "ann",
		"SELECT string_agg(hash, ' ') FROM push_endpoints":        "ann",
	} {
		got, err := collect(t.Context(), s.forOrg("acme"), newQuery(statement), scanColumn[string])
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q: %v", statement, got, want, err)
		}
	}
	if isThere, err := s.hasIndex(t.Context(), "inboxes_by_sequence"); err != nil || isThere {
		t.Errorf("the migration built the index: %v", err)
	}
	if err := s.makeIndexes(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	if isThere, err := s.hasIndex(t.Context(), "inboxes_by_sequence"); err != nil || !isThere {
		t.Errorf("the index is missing: %v", err)
	}
}

// A migration that finds the log in use, as pg_dump does, lets those through who queue behind it, and
// goes on when it is free.
func TestMigrationLetsOthersPass(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	older := migratedTo(t, database, 5)
	dump, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer dump.Close(t.Context())
	if _, err := dump.Exec(t.Context(), "BEGIN; LOCK TABLE log IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() {
		s, err := Open(t.Context(), database)
		if err == nil {
			s.Close()
		}
		opened <- err
	}()
	waits := func() bool {
		return number(t, older.forOrg("acme"), "SELECT COUNT(*) FROM pg_locks WHERE relation = 'log'::regclass AND NOT granted") > 0
	}
	eventually.True(t, "the migration waits for the log", waits)
	if n := number(t, older.forOrg("acme"), "SELECT COUNT(*) FROM log"); n != 0 { // queues behind the migration until it gives up
		t.Errorf("the log has %d rows", n)
	}
	select {
	case err := <-opened:
		t.Fatalf("the migration ended (%v) although the log is in use", err)
	default:
	}
	if _, err := dump.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; err != nil {
		t.Errorf("the migration failed once the log was free: %v", err)
	}
}

// A database that an earlier release filled keeps its conflicts, with the audiences of the
// changes that they are about, its changes of access, and the end of its audit trail.
func TestMigrateFilledDatabase(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	older := migratedTo(t, database, 6)
	for _, statement := range []string{
		"INSERT INTO organizations (id, name, head, epoch, restricts, audit_number, audit_hash) VALUES ('acme', 'Acme', 4, 1, true, 1, 'aa')",
		`INSERT INTO entities (org_id, id, type, version, position, status, visibility, created_by, created_at, updated_at, name_key, data, search)
			SELECT 'acme', 'cus' || n, 'CUSTOMER', 1, 1, 'LEAD', CASE n WHEN 3 THEN 'ORGANIZATION' ELSE 'RESTRICTED' END, 'ann', now(), now(), 'acme', '{}', 'acme'
			FROM generate_series(1, 3) AS n`,
		`INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version, actor_id, conflict_id, occurred_at, audience, snapshot, merged, regards)
			VALUES ('acme', 1, 'UPDATE', 'CUSTOMER', 'cus1', 1, 'ann', NULL, now(), '["ann"]', '{}', false, NULL),
			('acme', 2, 'CONFLICT', 'CUSTOMER', 'cus1', 1, 'bob', 'known', now(), '["ann","bob"]', NULL, false, NULL),
			('acme', 3, 'CONFLICT', 'CUSTOMER', 'cus3', 1, 'bob', 'open', now(), NULL, NULL, false, NULL),
			('acme', 4, 'ACCESS', 'CUSTOMER', 'cus1', 1, 'ann', NULL, now(), NULL, NULL, false, '{}')`,
		`INSERT INTO conflicts (org_id, id, entity_type, entity_id, base_version, remote_version, fields, patch, detected_at, detected_for_id)
			VALUES ('acme', 'known', 'CUSTOMER', 'cus1', 1, 1, '[]', '{}', now(), 'bob'), ('acme', 'pruned', 'CUSTOMER', 'cus2', 1, 1, '[]', '{}', now(), 'bob'),
			('acme', 'open', 'CUSTOMER', 'cus3', 1, 1, '[]', '{}', now(), 'bob')`,
	} {
		older.run(t, "acme", statement)
	}
	s, _ := open(t, database)
	for statement, want := range map[string]string{
		"SELECT audience::text || ' ' || base_audience::text FROM conflicts WHERE id = 'known'":                  `["ann", "bob"] ["ann"]`,
		"SELECT audience::text || ' ' || base_audience::text FROM conflicts WHERE id = 'pruned'":                 "[] []",
		"SELECT audience::text || ' ' || COALESCE(base_audience::text, 'NULL') FROM conflicts WHERE id = 'open'": "null NULL",
		"SELECT position::text || audit_number || audit_hash FROM log WHERE audit_number IS NOT NULL":            "41aa",
		"SELECT position::text FROM log WHERE regards IS NOT NULL AND fingerprint IS NULL AND edited IS NULL":    "4",
		"SELECT string_agg(id, ' ' ORDER BY id) FROM conflicts":                                                  "known open pruned",
	} {
		got, err := collect(t.Context(), s.forOrg("acme"), newQuery(statement), scanColumn[string])
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q: %v", statement, got, want, err)
		}
	}
}
