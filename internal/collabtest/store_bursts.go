package collabtest

import (
	"maps"
	"slices"
	"testing"
	"time"

	"tandem/internal/collab"
)

var burstTests = []storeTest{
	{"Write/UnreadSince", burstsUnread},
	{"Write/UnreadOf", burstsUnreadOf},
	{"Write/UnreadThatAreBeingReadAreLeftOut", burstsBeingRead},
	{"Write/UnreadIDs", burstsUnreadIDs},
	{"Write/GrownNotificationsMove", burstsMove},
	{"Write/GrownNotificationsLeadToTheNewestEntity", burstsLeadElsewhere},
	{"Write/Recipients", burstsRecipients},
	{"Watch/NeedsAccess", watchesNeedAccess},
	{"Watch/AtMost", watchesAtMost},
	{"Watch/EndsAMute", watchEndsMute},
	{"ForgetHiddenWatches/OfThoseWhoDoNotSee", hiddenWatchesForgotten},
	{"Watches/ByPerson", watchesByPerson},
}

// grow writes a change that makes a notification larger.
func (c *company) grow(id collab.ID, row *collab.Notification) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeView, st.Entity)
		n := *row
		n.Replaces, n.Count, n.ActorID, n.ActorIDs = row.Cursor.Position, row.Count+1, &change.ActorID, []collab.ID{"eve", change.ActorID}
		n.Title, n.Body, n.UpdatedAt, n.Burst = "larger", "now", change.OccurredAt, &collab.Burst{Act: "changed", Fields: []string{"name"}}
		change.Notifications = []*collab.Notification{&n}
		return &collab.Decision{Change: change}, nil
	})
}

func burstsUnread(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id, other := c.create(customer("Acme")), c.create(customer("Other"))
	old := c.tell(id, ann)
	both := c.tell(id, ann, "bob")
	c.tell(other, ann)
	read := c.tell(id, ann)
	c.markRead([]collab.ID{read.Notifications[0].ID}, 0)
	since := func(at collab.Time) []*collab.Notification {
		t.Helper()
		return c.state(collab.Intent{EntityID: id, UnreadSince: &at}).Unread
	}
	equal(t, "unread", since(collab.At(founding)), append(old.Notifications, both.Notifications...))
	equal(t, "unread and young", since(old.OccurredAt), both.Notifications)
	if st := c.state(collab.Intent{EntityID: id}); st.Unread != nil || st.Recipients != nil {
		t.Errorf("read %v and %v without being asked", st.Unread, st.Recipients)
	}
}

// A write about no entity reads what its person has not read about none.
func burstsUnreadOf(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id := c.create(customer("Acme"))
	c.tell(id, ann)
	detached := func(people ...collab.ID) []*collab.Notification {
		t.Helper()
		return c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			change := c.event(collab.ChangeView, st.Entity)
			for _, person := range people {
				change.Notifications = append(change.Notifications, &collab.Notification{
					ID: collab.NewID("ntf", time.Now()), UserID: person, Kind: collab.NotifyAccessChanged, Count: 1,
					ActorID: &change.ActorID, ActorIDs: []collab.ID{change.ActorID}, CreatedAt: change.OccurredAt, UpdatedAt: change.OccurredAt,
				})
			}
			return &collab.Decision{Change: change}, nil
		}).Notifications
	}
	read, of := detached(ann), detached(ann, "bob")
	c.markRead([]collab.ID{read[0].ID}, 0)
	since := collab.At(founding)
	equal(t, "unread", c.state(collab.Intent{UnreadSince: &since, UnreadOf: ann}).Unread, of[:1])
	if st := c.state(collab.Intent{UnreadSince: &since}); st.Unread != nil {
		t.Errorf("read %v without being asked", st.Unread)
	}
}

