package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

func TestUpdateConflict(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "Base"})

	ada.Update(customer, 1, servertest.Object{"name": "Remote"}).At("__typename").Is(`"CustomerSaved"`)
	ben.Update(customer, 1, servertest.Object{"notes": "n"}).Is(`{"__typename": "CustomerSaved", "merged": true, "clientMutationId": null,
		"customer": {"id": "$id", "version": 3, "name": "Remote", "notes": "n"}}`, customer)
	conflict := ben.Update(customer, 1, servertest.Object{"name": "Local"}).Is(`{"__typename": "CustomerConflict",
		"message": "Somebody else changed name since you began.", "id": "<id:conflict>", "baseVersion": 1, "remoteVersion": 3,
		"conflictedFields": [{"field": "name", "base": "Base", "local": "Local", "remote": "Remote", "remoteChangedBy": {"id": "ada"}}],
		"base": {"name": "Base"}, "local": {"name": "Local"}, "remote": {"name": "Remote"}}`)

	ben.Ask(`{ conflicts(open: true) { totalCount nodes { __typename id ... on CustomerConflict { remote { version } } } } }`, nil).
		Is(`{"conflicts": {"totalCount": 1, "nodes": [{"__typename": "CustomerConflict", "id": "$conflict", "remote": {"version": 3}}]}}`, conflict)
	ben.Ask(`mutation($conflict: ID!) { resolveCustomerConflict(input: {conflictId: $conflict, resolution: MERGED, merged: {name: "Both"}}) {
		__typename ... on CustomerSaved { customer { name version notes } } } }`, conflict).
		Is(`{"resolveCustomerConflict": {"__typename": "CustomerSaved", "customer": {"name": "Both", "version": 4, "notes": "n"}}}`)
}

