package collabtest

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
)

// personalPruned has years of its own, which are before those of all other companies.
func personalPruned(t *testing.T, f StoreFixture) {
	c := &company{t: t, store: f.Store, id: collab.NewID("org", time.Now()), actor: ann}
	c.startAt(2001)
	c.join(ann)                        // 1
	kept := c.create(customer("Kept")) // 2
	gone := c.create(customer("Gone")) // 3
	c.indexAll()
	c.register(endpoint(t, "1"))
	c.comment(gone, "pruneme")       // 4
	told := c.pushTo(kept, nil, ann) // 5
	c.snooze(c.after(366*24*time.Hour), told...)
	resolved := c.collide(kept)        // 6
	c.resolve(resolved)                // 7
	open := c.collide(kept)            // 8
	c.remove(gone)                     // 9
	c.edit(kept, rename("Kept, 2001")) // 10
	c.startAt(2003)
	late := c.create(customer("Late")) // 11
	c.remove(late)                     // 12
	c.startAt(2002)
	c.edit(kept, rename("Kept, 2002")) // 13: older than what comes before it

	prune := func(year, limit int) (n int) {
		t.Helper()
		return must(f.Other.Prune(t.Context(), collab.At(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)), limit))(t)
	}
	if n := prune(2001, 100); n != 0 {
		t.Errorf("pruned %d that are not older", n)
	}
	if n := prune(2002, 4); n != 4 || c.head().Oldest != 5 || c.entity(gone) != nil || !strings.Contains(f.Dump(t, c.id), "pruneme") {
		t.Errorf("pruned %d of at most 4; the oldest is %d", n, c.head().Oldest)
	}
	c.indexAll()
	sequence := c.inboxSequence()
	if n := prune(2003, 100); n != 6 || prune(2003, 100) != 0 {
		t.Errorf("pruned %d up to the first that is not older", n)
	}
	equal(t, "inboxes that lost what was unread", c.changedInboxes(sequence), []collab.ID{ann})
	equal(t, "positions", positionsOf(c.log(10)), []int64{11, 12, 13})
	if head := c.head(); head.Oldest != 11 || head.Position != 13 || head.Check(collab.Cursor{Epoch: head.Epoch, Position: 9}) == nil {
		t.Errorf("the head is %+v", head)
	}
	equal(t, "conflicts", c.conflicts(collab.ConflictQuery{}), []collab.ID{open.ID})
	dump := f.Dump(t, c.id)
	for _, word := range []string{"pruneme", string(gone), string(told[0].ID), "Ann mentioned you", string(resolved.ID)} {
		if strings.Contains(dump, word) {
			t.Errorf("a table has %q still", word)
		}
	}
	if e := c.entity(kept); e == nil || e.DisplayName() != "Kept, 2002" || !strings.Contains(dump, string(late)) {
		t.Errorf("what is left of it is %s", inJSON(t, e))
	}
	if n := prune(2004, 100); n != 2 || c.head().Oldest != 13 {
		t.Errorf("pruned %d, and the oldest is %d; the newest has to stay", n, c.head().Oldest)
	}
	c.edit(kept, rename("goes on"))
	equal(t, "positions", positionsOf(c.log(12)), []int64{13, 14})
}

// startAt sets the company's clock to the middle of a year.
func (c *company) startAt(year int) {
	if c.clock == nil {
		c.clock = new(atomic.Int64)
	}
	c.clock.Store(int64(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC).Sub(founding) / time.Second))
}
