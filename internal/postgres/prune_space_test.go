package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/systemtest"
)

// year is when the changes of these tests begin: one a minute.
var year = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// minute is when a change at a position was made.
func minute(position int) collab.Time {
	return collab.At(year.Add(time.Duration(position) * time.Minute))
}

// appendChanges appends changes to the log of org, each of about a kilobyte, and returns its head.
func appendChanges(t *testing.T, s *Store, changes int) (head int) {
	t.Helper()
	s.run(t, "org", `INSERT INTO log (org_id, position, type, entity_type, entity_id, entity_version, customer_id, actor_id, client_mutation_id, merged,
		occurred_at, changes, snapshot) SELECT 'org', p, 'UPDATE', 'CUSTOMER', 'cus' || p % 97, p, 'cus' || p % 97, 'ann', md5(p::text), FALSE,
		?::timestamptz + p * interval '1 min', '[]', json_build_object('name', repeat(md5(p::text), 25))
		FROM organizations o, generate_series(o.head + 1, o.head + ?) AS p WHERE o.id = 'org'`, year, changes)
	s.run(t, "org", "UPDATE organizations SET head = head + ? WHERE id = 'org'", changes)
	return number(t, s.forOrg("org"), "SELECT head FROM organizations WHERE id = 'org'")
}

// pruneTo prunes the log of org up to a position, and returns how many changes.
func pruneTo(t *testing.T, s *Store, position int) (pruned int) {
	t.Helper()
	for {
		n, err := s.Prune(t.Context(), minute(position), 500)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return pruned
		}
		pruned += n
	}
}

// The log and its indexes stay about as large as they are with the changes that are kept, however many are written and pruned:
// the autovacuum of a Postgres with its defaults, except that it looks every second, makes room as fast as it is needed. A busy
// machine vacuums later, so an index may have a few pages more; without a vacuum, the log would more than double.
func TestPrunedLogStaysFlat(t *testing.T) {
	t.Parallel()
	folder := systemtest.Folder(t)
	cluster := systemtest.StartPostgres(t, folder, "-c", "autovacuum_naptime=1s")
	s, err := Open(t.Context(), "postgres://tandem@"+cluster.Address()+"/tandem?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	const perRound, kept, rounds = 2000, 4 * 2000, 10
	appendChanges(t, s, kept)
	var sizes []int
	removed := 0
	for range rounds {
		pruned := pruneTo(t, s, appendChanges(t, s, perRound)-kept)
		if removed += pruned; pruned < perRound {
			t.Fatalf("pruned %d changes", pruned)
		}
		// Statistics come late: first those of the deletions, and then those of the vacuum.
		vacuumed := fmt.Sprintf("SELECT COUNT(*) FROM pg_stat_user_tables WHERE relname = 'log' AND n_tup_del >= %d AND n_dead_tup < %d", removed, perRound/2)
		eventually.True(t, "autovacuum removes what was pruned", func() bool {
			return number(t, s.forOrg("org"), vacuumed) > 0
		})
		sizes = append(sizes, number(t, s.forOrg("org"), "SELECT pg_total_relation_size('log')"))
	}
	t.Logf("the log with its indexes has %d bytes", sizes)
	if before, after := sizes[1], sizes[rounds-1]; after > before*3/2 {
		t.Errorf("the log has %d bytes, and had %d before its changes were replaced twice", after, before)
	}
}

// pages is how many pages of tables and indexes a statement looks at.
func pages(t *testing.T, s *Store, q *query) int {
	t.Helper()
	var plan []byte
	explaining := &query{args: q.args}
	explaining.text.WriteString("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + q.text.String())
	if err := forEachRow(t.Context(), s.forOrg("org"), explaining, func(r row) error { return r.Scan(&plan) }); err != nil {
		t.Fatal(err)
	}
	var explained []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	if err := json.Unmarshal(plan, &explained); err != nil || len(explained) != 1 {
		t.Fatalf("%v: %s", err, plan)
	}
	return explained[0].Plan.Hit + explained[0].Plan.Read
}

// While a long transaction, as that of pg_dump, keeps pruned changes from being vacuumed, nothing looks at them: neither the
// comparison of heads, which each instance makes every second, nor the next pruning.
func TestPrunedRowsAreNotPassed(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	if err := prepare(t.Context(), s, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	head := appendChanges(t, s, 10_000)
	s.run(t, "org", "ANALYZE log")
	dump, err := s.pool.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = dump.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := dump.Exec(t.Context(), "SELECT FROM organizations"); err != nil {
		t.Fatal(err)
	}
	questions := []*query{newQuery("SELECT * FROM heads('{org}')"), newQuery("SELECT * FROM log_stats()"), newQuery("SELECT old_logs('2020-01-01')"),
		queryHead("org", new(collab.Head)).query}
	for _, q := range questions {
		pages(t, s, q) // reads the catalog
	}
	var before []int
	for _, q := range questions {
		before = append(before, pages(t, s, q))
	}
	if pruned := pruneTo(t, s, head-1000); pruned < 8000 {
		t.Fatalf("pruned %d changes", pruned)
	}
	for i, q := range questions {
		if now := pages(t, s, q); now > before[i]+5 {
			t.Errorf("%s looks at %d pages, and at %d before 9,000 changes were pruned", q.text.String(), now, before[i])
		}
	}
}

// A pruning that stands still holds nobody up: its transaction locks what it deletes, and neither the organization nor the end of its log.
func TestPruneHoldsUpNobody(t *testing.T) {
	t.Parallel()
	one, other := open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	head := appendChanges(t, one, 300)
	one.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at)
		VALUES ('org', 1, 'ann', 'ntf', 'MENTION', '', '', now())`)
	reader := lock(t, one, "SELECT FROM notifications WHERE id = 'ntf' FOR UPDATE")
	ended := during(t, other, func() error {
		_, err := other.Prune(t.Context(), minute(head-100), 500)
		return err
	})
	intent := collab.Intent{OrgID: "org", ActorID: "ann", EntityID: "cus"}
	for range 20 {
		if _, err := one.Write(t.Context(), intent, func(st *collab.State) (*collab.Decision, error) { return rename(st.Entity), nil }); err != nil {
			t.Fatal(err)
		}
	}
	if changes, err := one.Changes(t.Context(), "org", int64(head), 100); err != nil || len(changes) != 20 {
		t.Errorf("read %d changes, %v", len(changes), err)
	}
	if heads, err := one.Heads(t.Context(), []collab.ID{"org"}); err != nil || heads["org"].Oldest != 1 {
		t.Errorf("the log begins at %d while it is pruned, %v", heads["org"].Oldest, err)
	}
	reader.run("COMMIT")
	if err := ended(); err != nil {
		t.Fatal(err)
	}
	if heads, err := one.Heads(t.Context(), []collab.ID{"org"}); err != nil || heads["org"].Oldest < 100 {
		t.Errorf("the log begins at %d, %v", heads["org"].Oldest, err)
	}
}
