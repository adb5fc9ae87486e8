package api_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Two people change an amount and its currency: each edit is fine by itself, and the two together are not what anybody
// meant. So they conflict as one value, and the conflict has both fields.
func TestAmountsConflictWithTheirCurrency(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	const update = `mutation($input: UpdateDealInput!) { it: updateDeal(input: $input) { __typename
		... on DealSaved { deal { version amountMinor currency stage } merged }
		... on DealConflict { id conflictedFields { field base local remote } }
		... on InvalidInput { fields { field } } } }`
	id := ada.Made(servertest.EntityTypeOf("Deal").Creation(), servertest.Object{"title": "Filters for the brewery", "amountMinor": 9007199254740991, "currency": "EUR"})["id"]
	edit := func(by *servertest.Person, base int, patch servertest.Object) servertest.Answer {
		t.Helper()
		return by.Ask(update, servertest.Object{"input": servertest.Object{"id": id, "baseVersion": base, "patch": patch}}).At("it")
	}
	ada.Ask(`query($id: ID!) { deal(id: $id) { amountMinor stage } }`, servertest.Object{"id": id}).
		Is(`{"deal": {"amountMinor": 9007199254740991, "stage": "OPEN"}}`) // exact to the last digit
	edit(ada, 1, servertest.Object{"currency": nil}).Is(`{"__typename": "InvalidInput", "fields": [{"field": "currency"}]}`)
	edit(ada, 1, servertest.Object{"amountMinor": 120000}).
		Is(`{"__typename": "DealSaved", "merged": false, "deal": {"version": 2, "amountMinor": 120000, "currency": "EUR", "stage": "OPEN"}}`)
	edit(ben, 1, servertest.Object{"stage": "PROPOSAL"}).
		Is(`{"__typename": "DealSaved", "merged": true, "deal": {"version": 3, "amountMinor": 120000, "currency": "EUR", "stage": "PROPOSAL"}}`)
	conflict := edit(ben, 1, servertest.Object{"currency": "USD"}).Is(`{"__typename": "DealConflict", "id": "<id:conflict>", "conflictedFields": [
		{"field": "amountMinor", "base": 9007199254740991, "local": 9007199254740991, "remote": 120000},
		{"field": "currency", "base": "EUR", "local": "USD", "remote": "EUR"}]}`)
	ada.Ask(`mutation($conflict: ID!) { it: resolveDealConflict(input: {conflictId: $conflict, resolution: MERGED, merged: {amountMinor: 130000, currency: "USD"}}) {
		... on DealSaved { deal { amountMinor currency } } } }`, conflict).Is(`{"it": {"deal": {"amountMinor": 130000, "currency": "USD"}}}`)
}

// Deals are listed by their fields, with their customer, and in the customer's feed.
func TestDealsAreListed(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	customer := ada.Create(servertest.Object{"name": "Brewery"})["id"]
	for title, day := range map[string]string{"March": "2027-03-31", "April": "2027-04-01"} {
		ada.Made(servertest.EntityTypeOf("Deal").Creation(), servertest.Object{"title": title, "customerId": customer, "stage": "WON", "expectedCloseDate": day})
	}
	ada.Made(servertest.EntityTypeOf("Deal").Creation(), servertest.Object{"title": "Someday"})
	ada.Ask(`query($id: ID!) {
		after: deals(filter: {expectedCloseAfter: "2027-04-01"}) { nodes { title expectedCloseDate customer { name } } }
		before: deals(filter: {expectedCloseBefore: "2027-04-01", stage: [WON]}) { nodes { title } }
		open: deals(filter: {stage: [OPEN]}) { nodes { title } }
		customer(id: $id) { deals { totalCount } }
		activity(feed: {type: CUSTOMER, entityId: $id}, filter: {entityTypes: [DEAL]}) { nodes { action } }
	}`, servertest.Object{"id": customer}).Is(`{
		"after": {"nodes": [{"title": "April", "expectedCloseDate": "2027-04-01", "customer": {"name": "Brewery"}}]},
		"before": {"nodes": [{"title": "March"}]},
		"open": {"nodes": [{"title": "Someday"}]},
		"customer": {"deals": {"totalCount": 2}},
		"activity": {"nodes": [{"action": "deal.created"}, {"action": "deal.created"}]}}`)
	for _, wrong := range []string{`"2027-02-29"`, `"2027-3-1"`, `20270301`} {
		servertest.Want(t, wrong, ada.Code(`{ deals(filter: {expectedCloseAfter: `+wrong+`}) { totalCount } }`, nil), "GRAPHQL_VALIDATION_FAILED")
	}
	for _, wrong := range []string{`9007199254740992`, `1.5`, `"5"`} {
		servertest.Want(t, wrong, ada.Code(`mutation { createDeal(input: {title: "x", currency: "EUR", amountMinor: `+wrong+`}) { __typename } }`, nil), "GRAPHQL_VALIDATION_FAILED")
	}
}