// A notification that a write has read as unread is not marked before that write ends; so it is never larger and read.
func burstsBeingRead(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	row := c.tell(id, ann).Notifications[0]
	since := collab.At(founding)
	marked := make(chan int, 1)
	c.write(collab.Intent{EntityID: id, UnreadSince: &since}, func(st *collab.State) (*collab.Decision, error) {
		equal(t, "unread", idsOf(st.Unread, notificationID), []collab.ID{row.ID})
		go func() {
			n, err := f.Other.MarkRead(t.Context(), c.scope(), ann, nil, collab.NoBound, row.Cursor.Position, c.now())
			if err != nil {
				t.Error(err)
			}
			marked <- n
		}()
		change := c.event(collab.ChangeView, st.Entity)
		n := *st.Unread[0]
		n.Replaces, n.Count = n.Cursor.Position, 2
		change.Notifications = []*collab.Notification{&n}
		return &collab.Decision{Change: change}, nil
	})
	// Either the mark came first, and the row is read, or it found the row at its new place.
	now := must(f.Store.Notifications(t.Context(), c.scope(), ann, []collab.ID{row.ID}))(t)[row.ID]
	if n := <-marked; n != 0 || now.Count != 2 {
		t.Errorf("marked %d, count is %d", n, now.Count)
	}
}

func burstsMove(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id := c.create(customer("Acme"))
	first := c.tell(id, ann, "bob")
	mine, bobs := first.Notifications[0], first.Notifications[1]
	between := c.tell(id, ann)
	change := c.as("bob").grow(id, mine)
	grown := change.Notifications[0]
	equal(t, "cursor", grown.Cursor, change.Cursor)
	grown.Replaces = 0

	equal(t, "the list", c.notifications(collab.NotificationQuery{}), []collab.ID{mine.ID, between.Notifications[0].ID})
	equal(t, "the row", must(f.Other.Notifications(t.Context(), c.scope(), ann, []collab.ID{mine.ID}))(t)[mine.ID], grown)
	log := c.log(first.Cursor.Position - 1)
	equal(t, "of the first change", log[0].Notifications, []*collab.Notification{bobs})
	equal(t, "of the newest change", log[2].Notifications, []*collab.Notification{grown})
	if got := c.unread(); got != 2 {
		t.Errorf("%d are unread", got)
	}
}

func burstsUnreadIDs(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	id, other := c.create(customer("Acme")), c.create(customer("Other"))
	first, read, last := c.tell(id, ann, "bob"), c.tell(id, ann), c.tell(other, "bob")
	c.tell(other, ann)
	c.markRead([]collab.ID{read.Notifications[0].ID}, 0)
	ids := []collab.ID{last.Notifications[0].ID, read.Notifications[0].ID, first.Notifications[1].ID, "ntf_unknown"}
	got := c.state(collab.Intent{EntityID: id, UnreadIDs: ids}).UnreadOfIDs
	equal(t, "unread", got, []*collab.Notification{first.Notifications[1], last.Notifications[0]})
}

// A notification of a batch leads to the newest of its entities, so that it goes with that one.
func burstsLeadElsewhere(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id, other := c.create(customer("Acme")), c.create(customer("Other"))
	row := *c.tell(id, ann).Notifications[0]
	row.EntityID = &other
	grown := c.grow(other, &row).Notifications[0]
	grown.Replaces = 0
	equal(t, "the row", must(f.Other.Notifications(t.Context(), c.scope(), ann, []collab.ID{row.ID}))(t)[row.ID], grown)
}

