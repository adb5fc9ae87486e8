package operations_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// wantNoStart expects that the server does not start, for a reason that begins to say what to do.
func wantNoStart(t *testing.T, settings map[string]string, sentence string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), servertest.Patience)
	defer cancel()
	if err := server.Run(ctx, settings, io.Discard, servertest.LogTo(t)); err == nil || !strings.Contains(err.Error(), sentence) {
		t.Errorf("the start ended with %v, want %q in it", err, sentence)
	}
}

// wantMigrated expects that tandem migrate prints a line for each step, and the second time that there was none.
func wantMigrated(t *testing.T, settings map[string]string) {
	t.Helper()
	out, errs, status := servertest.Tandem(t, settings, "migrate")
	if status != 0 || errs != "" || !strings.HasPrefix(out, "applied 0001_") || !strings.HasSuffix(out, "\nthe database is up to date\n") {
		t.Fatalf("it ended with %d: %s%s", status, out, errs)
	}
	if out, errs, status = servertest.Tandem(t, settings, "migrate"); status != 0 || errs != "" || out != "the database was up to date already\n" {
		t.Errorf("once more, it ended with %d: %s%s", status, out, errs)
	}
}

// With MIGRATE=off, the server leaves the tables to tandem migrate, and its user needs no right to change them.
func TestMigrateOff(t *testing.T) {
	t.Parallel()
	user := newUser(t) // before the database, which is dropped first, with the user's rights there
	owner := servertest.Shared(t)
	serving := map[string]string{"DATABASE_URL": asServingUser(t, user, owner["DATABASE_URL"]), "REDIS_URL": owner["REDIS_URL"], "MIGRATE": "off"}
	settings := map[string]string{"ADDR": "127.0.0.1:0", "AUTH_SECRET": servertest.Secret, "MIGRATE": "off", "DATABASE_URL": owner["DATABASE_URL"]}
	wantNoStart(t, settings, "run tandem migrate")
	wantMigrated(t, owner)
	ada := servertest.Join(t, servertest.Start(t, serving), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "Aalto Oy"})
	ada.Update(customer, 1, servertest.Object{"phone": "+358 9 1234"}).At("customer.version").Is(`2`)
	ada.Ask(`{ customers(filter: {search: "aalto"}) { nodes { name } } }`, nil).Is(`{"customers": {"nodes": [{"name": "Aalto Oy"}]}}`)
}

// newUser makes a user of the tests' Postgres, who has no rights.
func newUser(t *testing.T) string {
	t.Helper()
	user := "tandem_test_" + strings.ToLower(rand.Text())
	server := servertest.Service(t, "TEST_POSTGRES_URL")
	servertest.Administer(t, server, "CREATE ROLE "+user+" LOGIN PASSWORD 'serving'")
	t.Cleanup(func() { servertest.Administer(t, server, "DROP ROLE "+user) })
	return user
}

// asServingUser lets a user read and write the rows of the tables that a database will get, and nothing else, as docs/operations/upgrade.md
// says, and returns the user's URL.
func asServingUser(t *testing.T, user, database string) string {
	t.Helper()
	servertest.OnServer(t, database, func(ctx context.Context, conn *pgx.Conn) {
		if _, err := conn.Exec(ctx, "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "+user); err != nil {
			t.Fatal(err)
		}
	})
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(user, "serving")
	return address.String()
}

// tandem migrate creates and migrates a SQLite file, where MIGRATE=off creates none.
func TestMigrateOffOnSQLite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tandem.db")
	settings := map[string]string{"ADDR": "127.0.0.1:0", "AUTH_SECRET": servertest.Secret, "MIGRATE": "off", "DATABASE_URL": "sqlite:" + file}
	wantNoStart(t, settings, "there is no database at "+file+"; run tandem migrate")
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the start made the file (%v)", err)
	}
	wantMigrated(t, settings)
	servertest.Join(t, servertest.Start(t, settings), "acme", "ada", collab.RoleMember).Create(servertest.Object{"name": "Aalto Oy"})
}
