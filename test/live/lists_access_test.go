package live_test

import (
	"crypto/rand"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// An entity that left a list and was hidden afterwards leaves it for readers who come back later too, without contents.
func TestLeftAndThenHidden(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, one, org, "ben", collab.RoleMember)
		ben.Ask(`{ viewer { role } }`, nil)
		customer := ada.Create(servertest.Object{"name": "foo"})
		const filtered = `subscription($after: Cursor) { it: customerChanged(filter: {search: "foo"}, after: $after) ` + listEvent + ` }`
		from := servertest.Object{"after": customer["cursor"]}
		live := ben.Connect()
		live.Subscribe("1", filtered, from)
		ada.Update(customer, 1, servertest.Object{"name": "SECRET"})
		live.Next("1").Is(seen("UPDATED", "LEFT", 2, "SECRET"))
		ada.Update(customer, 2, servertest.Object{"visibility": "RESTRICTED"})
		marker := ada.Create(servertest.Object{"name": "foo again"})
		live.Next("1").Is(seen("CREATED", "ENTERED", 1, "foo again"))
		for _, at := range []*servertest.Instance{one, two} { // on the first, the event is still in memory
			late := ben.On(at).Connect()
			late.Subscribe("2", filtered, from)
			late.Next("2").Is(seen("ACCESS_LOST", "LEFT", 2, ""))
			late.Next("2").Is(seen("CREATED", "ENTERED", 1, "foo again"))
			ben.On(at).Ask(`query($after: Cursor) { changes(after: $after, filter: {search: "foo"}) { changes { kind transition entityId state { version } } } }`, from).
				At("changes.changes").Is(`[{"kind": "ACCESS_LOST", "transition": "LEFT", "entityId": "$lost", "state": null}, {"kind": "CREATED", "transition": "ENTERED", "entityId": "$new", "state": {"version": 1}}]`,
				servertest.Object{"lost": customer["id"], "new": marker["id"]})
		}
	})
}

// A person who became an admin, and was granted something before or after that, receives everything that they gained.
func TestGrantsOfAdmins(t *testing.T) {
	t.Parallel()
	for name, grantFirst := range map[string]bool{"granted before": true, "granted after": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, servertest.Embedded(t))
			ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
			ben.Ask(`{ viewer { role } }`, nil)
			granted, other := ada.Restricted("granted"), ada.Restricted("other")
			if grantFirst {
				ada.Grant(granted, "ben", "READ")
			}
			ada.Ask(`mutation { setMemberRole(userId: "ben", role: ADMIN) { role } }`, nil)
			if !grantFirst {
				ada.Grant(granted, "ben", "READ")
			}
			ben.Ask(`query($after: Cursor) { changes(after: $after, access: true, types: [CUSTOMER]) { changes { kind entityId } } }`, servertest.Object{"after": other["cursor"]}).
				At("changes.changes").Is(`[{"kind": "ACCESS_GAINED", "entityId": "$one"}, {"kind": "ACCESS_GAINED", "entityId": "$two"}]`,
				servertest.Object{"one": granted["id"], "two": other["id"]})
		})
	}
}

// An entity that was lost and gained again within a window is one that the reader gained, since changes were hidden meanwhile.
func TestFoldedLossAndGain(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	ben.Ask(`{ viewer { role } }`, nil)
	customer := ada.Create(servertest.Object{"name": "Amber"})
	ada.Update(customer, 1, servertest.Object{"name": "Amber 2"})
	ada.Update(customer, 2, servertest.Object{"visibility": "RESTRICTED"})
	ada.Update(customer, 3, servertest.Object{"name": "Amber 4"})
	ada.Update(customer, 4, servertest.Object{"visibility": "ORGANIZATION"})
	ada.Update(customer, 5, servertest.Object{"name": "Amber 6"})
	s := ben.Connect()
	s.Subscribe("1", `subscription($after: Cursor) { it: customerChanged(filter: {}, maxPerSecond: 0.1, after: $after) `+listEvent+` }`, servertest.Object{"after": customer["cursor"]})
	for {
		event := s.Next("1")
		if event.Number("it.version") == 6 {
			event.Is(`{"it": {"cursor": "<cursor>", "kind": "ACCESS_GAINED", "transition": "ENTERED", "version": 6, "fromVersion": "<number>", "customer": {"name": "Amber 6"}, "state": {"version": 6}, "changes": []}}`)
			return
		}
	}
}

// An entity that entered and left a list within a window leaves it: a client that resumes may have received it before.
func TestFoldedEntryAndExit(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	customer := ada.Create(servertest.Object{"name": "Amber"})
	ada.Update(customer, 1, servertest.Object{"name": "Amber 2"})
	for version := 2; version <= 4; version += 2 {
		ada.Ask(`mutation($id: ID!, $version: Int!) { deleteEntity(input: {id: $id, baseVersion: $version}) { __typename } }`, servertest.Object{"id": customer["id"], "version": version})
		ada.Ask(`mutation($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`, customer)
	}
	s := ada.Connect()
	s.Subscribe("1", `subscription($after: Cursor) { it: customerChanged(filter: {deleted: true}, maxPerSecond: 0.2, after: $after) `+listEvent+` }`, servertest.Object{"after": customer["cursor"]})
	for {
		if event := s.Next("1"); event.Number("it.version") == 6 {
			event.At("it.transition").Is(`"LEFT"`)
			return
		}
	}
}
