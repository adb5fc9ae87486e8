package main

import (
	"fmt"
	"net/http"
	"testing"

	"tandem/internal/collab"
)

// What somebody saw of an entity that is hidden from them by now is told neither by a query of the
// past nor by a subscription that begins before it, wherever the instance reads it.
func TestThePastOfWhatIsHiddenByNow(t *testing.T) {
	t.Parallel()
	follows := map[string]string{
		"entityChanged": `subscription($after: Cursor) { entityChanged(after: $after) { entityId } }`,
		"folded":        `subscription($after: Cursor) { entityChanged(after: $after, maxPerSecond: 100) { entityId } }`,
		"customers":     `subscription($after: Cursor) { customerChanged(after: $after) { entityId } }`,
		"activity":      `subscription($after: Cursor) { activity(after: $after) { entityId } }`,
		"notifications": `subscription($after: Cursor) { notificationReceived(after: $after) { entity { id } } }`,
	}
	for place, others := range map[string]int{"ring": 0, "log": 600} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			at := start(t, embedded(t))
			ada, dan := join(t, at, "acme", "ada", collab.RoleAdmin), join(t, at, "acme", "dan", collab.RoleMember)
			watching := ada.connect() // so that the instance follows the organization from here on
			watching.subscribe("1", customerChanged, nil)
			before := dan.ask(`{ customers(first: 0) { asOf } }`, nil)["customers"].(object)["asOf"]
			secret := ada.create(object{"name": "Secret", "ownerId": "dan"})
			ada.update(secret, 1, object{"name": "Secret 2", "ownerId": nil})
			ada.mention(secret, "dan")
			for i := range others {
				ada.create(object{"name": fmt.Sprint("Other ", i), "visibility": "RESTRICTED"})
			}
			ada.update(secret, 2, object{"visibility": "RESTRICTED"})
			open := ada.create(object{"name": "Open"})
			ada.mention(open, "dan")

			page := dan.ask(`query($after: Cursor) { changes(after: $after) { changes { entityId } } activity { nodes { entityId } } notifications { nodes { entity { id } } } }`,
				object{"after": before})
			want(t, "changes", page["changes"].(object)["changes"], []any{object{"entityId": open["id"]}})
			one := dan.connect()
			one.subscribe("one", `subscription($id: ID!, $after: Cursor) { customerChanged(id: $id, after: $after) { version } }`,
				object{"id": secret["id"], "after": before})
			for name, query := range follows {
				s := dan.connect()
				s.subscribe(name, query, object{"after": before})
				for field, event := range s.next(name) {
					told := event.(object)
					if entity, is := told["entity"].(object); is {
						told = object{"entityId": entity["id"]}
					}
					want(t, name+": the first "+field, told["entityId"], open["id"])
				}
			}
			ada.update(secret, 3, object{"name": "Secret 3"})
			one.subscribe("two", `{ viewer { role } }`, nil)
			want(t, "what is told of what is hidden", one.read()["id"], "two")
		})
	}
}

// mention adds a comment that tells somebody of a customer.
func (p *person) mention(customer object, user string) {
	p.t.Helper()
	p.ask(`mutation($id: ID!, $user: ID!) { addComment(input: {entityId: $id, body: "Look", mentionIds: [$user]}) { __typename } }`,
		object{"id": customer["id"], "user": user})
}

// With maxPerSecond, a change of access that leaves somebody's scope as it was ends no window of theirs. The
// loss of what they follow is told at once all the same.
func TestAccessChangesEndNoWindow(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, dan := join(t, at, "acme", "ada", collab.RoleAdmin), join(t, at, "acme", "dan", collab.RoleMember)
	dan.ask(`{ viewer { role } }`, nil)
	busy, other := ada.create(object{"name": "Busy"}), ada.create(object{"name": "Other"})
	quick := dan.connect()
	// Over HTTP the response begins when the subscription has, so it need not catch up, and has one window.
	slow := dan.stream("text/event-stream", `subscription($id: ID!) { customerChanged(id: $id, maxPerSecond: 0.001) { version } }`,
		object{"id": busy["id"]}).want(http.StatusOK).events()
	quick.subscribe("1", `subscription($after: Cursor) { customerChanged(after: $after) { entityId version } }`, object{"after": other["cursor"]})
	ada.update(busy, 1, object{"name": "Busy 2"})
	want(t, "what passes at once", slow().data, object{"customerChanged": object{"version": 2}})
	ada.update(busy, 2, object{"name": "Busy 3"})
	ada.restricted("Secret") // the first, so that everybody's scope is looked at
	ada.update(other, 1, object{"visibility": "RESTRICTED"})
	open := ada.create(object{"name": "Open"})
	for quick.next("1")["customerChanged"].(object)["entityId"] != open["id"] {
		continue
	}
	ada.update(busy, 3, object{"visibility": "RESTRICTED"})
	want(t, "what is told next, before the window ends", slow(), told{end: "error", code: "FORBIDDEN"})
}
