package postgres

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/eventually"
)

// openSnoozing returns stores of an organization where ann has two browsers, two notifications, and pushes of the first one.
func openSnoozing(t *testing.T) (one, other *Store) {
	t.Helper()
	one, other = openWithJobs(t)
	one.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at)
		SELECT 'org', 1000 + n, 'ann', 'ntf_' || n, 'MENTION', '', '', now() FROM generate_series(1, 2) n`)
	one.run(t, "org", `INSERT INTO push_subscriptions (org_id, id, user_id, endpoint, endpoint_hash, host, p256dh, auth, created_at)
		SELECT 'org', id, 'ann', id, id, '', '', '', now() FROM (VALUES ('psh_1'), ('psh_2')) AS s (id)`)
	return one, other
}

// A removal of a person, or of one of their browsers, waits for a snooze that is just planning pushes, and drops these too.
func TestRemovalMeetsASnooze(t *testing.T) {
	for what, test := range map[string]struct {
		remove func(s *Store) error
		left   int
	}{
		"of a browser": {func(s *Store) error { return s.DropPush(t.Context(), "org", "psh_1") }, 2},
		"of a person": {func(s *Store) error {
			_, err := s.Write(t.Context(), collab.Intent{OrgID: "org", ActorID: "ann"}, func(*collab.State) (*collab.Decision, error) {
				now := collab.At(time.Now())
				return &collab.Decision{
					Change:     &collab.Change{Type: collab.ChangeMember, ActorID: "ann", OccurredAt: now},
					Membership: &collab.Membership{UserID: "ann", Role: collab.RoleMember, RemovedAt: &now},
				}, nil
			})
			return err
		}, 0},
	} {
		t.Run(what, func(t *testing.T) {
			one, other := openSnoozing(t)
			sending := lock(t, one, "SELECT FROM jobs WHERE target = 'psh_1' FOR UPDATE")
			snoozed := during(t, other, func() error {
				until := collab.At(time.Now().Add(24 * time.Hour))
				_, err := other.MarkUnread(t.Context(), collab.Scope{OrgID: "org", UserID: "ann"}, "ann", []collab.ID{"ntf_1", "ntf_2"}, collab.NoBound, &until, collab.At(time.Now()))
				return err
			})
			removed := make(chan error, 1)
			go func() { removed <- test.remove(one) }()
			eventually.Is(t, "both wait", func() int {
				return number(t, one.forOrg("org"), "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
			}, 2)
			sending.run("COMMIT")
			if err := snoozed(); err != nil {
				t.Error(err)
			}
			if err := <-removed; err != nil {
				t.Error(err)
			}
			if left := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM jobs WHERE kind = 'PUSH'"); left != test.left {
				t.Errorf("%d pushes are left, not %d", left, test.left)
			}
		})
	}
}

// A registration locks the notifications that it plans for until it has planned, also where it passes over others.
func TestRegistrationLocksWhatItPlans(t *testing.T) {
	one, other := openWithJobs(t)
	const most = collab.MaxJobsPerBrowser
	one.run(t, "org", `INSERT INTO push_subscriptions (org_id, id, user_id, endpoint, endpoint_hash, host, p256dh, auth, created_at)
		VALUES ('org', 'psh_3', 'ann', 'https://push.example/3', ?, '', '', '', now())`, endpointHash("https://push.example/3"))
	one.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at, snoozed_until)
		SELECT 'org', 1000 + n, 'ann', 'ntf_' || n, 'MENTION', '', '', now(), now() + n * interval '1 h' FROM generate_series(1, ?) n`, 2*most)
	one.run(t, "org", `INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, pending, due_at, ready_at, queued_at, expires_at)
		SELECT 'org', 'PUSH', 'psh_3', 'ntf_' || n, 'ann', '', FALSE, now(), now(), now(), now() FROM generate_series(1, 20) n`)
	planning := lock(t, one, `INSERT INTO jobs (org_id, kind, target, notification_id, user_id, host, due_at, ready_at, queued_at, expires_at)
		VALUES ('org', 'PUSH', 'psh_3', 'ntf_70', 'ann', '', now(), now(), now(), now())`)
	ended := during(t, other, func() error {
		_, err := other.RegisterPush(t.Context(), "org", &collab.PushSubscription{
			ID: "psh_4", UserID: "ann", Endpoint: "https://push.example/3", CreatedAt: collab.At(time.Now()),
		})
		return err
	})
	free := number(t, one.forOrg("org"), "WITH free AS (SELECT FROM notifications WHERE position BETWEEN 1021 AND 1070 FOR NO KEY UPDATE SKIP LOCKED) SELECT COUNT(*) FROM free")
	planning.run("ROLLBACK")
	if err := ended(); err != nil {
		t.Fatal(err)
	}
	if planned := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM jobs WHERE target = 'psh_3' AND planned AND pending"); planned != most || free != 0 {
		t.Errorf("%d of %d are planned, and %d of them were not locked", planned, most, free)
	}
}

