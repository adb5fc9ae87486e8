package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// A message about a record comes after an older one to the same browser that is under way or due, or whose attempt failed. It does not wait for
// one that rests, that is snoozed, that goes to another browser or is about another record.
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
	behind := func(n *collab.Notification, to *collab.PushSubscription, at collab.Time) *collab.Time {
		t.Helper()
		job := &collab.Job{OrgID: c.id, Kind: collab.JobPush, Target: to.ID, NotificationID: n.ID, UserID: ann}
		return must(f.Other.PushCheck(t.Context(), job, at))(t).Behind
	}
	equal(t, "while the older one is under way", behind(newer, first, at), &at)
	equal(t, "the older one", behind(older, first, at), nil)
	equal(t, "about another record", behind(elsewhere, first, at), nil)
	equal(t, "to another browser", behind(newer, second, at), nil)
	later := collab.At(at.Add(time.Minute))
	c.fail(claimed[first.ID], later)
	equal(t, "after the older one failed", behind(newer, first, at), &later)
	for _, job := range c.claim(collab.JobPush, later) {
		if job.NotificationID == older.ID {
			c.finish(job, later)
		} else {
			c.plan(job, later)
		}
	}
	equal(t, "after the older one ended", behind(newer, first, at), nil)
	newest := c.pushTo(id, nil, ann)[0]
	equal(t, "while the newer one is due", behind(newest, first, later), &later)
	equal(t, "the newer one", behind(newer, first, later), nil)
	planned := collab.At(later.Add(collab.TurnTime))
	for _, job := range c.claim(collab.JobPush, later) {
		c.plan(job, planned)
	}
	equal(t, "while the newer one is due in a moment", behind(newest, first, later), &planned)
	equal(t, "while the newer one waits for longer", behind(newest, first, at), nil)
}
