package collab_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
)

// inbox is what a person was told, newest first, each as "count kind: title".
func (o *office) inbox(v *collab.Viewer) []string {
	o.t.Helper()
	lines := []string{}
	for _, n := range o.notifications(v) {
		lines = append(lines, fmt.Sprintf("%d %s: %s", n.Count, n.Kind, n.Title))
	}
	return lines
}

func (o *office) notifications(v *collab.Viewer) []*collab.Notification {
	o.t.Helper()
	page, err := o.Notifications(o.ctx, v, collab.NotificationQuery{}, nil, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return page.Items
}

func (o *office) readAll(v *collab.Viewer) {
	o.t.Helper()
	head, err := o.Head(o.ctx, v.Scope())
	if err != nil {
		o.t.Fatal(err)
	}
	if _, err := o.MarkNotificationsRead(o.ctx, v, nil, nil, &head.Cursor); err != nil {
		o.t.Fatal(err)
	}
}

// A notification grows while it is unread and younger than a day. It moves to the newest change, keeps its id and the
// time of the first change, and counts changes, people and fields.
func TestBurstsAreOneNotification(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy", "ownerId": "ada"})
	began := o.clock()
	o.mustUpdate(ben, c, 1, collab.Patch{"phone": "1"})
	first := o.notifications(ada)[0]
	deeply(t, "one change", o.inbox(ada), []string{"1 WATCHED: ben changed 1 field of Aalto Oy"})
	equal(t, "its fields", first.Body, "phone")

	o.later(time.Hour)
	o.mustUpdate(ben, c, 2, collab.Patch{"phone": "2", "email": "a@b.example"})
	o.later(time.Hour)
	saved := o.mustUpdate(cem, c, 3, collab.Patch{"tags": []any{"new"}})
	deeply(t, "three changes", o.inbox(ada), []string{"3 WATCHED: cem and 1 other changed 3 fields of Aalto Oy"})
	grown := o.notifications(ada)[0]
	deeply(t, "id, cursor, times", []any{grown.ID, grown.Cursor, grown.CreatedAt, grown.UpdatedAt},
		[]any{first.ID, saved.Cursor, collab.At(began), collab.At(o.clock())})
	deeply(t, "people", grown.ActorIDs, []collab.ID{"cem", "ben"})
	equal(t, "fields of all changes", grown.Body, "e-mail, phone and tags")

	if _, err := o.AddComment(o.ctx, ben, collab.AddComment{EntityID: c.ID, Body: "hello"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "a comment has another reason", o.inbox(ada)[0], "1 COMMENT: ben commented on Aalto Oy")

	o.later(23 * time.Hour)
	o.mustUpdate(ben, c, 4, collab.Patch{"phone": "3"})
	equal(t, "a day later", o.inbox(ada)[0], "1 WATCHED: ben changed 1 field of Aalto Oy")
	o.readAll(ada)
	o.mustUpdate(ben, c, 5, collab.Patch{"phone": "4"})
	equal(t, "after it was read", o.inbox(ada)[0], "1 WATCHED: ben changed 1 field of Aalto Oy")
	equal(t, "notifications", len(o.inbox(ada)), 4)
}

// Different acts of a burst share a line; a deletion is named whatever came before, and a restoration beside their number.
func TestBurstsOfDifferentActs(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleAdmin), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	o.watch(ben, c)
	o.mustUpdate(ada, c, 1, collab.Patch{"phone": "1"})
	if _, err := o.AddComment(o.ctx, ada, collab.AddComment{EntityID: c.ID, Body: "hello"}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "changed and commented on", o.inbox(ben), []string{"2 WATCHED: ada made 2 changes to Aalto Oy"})
	if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 2}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "deleted", o.inbox(ben), []string{"3 WATCHED: ada deleted Aalto Oy"})
	if _, err := o.Restore(o.ctx, ada, collab.Restore{ID: c.ID}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "restored", o.inbox(ben), []string{"4 WATCHED: ada made 4 changes to Aalto Oy"})
	equal(t, "the newest of them", o.notifications(ben)[0].Body, "ada restored Aalto Oy")
	o.mustUpdate(ada, c, 4, collab.Patch{"email": "a@b.example"})
	deeply(t, "changed again", o.newest(ben), []string{"ada made 5 changes to Aalto Oy", "e-mail and phone; 1 comment"})
}

// Changes of a person's role are one line, which has the newest role; a loss of access to a record is another one.
func TestBurstsOfRoles(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleAdmin), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleAdmin)
	give := func(by *collab.Viewer, role collab.Role) {
		t.Helper()
		if _, err := o.SetMemberRole(o.ctx, by, "ben", role); err != nil {
			t.Fatal(err)
		}
	}
	secret := o.customer(ada, collab.Patch{"name": "Aalto Oy", "visibility": "RESTRICTED"})
	if _, err := o.GrantAccess(o.ctx, ada, secret.ID, "ben", collab.AccessRead); err != nil {
		t.Fatal(err)
	}
	if _, err := o.RevokeAccess(o.ctx, ada, secret.ID, "ben"); err != nil {
		t.Fatal(err)
	}
	lost := o.inbox(ben)
	give(ada, collab.RoleViewer)
	first := o.notifications(ben)[0]
	deeply(t, "one change", o.newest(ben), []string{"ada changed your role", "You became a viewer."})
	give(ada, collab.RoleAdmin)
	deeply(t, "two changes", o.newest(ben), []string{"ada changed your role twice", "You became an admin."})
	give(cem, collab.RoleMember)
	deeply(t, "three changes", o.newest(ben), []string{"cem and 1 other changed your role 3 times", "You became a member."})
	equal(t, "id", o.notifications(ben)[0].ID, first.ID)
	deeply(t, "before them", o.inbox(ben)[1:], lost)
	o.readAll(ben)
	give(ada, collab.RoleViewer)
	deeply(t, "after it was read", o.newest(ben), []string{"ada changed your role", "You became a viewer."})
	equal(t, "lines", len(o.inbox(ben)), len(lost)+2)
}

// The text of a notification counts the people whom it does not name.
func TestBurstsOfManyPeople(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada := o.join("ada", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	for i := range 7 {
		if _, err := o.AddComment(o.ctx, o.join(fmt.Sprint("p", i), collab.RoleMember), collab.AddComment{EntityID: c.ID, Body: "hello"}); err != nil {
			t.Fatal(err)
		}
	}
	deeply(t, "ada's inbox", o.inbox(ada), []string{"7 COMMENT: p6 and 6 others wrote 7 comments on Aalto Oy"})
	deeply(t, "people", o.notifications(ada)[0].ActorIDs, []collab.ID{"p6", "p5", "p4", "p3", "p2", "p1", "p0"})
}
