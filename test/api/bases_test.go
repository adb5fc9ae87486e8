package api_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const updateCustomer = `mutation($input: UpdateCustomerInput!) { it: updateCustomer(input: $input) { __typename
	... on CustomerSaved { merged customer { version name phone } }
	... on CustomerConflict { id baseVersion conflictedFields { field base local remote } }
	... on InvalidInput { fields { field message } } } }`

// A form that was open while others saved names the version of each field that its person changed.
func TestFormsNameBasesOfFields(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	id := ada.Create(servertest.Object{"name": "Brewery", "phone": "1"})["id"]
	edit := func(by *servertest.Person, input servertest.Object) servertest.Answer {
		t.Helper()
		input["id"] = id
		return by.Ask(updateCustomer, servertest.Object{"input": input}).At("it")
	}
	bases := func(field string, version int) []servertest.Object {
		return []servertest.Object{{"field": field, "version": version}}
	}
	edit(ada, servertest.Object{"baseVersion": 1, "patch": servertest.Object{"phone": "2"}}).
		Is(`{"__typename": "CustomerSaved", "merged": false, "customer": {"version": 2, "name": "Brewery", "phone": "2"}}`)
	edit(ben, servertest.Object{"baseVersion": 1, "patch": servertest.Object{"name": "Brewers", "phone": "3"}, "bases": bases("phone", 2)}).
		Is(`{"__typename": "CustomerSaved", "merged": true, "customer": {"version": 3, "name": "Brewers", "phone": "3"}}`)
	edit(ada, servertest.Object{"baseVersion": 3, "patch": servertest.Object{"phone": "4"}, "bases": bases("phone", 2)}).
		Is(`{"__typename": "CustomerConflict", "id": "<id>", "baseVersion": 3, "conflictedFields": [{"field": "phone", "base": "2", "local": "4", "remote": "3"}]}`)
	edit(ada, servertest.Object{"baseVersion": 3, "patch": servertest.Object{"phone": "4"}, "bases": bases("name", 2)}).
		Is(`{"__typename": "InvalidInput", "fields": [{"field": "bases[0].field", "message": "must be a field that the patch sets"}]}`)
	edit(ada, servertest.Object{"baseVersion": 3, "patch": servertest.Object{"phone": "4"}, "bases": bases("phone", 9)}).
		Is(`{"__typename": "InvalidInput", "fields": [{"field": "bases[0].version", "message": "must be a version that you saw; the newest is 3"}]}`)
}

// Edits that were made offline against one version, and are sent in order, have at most one conflict to resolve.
func TestQueuesNeverMeetThemselves(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	id := ada.Create(servertest.Object{"name": "Brewery", "phone": "1"})["id"]
	edit := func(by *servertest.Person, key string, patch servertest.Object, after ...string) servertest.Answer {
		t.Helper()
		return by.Ask(updateCustomer, servertest.Object{"input": servertest.Object{
			"id": id, "baseVersion": 1, "clientMutationId": key, "patch": patch, "madeAfter": after,
		}}).At("it")
	}
	edit(ada, "a1", servertest.Object{"name": "Brewers"}).
		Is(`{"__typename": "CustomerSaved", "merged": false, "customer": {"version": 2, "name": "Brewers", "phone": "1"}}`)
	edit(ben, "b1", servertest.Object{"phone": "2"}).
		Is(`{"__typename": "CustomerSaved", "merged": true, "customer": {"version": 3, "name": "Brewers", "phone": "2"}}`)
	met := edit(ben, "b2", servertest.Object{"name": "Pub"}, "b1").
		Is(`{"__typename": "CustomerConflict", "id": "<id:conflict>", "baseVersion": 1, "conflictedFields": [{"field": "name", "base": "Brewery", "local": "Pub", "remote": "Brewers"}]}`)
	edit(ben, "b3", servertest.Object{"name": "Inn", "phone": "3"}, "b1", "b2", "lost").
		Is(`{"__typename": "CustomerConflict", "id": "<id:again>", "baseVersion": 1, "conflictedFields": [{"field": "name", "base": "Brewery", "local": "Inn", "remote": "Brewers"}]}`)
	edit(ben, "b2", servertest.Object{"name": "Pub"}).
		Is(`{"__typename": "CustomerConflict", "id": "<id>", "baseVersion": 1, "conflictedFields": [{"field": "name", "base": "Brewery", "local": "Inn", "remote": "Brewers"}]}`)
	ben.Ask(`{ conflicts(open: true) { nodes { id } } }`, nil).Is(`{"conflicts": {"nodes": [{"id": "<id>"}]}}`)
	ben.Ask(`mutation($conflict: ID!) { it: resolveCustomerConflict(input: {conflictId: $conflict, resolution: LOCAL}) {
		... on CustomerSaved { customer { name phone } } } }`, met).Is(`{"it": {"customer": {"name": "Inn", "phone": "3"}}}`)
}
