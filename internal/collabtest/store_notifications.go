package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

var notificationTests = map[string]func(*testing.T, StoreFixture){
	"are found by id, by their person":       notificationsByID,
	"are listed newest first":                notificationsListed,
	"are marked read by id":                  notificationsMarkedByID,
	"are marked read up to a position":       notificationsMarkedUpTo,
	"are at most one by person and change":   notificationsOnce,
	"marked by many at once are marked once": notificationsMarkedAtOnce,
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
	return must(c.store.CountUnread(c.t.Context(), c.scope(), c.actor))(c.t)
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
	return must(c.store.MarkRead(c.t.Context(), c.scope(), c.actor, ids, upTo, c.now()))(c.t)
}

func notificationsMarkedByID(t *testing.T, f StoreFixture) {
	c := found(t, f.Store)
	mine := inbox(c)
	ids := []collab.ID{mine[1].ID, mine[3].ID, "ntf_none", mine[1].ID}
	if got := c.as("bob").markRead(ids, 0); got != 0 {
		t.Errorf("somebody else marked %d", got)
	}
	at := collab.At(c.now().Time)
	if got := must(f.Other.MarkRead(t.Context(), c.scope(), ann, ids, 0, at))(t); got != 2 {
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
		marked[i], err = everySecond(f, i).MarkRead(t.Context(), c.scope(), ann, idsOf(mine, notificationID), mine[1].Cursor.Position, c.now())
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
