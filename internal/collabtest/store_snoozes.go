package collabtest

import (
	"slices"
	"testing"
	"time"

	"tandem/internal/collab"
)

// snooze snoozes notifications of the actor.
func (c *company) snooze(until collab.Time, notifications ...*collab.Notification) {
	c.t.Helper()
	ids := idsOf(notifications, notificationID)
	if got := c.markUnread(ids, &until); got != len(ids) {
		c.t.Fatalf("snoozed %d of %d", got, len(ids))
	}
}

// pushedAt returns the ids of the notifications whose pushes are due at a time, in order, and ends these as sent.
func (c *company) pushedAt(at collab.Time) []collab.ID {
	c.t.Helper()
	jobs := c.claim(collab.JobPush, at)
	ids := make([]collab.ID, 0, len(jobs))
	for _, job := range jobs {
		ids = append(ids, job.NotificationID)
		c.finish(job, collab.At(at.Add(5*time.Minute)))
	}
	slices.Sort(ids)
	return ids
}

// lapse has a notification of the actor grow by what is not to be pushed.
func (c *company) lapse(id collab.ID, told *collab.Notification) *collab.Notification {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		d, err := c.pushing(collab.NotifyMention, told, c.actor)(st)
		d.Change.Notifications[0].Channels = nil
		return d, err
	}).Notifications[0]
}

// A snooze plans a push to each browser of its person, also of what was never pushed.
func snoozePlanned(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.register(endpoint(t, "1"))
	c.register(endpoint(t, "2"))
	c.as("bob").register(endpoint(t, "3"))
	told := c.tell(c.create(customer("Acme")), ann, "bob").Notifications[0]
	until := c.after(time.Hour)
	c.snooze(until, told)
	other, none := c.through(f.Other), []collab.ID{}
	equal(t, "before the end", other.pushedAt(collab.At(until.Add(-time.Millisecond))), none)
	equal(t, "at the end", other.pushedAt(until), []collab.ID{told.ID, told.ID})
	equal(t, "after it", other.pushedAt(collab.At(until.Add(time.Hour))), none)
}

// A push that waits moves with each snooze, and is due at once when the notification grows.
func snoozeMoves(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id, none := c.create(customer("Acme")), []collab.ID{}
	told := c.pushTo(id, nil, ann)[0]
	tomorrow, soon := c.after(24*time.Hour), c.after(time.Hour)
	c.snooze(tomorrow, told)
	equal(t, "at once", c.pushedAt(c.after(0)), none)
	c.snooze(soon, told)
	equal(t, "at the earlier end", c.pushedAt(soon), []collab.ID{told.ID})
	c.snooze(tomorrow, told)
	told = c.pushTo(id, told, ann)[0]
	equal(t, "when it has grown", c.pushedAt(c.after(0)), []collab.ID{told.ID})
	equal(t, "at the end of a snooze that is over", c.pushedAt(tomorrow), none)
}

// An instance that is just sending a push, or planning it, does not undo the snooze.
func snoozeMovesClaimed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	sent, planned := c.pushTo(id, nil, ann)[0], c.pushTo(id, nil, ann)[0]
	jobs := c.claim(collab.JobPush, c.after(0))
	until, night := c.after(time.Hour), c.after(8*time.Hour)
	c.snooze(until, sent, planned)
	for _, job := range jobs {
		if job.NotificationID == sent.ID {
			c.finish(job, c.after(5*time.Minute))
			continue
		}
		job.Planned = true
		if err := f.Other.PostponeJob(t.Context(), job, night); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "by the end of the snooze", c.pushedAt(until), []collab.ID{sent.ID})
	equal(t, "when the other one is looked at again", c.pushedAt(night), []collab.ID{planned.ID})

	grown := c.pushTo(id, nil, ann)[0]
	c.snooze(until, grown)
	c.pushTo(id, grown, ann) // which is due at once
	job := c.claim(collab.JobPush, c.after(0))[0]
	job.Planned = true
	c.pushTo(id, must(c.store.Notifications(t.Context(), c.scope(), ann, []collab.ID{grown.ID}))(t)[grown.ID], ann)
	if err := c.store.PostponeJob(t.Context(), job, night); err != nil {
		t.Fatal(err)
	}
	equal(t, "what grew while it was planned", c.pushedAt(c.after(0)), []collab.ID{grown.ID})
}

// A snooze of a notification whose message is just being sent ends at its time, also if that comes before the end of the message's rest,
// or before the message has been sent.
func snoozeEndsFirst(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id, none := c.create(customer("Acme")), []collab.ID{}
	for _, soon := range []time.Duration{time.Second, time.Minute} {
		told := c.pushTo(id, nil, ann)[0]
		job := c.claim(collab.JobPush, c.after(0))[0]
		until := c.after(soon)
		c.snooze(until, told)
		sent := c.after(10 * time.Second)
		if err := f.Other.FinishJob(t.Context(), job, collab.At(sent.Add(5*time.Minute))); err != nil {
			t.Fatal(err)
		}
		equal(t, "before the end", c.pushedAt(collab.At(until.Add(-time.Millisecond))), none)
		equal(t, "at the end", c.pushedAt(until), []collab.ID{told.ID})
		equal(t, "after it", c.pushedAt(c.after(time.Hour)), none)
	}
}

// A snooze leaves its time to the claim of an instance that has died, so that another one takes the push over.
func snoozeOfADeadClaim(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	told := c.pushTo(id, nil, ann)[0]
	c.claim(collab.JobPush, c.after(0))
	until := c.after(time.Hour)
	c.snooze(until, told)
	c.pushTo(id, told, ann)
	equal(t, "when the claim is over", c.through(f.Other).pushedAt(c.after(time.Minute)), []collab.ID{told.ID})
	equal(t, "at the end of a snooze that is over", c.pushedAt(until), []collab.ID{})
}

