package collabtest

import (
	"slices"
	"testing"
	"time"

	"tandem/internal/collab"
)

// begin begins a person's digest, and returns its id and its items, by their ids.
func (c *company) begin(userID, proposed collab.ID) (collab.ID, []collab.ID) {
	c.t.Helper()
	id, items, err := c.store.BeginDigest(c.t.Context(), c.id, userID, proposed)
	if err != nil {
		c.t.Fatal(err)
	}
	slices.Sort(items)
	return id, items
}

func digestOfPeople(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id := c.create(customer("Acme"))
	first, second := c.pushTo(id, nil, "bob")[0], c.pushTo(id, nil, "bob", ann)
	var people []collab.ID
	for _, j := range c.claim(collab.JobDigest, c.after(0)) {
		people = append(people, j.Target)
	}
	slices.Sort(people)
	equal(t, "people", people, []collab.ID{ann, "bob"})
	digest, items := c.through(f.Other).begin("bob", "dig_1")
	equal(t, "the digest", digest, "dig_1")
	equal(t, "bob's items", items, slices.Sorted(slices.Values([]collab.ID{first.ID, second[0].ID})))
	if err := c.store.DropDigest(t.Context(), c.id, "bob"); err != nil {
		t.Fatal(err)
	}
	_, items = c.begin("bob", "dig_2")
	equal(t, "bob's items after they were dropped", len(items), 0)
	_, items = c.begin(ann, "dig_3")
	equal(t, "ann's items", items, []collab.ID{second[1].ID})
}

// A digest that did not end is begun again as it was; what came since is in the next one.
func digestAgain(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	first := c.pushTo(id, nil, ann)[0]
	c.begin(ann, "dig_1")
	second := c.pushTo(id, nil, ann)[0]
	digest, items := c.through(f.Other).begin(ann, "dig_2")
	equal(t, "the digest again", digest, "dig_1")
	equal(t, "its items", items, []collab.ID{first.ID})
	if err := c.store.EndDigest(t.Context(), c.id, ann, digest); err != nil {
		t.Fatal(err)
	}
	digest, items = c.begin(ann, "dig_3")
	equal(t, "the next digest", digest, "dig_3")
	equal(t, "its items", items, []collab.ID{second.ID})
}

func digestGrew(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	told := c.pushTo(id, nil, ann)[0]
	digest, _ := c.begin(ann, "dig_1")
	c.pushTo(id, told, ann) // while it is sent
	if err := c.store.EndDigest(t.Context(), c.id, ann, digest); err != nil {
		t.Fatal(err)
	}
	digest, items := c.begin(ann, "dig_2")
	equal(t, "the next digest", digest, "dig_2")
	equal(t, "its items", items, []collab.ID{told.ID})
}

func digestBounded(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	for range collab.MaxDigestItems + 3 {
		c.pushTo(id, nil, ann)
	}
	_, items := c.begin(ann, "dig_1")
	equal(t, "items", len(items), collab.MaxDigestItems)
}

func digestExpired(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.pushTo(c.create(customer("Acme")), nil, ann)
	_, expired := c.claimAll(c.after(collab.JobLifetime + time.Hour))
	equal(t, "expired", expired, []collab.JobKind{collab.JobDigest})
	_, items := c.begin(ann, "dig_1")
	equal(t, "items", len(items), 0)
}

// A notification that came between two attempts is not in the digest that was sent, and waits for the next one.
func digestLeft(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	c.pushTo(id, nil, ann)
	at := c.after(0)
	job := c.claim(collab.JobDigest, at)[0]
	digest, _ := c.begin(ann, "dig_1")
	left := c.pushTo(id, nil, ann)[0]
	if err := c.store.PostponeJob(t.Context(), job, at); err != nil {
		t.Fatal(err)
	}
	job = c.claim(collab.JobDigest, at)[0]
	if err := c.store.EndDigest(t.Context(), c.id, ann, digest); err != nil {
		t.Fatal(err)
	}
	late := collab.At(at.Add(collab.JobLifetime))
	if err := c.store.FinishJob(t.Context(), job, late); err != nil {
		t.Fatal(err)
	}
	jobs := c.claim(collab.JobDigest, late)
	if len(jobs) != 1 || !jobs[0].QueuedAt.Equal(late.Time) {
		t.Fatalf("got %s", inJSON(t, jobs))
	}
	_, items := c.begin(ann, "dig_2")
	equal(t, "items", items, []collab.ID{left.ID})
	if err := c.store.DropDigest(t.Context(), c.id, ann); err != nil {
		t.Fatal(err)
	}
	if err := c.store.FinishJob(t.Context(), jobs[0], late); err != nil {
		t.Fatal(err)
	}
	equal(t, "jobs without items", len(c.claim(collab.JobDigest, late)), 0)
}

// A digest that is hastened while an instance plans it must not wait for the old plan.
func digestHastened(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.pushTo(c.create(customer("Acme")), nil, ann)
	at := c.after(0)
	hasten := func() {
		if err := c.through(f.Other).store.HastenDigest(t.Context(), c.id, ann, at); err != nil {
			t.Fatal(err)
		}
	}
	plan := func(job *collab.Job) {
		job.Planned = true
		if err := c.store.PostponeJob(t.Context(), job, collab.At(at.Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
	}
	job := c.claim(collab.JobDigest, at)[0]
	hasten()
	equal(t, "claimed jobs", len(c.claim(collab.JobDigest, at)), 0)
	plan(job)
	again := c.claim(collab.JobDigest, at)
	equal(t, "jobs hastened while they were claimed", len(again), 1)
	equal(t, "it is planned", again[0].Planned, false)
	plan(again[0])
	equal(t, "planned jobs", len(c.claim(collab.JobDigest, at)), 0)
	hasten()
	again = c.claim(collab.JobDigest, at)
	equal(t, "hastened jobs", len(again), 1)
	hasten()
	again[0].Attempts++
	plan(again[0])
	equal(t, "jobs that failed before they were hastened", len(c.claim(collab.JobDigest, at)), 0)
}
