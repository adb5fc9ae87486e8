package postgres

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// A locker is a transaction that locks rows while a call of the store waits for them.
type locker struct {
	t    *testing.T
	conn *pgxpool.Conn
}

func lock(t *testing.T, s *Store, text string) *locker {
	t.Helper()
	conn, release, err := s.pool.acquire(t.Context(), "org")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	l := &locker{t, conn}
	if err := conn.SendBatch(t.Context(), s.forOrg("org").begin()).Close(); err != nil {
		t.Fatal(err)
	}
	l.run(text)
	return l
}

func (l *locker) run(text string) {
	l.t.Helper()
	if _, err := l.conn.Exec(l.t.Context(), text); err != nil {
		l.t.Fatal(err)
	}
}

// during makes a call, and returns once it waits for a lock, with a function that returns its error.
func during(t *testing.T, s *Store, call func() error) (ended func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- call() }()
	eventually.True(t, "the call waits", func() bool {
		return number(t, s.forOrg("org"), "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0
	})
	return func() error { return <-done }
}

// openWithJobs returns stores of an organization with a digest of ann, and pushes to two browsers of hers that wait for a time.
func openWithJobs(t *testing.T) (one, other *Store) {
	t.Helper()
	one, other = open(t, newDatabase(t))
	if err := prepare(t.Context(), one, "org", "cus"); err != nil {
		t.Fatal(err)
	}
	one.run(t, "org", `INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, planned, due_at, ready_at, queued_at, expires_at)
		SELECT 'org', j.kind, j.target, j.notification_id, 'ann', '', TRUE, now() + interval '1 h', now(), now(), now() + interval '1 d'
		FROM (VALUES ('PUSH', 'psh_2', 'ntf_1'), ('PUSH', 'psh_1', 'ntf_1'), ('DIGEST', 'ann', '')) AS j (kind, target, notification_id)`)
	one.run(t, "org", "INSERT INTO digest_items (org_id, user_id, notification_id, added_at, digest_id) VALUES ('org', 'ann', 'ntf_1', now(), 'dig_1')")
	return one, other
}

// New preferences lock jobs in the order of their keys, as a write does, so that neither waits for the other.
func TestRescheduleLocksJobsInOrder(t *testing.T) {
	one, other := openWithJobs(t)
	write := lock(t, one, "SELECT FROM jobs WHERE target = 'psh_1' FOR UPDATE")
	ended := during(t, other, func() error { return other.RescheduleJobs(t.Context(), "org", "ann", collab.At(time.Now())) })
	write.run("SELECT FROM jobs WHERE target = 'psh_2' FOR UPDATE NOWAIT")
	write.run("COMMIT")
	if err := ended(); err != nil {
		t.Error(err)
	}
}

// The end of a digest waits for a write that adds to it, and leaves what the write added.
func TestEndOfADigestMeetsAWrite(t *testing.T) {
	one, other := openWithJobs(t)
	write := lock(t, one, "SELECT FROM jobs WHERE kind = 'DIGEST' FOR UPDATE")
	ended := during(t, other, func() error { return other.EndDigest(t.Context(), "org", "ann", "dig_1") })
	write.run("UPDATE digest_items SET digest_id = NULL")
	write.run("COMMIT")
	if err := ended(); err != nil {
		t.Error(err)
	}
	if left := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM digest_items"); left != 1 {
		t.Errorf("%d items are left", left)
	}
}

// A deadlock ends new preferences or the write, whichever Postgres chooses; the preferences hold all the same.
func TestRescheduleInADeadlock(t *testing.T) {
	one, other := openWithJobs(t)
	write := lock(t, one, "SELECT FROM jobs WHERE target = 'psh_2' FOR UPDATE")
	ended := during(t, other, func() error { return other.RescheduleJobs(t.Context(), "org", "ann", collab.At(time.Now())) })
	if _, err := write.conn.Exec(t.Context(), "SELECT FROM jobs WHERE target = 'psh_1' FOR UPDATE"); err != nil && !isDeadlock(err) {
		t.Fatal(err)
	}
	write.run("ROLLBACK")
	if err := ended(); err != nil {
		t.Error(err)
	}
	if left := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM jobs WHERE planned"); left != 0 {
		t.Errorf("%d jobs wait for their time", left)
	}
}

// A snooze that waits for a write, by which the notification grows, snoozes what has grown, and its push.
func TestSnoozeMeetsGrowth(t *testing.T) {
	one, other := openWithJobs(t)
	one.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at)
		VALUES ('org', 1000, 'ann', 'ntf_1', 'MENTION', '', '', now())`)
	one.run(t, "org", `INSERT INTO push_subscriptions (org_id, id, user_id, endpoint, endpoint_hash, host, p256dh, auth, created_at)
		SELECT 'org', id, 'ann', id, id, '', '', '', now() FROM (VALUES ('psh_1'), ('psh_2')) AS s (id)`)
	write := lock(t, one, "SELECT FROM notifications WHERE id = 'ntf_1' FOR UPDATE")
	until, snoozed := collab.At(time.Now().Add(24*time.Hour)), 0
	ended := during(t, other, func() (err error) {
		snoozed, err = other.MarkUnread(t.Context(), collab.Scope{OrgID: "org", UserID: "ann"}, "ann", []collab.ID{"ntf_1"}, &until, collab.At(time.Now()))
		return err
	})
	write.run("UPDATE notifications SET position = 1001, snoozed_until = NULL WHERE id = 'ntf_1'")
	write.run("UPDATE jobs SET due_at = now(), planned = FALSE WHERE notification_id = 'ntf_1'")
	write.run("COMMIT")
	if err := ended(); err != nil || snoozed != 1 {
		t.Fatalf("snoozed %d, %v", snoozed, err)
	}
	if left := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM notifications n WHERE n.snoozed_until > now()"); left != 1 {
		t.Error("the notification is not snoozed")
	}
	if waiting := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM jobs WHERE kind = 'PUSH' AND due_at > now() + interval '23 h'"); waiting != 2 {
		t.Errorf("%d pushes of 2 wait for the end of the snooze", waiting)
	}
}
