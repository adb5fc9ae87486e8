package collab_test

import (
	"strings"
	"testing"

	"tandem/internal/collab"
)

func (o *office) erase(admin *collab.Viewer, id collab.ID) {
	o.t.Helper()
	if _, err := o.ErasePersonalData(o.ctx, admin, id); err != nil {
		o.t.Fatal(err)
	}
}

// The erasure of the author of the newest change takes their name and their comment out of a line, and leaves what the others did.
func TestErasureLeavesWhatOthersDid(t *testing.T) {
	t.Parallel()
	o := open(t)
	admin, ben, watcher := o.join("admin", collab.RoleAdmin), o.join("ben", collab.RoleMember), o.join("watcher", collab.RoleMember)
	ada, eve, zed := o.join("ada", collab.RoleMember), o.join("eve", collab.RoleMember), o.join("zed", collab.RoleMember)
	c := o.customer(ben, collab.Patch{"name": "Own", "ownerId": "ben"})
	o.watch(watcher, c)
	o.mustUpdate(ada, c, 1, collab.Patch{"phone": "1"})
	for _, who := range []*collab.Viewer{ada, eve, zed} {
		if _, err := o.AddComment(o.ctx, who, collab.AddComment{EntityID: c.ID, Body: "by " + who.User.Name, MentionIDs: []collab.ID{"admin"}}); err != nil {
			t.Fatal(err)
		}
	}
	deeply(t, "before", o.newest(ben), []string{"zed and 2 others wrote 3 comments on Own", "by zed"})

	o.erase(admin, "zed")
	deeply(t, "the owner's comments", o.newest(ben), []string{"Somebody and 2 others wrote 3 comments on Own", "This was erased."})
	deeply(t, "a mention", o.newest(admin), []string{"Somebody and 2 others mentioned you 3 times", "Own: This was erased."})
	deeply(t, "a watcher's edit and comments", o.newest(watcher),
		[]string{"Somebody and 2 others made 4 changes to Own", "phone; 3 comments, the newest: This was erased."})
	o.comment(eve, c, "again")
	deeply(t, "it grows", o.newest(ben), []string{"eve and 2 others wrote 4 comments on Own", "again"})
}

// The line of a person's own changes says nothing but its kind when they are erased.
func TestErasureOfAllAuthors(t *testing.T) {
	t.Parallel()
	o := open(t)
	admin, ben, zed := o.join("admin", collab.RoleAdmin), o.join("ben", collab.RoleMember), o.join("zed", collab.RoleMember)
	c := o.customer(ben, collab.Patch{"name": "Own", "ownerId": "ben"})
	o.comment(zed, c, "One")
	o.comment(zed, c, "Two")
	o.erase(admin, "zed")
	deeply(t, "two comments", o.newest(ben), []string{"Somebody commented", "This was erased."})
}

// An export has each text once.
func TestExportHasNoTextWithoutAName(t *testing.T) {
	t.Parallel()
	o := open(t)
	ben := o.join("ben", collab.RoleMember)
	c := o.customer(ben, collab.Patch{"name": "Own", "ownerId": "ben"})
	o.comment(o.join("ada", collab.RoleMember), c, "One")
	o.comment(o.join("eve", collab.RoleMember), c, "Two")
	document, err := o.ExportPersonalData(o.ctx, ben, "ben")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "has the line", strings.Contains(string(document), "eve and 1 other wrote 2 comments on Own"), true)
	equal(t, "has its other text", strings.Contains(string(document), "Somebody"), false)
}