func burstsRecipients(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "cem", "dan", "eve", "fay", "gus", "hal")
	c.become(&collab.Membership{UserID: "dan", Role: collab.RoleViewer, RemovedAt: new(c.now())})
	bob := collab.ID("bob")
	e := meeting("Talk", nil)
	e.OwnerID, e.AttendeeIDs = &bob, []collab.ID{"cem", "dan"}
	id := c.create(e)
	c.as("eve").comment(id, "hello")
	c.watch("fay", id, true)
	c.watch("bob", id, false)
	c.as("gus").edit(id, func(e collab.Entity) {})
	since := collab.At(founding)
	people := func(intent collab.Intent) map[collab.ID]*collab.Recipient {
		t.Helper()
		intent.UnreadSince = &since
		return c.state(intent).Recipients
	}
	admin := func(r collab.Recipient) *collab.Recipient {
		r.Name, r.Role = string(r.UserID), collab.RoleAdmin
		return &r
	}
	want := map[collab.ID]*collab.Recipient{
		ann: admin(collab.Recipient{UserID: ann}), "bob": admin(collab.Recipient{UserID: "bob", Watches: new(false)}),
		"cem": admin(collab.Recipient{UserID: "cem"}), "dan": {UserID: "dan", Name: "dan", Role: collab.RoleViewer, Removed: true},
		"fay": admin(collab.Recipient{UserID: "fay", Watches: new(true)}),
	}
	equal(t, "of an entity", people(collab.Intent{EntityID: id}), want)
	want["eve"] = admin(collab.Recipient{UserID: "eve", Commented: true})
	equal(t, "with those who commented", people(collab.Intent{EntityID: id, Commenters: true}), want)
	delete(want, "eve")
	want["gus"], want["hal"] = admin(collab.Recipient{UserID: "gus"}), admin(collab.Recipient{UserID: "hal"})
	equal(t, "with those who changed it", people(collab.Intent{EntityID: id, BaseVersion: 1, Concerned: []collab.ID{"hal", "nobody"}}), want)
	equal(t, "of no entity", people(collab.Intent{UserIDs: []collab.ID{"cem"}}), map[collab.ID]*collab.Recipient{ann: want[ann], "cem": want["cem"]})
}

// watch records a person's choice, which has to succeed.
func (c *company) watch(userID, id collab.ID, watching bool) {
	c.t.Helper()
	if !c.tryWatch(c.scope(), userID, id, watching, 1000) {
		c.t.Fatalf("%s can't watch %s", userID, id)
	}
}

func (c *company) tryWatch(scope collab.Scope, userID, id collab.ID, watching bool, most int) bool {
	c.t.Helper()
	choice := collab.Watch{EntityID: id, UserID: userID, Watching: watching, ChosenAt: c.now()}
	return must(c.store.Watch(c.t.Context(), scope, userID, choice, most))(c.t)
}

func watchesNeedAccess(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	hidden := customer("Hidden")
	hidden.Visibility = collab.VisibleRestricted
	id, gone := c.create(hidden), c.create(customer("Gone"))
	c.remove(gone)
	for what, got := range map[string]bool{
		"hidden":          c.tryWatch(collab.Scope{OrgID: c.id, UserID: "bob"}, "bob", id, true, 9),
		"deleted":         c.tryWatch(c.scope(), "bob", gone, true, 9),
		"not there":       c.tryWatch(c.scope(), "bob", "cus_none", true, 9),
		"of another firm": found(t, f.Store).tryWatch(collab.Scope{OrgID: "other", All: true}, "bob", id, true, 9),
	} {
		if got {
			t.Errorf("watches an entity that is %s", what)
		}
	}
	if !c.tryWatch(collab.Scope{OrgID: c.id, All: true}, "bob", id, true, 9) {
		t.Error("an admin can't watch")
	}
}

func watchesAtMost(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "cem")
	id := c.create(customer("Acme"))
	for person, want := range map[collab.ID]bool{"ann": true, "bob": true} {
		equal(t, string(person), c.tryWatch(c.scope(), person, id, true, 2), want)
	}
	equal(t, "a third", c.tryWatch(c.scope(), "cem", id, true, 2), false)
	equal(t, "again", c.tryWatch(c.scope(), "bob", id, true, 2), true)
	equal(t, "not to watch", c.tryWatch(c.scope(), "cem", id, false, 2), true)
	equal(t, "instead of another", c.tryWatch(c.scope(), "bob", id, false, 2), true)
	equal(t, "a third, then", c.tryWatch(c.scope(), "cem", id, true, 2), true)
}

