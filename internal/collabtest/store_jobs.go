package collabtest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

var jobTests = []storeTest{
	{"ClaimJobs/OneForEachBrowser", jobsQueued},
	{"ClaimJobs/EachOnce", jobsClaimedOnce},
	{"ClaimJobs/AgainAfterTheClaim", jobsTakenOver},
	{"ClaimJobs/OfOneKind", jobsOfOneKind},
	{"ClaimJobs/NotOfBusyHosts", jobsOfBusyHosts},
	{"ClaimJobs/FewOfOnePerson", jobsOfOnePerson},
	{"ClaimJobs/OneOfATriedHost", jobsOfTriedHosts},
	{"ClaimJobs/DeletesExpired", jobsExpired},
	{"ClaimJobs/DeletesManyExpiredInParts", jobsExpiredMany},
	{"ClaimJobs/DeletesItemsOfExpiredDigests", digestExpired},
	{"ClaimJobs/BoundedForEachBrowser", jobsBounded},
	{"ClaimJobs/UrgentAndNewInAFullQueue", jobsMakeRoom},
	{"ClaimJobs/PushesThatWaitForMore", jobsLater},
	{"FinishJob/RestsBeforeTheNext", jobsRest},
	{"FinishJob/NotAfterTheRestOfWhatLapsed", jobsRestLapsed},
	{"PostponeJob/NoAttemptsOfWhatLapsed", jobsLapsed},
	{"FinishJob/OnlyByItsHolder", jobsHeld},
	{"PostponeJob/KeepsAttempts", jobsPostponed},
	{"RecallJobs/NotWhatWaitsAsJobsDo", jobsNotRecalled},
	{"RecallJobs/WhatWaitsForLonger", jobsRecalled},
	{"RecallJobs/WhatWasQueuedAhead", jobsQueuedAhead},
	{"RecallJobs/NotSnoozes", snoozeNotRecalled},
	{"LatestTime/OfTwoClocks", latestTime},
	{"JobStats/CountsWhatIsDue", jobsCounted},
	{"DropPush/DeletesJobs", jobsDropped},
	{"BeginDigest/OneForAPerson", digestOfPeople},
	{"BeginDigest/AgainIsTheSame", digestAgain},
	{"BeginDigest/WithoutWhatGrew", digestGrew},
	{"BeginDigest/Bounded", digestBounded},
	{"BeginDigest/BoundedAtOnce", digestBoundedAtOnce},
	{"DigestCheck/HasEverythingOfThePerson", digestChecked},
	{"DigestCheck/OnlyWhatThePersonSees", digestSeen},
	{"FinishJob/DigestWaitsWithItems", digestLeft},
	{"DropDigest/NotWhatCameSince", digestDropped},
	{"DropDigest/NotWhatComesMeanwhile", digestDroppedMeanwhile},
	{"SetNotificationPreferences/DigestIsDueAlsoWhileClaimed", digestRescheduled},
	{"SetNotificationPreferences/PushesInQuietHoursAreDue", pushRescheduled},
	{"SetNotificationPreferences/PushesThatArePlannedMeanwhile", pushRescheduledMeanwhile},
	{"Erase/RemovesJobs", jobsErased},
	{"Write/RemovalOfAPersonRemovesJobs", jobsOfTheRemoved},
}

func jobsQueued(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	first, second := c.as("bob").register(endpoint(t, "1")), c.as("bob").register(endpoint(t, "2"))
	id := c.create(customer("Acme"))
	if c.due(collab.JobPush, c.after(time.Hour)) {
		t.Error("there are jobs without a notification")
	}
	told := c.pushTo(id, nil, "bob", ann)
	jobs := c.through(f.Other).claim(collab.JobPush, c.after(0))
	var targets []collab.ID
	for _, j := range jobs {
		targets = append(targets, j.Target)
		if j.OrgID != c.id || j.UserID != "bob" || j.NotificationID != told[0].ID || j.Host != "push.example" || j.Attempts != 0 {
			t.Errorf("got %+v", j)
		}
	}
	slices.Sort(targets)
	equal(t, "targets", targets, []collab.ID{first.ID, second.ID})
}

func jobsClaimedOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for i := range 10 {
		c.register(endpoint(t, string(rune('a'+i))))
	}
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	var all sync.WaitGroup
	claims := make([][]*collab.Job, 8)
	for i := range claims {
		store := f.Store
		if i%2 > 0 {
			store = f.Other
		}
		all.Go(func() {
			claim := collab.JobClaim{Kind: collab.JobPush, Now: at, Until: collab.At(at.Add(time.Minute)), Holder: collab.NewID("clm", time.Now()), Limit: 3}
			var err error
			if claims[i], _, err = store.ClaimJobs(t.Context(), c.id, claim); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	claimed := map[collab.ID]int{}
	for _, j := range append(slices.Concat(claims...), c.claim(collab.JobPush, at)...) {
		claimed[j.Target]++
	}
	if len(claimed) != 10 {
		t.Errorf("%d jobs were claimed, not 10", len(claimed))
	}
	for target, times := range claimed {
		if times != 1 {
			t.Errorf("the job of %s was claimed %d times", target, times)
		}
	}
}

func jobsTakenOver(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	dead := c.claim(collab.JobPush, at)[0]
	if jobs := c.claim(collab.JobPush, collab.At(at.Add(59*time.Second))); len(jobs) > 0 {
		t.Error("a claimed job was claimed again")
	}
	other := c.through(f.Other)
	if jobs := other.claim(collab.JobPush, collab.At(at.Add(time.Minute))); len(jobs) != 1 {
		t.Error("the job of an instance that died is lost")
	}
	if err := c.store.FinishJob(t.Context(), dead, at); err != nil {
		t.Fatal(err)
	}
	if jobs := c.claim(collab.JobPush, collab.At(at.Add(2*time.Minute))); len(jobs) != 1 {
		t.Error("an instance whose claim was over has ended the job")
	}
}

// A worker for one kind leaves the others alone until they expire.
func jobsOfOneKind(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	told := c.pushTo(c.create(customer("Acme")), nil, ann)[0]
	if at := c.after(time.Hour); c.due(collab.JobPush, at) || len(c.claim(collab.JobPush, at)) > 0 {
		t.Error("a digest is due for those who send pushes")
	}
	_, items := c.begin(c.claimDigest(ann, c.after(time.Hour)), "dig_1")
	equal(t, "items", items, []collab.ID{told.ID})
	if !c.due(collab.JobPush, c.after(100*collab.DigestLifetime)) {
		t.Error("an expired digest is not listed")
	}
}

func jobsOfBusyHosts(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	if jobs := c.claim(collab.JobPush, c.after(0), "other.example", "push.example"); len(jobs) > 0 {
		t.Error("a job of a busy host was claimed")
	}
	if jobs := c.claim(collab.JobPush, c.after(0), "other.example"); len(jobs) != 1 {
		t.Error("a job of a free host was not claimed")
	}
}

// A push that waits for more is sent at its time, whether more came or not.
func jobsLater(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	later := func(id collab.ID) *collab.Notification {
		return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			d, err := c.pushing(collab.NotifyMention, nil, ann)(st)
			d.PushLater = 5 * time.Second
			return d, err
		}).Notifications[0]
	}
	grows, stays := c.create(customer("Acme")), c.create(customer("Beta"))
	first := later(grows)
	second := later(stays)
	c.pushTo(grows, first, ann)
	equal(t, "digests at once", len(c.claim(collab.JobDigest, c.after(0))), 1)
	equal(t, "pushes before", len(c.claim(collab.JobPush, collab.At(first.CreatedAt.Add(5*time.Second-time.Millisecond)))), 0)
	equal(t, "pushes", len(c.claim(collab.JobPush, collab.At(second.CreatedAt.Add(5*time.Second)))), 2)
}

// A notification that grows after it was sent waits until the rest is over, also if it grew meanwhile.
func jobsRest(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	id := c.create(customer("Acme"))
	told := c.pushTo(id, nil, ann)[0]
	at := c.after(0)
	job := c.claim(collab.JobPush, at)[0]
	rest := collab.At(at.Add(5 * time.Minute))
	c.finish(job, rest)
	told = c.pushTo(id, told, ann)[0]
	if jobs := c.claim(collab.JobPush, collab.At(rest.Add(-time.Second))); len(jobs) > 0 {
		t.Error("what grew was sent before the rest was over")
	}
	jobs := c.claim(collab.JobPush, rest)
	if len(jobs) != 1 {
		t.Fatal("what grew is not sent again")
	}
	c.pushTo(id, told, ann) // while it is sent
	c.finish(jobs[0], collab.At(rest.Add(5*time.Minute)))
	if jobs = c.claim(collab.JobPush, collab.At(rest.Add(5*time.Minute))); len(jobs) != 1 {
		t.Fatal("what grew while it was sent is not sent again")
	}
	c.finish(jobs[0], collab.At(rest.Add(10*time.Minute)))
	if jobs = c.claim(collab.JobPush, collab.At(rest.Add(20*time.Minute))); len(jobs) > 0 {
		t.Error("what did not grow was sent again")
	}
}

func jobsHeld(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	job := *c.claim(collab.JobPush, at)[0]
	job.Holder = "somebody"
	if err := c.store.PostponeJob(t.Context(), &job, at); err != nil {
		t.Fatal(err)
	}
	if jobs := c.claim(collab.JobPush, at); len(jobs) > 0 {
		t.Error("somebody else released the job")
	}
}

func jobsPostponed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	job := c.claim(collab.JobPush, at)[0]
	job.Attempts = 3
	later := collab.At(at.Add(10 * time.Minute))
	if err := c.store.PostponeJob(t.Context(), job, later); err != nil {
		t.Fatal(err)
	}
	if jobs := c.claim(collab.JobPush, collab.At(later.Add(-time.Second))); len(jobs) > 0 {
		t.Error("it is due too early")
	}
	if jobs := c.claim(collab.JobPush, later); len(jobs) != 1 || jobs[0].Attempts != 3 {
		t.Errorf("got %s", inJSON(t, jobs))
	}
	if stats := must(f.Other.JobStats(t.Context(), later))(t)[collab.JobPush]; stats.Waiting < 1 || stats.Oldest.IsZero() {
		t.Errorf("the queue has %+v", stats)
	}
}

func jobsDropped(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	gone, kept := c.register(endpoint(t, "1")), c.register(endpoint(t, "2"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	if err := f.Other.DropPush(t.Context(), c.id, gone.ID); err != nil {
		t.Fatal(err)
	}
	if jobs := c.claim(collab.JobPush, c.after(0)); len(jobs) != 1 || jobs[0].Target != kept.ID {
		t.Errorf("got %s", inJSON(t, jobs))
	}
}

func jobsErased(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.as("bob").register(endpoint(t, "bob"))
	id := c.create(customer("Acme"))
	c.pushTo(id, nil, "bob")
	c.erase("bob")
	for _, kind := range collab.JobKinds {
		if jobs := c.claim(kind, c.after(time.Minute)); len(jobs) > 0 {
			t.Errorf("there are %s", inJSON(t, jobs))
		}
	}
	later := c.pushTo(id, nil, "bob")[0]
	_, items := c.begin(c.claimDigest("bob", c.after(0)), "dig_1")
	equal(t, "items", items, []collab.ID{later.ID})
}
