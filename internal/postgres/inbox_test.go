package postgres

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
)

// fillInboxes gives people an inbox with a number of notifications that they have read, and returns where it ends.
func fillInboxes(t testing.TB, s *Store, people, notifications int) *collab.InboxMark {
	t.Helper()
	for i := range people {
		claims := collab.Claims{UserID: reader(i), OrganizationID: acme, Role: collab.RoleMember}
		if _, err := collabtest.Join(t.Context(), s, claims, collab.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []*query{
		newQuery(`INSERT INTO notifications (org_id, position, user_id, id, kind, title, body, entity_type, entity_id, created_at, read_at)
			SELECT ?, n, 'reader-' || p, 'ntf_' || p || '_' || n, 'WATCHED', 'ada changed Aalto Oy', '', 'CUSTOMER', 'cus_' || n / 2, now(), now()
			FROM generate_series(1, ?) n, generate_series(0, ?) p`, acme, notifications, people-1),
		newQuery("UPDATE organizations SET head = ? WHERE id = ?", notifications, acme),
	} {
		if _, err := s.forOrg(acme).exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.pool.Exec(t.Context(), "VACUUM ANALYZE notifications"); err != nil {
		t.Fatal(err)
	}
	return &collab.InboxMark{Position: int64(notifications), Revision: 5, At: collab.At(time.Now())}
}

func reader(i int) collab.ID { return collab.ID(fmt.Sprint("reader-", i)) }

// The cost of a read of an inbox grows with what changed, and with what is unread up to MaxUnreadCount, but not with everything
// that is unread or was ever told.
func TestInboxReadsWhatChanged(t *testing.T) {
	t.Parallel()
	s, _ := open(t, newDatabase(t))
	const history, unread = 20_000, collab.MaxUnreadCount + 4000
	since := fillInboxes(t, s, 2, history)
	now := collab.At(since.At.Add(time.Minute))
	s.run(t, acme, "UPDATE notifications SET read_at = NULL WHERE org_id = ? AND position BETWEEN 101 AND 100 + ?", acme, unread)
	s.run(t, acme, "UPDATE notifications SET marked = 6 WHERE org_id = ? AND position = 11", acme)
	s.run(t, acme, "UPDATE notifications SET snoozed_until = ?, read_at = NULL WHERE org_id = ? AND position = 22", now, acme)
	if _, err := s.pool.Exec(t.Context(), "ANALYZE notifications"); err != nil {
		t.Fatal(err)
	}
	since.Position--
	access := collab.ID("cus_16")
	queries := []collab.InboxQuery{{UserID: reader(0), Since: since, Access: &access}, {UserID: reader(1), All: true, Since: since, Access: &access}}
	inboxes, err := s.Inboxes(t.Context(), acme, queries, now, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, inbox := range inboxes {
		var positions []int64
		for _, n := range inbox.Changed {
			positions = append(positions, n.Cursor.Position)
		}
		if fmt.Sprint(positions) != fmt.Sprint([]int64{history, 33, 32, 22, 11}) || inbox.Unread != collab.MaxUnreadCount {
			t.Errorf("reader %d has %d unread, and changes at %v", i, inbox.Unread, positions)
		}
	}
	for _, all := range []bool{false, true} {
		r := inboxRead{scope: collab.Scope{OrgID: acme, All: all}, queries: queries, now: now, limit: 100}
		for _, q := range r.statements() {
			if rows, plan := s.rowsRead(t, q.query); rows > collab.MaxUnreadCount+100 {
				t.Errorf("it reads %d notifications:\n%s", rows, plan)
			}
		}
	}
}

// A step is a node of a plan that was run.
type step struct {
	Relation string  `json:"Relation Name"`
	Rows     float64 `json:"Actual Rows"`
	Removed  float64 `json:"Rows Removed by Filter"`
	Loops    float64 `json:"Actual Loops"`
	Plans    []step
}

// rowsRead returns how many notifications a statement reads, and its plan.
func (s *Store) rowsRead(t *testing.T, q *query) (rows int, plan string) {
	t.Helper()
	explained := newQuery("")
	explained.text.WriteString("EXPLAIN (ANALYZE, FORMAT JSON) " + q.text.String())
	explained.args = q.args
	if err := forEachRow(t.Context(), s.forOrg(acme), explained, func(r row) error { return r.Scan(&plan) }); err != nil {
		t.Fatal(err)
	}
	var plans []struct{ Plan step }
	if err := json.Unmarshal([]byte(plan), &plans); err != nil {
		t.Fatal(err)
	}
	return int(plans[0].Plan.read()), plan
}

func (s step) read() (rows float64) {
	if s.Relation == "notifications" {
		rows = (s.Rows + s.Removed) * s.Loops
	}
	for _, below := range s.Plans {
		rows += below.read()
	}
	return rows
}

// BenchmarkInboxes measures a read of 5 inboxes at once, in each of which one notification is new, and some are unread.
func BenchmarkInboxes(b *testing.B) {
	const people, history = 5, 20_000
	for _, unread := range []int{0, collab.MaxUnreadCount, history} {
		b.Run(fmt.Sprint(unread, " of ", history, " unread"), func(b *testing.B) {
			s, _ := open(b, newDatabase(b))
			since := fillInboxes(b, s, people, history)
			if _, err := s.forOrg(acme).exec(b.Context(), newQuery("UPDATE notifications SET read_at = NULL WHERE org_id = ? AND position <= ?", acme, unread)); err != nil {
				b.Fatal(err)
			}
			since.Position--
			queries := make([]collab.InboxQuery, people)
			for i := range queries {
				queries[i] = collab.InboxQuery{UserID: reader(i), Since: since}
			}
			for b.Loop() {
				inboxes, err := s.Inboxes(b.Context(), acme, queries, since.At, 101)
				if err != nil || len(inboxes[people-1].Changed) != 1 {
					b.Fatalf("read %v: %v", inboxes, err)
				}
			}
		})
	}
}
