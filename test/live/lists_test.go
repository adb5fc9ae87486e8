package live_test

import (
	"fmt"
	"slices"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const listEvent = `{ cursor kind transition version fromVersion customer { name } state { version } changes { field } }`

// seen is an event of a list; name and state are null where the reader may not see the entity any more.
func seen(kind, transition string, version int, name string) string {
	contents := `"customer": null, "state": null`
	if name != "" {
		contents = fmt.Sprintf(`"customer": {"name": %q}, "state": {"version": %d}`, name, version)
	}
	return fmt.Sprintf(`{"it": {"cursor": "<text:cursor>", "kind": %q, "transition": %q, "version": %d, "fromVersion": "<number>", %s, "changes": "<any>"}}`, kind, transition, version, contents)
}

// A subscription with a filter tells what enters, changes in and leaves its list, by matching and by access, and resumes
// anywhere with the same events.
func TestFilteredSubscription(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	one, two := servertest.Start(t, settings), servertest.Start(t, settings)
	ada, ben := servertest.Join(t, one, "acme", "ada", collab.RoleAdmin), servertest.Join(t, two, "acme", "ben", collab.RoleMember)
	ben.Ask(`{ customers { totalCount } }`, nil)
	from := ada.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")
	const filtered = `subscription($after: Cursor) { it: customerChanged(filter: {tags: ["vip"], status: [LEAD]}, after: $after) ` + listEvent + ` }`
	live := ben.Connect()
	live.Subscribe("1", filtered, servertest.Object{"after": from})

	var events []string
	var cursors []any
	next := func(event string) {
		t.Helper()
		events, cursors = append(events, event), append(cursors, live.Next("1").Is(event)["cursor"])
	}
	// Ben receives each event before his access changes again: a subscription that is behind leaves out what he may not see any more.
	customer := ada.Create(servertest.Object{"name": "Amber", "tags": []string{"vip"}})
	ada.Create(servertest.Object{"name": "Birch"})
	ada.Update(customer, 1, servertest.Object{"name": "Amber 2"})
	ada.Update(customer, 2, servertest.Object{"tags": []string{"old"}})
	ada.Update(customer, 3, servertest.Object{"name": "Unseen"})
	ada.Update(customer, 4, servertest.Object{"tags": []string{"vip"}})
	next(seen("CREATED", "ENTERED", 1, "Amber"))
	next(seen("UPDATED", "STAYED", 2, "Amber 2"))
	next(seen("UPDATED", "LEFT", 3, "Amber 2"))
	next(seen("UPDATED", "ENTERED", 5, "Unseen"))
	ada.Update(customer, 5, servertest.Object{"visibility": "RESTRICTED"})
	next(seen("ACCESS_LOST", "LEFT", 6, ""))
	ada.Update(customer, 6, servertest.Object{"name": "Secret"})
	ada.Grant(customer, "ben", "READ")
	next(seen("ACCESS_GAINED", "ENTERED", 7, "Secret"))
	ada.Grant(customer, "ben", "WRITE")
	ada.Revoke(customer, "ben")
	next(seen("ACCESS_LOST", "LEFT", 7, ""))
	ada.Update(customer, 7, servertest.Object{"visibility": "ORGANIZATION"})
	ada.Ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 8}) { __typename } }`, customer)
	ada.Ask(`mutation($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`, customer)
	next(seen("ACCESS_GAINED", "ENTERED", 8, "Secret"))
	next(seen("DELETED", "LEFT", 9, "Secret"))
	next(seen("RESTORED", "ENTERED", 10, "Secret"))
	for i, after := range cursors[:len(cursors)-1] {
		resumed := ben.On([]*servertest.Instance{one, two}[i%2]).Connect()
		resumed.Subscribe("2", filtered, servertest.Object{"after": after})
		resumed.Next("2").Is(events[i+1])
	}
	// Pages tell the same.
	var after any = from
	for _, event := range events {
		page := ben.Ask(`query($after: Cursor) { changes(after: $after, first: 1, access: true, types: [CUSTOMER], filter: {search: "", ids: ["`+fmt.Sprint(customer["id"])+`"]}) {
			endCursor changes { kind transition version } } }`, servertest.Object{"after": after}).At("changes")
		after = page.Get("endCursor")
		if got := page.List("changes"); len(got) != 1 {
			t.Fatalf("the page has %d changes instead of %s", len(got), event)
		}
	}
}

// A client whose person lost the role of an admin has to read again. If the person is an admin again, and the client names
// entities, it is told what happened to these, however many others there are.
func TestLossOfRole(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleAdmin)
	ben.Ask(`{ customers { totalCount } }`, nil)
	secret := ada.Create(servertest.Object{"name": "Named", "visibility": "RESTRICTED"})
	for range 11 {
		ada.Ask(`mutation($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { __typename } }`,
			servertest.Object{"inputs": slices.Repeat([]servertest.Object{{"name": "Other", "visibility": "RESTRICTED"}}, 100)})
	}
	from := ada.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")
	ada.Ask(`mutation { setMemberRole(userId: "ben", role: MEMBER) { role } }`, nil)
	ada.Ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`, secret)
	changes := `query($after: Cursor, $id: ID!) { changes(after: $after, access: true, filter: {ids: [$id]}) { changes { kind transition entityId } } }`
	servertest.Want(t, "code after the role was lost", ben.Send(changes, servertest.Object{"after": from, "id": secret["id"]}).Code(), "RESYNC_REQUIRED")
	ada.Ask(`mutation { setMemberRole(userId: "ben", role: ADMIN) { role } }`, nil)
	ben.Ask(changes, servertest.Object{"after": from, "id": secret["id"]}).
		Is(`{"changes": {"changes": [{"kind": "DELETED", "transition": "LEFT", "entityId": "$id"}]}}`)
	all := ben.Send(`query($after: Cursor) { changes(after: $after, access: true) { endCursor } }`, servertest.Object{"after": from})
	servertest.Want(t, "code of a gain of too much", all.Code(), "RESYNC_REQUIRED")
}

