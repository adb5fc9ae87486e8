package access_test

import (
	"fmt"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// For a person who does not see a customer, an edit that names it is answered like one that names no customer. Only the
// value that is there already may be sent back, and changes between customers that they do not see show nothing.
func TestEditsOfAnEntityOfAHiddenCustomer(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres and redis": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, settings(t))
			ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
			own := ada.Create(servertest.Object{"name": "Own", "visibility": "RESTRICTED"})["id"]
			other := ada.Create(servertest.Object{"name": "Other", "visibility": "RESTRICTED"})["id"]
			never := "cus_00000000000000000000000000"
			call := ada.Ask(`mutation($c: ID!) { createCall(input: {subject: "Call", direction: INBOUND, customerId: $c}) { ... on CallSaved { call { id } } } }`,
				servertest.Object{"c": own}).Text("createCall.call.id")
			const create = `mutation($c: ID!) { createCall(input: {subject: "New", direction: INBOUND, customerId: $c}) { __typename ... on InvalidInput { message fields { field message } } } }`
			const edit = `mutation($id: ID!, $base: Int!, $c: ID, $s: String!) { updateCall(input: {id: $id, baseVersion: $base, patch: {customerId: $c, subject: $s}}) {
				__typename ... on InvalidInput { message fields { field message } } ... on CallSaved { merged call { version customer { id } } } } }`
			const deal = `mutation($c: ID!) { createDeal(input: {title: "New", customerId: $c}) { __typename ... on InvalidInput { message fields { field message } } } }`
			for _, ask := range []string{create, deal, edit} {
				variables := func(c any) servertest.Object {
					if ask == edit {
						return servertest.Object{"id": call, "base": 1, "c": c, "s": "Mine"}
					}
					return servertest.Object{"c": c}
				}
				absent := ben.Ask(ask, variables(never))
				servertest.Want(t, "a hidden customer", ben.Ask(ask, variables(other)).String(), absent.String())
				if ask != edit {
					servertest.Want(t, "the hidden customer of a call", ben.Ask(ask, variables(own)).String(), absent.String())
				}
			}
			ben.Ask(edit, servertest.Object{"id": call, "base": 1, "c": own, "s": "Sent back"}).
				Is(`{"updateCall": {"__typename": "CallSaved", "merged": false, "call": {"version": 2, "customer": null}}}`)
			ben.Ask(edit, servertest.Object{"id": call, "base": 2, "c": nil, "s": "Sent back as shown"}).
				Is(`{"updateCall": {"__typename": "CallSaved", "merged": false, "call": {"version": 3, "customer": null}}}`)
			ada.Ask(edit, servertest.Object{"id": call, "base": 3, "c": other, "s": "Moved"})
			ada.Ask(edit, servertest.Object{"id": call, "base": 4, "c": nil, "s": "Moved"})
			visible := ada.Create(servertest.Object{"name": "Visible"})["id"]
			ada.Ask(edit, servertest.Object{"id": call, "base": 5, "c": visible, "s": "Moved"})

			const log = `query($id: ID!) { changes(entityId: $id) { changes { version changes { field oldValue newValue } } }
				call(id: $id) { activity { nodes { entityVersion changes { field } } } } }`
			values := servertest.Object{"id": call, "own": own, "other": other, "visible": visible}
			shown := ben.Ask(log, servertest.Object{"id": call})
			for i, want := range []string{
				`[{"field": "subject", "oldValue": "Call", "newValue": "Sent back"}]`,
				`[{"field": "subject", "oldValue": "Sent back", "newValue": "Sent back as shown"}]`,
				`[{"field": "subject", "oldValue": "Sent back as shown", "newValue": "Moved"}]`,
				`[]`, `[{"field": "customerId", "oldValue": null, "newValue": "$visible"}]`,
			} {
				shown.At(fmt.Sprintf("changes.changes.%d.changes", i+1)).Is(want, values)
			}
			for i, want := range []string{`[{"field": "customerId"}]`, `[]`, `[{"field": "subject"}]`} {
				shown.At(fmt.Sprintf("call.activity.nodes.%d.changes", i)).Is(want)
			}
			for _, change := range shown.At("changes.changes.0").List("changes") {
				if change.Text("field") == "customerId" {
					t.Errorf("the creation shows %s", change)
				}
			}
			ada.Ask(`query($id: ID!) { changes(entityId: $id) { changes { changes { field oldValue newValue } } } }`, servertest.Object{"id": call}).
				At("changes.changes.4").Is(`{"changes": [{"field": "customerId", "oldValue": "$other", "newValue": null}]}`, values)
		})
	}
}
