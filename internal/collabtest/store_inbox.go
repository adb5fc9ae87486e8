package collabtest

import (
	"testing"
	"time"

	"tandem/internal/collab"
)

var inboxTests = []storeTest{
	{"MarkUnread/ByID", inboxUnread},
	{"MarkUnread/Snoozes", inboxSnoozes},
	{"MarkUnread/PlansPushesForTheEnd", snoozePlanned},
	{"MarkUnread/MovesPushesThatWait", snoozeMoves},
	{"MarkUnread/MovesPushesThatAreSent", snoozeMovesClaimed},
	{"MarkUnread/EndsBeforeTheRestOfWhatIsSent", snoozeEndsFirst},
	{"MarkUnread/LeavesClaimsTheirTime", snoozeOfADeadClaim},
	{"MarkUnread/DropsPushesOfItsSnooze", snoozeEnds},
	{"MarkUnread/NoPushAfterItGrew", snoozeLapses},
	{"MarkUnread/NoPushesToWhoWasRemoved", snoozeOfTheRemoved},
	{"MarkUnread/NoMorePushesThanHaveRoom", snoozeBounded},
	{"MarkUnread/NoMorePushesThanHaveRoomOfSeveral", snoozeBoundedTogether},
	{"Inboxes/Changes", inboxChanges},
	{"Inboxes/Removed", inboxRemoved},
	{"Inboxes/ConcurrentMarksAreSeen", inboxMarkedAtOnce},
	{"Inboxes/OfSeveralPeople", inboxesOfSeveral},
	{"ChangedInboxes/OfPeopleWithMarks", inboxesChanged},
	{"ChangedInboxes/InParts", inboxesChangedInParts},
	{"ChangedInboxes/NoneIsMissed", inboxesChangedAtOnce},
}

func (c *company) markUnread(ids []collab.ID, until *collab.Time) int {
	c.t.Helper()
	return must(c.store.MarkUnread(c.t.Context(), c.scope(), c.actor, ids, collab.NoBound, until, c.now()))(c.t)
}

func (c *company) inbox(query collab.InboxQuery) *collab.Inbox { return c.inboxAt(c.now(), query) }

func (c *company) inboxAt(now collab.Time, query collab.InboxQuery) *collab.Inbox {
	c.t.Helper()
	query.UserID, query.All = c.actor, c.scope().All
	return must(c.store.Inboxes(c.t.Context(), c.id, []collab.InboxQuery{query}, now, 100))(c.t)[0]
}

func inboxUnread(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	ids := []collab.ID{mine[0].ID, mine[1].ID}
	if got := c.markUnread(ids, nil); got != 0 {
		t.Errorf("made %d unread that were", got)
	}
	c.markRead(nil, mine[2].Cursor.Position)
	if got := c.as("bob").markUnread(ids, nil); got != 0 {
		t.Errorf("somebody else made %d unread", got)
	}
	if got := c.markUnread(append(ids, "ntf_none"), nil); got != 2 {
		t.Errorf("made %d unread", got)
	}
	equal(t, "unread", c.notifications(collab.NotificationQuery{UnreadOnly: true}), []collab.ID{mine[3].ID, mine[1].ID, mine[0].ID})
}

