package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "github.com/ncruces/go-sqlite3/driver"

	"tandem/internal/collab"
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

// tandem runs the program with arguments, to its end, and returns what it printed and its status.
func tandem(t *testing.T, settings map[string]string, arguments string) (out, errs string, status int) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-test.run=^TestSignals$", "--"}, strings.Fields(arguments)...)...)
	command.Env = append(os.Environ(), "TANDEM_TEST_MAIN=1", "GORACE=atexit_sleep_ms=0")
	for name, value := range settings {
		command.Env = append(command.Env, name+"="+value)
	}
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

// change runs a statement on an organization behind the server's back.
func change(t *testing.T, settings map[string]string, orgID, text string) {
	t.Helper()
	kind, source := "pgx", settings["DATABASE_URL"]
	if file, embedded := strings.CutPrefix(source, "sqlite:"); embedded {
		kind, source = "sqlite3", "file:"+file
	} else {
		text = "SET tandem.org = '" + orgID + "'; " + text
	}
	db, err := sql.Open(kind, source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func TestAuditCommand(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]string{"SQLite": embedded(t), "Postgres": shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			auditCommand(t, settings)
		})
	}
}

func auditCommand(t *testing.T, settings map[string]string) {
	at := start(t, settings)
	h := hide(t, at)
	for _, role := range []string{"VIEWER", "MEMBER", "VIEWER"} {
		h.ada.ask(`mutation($role: Role!) { setMemberRole(userId: "dan", role: $role) { role } }`, object{"role": role})
	}
	other := join(t, at, "other", "eve", collab.RoleAdmin)
	other.ask(whoAmI, nil)

	out, errs, status := tandem(t, settings, "audit verify") // while the server runs
	last := h.ada.audit(nil)[3]
	end := "4:" + last["hash"].(string)
	want(t, "status", status, 0)
	want(t, "output", out, "acme: whole, 4 rows, 0 of them emptied by erasures; its end is "+end+"\nother: whole, no rows\n")
	want(t, "errors", errs, "")
	h.ada.ask(`mutation { removeMember(userId: "dan") }`, nil)
	_, errs, status = tandem(t, settings, "audit verify --org acme --expect "+end)
	want(t, "status with a longer trail", status, 0)
	want(t, "errors", errs, "")

	change(t, settings, "acme", "UPDATE audit SET actor_id = 'ben' WHERE org_id = 'acme' AND number = 2")
	change(t, settings, "other", "UPDATE organizations SET audit_number = 3 WHERE id = 'other'")
	out, errs, status = tandem(t, settings, "audit verify")
	want(t, "status", status, 1)
	want(t, "output", out, "acme: BROKEN, row 2 was changed\nother: BROKEN, row 1 was taken out\n")
	want(t, "errors", errs, "tandem: not every audit trail is as it was written\n")

	change(t, settings, "acme", "UPDATE audit SET actor_id = 'ada' WHERE org_id = 'acme' AND number = 2")
	_, _, status = tandem(t, settings, "audit verify --org acme")
	want(t, "status", status, 0)
	out, _, status = tandem(t, settings, "audit verify --org acme --expect 4:"+strings.Repeat("0", 64))
	want(t, "status", status, 1)
	want(t, "output", out, "acme: BROKEN, row 4 is another one than was expected\n")
	out, _, status = tandem(t, settings, "audit verify --org nowhere")
	want(t, "status", status, 1)
	want(t, "output", out, "nowhere: BROKEN, row 1 is not there: the organization has another id, or was taken out with its trail\n")
}

// A user who may write to the tables deletes the end of one trail, and the record of where it ends.
func TestAuditCommandMissesTheEnd(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]string{"SQLite": embedded(t), "Postgres": shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := start(t, settings)
			h := hide(t, at)
			for _, role := range []string{"VIEWER", "MEMBER", "VIEWER"} {
				h.ada.ask(`mutation($role: Role!) { setMemberRole(userId: "dan", role: $role) { role } }`, object{"role": role})
			}
			join(t, at, "other", "eve", collab.RoleAdmin).ask(whoAmI, nil)
			change(t, settings, "acme", "DELETE FROM audit WHERE org_id = 'acme' AND number > 3")
			change(t, settings, "acme", `UPDATE organizations SET audit_number = 3,
				audit_hash = (SELECT hash FROM audit WHERE org_id = 'acme' AND number = 3) WHERE id = 'acme'`)
			out, _, status := tandem(t, settings, "audit verify")
			want(t, "status", status, 1)
			want(t, "output", out, "acme: BROKEN, row 4 was taken out: the log names a later end\nother: whole, no rows\n")
		})
	}
}

// What the program does not understand it refuses, and touches nothing.
func TestCommandsRefused(t *testing.T) {
	t.Parallel()
	for _, arguments := range []string{
		"serve", "--halp", "audit", "audit check", "audit verify acme", "audit verify --all", "audit verify --org",
		"audit verify --expect 1:00", "audit verify --org acme --expect 1:00", "audit verify --org acme --expect 0:" + strings.Repeat("0", 64),
	} {
		settings := embedded(t)
		out, errs, status := tandem(t, settings, arguments)
		if status != 2 || out != "" || !strings.HasPrefix(errs, "tandem: ") || !strings.Contains(errs, "tandem --help lists the commands") {
			t.Errorf("%s ends with %d and says %q, %q", arguments, status, out, errs)
		}
		if _, err := os.Stat(strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:")); err == nil {
			t.Errorf("%s makes a database", arguments)
		}
	}
	settings := embedded(t)
	_, errs, status := tandem(t, settings, "audit verify")
	want(t, "status of nothing", status, 1)
	if !strings.HasPrefix(errs, "tandem: ") || !strings.Contains(errs, strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:")) {
		t.Errorf("it says %q", errs)
	}
	if _, err := os.Stat(strings.TrimPrefix(settings["DATABASE_URL"], "sqlite:")); err == nil {
		t.Error("the check makes a database")
	}
}

// A check only reads: it neither migrates a database that an earlier release left, nor makes tables in an empty one.
func TestAuditCommandOnlyReads(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	delete(settings, "REDIS_URL")
	_, errs, status := tandem(t, settings, "audit verify")
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
	want(t, "tables", tables, 0)
}
