package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/eventually"
)

// Migrations are counted, so their names number them without a gap: one that came into a gap later
// would never be applied to a database that has the ones after it.
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
		return number(t, older.in("acme"), "SELECT COUNT(*) FROM pg_locks WHERE relation = 'log'::regclass AND NOT granted") > 0
	}
	eventually.True(t, "the migration waits for the log", waits)
	if n := number(t, older.in("acme"), "SELECT COUNT(*) FROM log"); n != 0 { // queues behind the migration until it gives up
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
