package collab_test

import (
	"fmt"
	"testing"

	"tandem/internal/collab"
)

// A person who has not read of a conflict or an assignment yet is not told of it again by the
// same person, whose edits are all kept.
func TestUnreadNotificationsAreNotRepeated(t *testing.T) {
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
	equal(t, "ben is told once", len(o.told(ben)), 1)
	equal(t, "ada is told once", len(o.told(ada)), 1)
	conflicts, err := o.Conflicts(o.ctx, ada.Scope(), collab.ConflictQuery{}, collab.PageRequest{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "conflicts", len(conflicts.Items), 5)

	collide(cem, c, "cem")
	equal(t, "ada is told of somebody else's", len(o.told(ada)), 2)
	collide(ben, other, "ben")
	equal(t, "ada is told of another customer's", len(o.told(ada)), 3)

	head, err := o.Head(o.ctx, ada.Scope())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.MarkNotificationsRead(o.ctx, ada, nil, &head.Cursor); err != nil {
		t.Fatal(err)
	}
	collide(ben, c, "ben again")
	equal(t, "ada, who read it, is told again", len(o.told(ada)), 4)
}
