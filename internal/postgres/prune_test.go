package postgres

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/eventually"
)

// A pruning that a deadlock ends begins again. Postgres ends the pruning here, because the other transaction does not look for one.
func TestPruneInADeadlock(t *testing.T) {
	database := newDatabase(t)
	one, other := open(t, database)
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	if _, err := collabtest.Join(t.Context(), one, collab.Claims{UserID: "bob", OrganizationID: "org", Role: collab.RoleMember}, collab.Time{}); err != nil {
		t.Fatal(err)
	}
	behind(t, database, `CREATE FUNCTION look_for_no_deadlock() RETURNS text LANGUAGE sql SECURITY DEFINER
		AS $$ SELECT set_config('deadlock_timeout', '1h', true) $$`)
	one.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at)
		SELECT 'org', 1, id, 'ntf_' || id, 'MENTION', '', '', now() FROM (VALUES ('ann'), ('bob')) AS m (id)`)

	first := lock(t, one, "SELECT FROM notifications WHERE user_id = 'ann' FOR UPDATE")
	batch := lock(t, one, "SELECT look_for_no_deadlock()")
	batch.run("SELECT FROM notifications WHERE user_id = 'bob' FOR UPDATE")
	pruned := 0
	ended := during(t, other, func() (err error) {
		pruned, err = other.Prune(t.Context(), collab.At(time.Now()), 1)
		return err
	})
	locked := make(chan error, 1)
	go func() {
		_, err := batch.conn.Exec(t.Context(), "SELECT FROM notifications WHERE user_id = 'ann' FOR UPDATE")
		locked <- err
	}()
	eventually.Is(t, "both wait", func() int {
		return number(t, one.forOrg("org"), "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
	}, 2)
	first.run("COMMIT")
	if err := <-locked; err != nil {
		t.Fatal(err)
	}
	batch.run("COMMIT")
	if err := ended(); err != nil || pruned != 1 {
		t.Errorf("pruned %d, %v", pruned, err)
	}
}
