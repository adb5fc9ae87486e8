package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// A message about a record comes after an older one to the same browser that is under way or due, or whose attempt failed. It does not wait for
// one that rests, that is snoozed, that failed and was read since, that goes to another browser or is about another record.
func pushesInOrder(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	first, second := c.register(endpoint(t, "1")), c.register(endpoint(t, "2"))
	id := c.create(customer("Acme"))
	older := c.pushKind(collab.NotifyConflict, id, nil, ann)[0]
	at := c.after(0)
	claimed := map[collab.ID]*collab.Job{}
	for _, job := range c.claim(collab.JobPush, at) {
		claimed[job.Target] = job
	}
	c.finish(claimed[second.ID], at)
	newer := c.pushKind(collab.NotifyConflictResolved, id, nil, ann)[0]
	elsewhere := c.pushTo(c.create(customer("Beta")), nil, ann)[0]
	check := c.through(f.Other).check
	behind := func(when string, n *collab.Notification, to *collab.PushSubscription, at collab.Time, want ...collab.ID) {
		t.Helper()
		equal(t, when, check(to, n, at).Behind, want)
	}
	behind("while the older one is under way", newer, first, at, older.ID)
	equal(t, "due while it is under way", check(first, older, at).DueAt, &at)
	equal(t, "due after it ended", check(second, older, at).DueAt, nil)
	behind("the older one", older, first, at)
	behind("about another record", elsewhere, first, at)
	behind("to another browser", newer, second, at)
	later := collab.At(at.Add(time.Minute))
	c.fail(claimed[first.ID], later)
	behind("after the older one failed", newer, first, at, older.ID)
	equal(t, "due after it failed", check(first, older, at).DueAt, &later)
	c.markRead([]collab.ID{older.ID}, 0)
	behind("after the older one was read", newer, first, at)
	jobs := c.claim(collab.JobPush, later)
	behind("while one that was read is under way", newer, first, at, older.ID)
	for _, job := range jobs {
		if job.NotificationID == older.ID {
			c.finish(job, later)
		} else {
			c.plan(job, later)
		}
	}
	behind("after the older one ended", newer, first, at)
	newest := c.pushTo(id, nil, ann)[0]
	behind("while the newer one is due", newest, first, later, newer.ID)
	behind("the newer one", newer, first, later)
	planned := collab.At(later.Add(collab.TurnTime))
	for _, job := range c.claim(collab.JobPush, later) {
		c.plan(job, planned)
	}
	behind("while the newer one is due in a moment", newest, first, later, newer.ID)
	equal(t, "due in a moment", check(first, newer, later).DueAt, &planned)
	behind("while the newer one waits for longer", newest, first, at)
}
