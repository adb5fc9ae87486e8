package collab_test

import (
	"fmt"
	"testing"

	"tandem/internal/collab"
)

func (o *office) watch(v *collab.Viewer, c *collab.Customer) {
	o.t.Helper()
	if done, err := o.Watch(o.ctx, v, c.ID); err != nil || !done {
		o.t.Fatal("watch:", done, err)
	}
}

func (o *office) unwatch(v *collab.Viewer, c *collab.Customer) {
	o.t.Helper()
	if done, err := o.Unwatch(o.ctx, v, c.ID); err != nil || !done {
		o.t.Fatal("unwatch:", done, err)
	}
}

// Owners watch what they own and stop with it, unless they chose; others watch what they chose. An edit does not notify
// its author.
func TestWhoWatches(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy", "ownerId": "ben"})
	version := 1
	// changed has somebody change the customer, and returns how many people were told.
	changed := func(by *collab.Viewer, patch collab.Patch) map[string]int {
		t.Helper()
		o.readAll(ben)
		o.readAll(cem)
		o.mustUpdate(by, c, version, patch)
		version++
		news := map[string]int{}
		for name, v := range map[string]*collab.Viewer{"ada": ada, "ben": ben, "cem": cem} {
			unread, err := o.UnreadNotifications(o.ctx, v)
			if err != nil {
				t.Fatal(err)
			}
			if unread > 0 {
				news[name] = unread
			}
		}
		return news
	}
	deeply(t, "the owner", changed(ada, collab.Patch{"phone": "1"}), map[string]int{"ben": 1})
	deeply(t, "the owner's own edit", changed(ben, collab.Patch{"phone": "2"}), map[string]int{})
	o.unwatch(ben, c)
	deeply(t, "an owner who does not watch", changed(ada, collab.Patch{"phone": "3"}), map[string]int{})
	o.watch(ben, c)
	o.watch(cem, c)
	deeply(t, "the owner and another", changed(ada, collab.Patch{"phone": "4"}), map[string]int{"ben": 1, "cem": 1})
	deeply(t, "a new owner", changed(ada, collab.Patch{"ownerId": "ada"}), map[string]int{"ben": 1, "cem": 1})
	o.unwatch(ben, c)
	deeply(t, "without the owner before", changed(ada, collab.Patch{"phone": "5"}), map[string]int{"cem": 1})
	o.unwatch(cem, c)
	deeply(t, "nobody else", changed(ada, collab.Patch{"phone": "6"}), map[string]int{})
}

// Unwatching ends WATCHED for an owner, also once they own it again, and no other kind.
func TestUnwatchByOwner(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy", "ownerId": "ben"})
	o.unwatch(ben, c)
	o.mustUpdate(ada, c, 1, collab.Patch{"phone": "1"})
	o.comment(ada, c, "Look")
	deeply(t, "an owner who unwatched", o.told(ben), []collab.NotificationKind{collab.NotifyComment, collab.NotifyAssignment})
	o.mustUpdate(ada, c, 2, collab.Patch{"ownerId": "ada"})
	o.mustUpdate(ada, c, 3, collab.Patch{"phone": "2"})
	o.unwatch(ben, c) // changes nothing
	o.readAll(ben)
	o.mustUpdate(ada, c, 4, collab.Patch{"ownerId": "ben"})
	o.mustUpdate(ada, c, 5, collab.Patch{"phone": "3"})
	deeply(t, "an owner again", o.told(ben), []collab.NotificationKind{collab.NotifyAssignment, collab.NotifyComment, collab.NotifyAssignment})
	o.watch(ben, c)
	o.mustUpdate(ada, c, 6, collab.Patch{"phone": "4"})
	if _, err := o.Delete(o.ctx, ada, collab.Delete{ID: c.ID, BaseVersion: 7}); err != nil {
		t.Fatal(err)
	}
	deeply(t, "an owner who watches again", o.told(ben)[:2], []collab.NotificationKind{collab.NotifyEntityDeleted, collab.NotifyWatched})
}

// A person can't watch what they may not see. People who watched an entity are notified that they may no longer see it, and of nothing
// that happens to it after that.
func TestWatchingNeedsAccess(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	secret := o.customer(ada, collab.Patch{"name": "S", "visibility": "RESTRICTED"})
	done, err := o.Watch(o.ctx, ben, secret.ID)
	deeply(t, "watch of what is hidden", []any{done, err}, []any{false, nil})
	done, err = o.Unwatch(o.ctx, ben, "cus_none")
	deeply(t, "unwatch of nothing", []any{done, err}, []any{false, nil})

	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	o.watch(ben, c)
	o.mustUpdate(ada, c, 1, collab.Patch{"visibility": "RESTRICTED"})
	o.mustUpdate(ada, c, 2, collab.Patch{"phone": "1"})
	deeply(t, "ben's inbox", o.inbox(o.join("ben", collab.RoleMember)), []string{"1 ACCESS_CHANGED: ada no longer shares a customer with you"})
	o.mustUpdate(ada, c, 3, collab.Patch{"visibility": "ORGANIZATION"})
	o.mustUpdate(ada, c, 4, collab.Patch{"phone": "2"})
	equal(t, "ben's newest", o.inbox(o.join("ben", collab.RoleMember))[0], "1 WATCHED: ada changed 1 field of Aalto Oy")
}

