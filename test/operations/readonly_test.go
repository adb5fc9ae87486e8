package operations_test

import (
	"database/sql"
	"net/http"
	"net/url"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// A server whose database turned read-only, as after a failover, is not ready, refuses writes as UNAVAILABLE, and
// is ready once the database takes writes again.
func TestReadyOnReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	at := servertest.Start(t, settings)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	const create = `mutation { createCustomer(input: {name: "Acme"}) { __typename } }`
	ada.Ask(create, nil)
	db, err := sql.Open("pgx", settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	address, err := url.Parse(settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	turn := func(change string) {
		t.Helper()
		for _, statement := range []string{
			"SET default_transaction_read_only = off",
			"ALTER DATABASE " + address.Path[1:] + " " + change,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user",
		} {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	ready := func() int {
		status, _ := servertest.Get(t, at.URL+"/readyz")
		return status
	}
	turn("SET default_transaction_read_only = on")
	eventually.Is(t, "it is not ready", ready, http.StatusServiceUnavailable)
	servertest.Want(t, "code", ada.Code(create, nil), "UNAVAILABLE")
	turn("RESET default_transaction_read_only")
	eventually.Is(t, "it is ready", ready, http.StatusOK)
	ada.Ask(create, nil)
}
