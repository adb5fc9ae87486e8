package access_test

import (
	"fmt"
	"net/http"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// An entity that is now hidden from a person is not shown to them as they once saw it: neither by a query of the
// past nor by a subscription that begins earlier, from wherever the instance reads it.
func TestPastOfHiddenEntity(t *testing.T) {
	t.Parallel()
	follows := map[string]struct{ query, first string }{
		"entityChanged": {`subscription($after: Cursor) { entityChanged(after: $after) { entityId } }`, `{"entityChanged": {"entityId": "$open"}}`},
		"folded":        {`subscription($after: Cursor) { entityChanged(after: $after, maxPerSecond: 100) { entityId } }`, `{"entityChanged": {"entityId": "$open"}}`},
		"customers":     {`subscription($after: Cursor) { customerChanged(after: $after) { entityId } }`, `{"customerChanged": {"entityId": "$open"}}`},
		"activity":      {`subscription($after: Cursor) { activity(after: $after) { entityId } }`, `{"activity": {"entityId": "$open"}}`},
		"notifications": {`subscription($after: Cursor) { notificationReceived(after: $after) { entity { id } } }`, `{"notificationReceived": {"entity": {"id": "$open"}}}`},
	}
	for place, others := range map[string]int{"ring": 0, "log": 600} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, servertest.Embedded(t))
			ada, dan := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "dan", collab.RoleMember)
			watching := ada.Connect() // so that the instance follows the organization from here on
			watching.Subscribe("1", servertest.CustomerChanged, nil)
			before := dan.Ask(`{ customers(first: 0) { asOf } }`, nil).Get("customers.asOf")
			secret := ada.Create(servertest.Object{"name": "Secret", "ownerId": "dan"})
			ada.Update(secret, 1, servertest.Object{"name": "Secret 2", "ownerId": nil})
			ada.Mention(secret, "dan")
			for i := range others {
				ada.Create(servertest.Object{"name": fmt.Sprint("Other ", i), "visibility": "RESTRICTED"})
			}
			ada.Update(secret, 2, servertest.Object{"visibility": "RESTRICTED"})
			open := ada.Create(servertest.Object{"name": "Open"})
			ada.Mention(open, "dan")

			page := dan.Ask(`query($after: Cursor) { changes(after: $after) { changes { entityId } } activity { nodes { entityId } } notifications { nodes { entity { id } } } }`,
				servertest.Object{"after": before})
			page.At("changes.changes").Is(`[{"entityId": "$open"}]`, servertest.Object{"open": open["id"]})
			one := dan.Connect()
			one.Subscribe("one", `subscription($id: ID!, $after: Cursor) { customerChanged(id: $id, after: $after) { version } }`,
				servertest.Object{"id": secret["id"], "after": before})
			for name, follow := range follows {
				s := dan.Connect()
				s.Subscribe(name, follow.query, servertest.Object{"after": before})
				s.Next(name).Is(follow.first, servertest.Object{"open": open["id"]})
			}
			ada.Update(secret, 3, servertest.Object{"name": "Secret 3"})
			one.Subscribe("two", `{ viewer { role } }`, nil)
			one.Read().At("id").Is(`"two"`) // the first message, with nothing hidden before it
		})
	}
}

// With maxPerSecond, a change of access that does not alter a person's scope ends none of their windows. The loss
// of an entity that they follow is still delivered at once.
func TestAccessChangeKeepsWindow(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, dan := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "dan", collab.RoleMember)
	dan.Ask(`{ viewer { role } }`, nil)
	busy, other := ada.Create(servertest.Object{"name": "Busy"}), ada.Create(servertest.Object{"name": "Other"})
	quick := dan.Connect()
	// Over HTTP the response begins when the subscription has, so it need not catch up, and has one window.
	slow := dan.Stream("text/event-stream", `subscription($id: ID!) { customerChanged(id: $id, maxPerSecond: 0.001) { version } }`,
		servertest.Object{"id": busy["id"]}).Want(http.StatusOK).Events()
	quick.Subscribe("1", `subscription($after: Cursor) { customerChanged(after: $after) { entityId version } }`, servertest.Object{"after": other["cursor"]})
	ada.Update(busy, 1, servertest.Object{"name": "Busy 2"})
	slow.Next().Is(`{"customerChanged": {"version": 2}}`) // what passes at once
	ada.Update(busy, 2, servertest.Object{"name": "Busy 3"})
	ada.Restricted("Secret") // the first one, so that everybody's scope is examined
	ada.Update(other, 1, servertest.Object{"visibility": "RESTRICTED"})
	open := ada.Create(servertest.Object{"name": "Open"})
	for quick.Next("1").Get("customerChanged.entityId") != open["id"] {
		continue
	}
	ada.Update(busy, 3, servertest.Object{"visibility": "RESTRICTED"})
	slow.WantEnd("error", "FORBIDDEN")
}