// A browser that is registered while a snooze runs is sent its end, also if it was registered before and has plans already.
func snoozeOfALaterBrowser(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	first, second, over := c.pushTo(id, nil, ann)[0], c.pushTo(id, nil, ann)[0], c.pushTo(id, nil, ann)[0]
	soon, late := c.after(time.Hour), c.after(2*time.Hour)
	c.snooze(soon, first)
	c.snooze(late, second, over)
	c.markRead([]collab.ID{over.ID}, 0)
	if !must(f.Other.RemovePush(t.Context(), c.id, ann, endpoint(t, "1")))(t) {
		t.Fatal("there is no browser")
	}
	c.register(endpoint(t, "1"))
	c.register(endpoint(t, "1"))
	c.through(f.Other).register(endpoint(t, "2"))
	c.as("bob").register(endpoint(t, "3"))
	equal(t, "at the first end", c.pushedAt(soon), []collab.ID{first.ID, first.ID})
	c.register(endpoint(t, "1"))
	equal(t, "at the second end", c.pushedAt(late), []collab.ID{second.ID, second.ID})
}

// A browser that is registered while many snoozes run is sent the ends of those that end first.
func snoozeOfALaterBrowserBounded(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	var soon, late []*collab.Notification
	for range collab.MaxJobsPerBrowser {
		late = append(late, c.tell(id, ann).Notifications[0])
	}
	for range 2 {
		soon = append(soon, c.tell(id, ann).Notifications[0])
	}
	c.snooze(c.after(2*time.Hour), late...)
	c.snooze(c.after(time.Hour), soon...)
	c.register(endpoint(t, "1"))
	c.register(endpoint(t, "1"))
	want := idsOf(append(soon, late[:collab.MaxJobsPerBrowser-2]...), notificationID)
	slices.Sort(want)
	equal(t, "pushes", c.pushedAt(c.after(2*time.Hour)), want)
}

// A notification that grows is not pushed at the end of its snooze, also if its person does not want what was added pushed.
func snoozeLapses(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	grows, stays := c.pushTo(id, nil, ann)[0], c.pushTo(id, nil, ann)[0]
	until := c.after(time.Hour)
	c.snooze(until, grows, stays)
	grows = c.lapse(id, grows)
	equal(t, "at the end", c.pushedAt(until), []collab.ID{stays.ID})
	c.pushTo(id, grows, ann)
	equal(t, "what grows once more", c.pushedAt(c.after(0)), []collab.ID{grows.ID})
}

// A notification that is read or marked as unread is not pushed when its snooze would have ended.
func snoozeEnds(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	until := c.after(time.Hour)
	read, unread, kept := c.pushTo(id, nil, ann)[0], c.pushTo(id, nil, ann)[0], c.pushTo(id, nil, ann)[0]
	never := c.pushTo(id, nil, ann)[0]
	c.snooze(until, read, unread, kept)
	c.markRead([]collab.ID{read.ID}, 0)
	c.markUnread([]collab.ID{unread.ID, read.ID}, nil)
	c.markRead([]collab.ID{never.ID}, 0)
	c.markUnread([]collab.ID{never.ID}, nil)
	want := []collab.ID{kept.ID, never.ID}
	slices.Sort(want)
	equal(t, "at the end", c.pushedAt(until), want)
}

// A snooze that comes after the removal of its person plans nothing, also for when they are a member again.
func snoozeOfTheRemoved(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.as("bob").register(endpoint(t, "1"))
	told := c.tell(c.create(customer("Acme")), "bob").Notifications[0]
	until := c.after(time.Hour)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember, RemovedAt: new(c.now())})
	c.as("bob").snooze(until, told)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	equal(t, "at the end", c.through(f.Other).pushedAt(until), []collab.ID{})
}

// The newest of many that are snoozed at once have the room that is left, and make room for everything else.
func snoozeBounded(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	waiting := c.pushTo(id, nil, ann)[0]
	var snoozed []*collab.Notification
	for range collab.MaxJobsPerBrowser + 2 {
		snoozed = append(snoozed, c.tell(id, ann).Notifications[0])
	}
	until := c.after(time.Hour)
	c.snooze(until, snoozed...)
	watched := c.pushKind(collab.NotifyWatched, id, nil, ann)[0]
	got := c.pushedAt(until)
	equal(t, "pushes", len(got), collab.MaxJobsPerBrowser)
	for what, n := range map[string]*collab.Notification{"what waited": waiting, "what came since": watched, "the newest": snoozed[len(snoozed)-1]} {
		if !slices.Contains(got, n.ID) {
			t.Errorf("%s is not pushed", what)
		}
	}
	if slices.Contains(got, snoozed[2].ID) {
		t.Error("one of the oldest is pushed")
	}
}

// Snoozes until different times, of the same notifications, have the room of one browser together.
func snoozeBoundedTogether(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	var told []*collab.Notification
	for range 2 * collab.MaxJobsPerBrowser {
		told = append(told, c.tell(id, ann).Notifications[0])
	}
	most, last := collab.MaxJobsPerBrowser, c.after(3*time.Hour)
	c.snooze(c.after(time.Hour), told[:most]...)
	c.snooze(c.after(2*time.Hour), told[:most+most/2]...)
	c.snooze(last, told...)
	want := idsOf(told[most:], notificationID)
	slices.Sort(want)
	equal(t, "pushes of the newest", c.pushedAt(last), want)
}