// A registration locks the notifications that it plans for by their positions, as everybody does, and not by the ends of their snoozes.
func TestRegistrationLocksInOrder(t *testing.T) {
	one, other := openWithJobs(t)
	one.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at, snoozed_until)
		SELECT 'org', 1000 + n, 'ann', 'ntf_' || n, 'MENTION', '', '', now(), now() + (10 - n) * interval '1 h' FROM generate_series(1, 3) n`)
	reader := lock(t, one, "SELECT FROM notifications WHERE position = 1002 FOR SHARE")
	ended := during(t, other, func() error {
		_, err := other.RegisterPush(t.Context(), "org", &collab.PushSubscription{
			ID: "psh_3", UserID: "ann", Endpoint: "https://push.example/3", CreatedAt: collab.At(time.Now()),
		})
		return err
	})
	reader.run("SELECT FROM notifications WHERE position = 1003 FOR UPDATE NOWAIT")
	if first := number(t, one.forOrg("org"), "WITH free AS (SELECT FROM notifications WHERE position = 1001 FOR UPDATE SKIP LOCKED) SELECT COUNT(*) FROM free"); first != 0 {
		t.Error("the first notification is not locked")
	}
	reader.run("COMMIT")
	if err := ended(); err != nil {
		t.Fatal(err)
	}
	if planned := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM jobs WHERE target = 'psh_3' AND planned AND pending"); planned != 3 {
		t.Errorf("%d of 3 are planned", planned)
	}
}

// A person takes over a browser of ann's while a write changes a notification of that person's, and then ann's push. The registration waits for
// the notification before it touches the push.
func TestHandoverMeetsAWrite(t *testing.T) {
	one, other := openSnoozing(t)
	one.run(t, "org", "UPDATE push_subscriptions SET endpoint_hash = ? WHERE id = 'psh_1'", endpointHash("https://push.example/1"))
	one.run(t, "org", "INSERT INTO push_endpoints (hash, holder) VALUES (?, 'org')", endpointHash("https://push.example/1"))
	if _, err := collabtest.Join(t.Context(), one, collab.Claims{UserID: "ben", OrganizationID: "org", Role: collab.RoleMember}, collab.Time{}); err != nil {
		t.Fatal(err)
	}
	one.run(t, "org", `INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, created_at, snoozed_until)
		VALUES ('org', 2000, 'ben', 'ntf_9', 'MENTION', '', '', now(), now() + interval '1 d')`)
	write := lock(t, one, "SELECT FROM notifications WHERE id = 'ntf_9' FOR UPDATE")
	registered := false
	ended := during(t, other, func() (err error) {
		registered, err = other.RegisterPush(t.Context(), "org", &collab.PushSubscription{
			ID: "psh_9", UserID: "ben", Endpoint: "https://push.example/1", CreatedAt: collab.At(time.Now()),
		})
		return err
	})
	write.run("SELECT FROM jobs WHERE target = 'psh_1' FOR UPDATE NOWAIT")
	write.run("COMMIT")
	if err := ended(); err != nil || !registered {
		t.Fatalf("registered: %t, %v", registered, err)
	}
	if left := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM jobs WHERE target = 'psh_1'"); left != 0 {
		t.Errorf("%d of ann's pushes are left", left)
	}
	if planned := number(t, one.forOrg("org"), "SELECT COUNT(*) FROM jobs WHERE target = 'psh_9' AND user_id = 'ben' AND planned"); planned != 1 {
		t.Errorf("%d pushes are planned for ben", planned)
	}
}
