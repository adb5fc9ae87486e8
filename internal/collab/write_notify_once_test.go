package collab_test

import (
	"fmt"
	"testing"

	"tandem/internal/collab"
)

// A person with an unread notification of a conflict gets no second one about the same entity: the first one grows. The
// edits are all kept.
func TestConflictsOfOneEntityAreOneNotification(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
	c, other := o.customer(ada, collab.Patch{"name": "A"}), o.customer(ada, collab.Patch{"name": "O"})
	o.mustUpdate(ada, c, 1, collab.Patch{"name": "B"})
	o.mustUpdate(ada, other, 1, collab.Patch{"name": "P"})
	collide := func(who *collab.Viewer, with *collab.Customer, name string) {
		t.Helper()
		_, err := o.update(who, with, 1, collab.Patch{"name": name})
		problem[*collab.Conflict](t, err)
	}
	for i := range 5 {
		collide(ben, c, fmt.Sprint("ben ", i))
	}
	deeply(t, "ada's inbox", o.inbox(ada), []string{"5 CONFLICT: 5 changes by ben conflict with yours"})
	deeply(t, "ben's inbox", o.inbox(ben), []string{"5 CONFLICT: 5 of your changes conflict with changes by ada"})
	conflicts, err := o.Conflicts(o.ctx, ada.Scope(), collab.ConflictQuery{}, collab.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "conflicts", len(conflicts.Items), 5)

	collide(cem, c, "cem")
	deeply(t, "ada's inbox", o.inbox(ada), []string{"6 CONFLICT: 6 changes by cem and 1 other conflict with yours"})
	deeply(t, "who caused it", o.notifications(ada)[0].ActorIDs, []collab.ID{"cem", "ben"})
	collide(ben, other, "ben")
	equal(t, "ada's notifications", len(o.inbox(ada)), 2)

	o.readAll(ada)
	collide(ben, c, "ben again")
	equal(t, "ada's newest", o.inbox(ada)[0], "1 CONFLICT: A change by ben conflicts with yours")
}
