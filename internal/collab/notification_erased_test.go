package collab_test

import (
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

func (o *office) erase(admin *collab.Viewer, id collab.ID) {
	o.t.Helper()
	if _, err := o.ErasePersonalData(o.ctx, admin, id); err != nil {
		o.t.Fatal(err)
	}
}

// The erasure of ada, who made the newest change of a line, takes her name and her comment out of it, and leaves what cem did. Each
// line has the title and the body.
func TestErasureLeavesWhatOthersDid(t *testing.T) {
	t.Parallel()
	for kind, tc := range map[collab.NotificationKind]struct {
		happens     func(s *scene)
		title, body string
	}{
		collab.NotifyMention:          {func(s *scene) { s.mention(s.cem, s.cem, s.ada) }, "Somebody and 1 other mentioned you 3 times", "Aalto Oy: This was erased."},
		collab.NotifyComment:          {func(s *scene) { s.talk(s.cem, s.ada) }, "Somebody and 1 other wrote 2 comments on Aalto Oy", "This was erased."},
		collab.NotifyAssignment:       {func(s *scene) { s.handOver(s.cem, s.ada) }, "Somebody and 1 other made you the owner of a customer", "Aalto Oy"},
		collab.NotifyConflict:         {func(s *scene) { s.collide(s.ben, s.cem, s.ada) }, "2 changes by somebody and 1 other conflict with yours", "Aalto Oy: notes and phone"},
		collab.NotifyConflictResolved: {func(s *scene) { s.endTogether(s.collide(s.ada, s.ben, s.ben)) }, "Somebody and 1 other resolved 2 conflicts", "Aalto Oy: notes and phone"},
		collab.NotifyEntityDeleted:    {func(s *scene) { s.removeTwice(s.aalto(collab.Patch{"ownerId": "ben"})) }, "Somebody deleted a customer", "Aalto Oy"},
		collab.NotifyAccessChanged:    {func(s *scene) { s.grantTogether(s.secret()) }, "Somebody gave you edit access to a customer", "Aalto Oy"},
		collab.NotifyWatched:          {func(s *scene) { s.edit(s.watched(), s.cem, s.ada) }, "Somebody and 1 other changed 1 field of Aalto Oy", "phone"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := openScene(t)
			tc.happens(s)
			ben := s.join("ben", collab.RoleMember)
			deeply(t, "before, by", s.notifications(ben)[0].ActorIDs, []collab.ID{"ada", "cem"})
			equal(t, "kind", s.notifications(ben)[0].Kind, kind)
			s.erase(s.cem, "ada")
			deeply(t, "title and body", s.newest(ben), []string{tc.title, tc.body})
		})
	}
}

// The erasure of the person whose change an edit met takes their name out of the line of that edit.
func TestErasureOfTheOtherSide(t *testing.T) {
	t.Parallel()
	s := openScene(t)
	s.collide(s.ada, s.ben)
	ben := s.join("ben", collab.RoleMember)
	deeply(t, "before, by", s.notifications(ben)[0].ActorIDs, []collab.ID{"ada"})
	s.erase(s.cem, "ada")
	deeply(t, "title and body", s.newest(ben), []string{"Your change conflicts with one by somebody", "Aalto Oy: notes"})
}

// endTogether has cem and ada end two conflicts.
func (s *scene) endTogether(conflicts []*collab.Conflict) {
	s.t.Helper()
	for i, v := range []*collab.Viewer{s.cem, s.ada} {
		if err := s.resolve(v, conflicts[i], collab.ResolveRemote, nil); err != nil {
			s.t.Fatal(err)
		}
	}
}

// removeTwice has cem delete and restore a customer that ada then deletes.
func (s *scene) removeTwice(c *collab.Customer) {
	s.t.Helper()
	if _, err := s.Delete(s.ctx, s.cem, collab.Delete{ID: c.ID, BaseVersion: 1}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.Restore(s.ctx, s.cem, collab.Restore{ID: c.ID}); err != nil {
		s.t.Fatal(err)
	}
	s.remove(c, 3)
}

// grantTogether has cem and ada give ben more and more access.
func (s *scene) grantTogether(id collab.ID) {
	s.t.Helper()
	if _, err := s.GrantAccess(s.ctx, s.cem, id, "ben", collab.AccessRead); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.GrantAccess(s.ctx, s.ada, id, "ben", collab.AccessWrite); err != nil {
		s.t.Fatal(err)
	}
}

// A line has the name of the next author when it grows after an erasure.
func TestErasedLinesGrow(t *testing.T) {
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

// The line of a person's own changes keeps the name of the record, and nothing of theirs, when they are erased.
func TestErasureOfAllAuthors(t *testing.T) {
	t.Parallel()
	o := open(t)
	admin, ben, zed := o.join("admin", collab.RoleAdmin), o.join("ben", collab.RoleMember), o.join("zed", collab.RoleMember)
	c := o.customer(ben, collab.Patch{"name": "Own", "ownerId": "ben"})
	o.comment(zed, c, "One")
	o.comment(zed, c, "Two")
	o.erase(admin, "zed")
	deeply(t, "two comments", o.newest(ben), []string{"Somebody wrote 2 comments on Own", "This was erased."})
}

// The line of a batch has no comment, and keeps what happened without the name.
func TestErasureOfTheAuthorOfABatch(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		happens     func(s *scene)
		title, body string
	}{
		"assigned": {func(s *scene) { s.makeAll(s.ada, 30, collab.Patch{"ownerId": "ben"}) }, "Somebody made you the owner of 30 customers", "Customer 26 and 29 others"},
		"watched":  {func(s *scene) { s.changeAll(s.ada, 1, collab.Patch{"phone": "1"}, s.watched(), s.watched()) }, "Somebody changed 2 customers", "Aalto Oy and 1 other"},
		"hidden":   {func(s *scene) { s.hide(s.watched(), s.watched()) }, "Somebody no longer shares 2 customers with you", "Only their creators, their owners, admins and people they are shared with can see them now."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openScene(t)
			tc.happens(s)
			s.erase(s.cem, "ada")
			deeply(t, "title and body", s.newest(s.join("ben", collab.RoleMember)), []string{tc.title, tc.body})
		})
	}
}

// A push that waits is dropped if an erasure leaves nothing of its notification, and sent if it leaves what happened.
func TestErasureDropsPushesOfNothing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		happens func(b *quietOffice)
		pushed  int
	}{
		"a comment": {func(b *quietOffice) {
			b.comment(b.join("zed", collab.RoleMember), b.customer(b.ben, collab.Patch{"name": "Own"}), "One")
		}, 0},
		"a batch": {func(b *quietOffice) { b.makeAll(b.join("zed", collab.RoleMember), 2, collab.Patch{"ownerId": "ben"}) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openQuiet(t)
			b.prefer(b.ben, collab.NotifyComment, []collab.NotificationChannel{collab.ChannelInApp, collab.ChannelPush})
			tc.happens(b)
			b.erase(b.ada, "zed")
			b.later(8 * time.Hour)
			equal(t, "pushed", b.send(func() {}), tc.pushed)
		})
	}
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