// Only the choices to watch of people who neither own nor created what is restricted, have no grant and are not admins are deleted, and
// those of people who were removed.
func hiddenWatchesForgotten(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "cem", "dan", "eve", "fay", "gus")
	for _, member := range []collab.ID{"bob", "cem", "dan", "eve", "fay"} {
		c.become(&collab.Membership{UserID: member, Role: collab.RoleMember})
	}
	acme := customer("Acme")
	acme.OwnerID = new(collab.ID("bob"))
	id, other := c.create(acme), c.create(customer("Other"))
	for _, person := range []collab.ID{ann, "bob", "cem", "dan", "gus"} {
		c.watch(person, id, true)
	}
	c.watch("eve", id, false)
	c.watch("dan", other, true)
	f.Remove(t, c.id, "gus")
	forget := func(id collab.ID) int {
		t.Helper()
		return must(f.Other.ForgetHiddenWatches(t.Context(), c.id, id))(t)
	}
	watching := func(person, id collab.ID) bool {
		return must(f.Store.Watches(t.Context(), c.id, person, []collab.ID{id}))(t)[id]
	}
	equal(t, "somebody who was removed", forget(id), 1)
	c.grant(id, "cem", collab.AccessRead)
	c.edit(id, func(e collab.Entity) { e.(*collab.Customer).Visibility = collab.VisibleRestricted })
	equal(t, "a full list", c.tryWatch(c.scope(), "fay", id, true, 3), false)
	equal(t, "somebody without access", forget(id), 1)
	equal(t, "of another", forget(other), 0)
	for person, want := range map[collab.ID]bool{ann: true, "bob": true, "cem": true, "dan": false, "gus": false} {
		equal(t, string(person), watching(person, id), want)
	}
	equal(t, "what they see", watching("dan", other), true)
	equal(t, "a choice not to watch", len(must(f.Store.Watches(t.Context(), c.id, "eve", []collab.ID{id}))(t)), 1)
	equal(t, "of another firm", must(f.Store.ForgetHiddenWatches(t.Context(), found(t, f.Store).id, other))(t), 0)
}

func watchEndsMute(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	a, b := c.create(customer("a")), c.create(customer("b"))
	c.mute(a, nil)
	c.mute(b, nil)
	ids := func() []collab.ID { return slices.Sorted(maps.Keys(c.through(f.Other).muted(c.now(), a, b))) }
	both := slices.Sorted(slices.Values([]collab.ID{a, b}))
	c.watch(ann, a, false)
	equal(t, "after a choice not to watch", ids(), both)
	equal(t, "a watch that is one too many", c.tryWatch(c.scope(), ann, a, true, 0), false)
	equal(t, "after that", ids(), both)
	c.watch(ann, a, true)
	equal(t, "after a choice to watch", ids(), []collab.ID{b})
}

func watchesByPerson(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	a, b, none := c.create(customer("a")), c.create(customer("b")), c.create(customer("none"))
	c.watch(ann, a, true)
	c.watch(ann, b, true)
	c.watch(ann, b, false)
	c.watch("bob", a, false)
	read := func(userID collab.ID, ids ...collab.ID) map[collab.ID]bool {
		t.Helper()
		return must(f.Other.Watches(t.Context(), c.id, userID, ids))(t)
	}
	equal(t, "ann's", read(ann, a, b, none, "cus_none"), map[collab.ID]bool{a: true, b: false})
	equal(t, "bob's", read("bob", a, b), map[collab.ID]bool{a: false})
	if err := f.Store.Unwatch(t.Context(), c.id, ann, a); err != nil {
		t.Fatal(err)
	}
	equal(t, "ann's after one ended", read(ann, a, b), map[collab.ID]bool{b: false})
	if err := f.Store.Unwatch(t.Context(), c.id, ann, b); err != nil {
		t.Fatal(err)
	}
	equal(t, "ann's choice not to watch", read(ann, b), map[collab.ID]bool{b: false})
	equal(t, "in another organization", must(f.Other.Watches(t.Context(), collab.NewID("org", time.Now()), ann, []collab.ID{b}))(t), map[collab.ID]bool{})
}
