package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

// One person's jobs leave room for those of others.
func jobsOfOnePerson(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for i := range 10 {
		c.register(endpoint(t, string(rune('a'+i))))
	}
	c.pushTo(c.create(customer("Acme")), nil, ann)
	few := c.claimWith(collab.JobClaim{Limit: 5, PerPerson: 3})
	if len(few) != 3 {
		t.Errorf("%d jobs of one person were claimed, not 3", len(few))
	}
	if jobs := c.claimWith(collab.JobClaim{Limit: 5, Full: []collab.ID{few[0].UserID, "cyd"}}); len(jobs) > 0 {
		t.Errorf("%d jobs of somebody who has enough were claimed", len(jobs))
	}
	if jobs := c.claimWith(collab.JobClaim{Limit: 100, Full: []collab.ID{"cyd"}}); len(jobs) != 7 {
		t.Errorf("%d further jobs were claimed, not 7", len(jobs))
	}
}

// A host that failed gets one job, to find out whether it works again.
func jobsOfTriedHosts(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	for i := range 4 {
		c.register(endpoint(t, string(rune('a'+i))))
	}
	c.pushTo(c.create(customer("Acme")), nil, ann)
	if jobs := c.claimWith(collab.JobClaim{Limit: 10, Tried: []string{"push.example"}}); len(jobs) != 1 {
		t.Errorf("%d jobs were claimed", len(jobs))
	}
	if jobs := c.claimWith(collab.JobClaim{Limit: 10, Tried: []string{"other.example"}}); len(jobs) != 3 {
		t.Errorf("%d further jobs were claimed, not 3", len(jobs))
	}
}
