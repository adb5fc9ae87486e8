package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
)

// newDatabase makes a database of the test's own, and returns its URL.
func newDatabase(t testing.TB) string {
	t.Helper()
	return newDatabaseOn(t, service(t, "TEST_POSTGRES_URL"))
}

// service returns a variable of the environment that names a service of the tests.
func service(t testing.TB, variable string) string {
	t.Helper()
	address := os.Getenv(variable)
	if address == "" {
		t.Fatalf("there is no %s to test with; run it with scripts/with-services go test ./...", variable)
	}
	return address
}

// newDatabaseOn makes a database of the test's own on a server, as the user of its URL.
func newDatabaseOn(t testing.TB, server string) string {
	t.Helper()
	admin, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("tandem_test_%016x", rand.Uint64())
	// A collation that is not by byte shows what relies on the database's own.
	// Not every Postgres can have it.
	_, err = admin.Exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'")
	if err != nil {
		_, err = admin.Exec(t.Context(), "CREATE DATABASE "+name)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		if _, err := admin.Exec(ctx, "DROP DATABASE IF EXISTS "+name); err != nil {
			t.Error(err)
		}
		_ = admin.Close(ctx)
	})
	database, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	database.Path = "/" + name
	return database.String()
}

// open opens a database twice, as by two instances, and closes both at the end.
func open(t testing.TB, database string) (one, other *Store) {
	t.Helper()
	for _, s := range []**Store{&one, &other} {
		var err error
		if *s, err = Open(t.Context(), database); err != nil {
			t.Fatal(err)
		}
		t.Cleanup((*s).Close)
	}
	return one, other
}

// run runs a statement of the test's own.
func (s *Store) run(t *testing.T, orgID collab.ID, text string, args ...any) {
	t.Helper()
	if _, err := s.forOrg(orgID).exec(t.Context(), newQuery(text, args...)); err != nil {
		t.Fatal(err)
	}
}

// dump is all rows of an organization in all tables, as text.
func (s *Store) dump(t *testing.T, orgID collab.ID) string {
	t.Helper()
	var dump []string
	for table, rows := range rowsOf(t, s, orgID) {
		dump = append(dump, table+" "+rows)
	}
	return strings.Join(dump, "\n")
}

// plansOnce checks that Postgres planned no statement about an organization for the arguments of one call.
func (s *Store) plansOnce(t *testing.T) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	for _, conn := range s.pool.AcquireAllIdle(ctx) {
		rows, _ := conn.Query(ctx, "SELECT statement FROM pg_prepared_statements WHERE custom_plans > 0 AND statement LIKE '%org_id%'")
		planned, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if len(planned) > 0 || err != nil {
			t.Errorf("planned again and again, %v: %s", err, strings.Join(planned, "\n"))
		}
		conn.Release()
	}
}

// behind runs a statement as somebody whom row-level security does not hold.
func behind(t *testing.T, database, text string) {
	t.Helper()
	address, err := url.Parse(service(t, "TEST_POSTGRES_SUPERUSER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = own.Path
	conn, err := pgx.Connect(t.Context(), address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) { testStore(t, newDatabase(t)) }

// A superuser's store acts as another role, which has to suffice for every statement.
func TestStoreOfSuperuser(t *testing.T) { testStatements(t, newDatabaseOfSuperuser(t)) }

// testStore runs the whole contract: once for a user without a pooler, and once for a superuser behind one, so that
// both users and both ways run all of it.
func testStore(t *testing.T, database string) { collabtest.Store(t, fixtureOf(database)) }

// testStatements runs every statement, but few of them with large amounts: the bounds do not depend on who sends a
// statement, nor on how its arguments travel.
func testStatements(t *testing.T, database string) {
	collabtest.StoreStatements(t, fixtureOf(database))
}

func fixtureOf(database string) func(*testing.T) collabtest.StoreFixture {
	return func(t *testing.T) collabtest.StoreFixture {
		one, other := open(t, database)
		t.Cleanup(func() { one.plansOnce(t) })
		return collabtest.StoreFixture{
			Store: one, Other: other,
			Prune: func(t *testing.T, orgID collab.ID, upTo int64) {
				one.run(t, orgID, "DELETE FROM log WHERE org_id = ? AND position <= ?", orgID, upTo)
			},
			SetEpoch: func(t *testing.T, orgID collab.ID, epoch uint32) {
				one.run(t, orgID, "UPDATE organizations SET epoch = ? WHERE id = ?", int64(epoch), orgID)
			},
			Dump: func(t *testing.T, orgID collab.ID) string { return one.dump(t, orgID) },
			Remove: func(t *testing.T, orgID, userID collab.ID) {
				one.run(t, orgID, "UPDATE members SET removed_at = now() WHERE org_id = ? AND user_id = ?", orgID, userID)
			},
			Exec:  func(t *testing.T, text string) { behind(t, database, text) },
			Later: "UPDATE audit SET occurred_at = occurred_at + interval '0.5 milliseconds' WHERE org_id = org AND number = 2",
		}
	}
}

func TestOpenAtOnce(t *testing.T) {
	t.Run("behind a pooler", func(t *testing.T) { openAtOnce(t, pooled(t)) })
	eachUser(t, openAtOnce)
}

func openAtOnce(t *testing.T, database string) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s, err := Open(t.Context(), database)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// A failure to open gives one sentence that says what to do, and that does not contain the
// password.
func TestOpenFails(t *testing.T) {
	there, err := url.Parse(newDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	there.User = url.UserPassword(there.User.Username(), "s3cret")
	at := func(change func(*url.URL)) string {
		database := *there
		change(&database)
		return database.String()
	}
	for database, want := range map[string]string{
		at(func(u *url.URL) { u.Path = "/nowhere" }):                        `the database "nowhere" does not exist at ` + there.Host + "; create it (createdb nowhere), or correct DATABASE_URL",
		at(func(u *url.URL) { u.Host = "127.0.0.1:1" }):                     "no Postgres answers at 127.0.0.1:1; start it, or correct the host and the port in DATABASE_URL",
		at(func(u *url.URL) { u.User = url.UserPassword("eve", "s3cret") }): "the Postgres at " + there.Host + ` does not let "eve" in (`,
		"postgres://ann:s3cret@%zz:port/x":                                  "DATABASE_URL cannot be read; write it like postgres://user:password@host:5432/database",
	} {
		s, err := Open(t.Context(), database)
		if err == nil {
			s.Close()
			t.Errorf("%s opens", database)
			continue
		}
		if !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s answers: %v", database, err)
		}
	}
}
