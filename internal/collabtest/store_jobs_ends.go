package collabtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tandem/internal/collab"
)

func jobsExpired(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	jobs, expired := c.claimOrExpire(collab.JobPush, c.after(collab.PushLifetime+time.Hour))
	equal(t, "pushes after a day", len(jobs), 0)
	equal(t, "what expires after a day", expired, []collab.JobKind{collab.JobPush})
	// A server that was away from Friday to Monday sends its digests.
	jobs, expired = c.claimOrExpire(collab.JobDigest, c.after(3*24*time.Hour))
	equal(t, "digests after three days", len(jobs), 1)
	equal(t, "what expires after three days", len(expired), 0)
	_, expired = c.claimOrExpire(collab.JobDigest, c.after(collab.DigestLifetime+time.Hour))
	equal(t, "what expires after a week", expired, []collab.JobKind{collab.JobDigest})
	if c.due(collab.JobPush, c.after(100*collab.DigestLifetime)) {
		t.Error("expired jobs are still there")
	}
}

// A claim deletes a part of very many expired jobs, and claims none of the others.
func jobsExpiredMany(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	people := []collab.ID{"bob", "cem", "dan", "eve", "fay"}
	for _, user := range people {
		c.join(user)
		for n := range collab.MaxPushSubscriptions {
			c.as(user).register(endpoint(t, fmt.Sprint(user, n)))
		}
	}
	id, jobs := c.create(customer("Acme")), 0
	for jobs <= 2*collab.MaxExpired {
		c.pushTo(id, nil, people...)
		jobs += len(people) * collab.MaxPushSubscriptions
	}
	at := c.after(collab.PushLifetime + time.Hour)
	for jobs > 0 {
		if !c.due(collab.JobPush, at) {
			t.Fatalf("%d expired jobs are left, and not due", jobs)
		}
		claimed, expired := c.claimOrExpire(collab.JobPush, at)
		equal(t, "claimed and expired", []int{len(claimed), len(expired)}, []int{0, min(jobs, collab.MaxExpired)})
		jobs -= len(expired)
	}
	if c.due(collab.JobPush, at) {
		t.Error("expired jobs are still there")
	}
}

func jobsBounded(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	for range collab.MaxJobsPerBrowser + 3 {
		c.pushTo(id, nil, ann)
	}
	if jobs := c.claim(collab.JobPush, c.after(0)); len(jobs) != collab.MaxJobsPerBrowser {
		t.Errorf("%d jobs wait", len(jobs))
	}
}

// In a full queue, what is not urgent makes room first, and then what is oldest.
func jobsMakeRoom(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	push := func(kind collab.NotificationKind, times int) (told []collab.ID) {
		for range times {
			told = append(told, c.pushKind(kind, id, nil, ann)[0].ID)
		}
		return told
	}
	at := c.after(0)
	waits := func(what string, want ...collab.ID) {
		t.Helper()
		at = collab.At(at.Add(time.Minute))
		var ids []collab.ID
		for _, j := range c.claim(collab.JobPush, at) {
			ids = append(ids, j.NotificationID)
		}
		slices.Sort(ids)
		slices.Sort(want)
		equal(t, what, ids, want)
	}
	most := collab.MaxJobsPerBrowser
	watched := push(collab.NotifyWatched, most+1)[1:]
	waits("the newest", watched...)
	mention := push(collab.NotifyMention, 1)
	waits("a mention, and the newest of the others", append(mention, watched[1:]...)...)
	mentions := push(collab.NotifyMention, most)
	push(collab.NotifyWatched, 1)
	waits("the newest mentions", mentions...)

	rested := c.claim(collab.JobPush, collab.At(at.Add(time.Minute)))
	oldest := slices.IndexFunc(rested, func(j *collab.Job) bool { return j.NotificationID == mentions[0] })
	c.finish(rested[oldest], at)
	last := push(collab.NotifyMention, 1)
	grown := must(c.store.Notifications(t.Context(), c.scope(), ann, mentions[:1]))(t)[mentions[0]]
	c.pushTo(id, grown, ann)
	at = collab.At(at.Add(time.Minute))
	waits("what grew at rest, without the oldest", slices.Concat(mentions[:1], mentions[2:], last)...)
}

// Nothing waits for a person who was removed, also after they are a member again.
func jobsOfTheRemoved(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.as("bob").register(endpoint(t, "bob"))
	c.register(endpoint(t, "ann"))
	id := c.create(customer("Acme"))
	told := c.pushTo(id, nil, "bob", ann)
	equal(t, "pushes of members", len(c.claim(collab.JobPush, c.after(0))), 2)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember, RemovedAt: new(c.now())})
	equal(t, "pushes without bob's", len(c.claim(collab.JobPush, c.after(time.Hour))), 1)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	c.pushTo(id, nil, "bob")
	_, items := c.begin(c.claimDigest("bob", c.after(0)), "dig_1")
	if len(items) != 1 || items[0] == told[0].ID {
		t.Errorf("the digest has %v", items)
	}
}

// A notification that grows in its rest is not sent after it if a later change is not to be pushed. It rests nevertheless.
func jobsRestLapsed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	lapses, again := c.pushTo(id, nil, ann)[0], c.pushTo(id, nil, ann)[0]
	rest, none := c.after(5*time.Minute), []collab.ID{}
	for _, job := range c.claim(collab.JobPush, c.after(0)) {
		c.finish(job, rest)
	}
	for _, told := range []*collab.Notification{lapses, again} {
		told = c.lapse(id, c.pushTo(id, told, ann)[0])
		if told.ID == again.ID {
			c.pushTo(id, told, ann)
		}
	}
	equal(t, "in the rest", c.pushedAt(collab.At(rest.Add(-time.Millisecond))), none)
	equal(t, "after the rest", c.through(f.Other).pushedAt(rest), []collab.ID{again.ID})
}

// A failed push whose notification grows by what is not to be pushed, and then by what is, begins anew when its backoff is over.
func jobsLapsed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	told := c.pushTo(id, nil, ann)[0]
	backoff := c.after(5 * time.Minute)
	c.fail(c.claim(collab.JobPush, c.after(0))[0], backoff)
	c.pushTo(id, c.lapse(id, told), ann)
	equal(t, "pushes before the end of the backoff", len(c.claim(collab.JobPush, collab.At(backoff.Add(-time.Millisecond)))), 0)
	jobs := c.through(f.Other).claim(collab.JobPush, backoff)
	if len(jobs) != 1 || jobs[0].Attempts != 0 || jobs[0].QueuedAt != backoff {
		t.Errorf("got %s", inJSON(t, jobs))
	}
}

// A push that waits for the end of a snooze is counted from then on, or from when its notification grew, also if it was dropped in
// between. The jobs of other companies, which are counted too, are of later years.
func jobsCounted(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.startAt(2006)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	told := c.pushTo(id, nil, ann)[0]
	until := c.after(time.Hour)
	c.snooze(until, told)
	counted := func(at collab.Time) collab.JobStats {
		return must(f.Other.JobStats(t.Context(), at))(t)[collab.JobPush]
	}
	equal(t, "before the end", counted(collab.At(until.Add(-time.Millisecond))), collab.JobStats{})
	equal(t, "at the end", counted(until), collab.JobStats{Waiting: 1, Oldest: until})
	lapsed := c.lapse(id, told)
	equal(t, "after it was dropped", counted(until), collab.JobStats{})
	c.pushTo(id, lapsed, ann)
	equal(t, "when it has grown again", counted(c.after(0)), collab.JobStats{Waiting: 1, Oldest: lapsed.UpdatedAt})
}
