package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

// migratedTo is a store on a database to which only the first migrations were applied.
func migratedTo(t *testing.T, database string, applied int) *Store {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{"CREATE TABLE migrations (applied integer NOT NULL)", fmt.Sprintf("INSERT INTO migrations VALUES (%d)", applied)}
	for _, file := range files[:applied] {
		text, err := migrations.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, string(text))
	}
	for _, statement := range statements {
		if _, err := pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return newStore(pool)
}

// A database that is in use is migrated and indexed while an older instance writes,
// though an instance that does it is killed, and two of them do it at once.
func TestIndexOfDatabaseInUse(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	older := migratedTo(t, database, 5)
	const customers = 600
	older.run(t, "acme", "INSERT INTO organizations (id, name, head, epoch) VALUES ('acme', 'Acme', ?, 1)", customers)
	older.run(t, "acme", `INSERT INTO entities (org_id, id, type, version, position, status, visibility, created_by, created_at, updated_at, name_key, data, search)
		SELECT 'acme', id, 'CUSTOMER', 1, n, 'LEAD', 'ORGANIZATION', 'ann', now(), now(), lower(name),
		jsonb_build_object('id', id, 'type', 'CUSTOMER', 'version', 1, 'fields',
			jsonb_build_object('name', name, 'status', 'LEAD', 'visibility', 'ORGANIZATION')), lower(name)
		FROM (SELECT n, 'cus' || n AS id, CASE n WHEN 100 THEN 'Straße' ELSE 'Acme' END AS name FROM generate_series(1, ?::bigint) AS n) AS c`, customers)

	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	defer writing.Wait()
	defer stop()
	writing.Go(func() {
		for i := 1; ctx.Err() == nil; i = i%7 + 1 {
			_, err := older.forOrg("acme").exec(ctx, newQuery(`WITH log_head AS (UPDATE organizations SET head = head + 1 WHERE id = 'acme' RETURNING head)
				UPDATE entities e SET position = head, version = e.version + 1, name_key = 'acme ' || e.version, search = 'acme ' || e.version,
				data = jsonb_set(e.data, '{fields,name}', to_jsonb('Acme ' || e.version)) FROM log_head WHERE e.org_id = 'acme' AND e.id = ?`,
				fmt.Sprint("cus", i)))
			if err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})

	killIndexing(t, database)
	one, other := open(t, database)
	for range 2 {
		var indexing sync.WaitGroup
		for _, s := range []*Store{one, other} {
			indexing.Go(func() { untilIndexed(t, s) })
		}
		indexing.Wait()
	}
	for _, index := range laterIndexes {
		if isThere, err := one.hasIndex(t.Context(), index.name); !isThere || err != nil {
			t.Errorf("%s is there: %t, %v", index.name, isThere, err)
		}
	}
	stop()
	writing.Wait()
	renamed := number(t, one.forOrg("acme"), "SELECT COUNT(*) FROM entities WHERE version > 1")
	for search, want := range map[string]int{"acme": customers - 1, "strasse": 1, "acme ": renamed, "nobody": 0} {
		count, err := other.CountEntities(t.Context(), collab.Scope{OrgID: "acme"}, collab.EntityQuery{Type: collab.TypeCustomer, Search: search})
		if count.N != want || err != nil {
			t.Errorf("a search for %q counts %d, %v", search, count.N, err)
		}
	}
}

// killIndexing migrates a database and ends while it makes an index, of which a part
// is left that is of no use.
func killIndexing(t *testing.T, database string) {
	t.Helper()
	s, err := Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.indexed.Load() {
		t.Error("the migration made an index of a table with rows")
	}
	blocker, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = blocker.Close(t.Context()) }()
	if _, err := blocker.Exec(t.Context(), "BEGIN; LOCK TABLE entities IN ROW EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	killed := make(chan error, 1)
	go func() {
		_, err := s.Unindexed(ctx, 1)
		killed <- err
	}()
	abandoned := "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('entities_by_position') AND NOT indisvalid"
	for n := 0; n == 0; {
		if err := blocker.QueryRow(t.Context(), abandoned).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	kill()
	if err := <-killed; err == nil {
		t.Error("an index was made while somebody wrote to its table")
	}
}

// untilIndexed does what an instance does in the background, until nothing is left.
func untilIndexed(t *testing.T, s *Store) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		orgIDs, err := s.Unindexed(ctx, 1)
		if err == nil && (len(orgIDs) == 0 || s.lacks(ctx, t) < 20) {
			return
		}
		for _, orgID := range orgIDs {
			if _, err = s.Index(ctx, orgID, 1); err != nil {
				break
			}
		}
		if ctx.Err() != nil {
			t.Errorf("not indexed in time: %v", err)
			return
		}
	}
}

// lacks is how many entities of acme are not in the index; writers go on making some.
func (s *Store) lacks(ctx context.Context, t *testing.T) int {
	n, err := count(ctx, s.forOrg("acme"), newQuery(`SELECT COUNT(*) FROM entities e WHERE e.org_id = 'acme'
		AND e.position > COALESCE((SELECT s.position FROM search_state s WHERE s.form > 0), 0)`))
	if err != nil {
		t.Error(err)
	}
	return n
}

// A program that only reads needs the tables of this release, and reports their absence.
func TestOpenToReadEarlierDatabase(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	migratedTo(t, database, 5)
	if s, err := OpenToRead(t.Context(), database); err == nil || !strings.Contains(err.Error(), "run tandem migrate") {
		t.Errorf("it opens %v with the error %v", s, err)
	}
}
