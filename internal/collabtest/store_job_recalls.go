package collabtest

import (
	"slices"
	"testing"
	"time"

	"tandem/internal/collab"
)

// recall recalls the company's jobs at a time, and returns how many.
func (c *company) recall(at collab.Time) int {
	c.t.Helper()
	return must(c.store.RecallJobs(c.t.Context(), c.id, at))(c.t)
}

// Jobs that wait no longer than jobs do are not recalled: a retry, a rest, a plan, a claim and a snooze.
func jobsNotRecalled(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	var told []*collab.Notification
	for range 5 {
		told = append(told, c.pushTo(id, nil, ann)[0])
	}
	now, snoozed := c.after(0), c.after(300*24*time.Hour)
	c.snooze(snoozed, told[4])
	retried, planned := collab.At(now.Add(75*time.Minute)), collab.At(now.Add(3*24*time.Hour))
	for _, job := range c.claim(collab.JobPush, now) {
		switch job.NotificationID {
		case told[0].ID:
			c.fail(job, retried)
		case told[1].ID:
			c.plan(job, planned)
		case told[2].ID:
			c.finish(job, collab.At(now.Add(5*time.Minute)))
		}
	}
	c.plan(c.claimDigest(ann, now), planned)
	equal(t, "recalled", c.through(f.Other).recall(now), 0)
	equal(t, "due before the retry", len(c.claim(collab.JobPush, collab.At(retried.Add(-time.Millisecond)))), 1) // the claim that is over
	due := func(what string, at collab.Time, want *collab.Notification) {
		t.Helper()
		ids := c.pushedAt(at)
		if !slices.Contains(ids, want.ID) {
			t.Errorf("%s is not due at its time, but %v", what, ids)
		}
	}
	due("the retry", retried, told[0])
	due("the plan", planned, told[1])
	c.claimDigest(ann, planned)
	due("the end of the snooze", snoozed, told[4])
}

// Jobs that a clock which was ahead left to wait are due at once, and claimed ones when their claim would have ended.
func jobsRecalled(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	c.startAt(2070)
	told := make(map[string]*collab.Notification)
	for _, what := range []string{"a retry", "a plan", "a rest", "growth in a rest", "a claim"} {
		told[what] = c.pushTo(id, nil, ann)[0]
	}
	ahead := c.after(0)
	for _, job := range c.claim(collab.JobPush, ahead) {
		switch job.NotificationID {
		case told["a retry"].ID:
			c.fail(job, collab.At(ahead.Add(time.Hour)))
		case told["a plan"].ID:
			c.plan(job, collab.At(ahead.Add(8*time.Hour)))
		case told["a rest"].ID, told["growth in a rest"].ID:
			c.finish(job, collab.At(ahead.Add(5*time.Minute)))
		}
	}
	c.pushTo(id, told["growth in a rest"], ann)
	c.plan(c.claimDigest(ann, ahead), collab.At(ahead.Add(24*time.Hour)))
	c.startAt(2060)
	now, other := c.after(0), c.through(f.Other)
	equal(t, "recalled", other.recall(now), 6)
	equal(t, "recalled again", other.recall(now), 0)
	ids := func(what ...string) (ids []collab.ID) {
		for _, what := range what {
			ids = append(ids, told[what].ID)
		}
		slices.Sort(ids)
		return ids
	}
	equal(t, "due at once", c.pushedAt(now), ids("a retry", "a plan", "growth in a rest"))
	equal(t, "due when the claim is over", c.pushedAt(collab.At(now.Add(collab.RecalledClaim))), ids("a claim"))
	c.claimDigest(ann, now)
	equal(t, "a push after a rest that is over", c.growsAt(id, told["a rest"], collab.At(now.Add(time.Hour))), []collab.ID{told["a rest"].ID})
}

// growsAt has a notification of the actor grow, and returns the ids of the notifications whose pushes are due at a time.
func (c *company) growsAt(id collab.ID, told *collab.Notification, at collab.Time) []collab.ID {
	c.t.Helper()
	c.claim(collab.JobPush, at) // deletes what has rested
	c.pushTo(id, told, c.actor)
	return slices.DeleteFunc(c.pushedAt(at), func(id collab.ID) bool { return id != told.ID })
}

// A job that was queued by a clock which was ahead counts as queued now: the time of a digest follows from it. It lives as long from now on as others.
func jobsQueuedAhead(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	c.startAt(2070)
	c.pushTo(id, nil, ann)
	c.plan(c.claimDigest(ann, c.after(0)), c.after(24*time.Hour))
	c.startAt(2060)
	now := c.after(0)
	equal(t, "recalled", c.recall(now), 2)
	for _, kind := range collab.JobKinds {
		jobs := c.claim(kind, now)
		if len(jobs) != 1 || jobs[0].QueuedAt != now || jobs[0].ReadyAt != now {
			t.Errorf("got %s", inJSON(t, jobs))
		}
	}
	_, expired := c.claimOrExpire(collab.JobPush, collab.At(now.Add(collab.PushLifetime)))
	equal(t, "expired after a day", expired, []collab.JobKind{collab.JobPush})
	_, expired = c.claimOrExpire(collab.JobPush, collab.At(now.Add(collab.DigestLifetime)))
	equal(t, "expired after a week", expired, []collab.JobKind{collab.JobDigest})
}

// A snooze that was made while a clock was ahead is the person's choice, and stays.
func snoozeNotRecalled(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.startAt(2070)
	told := c.tell(c.create(customer("Acme")), ann).Notifications[0]
	until := c.after(time.Hour)
	c.snooze(until, told)
	c.startAt(2060)
	now := c.after(0)
	for range 2 { // the first one finds that it was queued ahead, so its holder finds the snooze once more
		for range c.recall(now) {
			c.plan(c.claim(collab.JobPush, now)[0], until)
		}
	}
	equal(t, "before the end", c.pushedAt(collab.At(until.Add(-time.Millisecond))), []collab.ID{})
	equal(t, "at the end", c.pushedAt(until), []collab.ID{told.ID})
}

// The later one of two clocks counts.
func latestTime(t *testing.T, f StoreFixture) {
	behind, ahead := collab.At(time.Now().Add(-time.Hour)), collab.At(time.Now().Add(time.Hour))
	equal(t, "of a clock that is ahead", must(f.Store.LatestTime(t.Context(), ahead))(t), ahead)
	if at := must(f.Store.LatestTime(t.Context(), behind))(t); at.Before(behind.Time) || at.After(ahead.Time) {
		t.Errorf("of a clock that is behind: %s", at)
	}
}
