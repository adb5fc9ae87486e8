package certificates_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// refuse has Postgres refuse certificates of the authority, and counts them, also those that are rolled back.
const refuse = `CREATE SEQUENCE refused;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('refused'); RAISE 'the disk is full'; END $$;
GRANT ALL ON SEQUENCE refused TO PUBLIC;
CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON certificates FOR EACH ROW WHEN (NEW.name LIKE 'https:%' AND NEW.value <> '') EXECUTE FUNCTION refuse()`

// A certificate that was issued and can't be stored is used, and stored as soon as that is possible. It is not ordered again.
// No answer to a challenge stays in the database.
func TestIssuedAndNotStored(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	settings := servertest.Shared(t)
	instance := startInstance(t, ca, settings, servertest.LogTo(t))
	ca.https.to(addressOf(instance))
	conn, err := pgx.Connect(t.Context(), settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	execute := func(statement string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	count := func(query string) (n int) {
		t.Helper()
		if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	execute(refuse)
	ca.start(t)
	first := issued(t, instance, ca.roots(t))
	eventually.True(t, "the instance tries again to store it", func() bool { return count("SELECT last_value::int FROM refused") > 2 })
	execute("DROP TRIGGER refuse ON certificates")
	const stored = "SELECT count(*)::int FROM certificates WHERE value <> ''"
	eventually.Is(t, "the certificate is stored, and nothing else", func() int { return count(stored) }, 1)
	if other := startInstance(t, ca, settings, servertest.LogTo(t)); !issued(t, other, ca.roots(t)).Equal(first) {
		t.Error("another instance has another certificate")
	}
	if got := ca.orders(); got != 1 {
		t.Errorf("%d certificates were ordered", got)
	}
}
