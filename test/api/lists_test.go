package api_test

import (
	"fmt"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Conditions of a filter hold together, values of one list are alternatives, and an empty list matches nothing.
func TestFiltersOfLists(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	ben.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 0}}`) // so that he is a member
	ids := map[string]any{}
	for name, fields := range map[string]servertest.Object{
		"Amber": {"tags": []string{"vip"}, "ownerId": "ben"}, "Birch": {"tags": []string{"new", "vip"}},
		"Cedar": {"tags": []string{"old"}, "ownerId": "ada"}, "Dune": {"status": "ACTIVE"}, "Ember": {"visibility": "RESTRICTED"},
	} {
		fields["name"] = name
		ids[name] = ada.Create(fields)["id"]
	}
	const remove = `mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`
	ada.Ask(remove, servertest.Object{"id": ids["Dune"]}).Is(`{"deleteEntity": {"__typename": "EntityDeleted"}}`)
	for filter, want := range map[string]string{
		`{}`: "Amber Birch Cedar",
		`{ids: [$Cedar, $Amber, "cus_x", $Ember, $Dune]}`: "Amber Cedar",
		`{ids: []}`:                          "",
		`{status: []}`:                       "",
		`{tags: ["old", "new"]}`:             "Birch Cedar",
		`{tags: ["vip"], tag: "new"}`:        "Birch",
		`{ownerIds: ["ada", "ben"]}`:         "Amber Cedar",
		`{unowned: true}`:                    "Birch",
		`{unowned: false}`:                   "Amber Birch Cedar",
		`{ownerIds: ["ben"], unowned: true}`: "Amber Birch",
		`{ownerIds: []}`:                     "",
		`{deleted: true}`:                    "Dune",
		`{deleted: true, status: [LEAD]}`:    "",
		`{createdAfter: "2020-01-01T00:00:00Z", updatedBefore: "2020-01-01T00:00:00Z"}`: "",
		`{createdAfter: "2020-01-01T00:00:00Z", tags: ["vip"]}`:                         "Amber Birch",
	} {
		for name, id := range ids {
			filter = strings.ReplaceAll(filter, "$"+name, fmt.Sprintf("%q", id))
		}
		nodes := []string{}
		for name := range strings.FieldsSeq(want) {
			nodes = append(nodes, fmt.Sprintf(`{"name": %q}`, name))
		}
		ben.Ask(`{ customers(orderBy: NAME_ASC, filter: `+filter+`) { totalCount totalCountIsExact nodes { name } } }`, nil).
			Is(fmt.Sprintf(`{"customers": {"totalCount": %d, "totalCountIsExact": true, "nodes": [%s]}}`, len(nodes), strings.Join(nodes, ", ")))
	}
	servertest.Want(t, "control characters in a tag", ben.Code(`{ customers(filter: {tags: ["a\u0007"]}) { totalCount } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "101 ids", ben.Code(`query($ids: [ID!]) { customers(filter: {ids: $ids}) { totalCount } }`,
		servertest.Object{"ids": strings.Fields(strings.Repeat("x ", 101))}), "BAD_USER_INPUT")
}

// Each type has the orders by its own time and amount, the entities without one last. Another type lacks them.
func TestOrdersOfLists(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	for title, fields := range map[string]servertest.Object{
		"small": {"amountMinor": 5, "currency": "EUR", "expectedCloseDate": "2027-02-01"}, "none": {},
		"large": {"amountMinor": 9007199254740991, "currency": "JPY", "expectedCloseDate": "2027-03-01"},
	} {
		fields["title"] = title
		ada.Made(servertest.EntityTypeOf("Deal").Creation(), fields)
	}
	for order, want := range map[string]string{
		"AMOUNT_DESC": "large small none", "EXPECTED_CLOSE_ASC": "small large none", "EXPECTED_CLOSE_DESC": "large small none",
	} {
		var after any
		for i, title := range strings.Fields(want) {
			page := ada.Ask(`query($after: String) { deals(first: 1, after: $after, orderBy: `+order+`) { nodes { title } pageInfo { endCursor hasNextPage } } }`,
				servertest.Object{"after": after})
			after = page.Is(fmt.Sprintf(`{"deals": {"nodes": [{"title": %q}], "pageInfo": {"endCursor": "<text:end>", "hasNextPage": %t}}}`, title, i < 2))["end"]
		}
	}
	for list, order := range map[string]string{
		"customers": "AMOUNT_DESC", "calls": "STARTS_AT_ASC", "meetings": "SCHEDULED_AT_DESC", "deals": "STARTS_AT_DESC",
	} {
		servertest.Want(t, list+" by "+order, ada.Code(`{ `+list+`(orderBy: `+order+`) { totalCount } }`, nil), "BAD_USER_INPUT")
	}
	ada.Ask(`{ calls(orderBy: SCHEDULED_AT_ASC) { totalCount } meetings(orderBy: STARTS_AT_DESC) { totalCount } }`, nil).
		Is(`{"calls": {"totalCount": 0}, "meetings": {"totalCount": 0}}`)
}
