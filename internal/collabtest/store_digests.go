package collabtest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

func digestOfPeople(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id := c.create(customer("Acme"))
	first, second := c.pushTo(id, nil, "bob")[0], c.pushTo(id, nil, "bob", ann)
	jobs := c.claim(collab.JobDigest, c.after(0))
	slices.SortFunc(jobs, func(a, b *collab.Job) int { return strings.Compare(string(a.Target), string(b.Target)) })
	if len(jobs) != 2 || jobs[0].Target != ann || jobs[1].Target != "bob" {
		t.Fatalf("got %s", inJSON(t, jobs))
	}
	digest, items := c.through(f.Other).begin(jobs[1], "dig_1")
	equal(t, "the digest", digest, "dig_1")
	equal(t, "bob's items", items, slices.Sorted(slices.Values([]collab.ID{first.ID, second[0].ID})))
	equal(t, "they were dropped", must(c.store.DropDigest(t.Context(), jobs[1]))(t), true)
	_, items = c.begin(jobs[1], "dig_2")
	equal(t, "bob's items after they were dropped", len(items), 0)
	_, items = c.begin(jobs[0], "dig_3")
	equal(t, "ann's items", items, []collab.ID{second[1].ID})
}

// A digest that did not end is begun again as it was, but not by who lost the claim; what came since is in the next one.
func digestAgain(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id, at := c.create(customer("Acme")), c.after(0)
	first := c.pushTo(id, nil, ann)[0]
	lost := c.claimDigest(ann, c.after(0))
	c.begin(lost, "dig_1")
	second := c.pushTo(id, nil, ann)[0]
	other := c.through(f.Other)
	job := other.claimDigest(ann, collab.At(at.Add(2*time.Minute)))
	digest, items := other.begin(job, "dig_2")
	equal(t, "the digest again", digest, "dig_1")
	equal(t, "its items", items, []collab.ID{first.ID})
	other.end(job, digest)
	_, items = c.begin(lost, "dig_2")
	equal(t, "the items for the instance that lost the claim", len(items), 0)
	digest, items = other.begin(job, "dig_3")
	equal(t, "the next digest", digest, "dig_3")
	equal(t, "its items", items, []collab.ID{second.ID})
}

func digestGrew(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	told := c.pushTo(id, nil, ann)[0]
	job := c.claimDigest(ann, c.after(0))
	digest, _ := c.begin(job, "dig_1")
	c.pushTo(id, told, ann) // while it is sent
	c.end(job, digest)
	digest, items := c.begin(job, "dig_2")
	equal(t, "the next digest", digest, "dig_2")
	equal(t, "its items", items, []collab.ID{told.ID})
}

func digestBounded(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	told := c.pushMany(ann, collab.MaxDigestItems+3)
	_, items := c.begin(c.claimDigest(ann, c.after(0)), "dig_1")
	equal(t, "the newest items", items, slices.Sorted(slices.Values(told[3:])))
	// A digest that is sent again makes no room for what came since.
	c.pushTo(c.create(customer("Acme")), nil, ann)
	_, again := c.begin(c.claimDigest(ann, c.after(time.Hour)), "dig_2")
	equal(t, "items of the digest again", again, items)
}

