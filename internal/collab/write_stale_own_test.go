package collab_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

// Edits of one person from one base meet no conflict, and nobody is notified of one.
func TestOwnEditsDoNotConflict(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)

	t.Run("a draft that is saved several times", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme", "notes": "a"})
		for _, notes := range []string{"ab", "abc", "ab", "a", "abcd"} {
			saved := o.mustUpdate(ben, c, 1, collab.Patch{"notes": notes})
			equal(t, "notes", *saved.Entity.(*collab.Customer).Notes, notes)
		}
	})
	t.Run("a draft of a text that was merged with somebody else's lines", func(t *testing.T) {
		for _, test := range []struct{ base, others, draft, more, want string }{
			{"l1\nl2\nl3", "l1\nl2\nX l3", "l1\nl2 word\nl3", "l1\nl2 word more\nl3", "l1\nl2 word more\nX l3"},
			{"l1\nl2\nl3", "l1\nl2\nX l3", "l1\nl2 word\nl3", "l1\nl2\nl3", "l1\nl2\nX l3"},
			{"l1\nl2\nl3\nl4", "l1\nl2\nX l3\nl4", "l1\nl2 word\nl3\nl4", "l1\nl2 word\nl3\nl4 tail", "l1\nl2 word\nX l3\nl4 tail"},
			{"l1\nl2\nl3", "l1\nl2 end\nl3", "l1\nX l2\nl3", "l1\nXY l2\nl3", "l1\nXY l2 end\nl3"},
			{"l1\nl2\nl3", "l1\nl2 end\nl3", "l1\nX l2\nl3", "l1\nX l2\nl3", "l1\nX l2 end\nl3"},
		} {
			c := o.customer(ada, collab.Patch{"name": "Acme", "notes": test.base})
			o.mustUpdate(ada, c, 1, collab.Patch{"notes": test.others})
			o.mustUpdate(ben, c, 1, collab.Patch{"notes": test.draft})
			saved := o.mustUpdate(ben, c, 1, collab.Patch{"notes": test.more})
			equal(t, "notes", *saved.Entity.(*collab.Customer).Notes, test.want)
		}
	})
	t.Run("an edit after a merge with somebody else's", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme", "phone": "1"})
		o.mustUpdate(ada, c, 1, collab.Patch{"name": "Acme & Co"})
		o.mustUpdate(ben, c, 1, collab.Patch{"phone": "2"})
		saved := o.mustUpdate(ben, c, 1, collab.Patch{"phone": "1", "name": "Acme"})
		equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "1")
		equal(t, "name", saved.Entity.DisplayName(), "Acme & Co")
	})
	t.Run("a deletion after an edit", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme"})
		o.mustUpdate(ada, c, 1, collab.Patch{"name": "B"})
		if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 1}); err != nil {
			t.Error(err)
		}
	})
	t.Run("a deletion after edits of both", func(t *testing.T) {
		c := o.customer(ada, collab.Patch{"name": "Acme", "phone": "1"})
		o.mustUpdate(ada, c, 1, collab.Patch{"name": "B", "phone": "2"})
		o.mustUpdate(ben, c, 2, collab.Patch{"phone": "3"})
		_, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 1})
		conflict := problem[*collab.Conflict](t, err)
		equal(t, "fields", len(conflict.Fields), 1)
		equal(t, "field", conflict.Fields[0].Field, "phone")
	})
	equal(t, "ben is told", len(o.told(ben)), 0)
	equal(t, "ada is told", len(o.told(ada)), 0)
}

// A field that both the editor and somebody else changed is in conflict, and the other person is
// notified, whichever of the two was last.
func TestMixedChangesConflict(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "A"})
	o.mustUpdate(ada, c, 1, collab.Patch{"name": "B"})
	o.mustUpdate(ben, c, 2, collab.Patch{"name": "C"})
	_, err := o.update(ben, c, 1, collab.Patch{"name": "D"})
	conflict := problem[*collab.Conflict](t, err)
	equal(t, "changed last by", *conflict.Fields[0].RemoteChangedByID, "ben")
	equal(t, "ada is told", o.told(ada)[0], collab.NotifyConflict)
	equal(t, "ben is told once", len(o.told(ben)), 1)
}

