package collabtest

import (
	"context"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

var notificationTests = []storeTest{
	{"Notifications/ByIDAndPerson", notificationsByID},
	{"ListNotifications/NewestFirst", notificationsListed},
	{"MarkRead/ByID", notificationsMarkedByID},
	{"MarkRead/AsSeen", notificationsMarkedAsSeen},
	{"MarkRead/UpToPosition", notificationsMarkedUpTo},
	{"Notifications/OncePerPersonAndChange", notificationsOnce},
	{"MarkRead/ConcurrentCallsMarkOnce", notificationsMarkedAtOnce},
	{"ListNotifications/WithTheCountOfTheSameState", notificationsCounted},
	{"ListNotifications/OnlyOfWhatWasVisibleThen", notificationsOfThePast},
}

// inbox are ann's notifications: four of them, one of two people's.
func inbox(c *company) []*collab.Notification {
	c.t.Helper()
	c.join("bob")
	id := c.create(customer("Acme"))
	var mine []*collab.Notification
	for _, people := range [][]collab.ID{{ann}, {"bob", ann}, {ann}, {"bob"}, {ann}} {
		for _, n := range c.tell(id, people...).Notifications {
			if n.UserID == ann {
				mine = append(mine, n)
			}
		}
	}
	return mine
}

func (c *company) notifications(query collab.NotificationQuery) []collab.ID {
	c.t.Helper()
	if query.Limit == 0 {
		query.Limit = 1000
	}
	return idsOf(must(c.store.ListNotifications(c.t.Context(), c.scope(), c.actor, query))(c.t), notificationID)
}

func (c *company) unread() int {
	c.t.Helper()
	return must(c.store.CountUnread(c.t.Context(), c.scope(), c.actor, c.now()))(c.t)
}

func notificationsByID(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	ids := append(idsOf(mine, notificationID), "ntf_none")
	got := must(f.Other.Notifications(t.Context(), c.scope(), ann, ids))(t)
	if len(got) != 4 {
		t.Errorf("found %d", len(got))
	}
	for _, n := range mine {
		equal(t, "notification", got[n.ID], n)
	}
	if got := must(f.Other.Notifications(t.Context(), c.scope(), "bob", ids))(t); len(got) > 0 {
		t.Errorf("somebody else found %d", len(got))
	}
}

func notificationsListed(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	want := []collab.ID{mine[3].ID, mine[2].ID, mine[1].ID, mine[0].ID}
	equal(t, "notifications", c.notifications(collab.NotificationQuery{}), want)
	equal(t, "first page", c.notifications(collab.NotificationQuery{Limit: 2}), want[:2])
	inbox(c)
	equal(t, "second page", c.notifications(collab.NotificationQuery{Before: mine[2].Cursor.Position, Limit: 2}), want[2:])
	if got := c.unread(); got != 8 {
		t.Errorf("%d are unread", got)
	}
	if got := must(f.Store.ListNotifications(t.Context(), c.scope(), ann, collab.NotificationQuery{}))(t); len(got) > 0 {
		t.Errorf("a page of 0 has %d", len(got))
	}
}

func (c *company) markRead(ids []collab.ID, upTo int64) int {
	c.t.Helper()
	return must(c.store.MarkRead(c.t.Context(), c.scope(), c.actor, ids, collab.NoBound, upTo, c.now()))(c.t)
}

func notificationsMarkedAsSeen(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	grew, same := c.tell(id, ann).Notifications[0], c.tell(id, ann).Notifications[0]
	seen, ids, until := same.Cursor.Position, []collab.ID{grew.ID, same.ID}, c.after(time.Hour)
	c.pushTo(id, grew, ann)
	if got := must(f.Other.MarkUnread(t.Context(), c.scope(), ann, ids, seen, &until, c.now()))(t); got != 1 {
		t.Errorf("snoozed %d", got)
	}
	equal(t, "unread", c.notifications(collab.NotificationQuery{UnreadOnly: true}), []collab.ID{grew.ID})
	c.markUnread(ids, nil)
	if got := must(f.Other.MarkRead(t.Context(), c.scope(), ann, ids, seen, 0, c.now()))(t); got != 1 {
		t.Errorf("marked %d", got)
	}
	equal(t, "unread", c.notifications(collab.NotificationQuery{UnreadOnly: true}), []collab.ID{grew.ID})
	if got := must(f.Other.MarkRead(t.Context(), c.scope(), ann, ids, seen+1, 0, c.now()))(t); got != 1 {
		t.Errorf("marked %d as it is now", got)
	}
}

func notificationsMarkedByID(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	ids := []collab.ID{mine[1].ID, mine[3].ID, "ntf_none", mine[1].ID}
	if got := c.as("bob").markRead(ids, 0); got != 0 {
		t.Errorf("somebody else marked %d", got)
	}
	at := collab.At(c.now().Time)
	if got := must(f.Other.MarkRead(t.Context(), c.scope(), ann, ids, collab.NoBound, 0, at))(t); got != 2 {
		t.Errorf("marked %d", got)
	}
	if got := c.markRead(ids, 0); got != 0 {
		t.Errorf("marked %d again", got)
	}
	if got := c.markRead(nil, 0); got != 0 {
		t.Errorf("marked %d by nothing", got)
	}
	equal(t, "unread", c.notifications(collab.NotificationQuery{UnreadOnly: true}), []collab.ID{mine[2].ID, mine[0].ID})
	if got := c.unread(); got != 2 {
		t.Errorf("%d are unread", got)
	}
	read := must(f.Store.Notifications(t.Context(), c.scope(), ann, ids))(t)[mine[1].ID]
	mine[1].ReadAt = &at
	equal(t, "notification", read, mine[1])
}

func notificationsMarkedUpTo(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	if got := c.markRead(nil, mine[0].Cursor.Position-1); got != 0 {
		t.Errorf("marked %d before the first", got)
	}
	if got := c.markRead([]collab.ID{mine[3].ID, mine[0].ID}, mine[1].Cursor.Position); got != 3 {
		t.Errorf("marked %d", got)
	}
	equal(t, "unread", c.notifications(collab.NotificationQuery{UnreadOnly: true}), []collab.ID{mine[2].ID})
	if got := c.as("bob").unread(); got != 2 {
		t.Errorf("somebody else has %d unread", got)
	}
	if got := c.markRead(nil, 1<<60); got != 1 {
		t.Errorf("marked %d of the rest", got)
	}
}

func notificationsOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	id := c.create(customer("Acme"))
	unchanged(t, c, func() {
		_, err := c.tryWrite(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			change := c.event(collab.ChangeView, st.Entity)
			change.Notifications = []*collab.Notification{{ID: "ntf_1", UserID: ann}, {ID: "ntf_2", UserID: ann}}
			return &collab.Decision{Change: change}, nil
		})
		if err == nil {
			t.Error("told a person twice")
		}
	})
}