func inboxSnoozes(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	c.markRead([]collab.ID{mine[0].ID}, 0)
	now := c.now()
	until := collab.At(now.Add(time.Hour))
	if got := c.markUnread([]collab.ID{mine[0].ID, mine[3].ID}, &until); got != 2 {
		t.Errorf("snoozed %d", got)
	}
	if got := c.markUnread([]collab.ID{mine[0].ID}, &until); got != 0 {
		t.Errorf("snoozed %d again", got)
	}
	unreadAt := func(at collab.Time) []any {
		t.Helper()
		count := must(f.Other.CountUnread(t.Context(), c.scope(), ann, at))(t)
		return []any{count, len(c.notifications(collab.NotificationQuery{UnreadOnly: true, Now: at})), c.inboxAt(at, collab.InboxQuery{}).Unread}
	}
	equal(t, "unread", unreadAt(now), []any{2, 2, 2})
	equal(t, "unread just before", unreadAt(collab.At(until.Add(-time.Millisecond))), []any{2, 2, 2})
	equal(t, "unread then", unreadAt(until), []any{4, 4, 4})
	equal(t, "all", len(c.notifications(collab.NotificationQuery{})), 4)
	for _, at := range []collab.Time{now, until} {
		equal(t, "snoozed, or unread since", c.notifications(collab.NotificationQuery{SnoozedOnly: true, Now: at}), []collab.ID{mine[3].ID, mine[0].ID})
	}
	row := must(f.Other.Notifications(t.Context(), c.scope(), ann, []collab.ID{mine[0].ID}))(t)[mine[0].ID]
	equal(t, "snoozed until, read at", []*collab.Time{row.SnoozedUntil, row.ReadAt}, []*collab.Time{&until, nil})

	equal(t, "wakes", c.inboxAt(now, collab.InboxQuery{}).Wakes, &until)
	if got := c.markRead(nil, mine[3].Cursor.Position); got != 2 {
		t.Errorf("marked %d that are not snoozed", got)
	}
	if got := c.markRead([]collab.ID{mine[0].ID}, 0); got != 1 {
		t.Errorf("marked %d by id", got)
	}
	since := collab.InboxMark{Position: 1 << 60, Revision: 1 << 60, At: now}
	woken := c.inboxAt(until, collab.InboxQuery{Since: &since})
	equal(t, "woken", idsOf(woken.Changed, notificationID), []collab.ID{mine[3].ID})
	equal(t, "wakes after that", woken.Wakes, nil)
	since.At = until
	equal(t, "woken twice", len(c.inboxAt(collab.At(until.Add(time.Hour)), collab.InboxQuery{Since: &since}).Changed), 0)
}

func inboxChanges(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	seen := c.inbox(collab.InboxQuery{})
	equal(t, "at first", []any{len(seen.Changed), seen.Unread, seen.Mark.Position}, []any{0, 4, c.head().Position})
	changed := func() []collab.ID {
		t.Helper()
		now := c.through(f.Other).inbox(collab.InboxQuery{Since: &seen.Mark})
		seen = now
		return idsOf(now.Changed, notificationID)
	}
	none := []collab.ID{}
	equal(t, "nothing", changed(), none)
	c.markRead([]collab.ID{mine[1].ID}, 0)
	equal(t, "read", changed(), []collab.ID{mine[1].ID})
	c.markUnread([]collab.ID{mine[1].ID}, nil)
	c.markRead([]collab.ID{mine[2].ID}, 0)
	equal(t, "unread and read", changed(), []collab.ID{mine[2].ID, mine[1].ID})
	fresh := c.tell(*mine[0].EntityID, ann).Notifications[0]
	equal(t, "new", changed(), []collab.ID{fresh.ID})
	c.grow(*mine[0].EntityID, mine[0])
	equal(t, "grown", changed(), []collab.ID{mine[0].ID})
	c.as("bob").markRead(nil, 1<<60)
	equal(t, "somebody else's", changed(), none)
	c.markRead(nil, 1<<60)
	bounded := must(c.store.Inboxes(t.Context(), c.id, []collab.InboxQuery{{UserID: ann, Since: &collab.InboxMark{}}}, c.now(), 2))(t)[0]
	equal(t, "bounded", idsOf(bounded.Changed, notificationID), []collab.ID{mine[0].ID, fresh.ID})
}

