package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// collide has ben's edit of a customer's name meet one of ada's, and returns the conflict.
func (o *office) collide(ada, ben *collab.Viewer, about *collab.Customer, name string) *collab.Conflict {
	o.t.Helper()
	saved := o.mustUpdate(ada, about, about.Version, collab.Patch{"name": name + " & Sons"})
	_, err := o.update(ben, about, about.Version, collab.Patch{"name": name})
	*about = *saved.Entity.(*collab.Customer)
	return problem[*collab.Conflict](o.t, err)
}

// A conflict that was resolved is not pushed afterwards: not after the rest of an earlier push, nor at the end of a snooze, nor after the push of its resolution.
func TestResolvedConflictsAreNotPushed(t *testing.T) {
	t.Parallel()
	o, ada := openPushed(t)
	ben := o.join("ben", collab.RoleMember)
	about := o.customer(ada, collab.Patch{"name": "Aalto"})
	end := func(c *collab.Conflict) {
		t.Helper()
		if err := o.resolve(ada, c, collab.ResolveRemote, nil); err != nil {
			t.Fatal(err)
		}
	}
	none := func() {}
	first := o.collide(ada, ben, about, "Berg")
	deeply(t, "sent of a conflict", o.send(none), []int{1})
	second := o.collide(ada, ben, about, "Cedar")
	end(first)
	end(second)
	deeply(t, "sent of two resolutions", o.send(none), []int{2})
	o.later(5 * time.Minute)
	deeply(t, "sent after the rest", o.send(none), []int{})
	third := o.collide(ada, ben, about, "Dunes")
	deeply(t, "sent of another conflict", o.send(none), []int{3})
	o.later(5 * time.Minute)
	fourth := o.collide(ada, ben, about, "Elms")
	deeply(t, "sent if it is resolved between the claim and the check", o.send(func() { end(third); end(fourth) }), []int{})
	deeply(t, "sent of further resolutions", o.send(none), []int{4})
}

// A digest leaves out a conflict that was resolved.
func TestResolvedConflictsAreNotMailed(t *testing.T) {
	t.Parallel()
	p := openPost(t)
	for _, kind := range []collab.NotificationKind{collab.NotifyConflict, collab.NotifyConflictResolved} {
		p.prefer(p.ben, kind, []collab.NotificationChannel{collab.ChannelEmail})
	}
	about := p.customer(p.ada, collab.Patch{"name": "Aalto"})
	ended := p.collide(p.ada, p.ben, about, "Berg")
	p.collide(p.ada, p.ben, p.customer(p.ada, collab.Patch{"name": "Cedar"}), "Dunes")
	if err := p.resolve(p.ada, ended, collab.ResolveRemote, nil); err != nil {
		t.Fatal(err)
	}
	p.next()
	equal(t, "digest", p.digest(), "ada resolved a conflict Berg & Sons: name\nYour change conflicts with one by ada Dunes & Sons: name")
}
