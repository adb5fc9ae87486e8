package postgres

import (
	"net/url"
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
	conn, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
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