func inboxRemoved(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob")
	kept, lost := c.create(customer("kept")), c.create(customer("lost"))
	c.tell(kept, "bob")
	gone := c.tell(lost, "bob").Notifications[0]
	c.edit(lost, func(e collab.Entity) { e.(*collab.Customer).Visibility = collab.VisibleRestricted })
	c.addressed(lost, []collab.ID{ann}, nil)
	scope := collab.Scope{OrgID: c.id, UserID: "bob"}
	removed := func(scope collab.Scope, entity *collab.ID) []collab.ID {
		t.Helper()
		return must(f.Other.Inboxes(t.Context(), c.id, []collab.InboxQuery{{UserID: "bob", All: scope.All, Access: entity}}, c.now(), 10))(t)[0].Removed
	}
	equal(t, "of all", removed(scope, new(collab.ID(""))), []collab.ID{gone.ID})
	equal(t, "of the entity", removed(scope, &lost), []collab.ID{gone.ID})
	equal(t, "of another", len(removed(scope, &kept)), 0)
	equal(t, "not asked", len(removed(scope, nil)), 0)
	equal(t, "of an admin", len(removed(collab.Scope{OrgID: c.id, All: true}, &lost)), 0)
	equal(t, "unread", must(f.Other.CountUnread(t.Context(), scope, "bob", c.now()))(t), 1)

	// Somebody who was an admin is not in the audience of what they were told then.
	c.tell(lost, "bob")
	equal(t, "of somebody who was an admin", len(removed(scope, &lost)), 2)

	c.edit(lost, func(e collab.Entity) { e.(*collab.Customer).Visibility = collab.VisibleToOrganization })
	since := &collab.InboxMark{Position: c.head().Position, Revision: 1 << 60, At: c.now()}
	again := must(f.Other.Inboxes(t.Context(), c.id, []collab.InboxQuery{{UserID: "bob", Since: since, Access: &lost}}, c.now(), 10))(t)[0]
	equal(t, "changed by regained access", len(again.Changed), 2)
	equal(t, "removed then", len(again.Removed), 0)
}

// Marks that several clients make at once are all among the changes of a client that reads in between.
func inboxMarkedAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	seen, heard := c.inbox(collab.InboxQuery{}), map[collab.ID]bool{}
	read := func() {
		now := c.inbox(collab.InboxQuery{Since: &seen.Mark})
		for _, n := range now.Changed {
			heard[n.ID] = true
		}
		seen = now
	}
	together(t, len(mine)+1, func(i int) error {
		if i == len(mine) {
			for range 5 {
				read()
			}
			return nil
		}
		_, err := everySecond(f, i).MarkRead(t.Context(), c.scope(), ann, []collab.ID{mine[i].ID}, collab.NoBound, 0, c.now())
		return err
	})
	if read(); len(heard) != len(mine) {
		t.Errorf("%d marks of %d were among the changes", len(heard), len(mine))
	}
}

// One read has the inboxes of people with different access, each from a place of its own.
func inboxesOfSeveral(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	secret := c.create(customer("Secret"))
	told := c.tell(secret, ann, "bob").Notifications
	c.edit(secret, func(e collab.Entity) { e.(*collab.Customer).Visibility = collab.VisibleRestricted })
	now := c.now()
	since := func(position int64) *collab.InboxMark {
		return &collab.InboxMark{Position: position, Revision: 1 << 60, At: now}
	}
	got := must(f.Other.Inboxes(t.Context(), c.id, []collab.InboxQuery{
		{UserID: ann, Since: since(mine[2].Cursor.Position)}, {UserID: "bob", Since: since(0)}, {UserID: ann, All: true, Since: since(mine[3].Cursor.Position)},
		{UserID: "bob"}, {UserID: "bob", Access: &secret}, {UserID: "eve", Since: since(0)},
	}, now, 100))(t)
	equal(t, "ann's", idsOf(got[0].Changed, notificationID), []collab.ID{told[0].ID, mine[3].ID})
	equal(t, "bob's", len(got[1].Changed), 2)
	equal(t, "an admin's", idsOf(got[2].Changed, notificationID), []collab.ID{told[0].ID})
	equal(t, "without a mark", []any{len(got[3].Changed), got[3].Unread}, []any{0, 2})
	equal(t, "removed", got[4].Removed, idsOf(told[1:], notificationID))
	equal(t, "of nobody", []any{len(got[5].Changed), got[5].Unread}, []any{0, 0})
}

