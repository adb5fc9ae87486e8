package sqlite

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
)

const acme = collab.ID("acme")

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
			SELECT ?, n.value, 'reader-' || p.value, 'ntf_' || p.value || '_' || n.value, 'WATCHED', 'ada changed Aalto Oy', '', 'CUSTOMER', 'cus_' || (n.value / 2), 1, 1
			FROM generate_series(1, ?) n, generate_series(0, ?) p`, acme, notifications, people-1),
		newQuery("UPDATE organizations SET head = ? WHERE id = ?", notifications, acme),
	} {
		if _, err := s.exec(t.Context(), acme, q); err != nil {
			t.Fatal(err)
		}
	}
	return &collab.InboxMark{Position: int64(notifications), Revision: 5, At: collab.At(time.Now())}
}

func reader(i int) collab.ID { return collab.ID(fmt.Sprint("reader-", i)) }

// The cost of a read of an inbox grows with what changed, and with what is unread up to MaxUnreadCount, but not with everything
// that is unread or was ever told.
func TestInboxReadsWhatChanged(t *testing.T) {
	s, _ := open(t, filepath.Join(t.TempDir(), "test.db"))
	const history, unread = collab.MaxUnreadCount + 200, collab.MaxUnreadCount + 1
	since := fillInboxes(t, s, 2, history)
	now := collab.At(since.At.Add(time.Minute))
	s.run(t, "UPDATE notifications SET read_at = NULL WHERE org_id = ? AND position BETWEEN 101 AND 100 + ?", acme, unread)
	s.run(t, "UPDATE notifications SET marked = 6 WHERE org_id = ? AND position = 11", acme)
	s.run(t, "UPDATE notifications SET snoozed_until = ?, read_at = NULL WHERE org_id = ? AND position = 22", now, acme)
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
			s.readsRanges(t, q.query)
		}
	}
}

// isOfNotifications finds the steps of a plan that read notifications, by their names in the statements.
var isOfNotifications = regexp.MustCompile("^(SCAN|SEARCH) [nc]( |$)")

// readsRange reports whether a step of a plan reads a range of a person's notifications: what is unread, or what the person and
// at least one further term select in the organization.
func readsRange(step string) bool {
	if !strings.HasPrefix(step, "SEARCH") || !strings.Contains(step, "user_id=?") {
		return false
	}
	return strings.Contains(step, "INDEX notifications_unread ") || strings.Count(step, "?") >= 3
}

func TestReadsRange(t *testing.T) {
	for step, want := range map[string]bool{
		"SCAN n": false,
		"SCAN n USING INDEX notifications_unread":                                                         false,
		"SEARCH n USING INDEX notifications_by_id (org_id=?)":                                             false,
		"SEARCH n USING INDEX notifications_of (org_id=? AND user_id=?)":                                  false,
		"SEARCH n USING PRIMARY KEY (org_id=? AND position>? AND position<?)":                             false,
		"SEARCH n USING PRIMARY KEY (org_id=? AND position=? AND user_id=?)":                              true,
		"SEARCH n USING INDEX notifications_unread (org_id=? AND user_id=?)":                              true,
		"SEARCH c USING COVERING INDEX notifications_marked (org_id=? AND user_id=? AND marked>?)":        true,
		"SEARCH c USING INDEX notifications_snoozed (org_id=? AND user_id=? AND snoozed_until>? AND x<?)": true,
	} {
		if got := readsRange(step); got != want {
			t.Errorf("%q is a range: %t", step, got)
		}
	}
}

// readsRanges checks that a statement reads ranges of a person's notifications only. A plan names the rows of a subquery n before
// it scans them.
func (s *Store) readsRanges(t *testing.T, q *query) {
	t.Helper()
	explained := newQuery("")
	explained.text.WriteString("EXPLAIN QUERY PLAN " + q.text.String())
	explained.args = q.args
	subqueries := 0
	err := forEachRow(t.Context(), s.readers, explained, func(r row) error {
		var id, parent, unused int
		var step string
		err := r.Scan(&id, &parent, &unused, &step)
		switch {
		case step == "CO-ROUTINE n" || step == "MATERIALIZE n":
			subqueries++
		case step == "SCAN n" && subqueries > 0:
			subqueries--
		case isOfNotifications.MatchString(step) && !readsRange(step):
			t.Errorf("%s\n%s", step, q.text.String())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkInboxes measures a read of 5 inboxes at once, in each of which one notification is new, and some are unread.
func BenchmarkInboxes(b *testing.B) {
	const people, history = 5, 20_000
	for _, unread := range []int{0, collab.MaxUnreadCount, history} {
		b.Run(fmt.Sprint(unread, " of ", history, " unread"), func(b *testing.B) {
			s, _ := open(b, filepath.Join(b.TempDir(), "test.db"))
			since := fillInboxes(b, s, people, history)
			if _, err := s.exec(b.Context(), acme, newQuery("UPDATE notifications SET read_at = NULL WHERE org_id = ? AND position <= ?", acme, unread)); err != nil {
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