// initial begins with what is there, and its changes follow.
func TestInitial(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	amber, birch := ada.Create(servertest.Object{"name": "Amber"}), ada.Create(servertest.Object{"name": "Birch"})
	ada.Update(amber, 1, servertest.Object{"name": "Amber 2"})
	s := ada.Connect()
	s.Subscribe("1", `subscription($id: ID) { it: customerChanged(id: $id, initial: true) `+listEvent+` }`, servertest.Object{"id": amber["id"]})
	first := s.Next("1").Is(seen("CURRENT", "ENTERED", 2, "Amber 2"))
	s.Subscribe("2", `subscription($ids: [ID!]) { it: customerChanged(filter: {ids: $ids}, initial: true) `+listEvent+` }`,
		servertest.Object{"ids": []any{amber["id"], birch["id"], "cus_nothing"}})
	s.Next("2").Is(seen("CURRENT", "ENTERED", 2, "Amber 2"))
	s.Next("2").Is(seen("CURRENT", "ENTERED", 1, "Birch"))
	ada.Update(amber, 2, servertest.Object{"name": "Amber 3"})
	resumed := ada.Connect()
	resumed.Subscribe("3", `subscription($id: ID, $after: Cursor) { it: customerChanged(id: $id, initial: true, after: $after) `+listEvent+` }`,
		servertest.Object{"id": amber["id"], "after": first["cursor"]})
	resumed.Next("3").Is(seen("UPDATED", "STAYED", 3, "Amber 3"))
	for range 2 {
		if message := s.Read(); message.At("payload").Data().Number("it.version") != 3 {
			t.Errorf("got %s", message)
		}
	}
	for _, wrong := range []string{"customerChanged(initial: true)", "customerChanged(initial: true, filter: {tags: [\"vip\"]})", "entityChanged(initial: true)"} {
		s.Subscribe("4", `subscription { it: `+wrong+` { cursor } }`, nil)
		if message := s.Read(); message.Get("type") != "error" || message.List("payload")[0].Get("extensions.code") != "BAD_USER_INPUT" {
			t.Errorf("%s: %s", wrong, message)
		}
	}
}
