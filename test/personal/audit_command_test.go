package personal_test

import (
	"database/sql"
	"encoding/json"
	"os"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// countOf is how many refused sign-ins an entry stands for.
func countOf(t *testing.T, e *collab.AuditEntry) int {
	t.Helper()
	var details struct{ Count int }
	if err := json.Unmarshal(e.Details, &details); err != nil || e.Action != collab.AuditSignInRefused {
		t.Fatalf("%s has the details %s", e.Action, e.Details)
	}
	return details.Count
}

func TestAuditCommand(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]string{"SQLite": servertest.Embedded(t), "Postgres": servertest.Shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auditCommand(t, settings)
		})
	}
}

func auditCommand(t *testing.T, settings map[string]string) {
	at := servertest.Start(t, settings)
	h := servertest.Hide(t, at)
	for _, role := range []string{"VIEWER", "MEMBER", "VIEWER"} {
		h.Ada.Ask(`mutation($role: Role!) { setMemberRole(userId: "dan", role: $role) { role } }`, servertest.Object{"role": role})
	}
	other := servertest.Join(t, at, "other", "eve", collab.RoleAdmin)
	other.Ask(servertest.WhoAmI, nil)

	out, errs, status := servertest.Tandem(t, settings, "audit verify") // while the server is running
	last := h.Ada.Audit(nil)[3]
	end := "4:" + last.Text("hash")
	servertest.Want(t, "status", status, 0)
	servertest.Want(t, "output", out, "acme: whole, 4 rows, 0 of them emptied by erasures; its end is "+end+"\nother: whole, no rows\n")
	servertest.Want(t, "errors", errs, "")
	h.Ada.Ask(`mutation { removeMember(userId: "dan") }`, nil)
	_, errs, status = servertest.Tandem(t, settings, "audit verify --org acme --expect "+end)
	servertest.Want(t, "status with a longer trail", status, 0)
	servertest.Want(t, "errors", errs, "")

	servertest.Change(t, settings, "acme", "UPDATE audit SET actor_id = 'ben' WHERE org_id = 'acme' AND number = 2")
	servertest.Change(t, settings, "other", "UPDATE organizations SET audit_number = 3 WHERE id = 'other'")
	out, errs, status = servertest.Tandem(t, settings, "audit verify")
	servertest.Want(t, "status", status, 1)
	servertest.Want(t, "output", out, "acme: BROKEN, row 2 was changed\nother: BROKEN, row 1 was taken out\n")
	servertest.Want(t, "errors", errs, "tandem: not every audit trail is as it was written\n")

	servertest.Change(t, settings, "acme", "UPDATE audit SET actor_id = 'ada' WHERE org_id = 'acme' AND number = 2")
	_, _, status = servertest.Tandem(t, settings, "audit verify --org acme")
	servertest.Want(t, "status", status, 0)
	out, _, status = servertest.Tandem(t, settings, "audit verify --org acme --expect 4:"+strings.Repeat("0", 64))
	servertest.Want(t, "status", status, 1)
	servertest.Want(t, "output", out, "acme: BROKEN, row 4 is another one than was expected\n")
	out, _, status = servertest.Tandem(t, settings, "audit verify --org nowhere")
	servertest.Want(t, "status", status, 1)
	servertest.Want(t, "output", out, "nowhere: BROKEN, row 1 is not there: the organization has another id, or was taken out with its trail\n")
}

// A database user who may write to the tables deletes the end of one trail, and the record of where it ends.
func TestAuditCommandMissesTheEnd(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]string{"SQLite": servertest.Embedded(t), "Postgres": servertest.Shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, settings)
			h := servertest.Hide(t, at)
			for _, role := range []string{"VIEWER", "MEMBER", "VIEWER"} {
				h.Ada.Ask(`mutation($role: Role!) { setMemberRole(userId: "dan", role: $role) { role } }`, servertest.Object{"role": role})
			}
			servertest.Join(t, at, "other", "eve", collab.RoleAdmin).Ask(servertest.WhoAmI, nil)
			servertest.Change(t, settings, "acme", "DELETE FROM audit WHERE org_id = 'acme' AND number > 3")
			servertest.Change(t, settings, "acme", `UPDATE organizations SET audit_number = 3,
				audit_hash = (SELECT hash FROM audit WHERE org_id = 'acme' AND number = 3) WHERE id = 'acme'`)
			out, _, status := servertest.Tandem(t, settings, "audit verify")
			servertest.Want(t, "status", status, 1)
			servertest.Want(t, "output", out, "acme: BROKEN, row 4 was taken out: the log names a later end\nother: whole, no rows\n")
		})
	}
}

// The program refuses arguments that it does not understand, and touches nothing.
func TestCommandsRefused(t *testing.T) {
	t.Parallel()
	for _, arguments := range []string{
		"serve", "--halp", "audit", "audit check", "audit verify acme", "audit verify --all", "audit verify --org",
		"audit verify --expect 1:00", "audit verify --org acme --expect 1:00", "audit verify --org acme --expect 0:" + strings.Repeat("0", 64),
	} {
		settings := servertest.Embedded(t)
		out, errs, status := servertest.Tandem(t, settings, arguments)
		if status != 2 || out != "" || !strings.HasPrefix(errs, "tandem: ") || !strings.Contains(errs, "tandem --help lists the commands") {
			t.Errorf("%s ends with %d and says %q, %q", arguments, status, out, errs)
		}
		if _, err := os.Stat(strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:")); err == nil {
			t.Errorf("%s makes a database", arguments)
		}
	}
	settings := servertest.Embedded(t)
	_, errs, status := servertest.Tandem(t, settings, "audit verify")
	servertest.Want(t, "status of nothing", status, 1)
	if !strings.HasPrefix(errs, "tandem: ") || !strings.Contains(errs, strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:")) {
		t.Errorf("it says %q", errs)
	}
	if _, err := os.Stat(strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:")); err == nil {
		t.Error("the check makes a database")
	}
}

// A check only reads: it neither migrates the database of an earlier release nor creates tables in an empty one.
func TestAuditCommandOnlyReads(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	delete(settings, "REDIS_URL")
	_, errs, status := servertest.Tandem(t, settings, "audit verify")
	if status != 1 || !strings.HasPrefix(errs, "tandem: ") {
		t.Errorf("an empty database: %d, %q", status, errs)
	}
	db, err := sql.Open("pgx", settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var tables int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil {
		t.Fatal(err)
	}
	servertest.Want(t, "tables", tables, 0)
}
