package access_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const (
	shownSides   = `conflictedFields { field baseText localText remoteText }`
	shownChanges = `changes { field oldText newText oldNode { __typename ... on User { name } ... on Customer { name } } newNode { __typename ... on User { name } ... on Customer { name } } }`
)

// Changes and conflicts have texts that a person can read, with the names that the reader may see, in every place.
func TestValuesAreShownAsTheReaderMaySeeThem(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres and redis": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, settings(t))
			ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
			ben.Ask(`{ viewer { role } }`, nil)
			servertest.Join(t, at, "acme", "cem", collab.RoleMember).Ask(`{ viewer { role } }`, nil)
			hidden := ada.Create(servertest.Object{"name": "Brewery", "visibility": "RESTRICTED"})["id"]
			deal := ada.Made(servertest.EntityTypeOf("Deal").Creation(), servertest.Object{"title": "Filters", "amountMinor": 9600000, "currency": "EUR", "ownerId": "ben"})["id"]
			const update = `mutation($id: ID!, $base: Int!, $patch: DealPatch!) { it: updateDeal(input: {id: $id, baseVersion: $base, patch: $patch}) {
				__typename ... on DealConflict { ` + shownSides + ` } } }`
			edit := func(by *servertest.Person, base int, patch servertest.Object) servertest.Answer {
				t.Helper()
				return by.Ask(update, servertest.Object{"id": deal, "base": base, "patch": patch}).At("it")
			}
			edit(ada, 1, servertest.Object{
				"customerId": hidden, "ownerId": "cem", "stage": "NEGOTIATION", "amountMinor": 96000, "currency": "JPY", "expectedCloseDate": "2027-03-31",
			}).Is(`{"__typename": "DealSaved"}`)

			// Ada sees the customer, and ben does not.
			const log = `query($id: ID!) { deal(id: $id) { activity(first: 1) { nodes { ` + shownChanges + ` } } } }`
			rest := `{"field": "amountMinor", "oldText": "96000.00 EUR", "newText": "96000 JPY", "oldNode": null, "newNode": null},
				{"field": "currency", "oldText": "EUR", "newText": "JPY", "oldNode": null, "newNode": null},`
			more := `{"field": "expectedCloseDate", "oldText": null, "newText": "2027-03-31", "oldNode": null, "newNode": null},
				{"field": "ownerId", "oldText": "Ben", "newText": "Cem", "oldNode": {"__typename": "User", "name": "Ben"}, "newNode": {"__typename": "User", "name": "Cem"}},
				{"field": "stage", "oldText": "Open", "newText": "Negotiation", "oldNode": null, "newNode": null}`
			customer := `{"field": "customerId", "oldText": null, "newText": "Brewery", "oldNode": null, "newNode": {"__typename": "Customer", "name": "Brewery"}},`
			id := servertest.Object{"id": deal}
			ada.Ask(log, id).At("deal.activity.nodes.0.changes").Is(`[` + rest + customer + more + `]`)
			ben.Ask(log, id).At("deal.activity.nodes.0.changes").Is(`[` + rest + more + `]`)

			// Live events and polled changes have the same texts.
			const follow = `subscription($id: ID!, $after: Cursor!) { dealChanged(id: $id, after: $after) { ` + shownChanges + ` } }`
			created := ada.Ask(`query($id: ID!) { changes(entityId: $id, first: 1) { endCursor } }`, id).Text("changes.endCursor")
			for reader, want := range map[*servertest.Person]string{ada: rest + customer + more, ben: rest + more} {
				s := reader.Connect()
				s.Subscribe("deal", follow, servertest.Object{"id": deal, "after": created})
				s.Next("deal").At("dealChanged.changes").Is(`[` + want + `]`)
				reader.Ask(`query($id: ID!, $after: Cursor!) { changes(entityId: $id, after: $after) { changes { `+shownChanges+` } } }`, servertest.Object{"id": deal, "after": created}).
					At("changes.changes.0.changes").Is(`[` + want + `]`)
			}

			// A conflict has the sides of the edit. Its currency is that of each side, also where the currency itself is not in conflict.
			edit(ada, 2, servertest.Object{"amountMinor": 97000, "ownerId": "ada", "stage": "WON"})
			edit(ben, 2, servertest.Object{"amountMinor": 98000, "stage": "LOST"}).Is(`{"__typename": "DealConflict", "conflictedFields": [
				{"field": "amountMinor", "baseText": "96000 JPY", "localText": "98000 JPY", "remoteText": "97000 JPY"},
				{"field": "stage", "baseText": "Negotiation", "localText": "Lost", "remoteText": "Won"}]}`)
			other := ada.Create(servertest.Object{"name": "Bakery"})["id"]
			edit(ada, 3, servertest.Object{"customerId": other})
			edit(ben, 3, servertest.Object{"customerId": ben.Create(servertest.Object{"name": "Mill"})["id"], "currency": "KWD", "amountMinor": 1}).
				Is(`{"__typename": "DealConflict", "conflictedFields": [{"field": "customerId", "baseText": null, "localText": "Mill", "remoteText": "Bakery"}]}`)
			ada.Ask(`query($id: ID!) { conflicts(entityId: $id, first: 1) { nodes { `+shownSides+` } } }`, id).At("conflicts.nodes.0").
				Is(`{"conflictedFields": [{"field": "customerId", "baseText": "Brewery", "localText": "Mill", "remoteText": "Bakery"}]}`)

			ada.Ask(log, id).At("deal.activity.nodes.0.changes.0.field").Is(`"customerId"`)
			for _, reader := range []*servertest.Person{ada, ben} {
				reader.Ask(`query($id: ID!) { deal(id: $id) { activity(first: 2) { nodes { changes { field oldText newText } } } } }`, id).At("deal.activity.nodes.1.changes.0").
					Is(`{"field": "amountMinor", "oldText": "96000 JPY", "newText": "97000 JPY"}`)
			}

			// Nothing is kept about an erased person, and nothing is shown of a deleted customer.
			ada.Ask(`mutation { erasePersonalData(userId: "cem") }`, nil)
			ada.Ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`, servertest.Object{"id": hidden})
			gone := `query($id: ID!, $after: Cursor!) { changes(entityId: $id, after: $after, first: 1) { changes { changes { field oldText newText newNode { id } } } } }`
			ada.Ask(gone, servertest.Object{"id": deal, "after": created}).At("changes.changes.0.changes.2").Is(`{"field": "customerId", "oldText": null, "newText": null, "newNode": null}`)
			ada.Ask(gone, servertest.Object{"id": deal, "after": created}).At("changes.changes.0.changes.4").Is(`{"field": "ownerId", "oldText": "Ben", "newText": null, "newNode": null}`)
		})
	}
}

// Lists of people and of tags are texts with the names that are known.
func TestListsAreShownAsNames(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin)
	for _, name := range []string{"ben", "cem"} {
		servertest.Join(t, at, "acme", name, collab.RoleMember).Ask(`{ viewer { role } }`, nil)
	}
	meeting := ada.Made(servertest.EntityTypeOf("Meeting").Creation(), servertest.Object{
		"title": "Plan", "startsAt": "2027-01-01T10:00:00+02:00", "endsAt": "2027-01-01T11:00:00Z", "attendeeIds": []string{"ben"},
	})["id"]
	ada.Ask(`mutation($id: ID!) { updateMeeting(input: {id: $id, baseVersion: 1, patch: {attendeeIds: ["cem", "ben", "ada"], startsAt: "2027-01-01T08:30:00Z"}}) { __typename } }`, servertest.Object{"id": meeting})
	ada.Ask(`query($id: ID!) { meeting(id: $id) { activity(first: 1) { nodes { `+shownChanges+` } } } }`, servertest.Object{"id": meeting}).At("meeting.activity.nodes.0.changes").
		Is(`[{"field": "attendeeIds", "oldText": "Ben", "newText": "Cem, Ben, Ada", "oldNode": null, "newNode": null},
			{"field": "startsAt", "oldText": "2027-01-01T08:00:00.000Z", "newText": "2027-01-01T08:30:00.000Z", "oldNode": null, "newNode": null}]`)
	ada.Ask(`mutation { erasePersonalData(userId: "ben") }`, nil)
	ada.Ask(`query($id: ID!) { meeting(id: $id) { activity(first: 1) { nodes { changes { field oldText newText } } } } }`, servertest.Object{"id": meeting}).At("meeting.activity.nodes.0.changes.0").
		Is(`{"field": "attendeeIds", "oldText": null, "newText": "Cem, Ada"}`)
	customer := ada.Create(servertest.Object{"name": "Acme", "tags": []string{"vip", "old"}})
	ada.Update(customer, 1, servertest.Object{"tags": []string{}})
	ada.Ask(`query($id: ID!) { customer(id: $id) { activity(first: 1) { nodes { changes { field oldText newText } } } } }`, customer).At("customer.activity.nodes.0.changes").
		Is(`[{"field": "tags", "oldText": "vip, old", "newText": null}]`)
}