// Writes at the same time leave no more in a digest than those one after the other.
func digestBoundedAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.pushMany(ann, collab.MaxDigestItems)
	others := make([]collab.ID, 8)
	for i := range others {
		others[i] = c.create(customer("Acme"))
	}
	var group sync.WaitGroup
	for _, other := range others {
		group.Go(func() {
			intent := collab.Intent{OrgID: c.id, ActorID: ann, EntityID: other}
			if _, err := untilAvailable(t.Context(), f.Store, intent, c.pushing(collab.NotifyMention, nil, ann)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	job := c.claimDigest(ann, c.after(0))
	digest, items := c.begin(job, "dig_1")
	equal(t, "items", len(items), collab.MaxDigestItems)
	c.end(job, digest)
	_, items = c.begin(job, "dig_2")
	equal(t, "items of the next digest", len(items), 0)
}

func digestExpired(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	c.pushTo(id, nil, ann)
	_, expired := c.claimOrExpire(collab.JobPush, c.after(collab.DigestLifetime+time.Hour))
	equal(t, "expired", expired, []collab.JobKind{collab.JobDigest})
	later := c.pushTo(id, nil, ann)[0]
	_, items := c.begin(c.claimDigest(ann, c.after(0)), "dig_1")
	equal(t, "items", items, []collab.ID{later.ID})
}

// A notification that came between two attempts is not in the digest that was sent. It waits for the next one, whose time
// follows from when the notification came.
func digestLeft(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	c.pushTo(id, nil, ann)
	at := c.after(0)
	job := c.claimDigest(ann, at)
	digest, _ := c.begin(job, "dig_1")
	left := c.pushTo(id, nil, ann)[0]
	c.pushTo(id, nil, ann)
	if err := c.store.PostponeJob(t.Context(), job, at); err != nil {
		t.Fatal(err)
	}
	job = c.claimDigest(ann, at)
	c.end(job, digest)
	late := collab.At(at.Add(24 * time.Hour))
	c.finish(job, late)
	job = c.claimDigest(ann, late)
	equal(t, "queued at", job.QueuedAt, left.UpdatedAt)
	_, items := c.begin(job, "dig_2")
	equal(t, "items", len(items), 2)
	c.end(job, "dig_2")
	c.finish(job, late)
	equal(t, "jobs without items", len(c.claim(collab.JobDigest, late)), 0)
}

// Nothing is dropped for a reason that may have ended before it came: its person chose a digest again, or was added again.
func digestDropped(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id, at := c.create(customer("Acme")), c.after(0)
	for what, meanwhile := range map[string]func(){
		"added to":    func() { c.pushTo(id, nil, ann) },
		"rescheduled": func() { c.rechoose(ann, at) },
		"claimed":     func() { at = collab.At(at.Add(2 * time.Minute)); c.claimDigest(ann, at) },
	} {
		at = collab.At(at.Add(2 * time.Minute))
		kept := c.pushTo(id, nil, ann)[0]
		job := c.claimDigest(ann, at)
		meanwhile()
		equal(t, "it was dropped after it was "+what, must(f.Other.DropDigest(t.Context(), job))(t), false)
		c.plan(job, collab.At(at.Add(time.Hour)))
		job = c.claimDigest(ann, collab.At(at.Add(time.Minute)))
		if _, items := c.begin(job, "dig_1"); !slices.Contains(items, kept.ID) {
			t.Errorf("after it was %s, it has the items %v", what, items)
		}
		c.end(job, "dig_1")
		c.finish(job, at)
	}
}

func digestDroppedMeanwhile(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id, at := c.create(customer("Acme")), c.after(0)
	for range 20 {
		at = collab.At(at.Add(2 * time.Minute))
		c.pushTo(id, nil, ann)
		job := c.claimDigest(ann, at)
		var dropping sync.WaitGroup
		dropping.Go(func() {
			if _, err := f.Other.DropDigest(t.Context(), job); err != nil {
				t.Error(err)
			}
		})
		added := c.pushTo(id, nil, ann)[0]
		dropping.Wait()
		if _, items := c.begin(job, "dig_1"); !slices.Contains(items, added.ID) {
			t.Fatal("what was added meanwhile was dropped")
		}
		c.end(job, "dig_1")
		c.finish(job, at)
	}
}

// A digest that is rescheduled while an instance plans it must not wait for the old plan.
func digestRescheduled(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	later := collab.At(at.Add(time.Hour))
	other := c.through(f.Other)
	job := c.claimDigest(ann, at)
	other.rechoose(ann, at)
	equal(t, "claimed jobs", len(c.claim(collab.JobDigest, at)), 0)
	c.plan(job, later)
	c.plan(c.claimDigest(ann, at), later)
	equal(t, "planned jobs", len(c.claim(collab.JobDigest, at)), 0)
	other.rechoose(ann, at)
	job = c.claimDigest(ann, at)
	other.rechoose(ann, at)
	c.fail(job, later)
	equal(t, "jobs that failed before they were rescheduled", len(c.claim(collab.JobDigest, at)), 0)
}

// A push that waits for the end of quiet hours is due when the hours may have changed, also if it failed before them. A push that
// failed keeps its backoff, and one that is under way is not sent twice.
func pushRescheduled(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	later := collab.At(at.Add(time.Hour))
	c.plan(c.claim(collab.JobPush, at)[0], later)
	equal(t, "planned jobs", len(c.claim(collab.JobPush, at)), 0)
	c.through(f.Other).rechoose(ann, at)
	equal(t, "the queue knows that it is due", must(f.Store.JobStats(t.Context(), at))(t)[collab.JobPush].Oldest.IsZero(), false)
	c.fail(c.claim(collab.JobPush, at)[0], later)
	c.rechoose(ann, at)
	equal(t, "jobs that failed", len(c.claim(collab.JobPush, at)), 0)
	job, evening := c.claim(collab.JobPush, later)[0], collab.At(later.Add(time.Hour))
	c.plan(job, evening)
	c.rechoose(ann, later)
	job = c.claim(collab.JobPush, later)[0]
	equal(t, "attempts of what was planned since", job.Attempts, 1)
	c.rechoose(ann, later)
	c.finish(job, later)
	equal(t, "jobs after they were sent", len(c.claim(collab.JobPush, evening)), 0)
}

// A push that is rescheduled while an instance plans it must not wait for the old plan, and one that fails then keeps its backoff.
func pushRescheduledMeanwhile(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.register(endpoint(t, "1"))
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	later := collab.At(at.Add(time.Hour))
	job := c.claim(collab.JobPush, at)[0]
	c.through(f.Other).rechoose(ann, at)
	equal(t, "claimed jobs", len(c.claim(collab.JobPush, at)), 0)
	c.plan(job, later)
	job = c.claim(collab.JobPush, at)[0]
	c.plan(job, later)
	equal(t, "planned jobs", len(c.claim(collab.JobPush, at)), 0)
	job = c.claim(collab.JobPush, later)[0]
	c.rechoose(ann, later)
	c.fail(job, collab.At(later.Add(time.Hour)))
	equal(t, "jobs that failed", len(c.claim(collab.JobPush, later)), 0)
}