// People who lost access make room for others once the places are used up, and those who still see the entity don't.
func TestWatchersWithoutAccessMakeRoom(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, admin := o.join("ada", collab.RoleMember), o.join("admin", collab.RoleAdmin)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	for i := range 1000 {
		o.watch(o.join(fmt.Sprint("person-", i), collab.RoleMember), c)
	}
	if _, err := o.Watch(o.ctx, admin, c.ID); collab.CodeOf(err) != collab.BadInput {
		t.Error("watched by one more:", err)
	}
	o.mustUpdate(ada, c, 1, collab.Patch{"visibility": "RESTRICTED"})
	if _, err := o.GrantAccess(o.ctx, ada, c.ID, "person-7", collab.AccessRead); err != nil {
		t.Fatal(err)
	}
	o.watch(admin, c)
	o.mustUpdate(ada, c, 2, collab.Patch{"visibility": "ORGANIZATION"})
	o.mustUpdate(ada, c, 3, collab.Patch{"phone": "1"})
	for name, want := range map[string]string{
		"admin": "2 WATCHED: ada changed 2 fields of Aalto Oy", "person-7": "2 WATCHED: ada changed 2 fields of Aalto Oy",
		"person-8": "1 ACCESS_CHANGED: ada no longer shares a customer with you",
	} {
		equal(t, name, o.inbox(o.join(name, collab.RoleMember))[0], want)
	}
}

// Unwatching and unmuting what one may not see any more end the choices, and their answer is that for what does not exist.
func TestChoicesAboutHiddenEntitiesEnd(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
	o.watch(ben, c)
	o.mute(ben, c, nil)
	o.mustUpdate(ada, c, 1, collab.Patch{"visibility": "RESTRICTED"})
	ben = o.join("ben", collab.RoleMember)
	for _, id := range []collab.ID{c.ID, "cus_none"} {
		done, err := o.Unwatch(o.ctx, ben, id)
		deeply(t, "unwatch", []any{done, err}, []any{false, nil})
		done, err = o.Unmute(o.ctx, ben, id)
		deeply(t, "unmute", []any{done, err}, []any{false, nil})
	}
	o.mustUpdate(ada, c, 2, collab.Patch{"visibility": "ORGANIZATION"})
	choices, err := o.WatchChoices(o.ctx, ben.OwnScope(), "ben", []collab.ID{c.ID})
	deeply(t, "watched", []any{len(choices), err}, []any{0, nil})
	muted, err := o.Muted(o.ctx, ben.OwnScope(), "ben", []collab.ID{c.ID})
	deeply(t, "muted", []any{len(muted), err}, []any{0, nil})
}

// Both sides of a conflict are told when somebody else ends it, however they end it.
func TestEndsOfConflictsAreTold(t *testing.T) {
	t.Parallel()
	for _, how := range []collab.Resolution{collab.ResolveLocal, collab.ResolveRemote} {
		o := open(t)
		ada, ben, cem := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember)
		c := o.customer(ada, collab.Patch{"name": "Aalto Oy"})
		conflict := o.conflict(ada, ben, c, collab.Patch{"name": "Local"})
		if _, err := o.Resolve(o.ctx, cem, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflict.ID, Resolution: how}); err != nil {
			t.Fatal(err)
		}
		for _, v := range []*collab.Viewer{ada, ben} {
			equal(t, string(how)+": "+v.User.Name, o.inbox(v)[0], "1 CONFLICT_RESOLVED: cem resolved a conflict")
		}
		deeply(t, string(how)+": the one who resolved it", o.inbox(cem), []string{})
	}
}

// Hiding a record from the organization notifies the people whom it concerned, except those who still see it.
func TestWhoIsToldOfAHiddenRecord(t *testing.T) {
	t.Parallel()
	for name, patch := range map[string]collab.Patch{
		"restricted":                  {"visibility": "RESTRICTED"},
		"restricted without an owner": {"visibility": "RESTRICTED", "ownerId": nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			ada, ben, cem, dan, eve := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember), o.join("cem", collab.RoleMember),
				o.join("dan", collab.RoleMember), o.join("eve", collab.RoleAdmin)
			c := o.customer(ada, collab.Patch{"name": "Aalto Oy", "ownerId": "ben"})
			o.watch(cem, c)
			o.watch(eve, c)
			o.readAll(ben)
			o.mustUpdate(ada, c, 1, patch)
			lost := []collab.NotificationKind{collab.NotifyAccessChanged}
			want := map[string][]collab.NotificationKind{"ben": lost, "cem": lost, "dan": nil, "eve": {collab.NotifyWatched}}
			if _, stays := patch["ownerId"]; !stays {
				want["ben"] = []collab.NotificationKind{collab.NotifyWatched}
			}
			for name, v := range map[string]*collab.Viewer{"ben": ben, "cem": cem, "dan": dan, "eve": eve} {
				var got []collab.NotificationKind
				for _, n := range o.notifications(o.join(name, v.Role)) { // with the access that they have now
					if n.ReadAt == nil {
						got = append(got, n.Kind)
					}
				}
				deeply(t, name, got, want[name])
			}
		})
	}
}
