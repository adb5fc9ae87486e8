package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

// conflicting tells the actor of conflicts of an entity, by push and e-mail.
func (c *company) conflicting(id collab.ID, conflicts ...*collab.Conflict) *collab.Notification {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		d, err := c.pushing(collab.NotifyConflict, nil, c.actor)(st)
		d.Change.Notifications[0].Burst = &collab.Burst{Act: "own", ConflictIDs: idsOf(conflicts, conflictID)}
		return d, err
	}).Notifications[0]
}

// A notification of conflicts is over once all of them were resolved, for pushes and for digests. One of an older release, which does not name its
// conflicts, and one of the resolution are not.
func conflictsOver(t *testing.T, f StoreFixture) {
	c, stranger := found(t, f.Store), found(t, f.Store)
	to, id := c.register(endpoint(t, "1")), c.create(customer("Acme"))
	first, second := c.collide(id), c.collide(id)
	told, older := c.conflicting(id, first, second), c.pushKind(collab.NotifyConflict, id, nil, ann)[0]
	same := *first
	same.EntityID = stranger.create(customer("Acme"))
	stranger.keep(&same) // the id is that of another organization's conflict too
	job := c.claimDigest(ann, c.after(0))
	c.begin(job, "dig_1")
	check := func(when string, want bool) {
		t.Helper()
		other := c.through(f.Other)
		equal(t, "pushed "+when, other.check(to, told, c.now()).IsOver, want)
		equal(t, "pushed by an older release "+when, other.check(to, older, c.now()).IsOver, false)
		for _, item := range other.checkDigest(job, c.now()).Items {
			equal(t, "mailed "+when, item.IsOver, want && item.Notification.ID == told.ID)
		}
	}
	check("while both are open", false)
	c.resolve(first)
	check("while one is open", false)
	c.resolve(second)
	check("once both were resolved", true)
	ended := c.pushKind(collab.NotifyConflictResolved, id, nil, ann)[0]
	equal(t, "the resolution", c.check(to, ended, c.now()).IsOver, false)
}

// Of a batch, only the records count that the person still sees, since nobody can mute the others.
func mutedAsFarAsSeen(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleMember})
	records, bob := []collab.ID{c.create(customer("Acme")), c.create(customer("Aalto"))}, c.as("bob")
	to, told := bob.register(endpoint(t, "1")), c.tellOf(records, "bob").Notifications[0]
	job := c.claimDigest("bob", c.after(0))
	c.begin(job, "dig_1")
	muted := func(when string, want bool) {
		t.Helper()
		other := bob.through(f.Other)
		equal(t, when, []bool{other.check(to, told, c.now()).IsMuted, other.checkDigest(job, c.now()).Items[0].IsMuted}, []bool{want, want})
	}
	bob.mute(records[0], nil)
	muted("muted while both are seen", false)
	c.edit(records[1], func(e collab.Entity) { e.(*collab.Customer).Visibility = collab.VisibleRestricted })
	muted("muted once the other one is hidden", true)
	c.become(&collab.Membership{UserID: "bob", Role: collab.RoleAdmin})
	muted("muted for an admin, who sees it", false)
}