// inboxSequence is how often inboxes of the organization changed.
func (c *company) inboxSequence() int64 {
	c.t.Helper()
	return must(c.store.InboxSequences(c.t.Context(), []collab.ID{c.id}))(c.t)[c.id]
}

// changedInboxes are the people whose inboxes changed after a sequence, in the order of these changes.
func (c *company) changedInboxes(after int64) []collab.ID {
	c.t.Helper()
	places := must(c.store.ChangedInboxes(c.t.Context(), c.id, collab.InboxPlace{Sequence: after + 1}, 100))(c.t)
	return idsOf(places, func(p collab.InboxPlace) collab.ID { return p.UserID })
}

func inboxesChanged(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine, quiet := inbox(c), found(t, f.Store)
	c.join("eve")
	other := c.through(f.Other)
	before := other.inboxSequence()
	equal(t, "of new notifications", other.changedInboxes(before), []collab.ID{})
	c.markRead([]collab.ID{mine[0].ID}, 0)
	read := other.inboxSequence()
	equal(t, "whether a mark is noticed", read > before, true)
	equal(t, "of a mark", other.changedInboxes(before), []collab.ID{ann})
	equal(t, "after that", other.changedInboxes(read), []collab.ID{})
	c.as("eve").markRead(nil, 0)
	c.markUnread([]collab.ID{mine[0].ID}, nil)
	equal(t, "of two people", other.changedInboxes(read), []collab.ID{"eve", ann})
	equal(t, "of several organizations", must(f.Other.InboxSequences(t.Context(), []collab.ID{c.id, quiet.id, "none"}))(t),
		map[collab.ID]int64{c.id: other.inboxSequence()})
	equal(t, "of another organization", quiet.changedInboxes(0), []collab.ID{})
}

func inboxesChangedInParts(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	people := []collab.ID{"bob", "cem", "dan", "eve"}
	c.join(people...)
	c.as("bob").tell(c.create(customer("Acme")), people...)
	c.erase("bob") // changes three inboxes at once
	var got []collab.ID
	for after := (collab.InboxPlace{}); ; {
		places := must(f.Other.ChangedInboxes(t.Context(), c.id, after, 2))(t)
		if len(places) == 0 {
			break
		}
		got, after = append(got, idsOf(places, func(p collab.InboxPlace) collab.ID { return p.UserID })...), places[len(places)-1]
	}
	equal(t, "all", got, []collab.ID{"cem", "dan", "eve"})
}

// Somebody who asks for the changes after the last sequence that they saw finds each mark, also of those that are made at once.
func inboxesChangedAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	people := make([]collab.ID, 8)
	for i := range people {
		people[i] = collab.ID("person-" + string(rune('a'+i)))
	}
	c.join(people...)
	told := c.tell(c.create(customer("Acme")), people...).Notifications
	found, seen := map[collab.ID]bool{}, c.inboxSequence()
	read := func() {
		next := c.inboxSequence()
		for _, person := range c.changedInboxes(seen) {
			found[person] = true
		}
		seen = next
	}
	together(t, len(people)+1, func(i int) error {
		if i == len(people) {
			for range 5 {
				read()
			}
			return nil
		}
		_, err := everySecond(f, i).MarkRead(t.Context(), collab.Scope{OrgID: c.id, UserID: people[i]}, people[i], []collab.ID{told[i].ID}, collab.NoBound, 0, c.now())
		return err
	})
	if read(); len(found) != len(people) {
		t.Errorf("found the marks of %d people of %d", len(found), len(people))
	}
}