// A pruned base version is known if every change after it is.
func TestOwnEditsOfAPrunedBase(t *testing.T) {
	t.Parallel()
	const retention = 24 * time.Hour
	o := open(t)
	ada := o.join("ada", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Acme", "notes": nil, "phone": "1"})
	o.later(retention)
	o.mustUpdate(ada, c, 1, collab.Patch{"notes": "a", "phone": "2"})
	if pruned, err := o.Prune(o.ctx, retention/2); err != nil || pruned != 2 {
		t.Fatalf("pruned %d: %v", pruned, err)
	}
	saved := o.mustUpdate(ada, c, 1, collab.Patch{"notes": "ab", "phone": "1"})
	equal(t, "notes", *saved.Entity.(*collab.Customer).Notes, "ab")
	equal(t, "phone", *saved.Entity.(*collab.Customer).Phone, "1")

	ben := o.join("ben", collab.RoleMember)
	o.mustUpdate(ben, c, 1, collab.Patch{"company": "Acme Ltd", "phone": "1"})
	_, err := o.update(ben, c, 1, collab.Patch{"phone": "3", "notes": "mine"})
	conflict := problem[*collab.Conflict](t, err)
	equal(t, "fields", len(conflict.Fields), 1)
	equal(t, "base", string(conflict.Fields[0].Base), "null")
}

// The times of a meeting are valid only together, so they conflict together, and
// every resolution leaves a meeting.
func TestTimesConflictTogether(t *testing.T) {
	t.Parallel()
	const day = "2026-05-04T"
	for _, test := range []struct {
		resolution   collab.Resolution
		merged       collab.Patch
		starts, ends string
	}{
		{collab.ResolveLocal, nil, "10:00", "10:30"},
		{collab.ResolveRemote, nil, "10:40", "10:45"},
		{collab.ResolveMerged, collab.Patch{"endsAt": day + "11:15:00Z"}, "10:40", "11:15"},
	} {
		t.Run(string(test.resolution), func(t *testing.T) {
			t.Parallel()
			o := open(t)
			ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
			made, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeMeeting, Document: collab.Patch{
				"title": "Review", "startsAt": day + "10:00:00Z", "endsAt": day + "10:45:00Z",
			}})
			if err != nil {
				t.Fatal(err)
			}
			update := func(v *collab.Viewer, patch collab.Patch) error {
				_, err := o.Update(o.ctx, v, collab.Update{Type: collab.TypeMeeting, ID: made.Entity.Common().ID, BaseVersion: 1, Patch: patch})
				return err
			}
			if err := update(ada, collab.Patch{"startsAt": day + "10:40:00Z"}); err != nil {
				t.Fatal(err)
			}
			conflict := problem[*collab.Conflict](t, update(ben, collab.Patch{"endsAt": day + "10:30:00Z", "notes": "Shorter."}))
			equal(t, "message", conflict.Message(), "Somebody else changed end and start since you began.")
			equal(t, "ada is told", o.told(ada)[0], collab.NotifyConflict)
			resolve := collab.Resolve{Type: collab.TypeMeeting, ConflictID: conflict.ID, Resolution: test.resolution, Merged: test.merged}
			if test.merged != nil {
				wrong := resolve
				wrong.Merged = collab.Patch{"endsAt": day + "10:30:00Z"}
				_, err := o.Resolve(o.ctx, ada, wrong)
				equal(t, "merged wrongly", problem[*collab.InvalidInput](t, err).Fields[0].Field, "endsAt")
			}
			saved, err := o.Resolve(o.ctx, ada, resolve)
			if err != nil {
				t.Fatal(err)
			}
			got := saved.Entity.(*collab.Meeting)
			equal(t, "starts", got.StartsAt.Format("15:04"), test.starts)
			equal(t, "ends", got.EndsAt.Format("15:04"), test.ends)
			equal(t, "notes", *got.Notes, "Shorter.")
		})
	}
}
