package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

// newest is the title and the body of a person's newest notification.
func (o *office) newest(v *collab.Viewer) []string {
	o.t.Helper()
	n := o.notifications(v)[0]
	return []string{n.Title, n.Body}
}

// A notification of edits and comments counts both, and has the text of a comment that is the newest.
func TestEditsAndCommentsAreBothCounted(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
	c := o.customer(cem, collab.Patch{"name": "Aalto Oy"})
	o.watch(ben, c)
	o.mustUpdate(ada, c, 1, collab.Patch{"phone": "1"})
	o.mustUpdate(cem, c, 2, collab.Patch{"name": "Aalto Ltd", "notes": "new"})
	o.comment(ada, c, "Call them")
	deeply(t, "a comment", o.newest(ben), []string{"ada and 1 other made 3 changes to Aalto Ltd", "name, notes and phone; 1 comment: Call them"})
	o.mustUpdate(ada, c, 3, collab.Patch{"phone": "2"})
	deeply(t, "an edit", o.newest(ben), []string{"ada and 1 other made 4 changes to Aalto Ltd", "name, notes and phone; 1 comment"})
	o.comment(ada, c, "Done")
	deeply(t, "a second comment", o.newest(ben), []string{"ada and 1 other made 5 changes to Aalto Ltd", "name, notes and phone; 2 comments, the newest: Done"})
	if _, err := o.Delete(o.ctx, cem, collab.Delete{ID: c.ID, BaseVersion: 4}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "a deletion", o.newest(ben), []string{"cem deleted Aalto Ltd", ""})
}

// A line of comments that an edit follows keeps their number.
func TestCommentsAreCountedWhenAnEditFollows(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	o.watch(ben, c)
	o.comment(ada, c, "One")
	o.comment(ada, c, "Two")
	deeply(t, "comments", o.newest(ben), []string{"ada wrote 2 comments on Aalto Oy", "Two"})
	o.mustUpdate(ada, c, 1, collab.Patch{"phone": "1"})
	deeply(t, "an edit", o.newest(ben), []string{"ada made 3 changes to Aalto Oy", "phone; 2 comments"})
}
