package postgres

import (
	"context"
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

// tell stores the notification and the browsers of ann's pushes.
func tell(t *testing.T, s *Store) {
	t.Helper()
	s.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at)
		VALUES ('org', 1000, 'ann', 'ntf_1', 'MENTION', '', '', now())`)
	s.run(t, "org", `INSERT INTO push_subscriptions (org_id, id, user_id, endpoint, endpoint_hash, host, p256dh, auth, created_at)
		SELECT 'org', id, 'ann', id, id, '', '', '', now() FROM (VALUES ('psh_1'), ('psh_2')) AS s (id)`)
}

// choose has ann have quiet hours from now on.
func choose(ctx context.Context, s *Store) error {
	patch := collab.PreferencesPatch{SetsQuietHours: true, QuietHours: &collab.QuietHours{From: "22:00", To: "07:00"}}
	_, err := s.SetNotificationPreferences(ctx, "org", "ann", patch, collab.At(time.Now()))
	return err
}

// New preferences lock jobs in the order of their keys, as a write does, so that neither waits for the other.
func TestRescheduleLocksJobsInOrder(t *testing.T) {
	one, other := openWithJobs(t)
	write := lock(t, one, "SELECT FROM jobs WHERE target = 'psh_1' FOR UPDATE")
	ended := during(t, other, func() error { return choose(t.Context(), other) })
	write.run("SELECT FROM jobs WHERE target = 'psh_2' FOR UPDATE NOWAIT")
	write.run("COMMIT")
	if err := ended(); err != nil {
		t.Error(err)
	}
}

// Preferences are stored with what they change of the jobs, or not at all.
func TestPreferencesWithoutTheirJobs(t *testing.T) {
	one, other := openWithJobs(t)
	write := lock(t, one, "SELECT FROM jobs WHERE target = 'psh_1' FOR UPDATE")
	ctx, cancel := context.WithCancel(t.Context())
	ended := during(t, other, func() error { return choose(ctx, other) })
	cancel()
	if err := ended(); err == nil {
		t.Error("they were stored while a write had one of the jobs")
	}
	write.run("COMMIT")
	if stored := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM notification_settings"); stored != 0 {
		t.Error("the client has an error, and its preferences are stored")
	}
}

// A job may be claimed after new preferences rescheduled those of its person, and before these commit. Its check waits for them.
func TestChecksWaitForPreferences(t *testing.T) {
	one, other := openWithJobs(t)
	tell(t, one)
	job := &collab.Job{OrgID: "org", Target: "psh_1", NotificationID: "ntf_1", UserID: "ann"}
	for name, check := range map[string]func() (*collab.NotificationPreferences, error){
		"push": func() (*collab.NotificationPreferences, error) {
			c, err := other.PushCheck(t.Context(), job, collab.At(time.Now()))
			return c.Preferences, err
		},
		"digest": func() (*collab.NotificationPreferences, error) {
			c, err := other.DigestCheck(t.Context(), job, collab.At(time.Now()))
			return c.Preferences, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			one.run(t, "org", "DELETE FROM notification_settings")
			choosing := lock(t, one, "SELECT pg_advisory_xact_lock(hashtextextended('org/ann', 1))")
			var found *collab.NotificationPreferences
			ended := during(t, other, func() (err error) { found, err = check(); return err })
			choosing.run("INSERT INTO notification_settings (org_id, user_id, time_zone) VALUES ('org', 'ann', 'Europe/Helsinki')")
			choosing.run("COMMIT")
			if err := ended(); err != nil || found.TimeZone != "Europe/Helsinki" {
				t.Errorf("the check has the zone %q: %v", found.TimeZone, err)
			}
		})
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
	ended := during(t, other, func() error { return choose(t.Context(), other) })
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
	tell(t, one)
	write := lock(t, one, "SELECT FROM notifications WHERE id = 'ntf_1' FOR UPDATE")
	until, snoozed := collab.At(time.Now().Add(24*time.Hour)), 0
	ended := during(t, other, func() (err error) {
		snoozed, err = other.MarkUnread(t.Context(), collab.Scope{OrgID: "org", UserID: "ann"}, "ann", []collab.ID{"ntf_1"}, collab.NoBound, &until, collab.At(time.Now()))
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