func TestErrorCodes(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, vic := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "vic", collab.RoleViewer)

	nobody := &servertest.Person{T: t, At: at, Token: "nonsense"}
	servertest.Want(t, "bad token", nobody.Code(`{ viewer { role } }`, nil), "UNAUTHENTICATED")
	response, err := http.Post(at.URL+"/graphql", "application/json", strings.NewReader(`{"query":"{viewer{role}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	servertest.Want(t, "status without a token", response.StatusCode, http.StatusUnauthorized)

	servertest.Want(t, "page size", ada.Code(`{ customers(first: 101) { totalCount } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "negative page", ada.Code(`{ customers(first: -1) { totalCount } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "foreign place", ada.Code(`{ customers(after: "x") { totalCount } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "cursor", ada.Code(`{ changes(after: "x") { hasMore } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "future", ada.Code(`{ changes(after: "01000000010000000000000001") { hasMore } }`, nil), "RESYNC_REQUIRED")
	servertest.Want(t, "feed without an id", ada.Code(`{ activity(feed: {type: USER}) { pageInfo { hasNextPage } } }`, nil), "BAD_USER_INPUT")
	ada.Ask(`query($id: ID) { activity(feed: {type: GLOBAL, entityId: $id}) { pageInfo { hasNextPage } } }`, servertest.Object{"id": nil}) // as if it were left out
	servertest.Want(t, "zero byte", ada.Code(`{ customer(id: "a\u0000b") { id } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "zero byte in a search", ada.Code(`{ customers(filter: {search: "\u0000"}) { totalCount } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "subscription over POST", ada.Code(`subscription { customerChanged { version } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "unknown field", ada.Code(`{ nothing }`, nil), "GRAPHQL_VALIDATION_FAILED")
	servertest.Want(t, "introspection", ada.Code(`{ __schema { types { name } } }`, nil), "FORBIDDEN")

	ada.Ask(servertest.CreateCustomer, servertest.Object{"input": servertest.Object{"name": "", "email": "x", "ownerId": "nobody"}}).Is(`{"createCustomer": {
		"__typename": "InvalidInput",
		"message": "name must not be empty; email must be an e-mail address, like ada@example.com; null for none; ownerId must be a member of the organization.",
		"fields": [
			{"field": "name", "message": "must not be empty"},
			{"field": "email", "message": "must be an e-mail address, like ada@example.com; null for none"},
			{"field": "ownerId", "message": "must be a member of the organization"}]}}`)
	vic.Ask(servertest.CreateCustomer, servertest.Object{"input": servertest.Object{"name": "A"}}).At("createCustomer.__typename").Is(`"AccessDenied"`)
}

// Everything that belongs to another organization is answered as if it never existed.
func TestOrganizationsAreIsolated(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, eve := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "evil", "eve", collab.RoleAdmin)
	customer := ada.Create(servertest.Object{"name": "Secret"})
	servertest.Join(t, at, "acme", "ben", collab.RoleMember).Update(customer, 1, servertest.Object{"name": "Secret 2"})
	conflict := ada.Update(customer, 1, servertest.Object{"name": "Secret 3"})
	ada.Ask(`mutation($id: ID!) { addComment(input: {entityId: $id, body: "secret"}) { __typename } }`, servertest.Object{"id": customer["id"]})

	gone := eve.Update(customer, 1, servertest.Object{"name": "x"}).
		Is(`{"__typename": "EntityGone", "entityId": "$id", "deletedBy": null, "message": "<text:message>"}`, customer)
	eve.Update(servertest.Object{"id": "cus_never"}, 1, servertest.Object{"name": "x"}).
		Is(`{"__typename": "EntityGone", "entityId": "cus_never", "deletedBy": null, "message": "$message"}`, gone)
	seen := eve.Ask(`query($id: ID!, $conflict: ID!) {
		customer(id: $id) { id }
		nodes(ids: [$id, $conflict, "ada", "acme"]) { id }
		customers { totalCount nodes { id } }
		search: customers(filter: {search: "secret"}) { totalCount }
		activity { nodes { id } }
		customerFeed: activity(feed: {type: CUSTOMER, entityId: $id}) { nodes { id } }
		userFeed: activity(feed: {type: USER, entityId: "ada"}) { nodes { id } }
		changes(entityId: $id) { changes { version } hasMore }
		conflicts(entityId: $id) { totalCount nodes { id } }
		notifications { unreadCount nodes { id } }
		presence(room: $id) { totalCount }
	}`, servertest.Object{"id": customer["id"], "conflict": conflict.Get("id")})
	seen.Is(`{
		"customer": null, "nodes": [null, null, null, null], "customers": {"totalCount": 0, "nodes": []}, "search": {"totalCount": 0},
		"activity": {"nodes": []}, "customerFeed": {"nodes": []}, "userFeed": {"nodes": []}, "changes": {"changes": [], "hasMore": false},
		"conflicts": {"totalCount": 0, "nodes": []}, "notifications": {"unreadCount": 0, "nodes": []}, "presence": {"totalCount": 0}}`)

	before := eve.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")
	socket := eve.Connect()
	socket.Subscribe("1", servertest.CustomerChanged, servertest.Object{"after": before})
	ada.Update(customer, 2, servertest.Object{"name": "Secret 4"})
	own := eve.Create(servertest.Object{"name": "Own"})
	socket.Next("1").At("customerChanged.customer.id").Is(`"$id"`, own)
}

func TestListsPageAndFilter(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for i := range 7 {
		ada.Create(servertest.Object{"name": fmt.Sprintf("Customer %d", i), "tags": []any{fmt.Sprintf("tag%d", i%2)}})
	}
	const page = `query($after: String) { customers(first: 3, orderBy: NAME_ASC, after: $after) {
		totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } } }`
	first := ada.Ask(page, nil).Is(`{"customers": {"totalCount": 7, "nodes": [{"name": "Customer 0"}, {"name": "Customer 1"}, {"name": "Customer 2"}],
		"pageInfo": {"hasNextPage": true, "hasPreviousPage": false, "endCursor": "<text:after>"}}}`)
	ada.Create(servertest.Object{"name": "A comes before all"}) // does not shift any page
	second := ada.Ask(page, first).Is(`{"customers": {"totalCount": 8, "nodes": [{"name": "Customer 3"}, {"name": "Customer 4"}, {"name": "Customer 5"}],
		"pageInfo": {"hasNextPage": true, "hasPreviousPage": true, "endCursor": "<text:after>"}}}`)
	ada.Create(servertest.Object{"name": "A comes before all"})
	ada.Ask(page, second).Is(`{"customers": {"totalCount": 9, "nodes": [{"name": "Customer 6"}],
		"pageInfo": {"hasNextPage": false, "hasPreviousPage": true, "endCursor": "<text>"}}}`)

	ada.Ask(`{ tag: customers(filter: {tag: "tag1"}) { totalCount }
		search: customers(filter: {search: "CUSTOMER 3"}) { nodes { name } }
		literal: customers(filter: {search: "%"}) { totalCount } }`, nil).
		Is(`{"tag": {"totalCount": 3}, "search": {"nodes": [{"name": "Customer 3"}]}, "literal": {"totalCount": 0}}`)
}

// The playground is for the demo. Outside the demo it must be asked for.
func TestPlaygroundIsOffForReal(t *testing.T) {
	t.Parallel()
	status := func(settings map[string]string) int {
		response, err := http.Get(servertest.Start(t, settings).URL + "/playground")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	servertest.Want(t, "for real", status(servertest.Embedded(t)), http.StatusNotFound)
	asked := servertest.Embedded(t)
	asked["PLAYGROUND"] = "1"
	servertest.Want(t, "asked for", status(asked), http.StatusOK)
}

func TestIntrospectionThatIsOff(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	for _, query := range []string{`{ __schema { types { name } } }`, `{ x: __type(name: "Customer") { name } }`} {
		shown := ada.Send(query, nil).At("errors.0")
		if code := shown.Get("extensions.code"); code != "FORBIDDEN" || !strings.Contains(shown.Text("message"), "introspection") {
			t.Errorf("%s: got %s", query, shown)
		}
	}
}
