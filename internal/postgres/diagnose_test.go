package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/diagnosis"
)

// wantFinding expects a finding of a level with a text, and no failure unless it is one. The Postgres of the tests does
// without fsync, which is a warning.
func wantFinding(t *testing.T, database string, migrates bool, level diagnosis.Level, text string) {
	t.Helper()
	report := Diagnose(t.Context(), database, migrates)
	if (report.Worst() == diagnosis.Failed) != (level == diagnosis.Failed) {
		t.Errorf("the worst finding is %s, want %s: %v", report.Worst(), level, report)
	}
	for _, finding := range report {
		if finding.Level == level && strings.Contains(finding.Text, text) {
			return
		}
	}
	t.Errorf("no finding says %q: %v", text, report)
}

// change runs a statement as the owner of a database.
func change(t *testing.T, database, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// Each kind of database that an instance could not use is found, and is told from one that it can.
func TestDiagnose(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	wantFinding(t, database, true, diagnosis.OK, "migrations are due; the next start applies them")
	wantFinding(t, database, false, diagnosis.Failed, "MIGRATE is off; run tandem migrate")
	if err := Migrate(t.Context(), database, func(string) {}); err != nil {
		t.Fatal(err)
	}
	wantFinding(t, database, false, diagnosis.OK, "the tables are up to date")
	wantFinding(t, database, false, diagnosis.OK, "row-level security applies to the user")
	wantFinding(t, database, false, diagnosis.OK, "the clocks agree within")
	wantFinding(t, database, false, diagnosis.Warning, "fsync is off")
	wantFinding(t, database+"&pool_max_conns=1000", false, diagnosis.Warning, "an instance opens up to 1000 connections")
	change(t, database, "DROP INDEX log_by_time")
	wantFinding(t, database, false, diagnosis.Warning, "indexes of large tables are still missing")
	change(t, database, "CREATE INDEX log_by_time ON log (org_id, occurred_at, position)")
	change(t, database, "ALTER TABLE log SET (autovacuum_enabled = false)")
	wantFinding(t, database, false, diagnosis.Warning, "autovacuum is off")
	change(t, database, "ALTER TABLE log RESET (autovacuum_enabled)")
	name := strings.TrimPrefix(address.Path, "/")
	change(t, database, "ALTER DATABASE "+name+" SET synchronous_commit = off")
	wantFinding(t, database, false, diagnosis.Warning, "synchronous_commit is off")
	change(t, database, "ALTER DATABASE "+name+" SET default_transaction_read_only = on")
	wantFinding(t, database, false, diagnosis.Failed, "the database is read-only")

	wantFinding(t, newDatabaseOfSuperuser(t), true, diagnosis.Warning, "is exempt from row-level security")
	_, bypassing := newBypassing(t)
	wantFinding(t, newDatabaseOn(t, bypassing), true, diagnosis.Failed, "GRANT tandem_server TO")
	wantFinding(t, "postgres://a:b@127.0.0.1:1/x", true, diagnosis.Failed, "no Postgres answers at 127.0.0.1:1")
	address.Path = "/nowhere"
	wantFinding(t, address.String(), true, diagnosis.Failed, `the database "nowhere" does not exist`)
}

// A user who lacks a right on a table is found, by the check and at the start, with the GRANT that gives it.
func TestDiagnoseRights(t *testing.T) {
	t.Parallel()
	database := newDatabase(t)
	s, _ := open(t, database)
	user, server := newReader(t, database)
	every, err := tableNames()
	if err != nil {
		t.Fatal(err)
	}
	var made []string
	rows, _ := s.pool.Query(t.Context(), "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'migrations' ORDER BY 1")
	if made, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	if slices.Sort(every); !slices.Equal(made, every) {
		t.Errorf("the tables are %q, and the rights on %q are checked", made, every)
	}
	want := func(text string) {
		t.Helper()
		wantFinding(t, server, false, diagnosis.Failed, text)
		if s, err := OpenMigrated(t.Context(), server); err == nil {
			s.Close()
			t.Errorf("it starts, and should say %q", text)
		} else if !strings.Contains(err.Error(), text) {
			t.Errorf("its start does not say %q: %v", text, err)
		}
	}
	want(fmt.Sprintf("(SELECT on migrations); as the owner of the tables run: GRANT SELECT ON migrations TO %q", user))
	change(t, database, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+user)
	want(fmt.Sprintf("(DELETE, INSERT, UPDATE on all of them); as the owner of the tables run: GRANT DELETE, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO %q", user))
	change(t, database, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "+user)
	wantFinding(t, server, false, diagnosis.OK, "all tables can be read and written")
	for i, table := range every {
		right := []string{"SELECT", "INSERT", "UPDATE", "DELETE"}[i%4]
		change(t, database, "REVOKE "+right+" ON "+table+" FROM "+user)
		want(fmt.Sprintf("(%s on %s); as the owner of the tables run: GRANT %[1]s ON %[2]s TO %[3]q", right, table, user))
		change(t, database, "GRANT "+right+" ON "+table+" TO "+user)
	}
	wantFinding(t, server, false, diagnosis.OK, "all tables can be read and written")
}

// newReader makes a user without rights on the tables of a database, and returns the database's URL for them.
func newReader(t *testing.T, database string) (user, as string) {
	t.Helper()
	user = fmt.Sprintf("tandem_test_%016x", rand.Uint64())
	asSuperuser(t, "CREATE ROLE "+user+" LOGIN")
	t.Cleanup(func() {
		change(t, database, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "+user)
		asSuperuser(t, "DROP ROLE "+user)
	})
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.User(user)
	return user, address.String()
}

// A log whose pruned rows are not vacuumed is found, and one that waits for its vacuum is not.
func TestDiagnoseVacuum(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		state vacuumState
		worst diagnosis.Level
	}{
		{vacuumState{on: true, live: 1_000_000, dead: 100_000}, diagnosis.OK},
		{vacuumState{on: true, live: 1_000, dead: 9_000}, diagnosis.OK},
		{vacuumState{on: true, live: 20_000, dead: 10_000}, diagnosis.Warning},
		{vacuumState{on: false, live: 10}, diagnosis.Warning},
	} {
		var report diagnosis.Report
		if test.state.diagnose(&report); report.Worst() != test.worst {
			t.Errorf("%+v: the findings are %v, want %s", test.state, report, test.worst)
		}
	}
}