func notificationsMarkedAtOnce(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	marked := make([]int, writers)
	together(t, writers, func(i int) (err error) {
		marked[i], err = everySecond(f, i).MarkRead(t.Context(), c.scope(), ann, idsOf(mine, notificationID), collab.NoBound, mine[1].Cursor.Position, c.now())
		return err
	})
	total := 0
	for _, n := range marked {
		total += n
	}
	if total != len(mine) {
		t.Errorf("marked %v", marked)
	}
}

// A notification about an entity that its person could not see then stays hidden, also once everybody sees the entity, and
// an export does not have its text either. One of the change by which they got access does not.
func notificationsOfThePast(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	c.join("bob", "eve")
	id := c.create(customer("Acme"))
	tell := func(audience []collab.ID, regards *collab.AccessEffects) {
		c.write(collab.Intent{EntityID: id}, func(st *collab.State) (*collab.Decision, error) {
			change := c.event(collab.ChangeView, st.Entity)
			change.Audience, change.AccessEffects = audience, regards
			for _, person := range []collab.ID{"bob", "eve"} {
				change.Notifications = append(change.Notifications, &collab.Notification{
					ID: collab.NewID("ntf", time.Now()), UserID: person, Kind: collab.NotifyEntityDeleted, Title: "told", Body: "Acme",
					EntityType: &change.EntityType, EntityID: &change.EntityID, ActorID: &change.ActorID, Count: 1, CreatedAt: change.OccurredAt,
				})
			}
			return &collab.Decision{Change: change}, nil
		})
	}
	tell(nil, nil)
	tell([]collab.ID{ann, "bob"}, nil)
	tell([]collab.ID{ann}, &collab.AccessEffects{People: map[collab.ID]collab.Effect{"bob": collab.EffectGained, "eve": collab.EffectLost}})
	for person, want := range map[collab.ID]int{"bob": 3, "eve": 1} {
		scope := collab.Scope{OrgID: c.id, UserID: person}
		listed := must(f.Other.ListNotifications(t.Context(), scope, person, collab.NotificationQuery{Limit: 10}))(t)
		unread := must(f.Other.CountUnread(t.Context(), scope, person, c.now()))(t)
		marked := must(f.Other.MarkRead(t.Context(), scope, person, nil, collab.NoBound, c.head().Cursor.Position, c.now()))(t)
		exported := 0
		count := func(record collab.PersonalRecord, isHidden bool) error {
			if n, is := record.(*collab.Notification); is && n.UserID == person && !isHidden {
				exported++
			}
			return nil
		}
		must(f.Other.Personal(t.Context(), scope, person, count))(t)
		equal(t, string(person)+"'s", []int{len(listed), unread, marked, exported}, []int{want, want, want, want})
	}
	everything := collab.Scope{OrgID: c.id, All: true}
	equal(t, "an admin's", len(must(f.Other.ListNotifications(t.Context(), everything, "eve", collab.NotificationQuery{Limit: 10}))(t)), 3)
}

// The list and the count beside it are of one state, while the inbox changes.
func notificationsCounted(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	ids := idsOf(inbox(c), notificationID)
	ctx, cancel := context.WithCancel(t.Context())
	var marking sync.WaitGroup
	marking.Go(func() {
		for ctx.Err() == nil {
			_, _ = f.Other.MarkRead(ctx, c.scope(), ann, ids, collab.NoBound, 0, c.now())
			_, _ = f.Other.MarkUnread(ctx, c.scope(), ann, ids, collab.NoBound, nil, c.now())
		}
	})
	seen := map[int]bool{}
	for reads := 0; reads < 300 || len(seen) < 2; reads++ {
		unread := -1
		query := collab.NotificationQuery{Now: c.now(), Limit: 10, Unread: &unread}
		listed, counted := must(c.store.ListNotifications(t.Context(), c.scope(), ann, query))(t), 0
		for _, n := range listed {
			if n.ReadAt == nil {
				counted++
			}
		}
		if len(listed) != len(ids) || counted != unread {
			t.Fatalf("%d of %d listed are unread, and the count is %d", counted, len(listed), unread)
		}
		seen[unread] = true
	}
	cancel()
	marking.Wait()
}
