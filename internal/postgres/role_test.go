package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
)

// newDatabaseOfSuperuser makes a database of the test's own, whose user is a superuser.
func newDatabaseOfSuperuser(t testing.TB) string {
	t.Helper()
	return newDatabaseOn(t, service(t, "TEST_POSTGRES_SUPERUSER_URL"))
}

// newDatabaseOfBypassing makes a database of the test's own, whose user has BYPASSRLS
// and may make no roles, but is a member of tandem_server.
func newDatabaseOfBypassing(t testing.TB) string {
	t.Helper()
	user, server := newBypassing(t)
	asSuperuser(t, `DO $$ BEGIN CREATE ROLE tandem_server NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$`)
	asSuperuser(t, "GRANT tandem_server TO "+user)
	return newDatabaseOn(t, server)
}

// newBypassing makes a user who has BYPASSRLS, and returns the server's URL for them.
func newBypassing(t testing.TB) (user, server string) {
	t.Helper()
	user = fmt.Sprintf("tandem_test_%016x", rand.Uint64())
	asSuperuser(t, "CREATE ROLE "+user+" LOGIN CREATEDB BYPASSRLS")
	t.Cleanup(func() { asSuperuser(t, "DROP ROLE "+user) })
	address, err := url.Parse(service(t, "TEST_POSTGRES_SUPERUSER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.User(user)
	return user, address.String()
}

func asSuperuser(t testing.TB, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, service(t, "TEST_POSTGRES_SUPERUSER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// A user who is exempt from row-level security and can't switch to tandem_server gets no access to
// the data, and an error that says what to do.
func TestOpenNeedsAWall(t *testing.T) {
	t.Parallel()
	newDatabaseOfBypassing(t) // so that tandem_server is there
	user, server := newBypassing(t)
	database := newDatabaseOn(t, server)
	s, err := Open(t.Context(), database)
	if err == nil {
		s.Close()
		t.Fatal("it opens")
	}
	if want := "the user \"" + user + "\" is exempt from row-level security"; !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), `GRANT tandem_server TO "`+user+`"`) {
		t.Errorf("it answers: %v", err)
	}
	asSuperuser(t, "GRANT tandem_server TO "+user)
	open(t, database)
}

// A database that had no row-level security keeps what is in it.
func TestMigrationAddsRowSecurity(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]string{"owner": newDatabase(t), "superuser": newDatabaseOfSuperuser(t)} {
		conn, err := pgx.Connect(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(context.Background()) }()
		for _, file := range []string{"migrations/0001_tables.sql", "migrations/0002_access.sql"} {
			text, err := migrations.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), string(text)); err != nil {
				t.Fatal(err)
			}
		}
		_, err = conn.Exec(t.Context(), `CREATE TABLE migrations (applied integer NOT NULL); INSERT INTO migrations VALUES (2);
			INSERT INTO organizations (id, name, epoch) VALUES ('acme', 'acme', 1), ('zeta', 'zeta', 1);
			INSERT INTO users (org_id, id, name) VALUES ('acme', 'ann', 'Ann'), ('zeta', 'zoe', 'Zoe')`)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := open(t, database)
		for orgID, want := range map[string]string{"acme": "ann", "zeta": "zoe"} {
			var seen []string
			err := forEachRow(t.Context(), s.forOrg(collab.ID(orgID)), newQuery("SELECT id FROM users"), scanAll(&seen, scanColumn[string]))
			if err != nil || len(seen) != 1 || seen[0] != want {
				t.Errorf("%s: of %s, %v are there, %v", name, orgID, seen, err)
			}
		}
	}
}
