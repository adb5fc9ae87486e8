package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
)

const createCustomer = `mutation($input: CreateCustomerInput!) { createCustomer(input: $input) {
	__typename
	... on CustomerSaved { cursor merged clientMutationId customer { id version name cursor } }
	... on InvalidInput { message fields { field message } }
	... on Problem { message } } }`

const updateCustomer = `mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
	__typename
	... on CustomerSaved { merged clientMutationId customer { id version name notes } }
	... on CustomerConflict { id baseVersion remoteVersion
		conflictedFields { field base local remote remoteChangedBy { id } }
		base { name } local { name } remote { name } }
	... on EntityGone { entityId deletedBy { id } }
	... on Problem { message } } }`

const customerChanged = `subscription($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) {
	cursor kind version fromVersion clientMutationId actor { name } changes { field oldValue newValue }
	customer { id version name } } }`

// create makes a customer and returns it.
func (p *person) create(input object) object {
	p.t.Helper()
	saved := p.ask(createCustomer, object{"input": input})["createCustomer"].(object)
	if saved["__typename"] != "CustomerSaved" {
		p.t.Fatalf("got %v", saved)
	}
	return saved["customer"].(object)
}

// update changes a customer and returns the answer, whatever it is.
func (p *person) update(customer object, base int, patch object) object {
	p.t.Helper()
	input := object{"id": customer["id"], "baseVersion": base, "patch": patch}
	return p.ask(updateCustomer, object{"input": input})["updateCustomer"].(object)
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestConflictIsAnAnswer(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleMember)
	customer := ada.create(object{"name": "Base"})

	want(t, "ada's", ada.update(customer, 1, object{"name": "Remote"})["__typename"], "CustomerSaved")
	merged := ben.update(customer, 1, object{"notes": "n"})
	want(t, "merged", merged["merged"], true)
	want(t, "name", merged["customer"].(object)["name"], "Remote")
	conflict := ben.update(customer, 1, object{"name": "Local"})
	want(t, "type", conflict["__typename"], "CustomerConflict")
	want(t, "message", conflict["message"], "Somebody else changed name since you began.")
	want(t, "fields", conflict["conflictedFields"], []any{object{
		"field": "name", "base": "Base", "local": "Local", "remote": "Remote", "remoteChangedBy": object{"id": "ada"},
	}})
	want(t, "states", []any{conflict["base"], conflict["local"], conflict["remote"]},
		[]any{object{"name": "Base"}, object{"name": "Local"}, object{"name": "Remote"}})

	open := ben.ask(`{ conflicts(open: true) { totalCount nodes { __typename id ... on CustomerConflict { remote { version } } } } }`, nil)
	want(t, "open", open["conflicts"], object{"totalCount": 1, "nodes": []any{
		object{"__typename": "CustomerConflict", "id": conflict["id"], "remote": object{"version": 3}}}})
	resolved := ben.ask(`mutation($input: ResolveCustomerConflictInput!) { resolveCustomerConflict(input: $input) {
		__typename ... on CustomerSaved { customer { name version notes } } } }`,
		object{"input": object{"conflictId": conflict["id"], "resolution": "MERGED", "merged": object{"name": "Both"}}})
	want(t, "resolved", resolved["resolveCustomerConflict"],
		object{"__typename": "CustomerSaved", "customer": object{"name": "Both", "version": 4, "notes": "n"}})
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, vic := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "vic", collab.RoleViewer)

	nobody := &person{t: t, at: at, token: "nonsense"}
	want(t, "bad token", nobody.code(`{ viewer { role } }`, nil), "UNAUTHENTICATED")
	response, err := http.Post(at.url+"/graphql", "application/json", strings.NewReader(`{"query":"{viewer{role}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	want(t, "status without a token", response.StatusCode, http.StatusUnauthorized)

	want(t, "page size", ada.code(`{ customers(first: 101) { totalCount } }`, nil), "BAD_USER_INPUT")
	want(t, "negative page", ada.code(`{ customers(first: -1) { totalCount } }`, nil), "BAD_USER_INPUT")
	want(t, "foreign place", ada.code(`{ customers(after: "x") { totalCount } }`, nil), "BAD_USER_INPUT")
	want(t, "cursor", ada.code(`{ changes(after: "x") { hasMore } }`, nil), "BAD_USER_INPUT")
	want(t, "future", ada.code(`{ changes(after: "01000000010000000000000001") { hasMore } }`, nil), "RESYNC_REQUIRED")
	want(t, "feed without an id", ada.code(`{ activity(feed: {type: USER}) { pageInfo { hasNextPage } } }`, nil), "BAD_USER_INPUT")
	ada.ask(`query($id: ID) { activity(feed: {type: GLOBAL, entityId: $id}) { pageInfo { hasNextPage } } }`, object{"id": nil}) // as if left out
	want(t, "zero byte", ada.code(`{ customer(id: "a\u0000b") { id } }`, nil), "BAD_USER_INPUT")
	want(t, "zero byte in a search", ada.code(`{ customers(filter: {search: "\u0000"}) { totalCount } }`, nil), "BAD_USER_INPUT")
	want(t, "subscription over POST", ada.code(`subscription { customerChanged { version } }`, nil), "BAD_USER_INPUT")
	want(t, "unknown field", ada.code(`{ nothing }`, nil), "GRAPHQL_VALIDATION_FAILED")
	want(t, "introspection", ada.code(`{ __schema { types { name } } }`, nil) != "", true)

	invalid := ada.ask(createCustomer, object{"input": object{"name": "", "email": "x", "ownerId": "nobody"}})["createCustomer"]
	want(t, "invalid", invalid, object{
		"__typename": "InvalidInput",
		"message": "name must not be empty; email must be an e-mail address, like ada@example.com; null for none; " +
			"ownerId must be a member of the organization.",
		"fields": []any{
			object{"field": "name", "message": "must not be empty"},
			object{"field": "email", "message": "must be an e-mail address, like ada@example.com; null for none"},
			object{"field": "ownerId", "message": "must be a member of the organization"},
		}})
	denied := vic.ask(createCustomer, object{"input": object{"name": "A"}})["createCustomer"].(object)
	want(t, "viewer", denied["__typename"], "AccessDenied")
}

// Whatever one organization asks for, another one's is as if it never was.
func TestOrganizationsSeeNothingOfEachOther(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, eve := join(t, at, "acme", "ada", collab.RoleAdmin), join(t, at, "evil", "eve", collab.RoleAdmin)
	customer := ada.create(object{"name": "Secret"})
	join(t, at, "acme", "ben", collab.RoleMember).update(customer, 1, object{"name": "Secret 2"})
	conflict := ada.update(customer, 1, object{"name": "Secret 3"})
	ada.ask(`mutation($id: ID!) { addComment(input: {entityId: $id, body: "secret"}) { __typename } }`, object{"id": customer["id"]})

	gone := eve.update(customer, 1, object{"name": "x"})
	never := eve.update(object{"id": "cus_never"}, 1, object{"name": "x"})
	gone["entityId"], never["entityId"] = nil, nil
	want(t, "update", gone, never)
	seen := eve.ask(`query($id: ID!, $conflict: ID!) {
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
	}`, object{"id": customer["id"], "conflict": conflict["id"]})
	want(t, "queries", seen, object{
		"customer": nil, "nodes": []any{nil, nil, nil, nil},
		"customers": object{"totalCount": 0, "nodes": []any{}}, "search": object{"totalCount": 0},
		"activity": object{"nodes": []any{}}, "customerFeed": object{"nodes": []any{}}, "userFeed": object{"nodes": []any{}},
		"changes":       object{"changes": []any{}, "hasMore": false},
		"conflicts":     object{"totalCount": 0, "nodes": []any{}},
		"notifications": object{"unreadCount": 0, "nodes": []any{}}, "presence": object{"totalCount": 0},
	})

	before := eve.ask(`{ customers { asOf } }`, nil)["customers"].(object)["asOf"]
	socket := eve.connect()
	socket.subscribe("1", customerChanged, object{"after": before})
	ada.update(customer, 2, object{"name": "Secret 4"})
	own := eve.create(object{"name": "Own"})
	want(t, "first event", socket.next("1")["customerChanged"].(object)["customer"].(object)["id"], own["id"])
}

func TestListsPageAndFilter(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for i := range 7 {
		ada.create(object{"name": fmt.Sprintf("Customer %d", i), "tags": []any{fmt.Sprintf("tag%d", i%2)}})
	}
	const page = `query($after: String) { customers(first: 3, orderBy: NAME_ASC, after: $after) {
		totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage endCursor } } }`
	var names []string
	var after any
	for pages := 1; ; pages++ {
		got := ada.ask(page, object{"after": after})["customers"].(object)
		want(t, "total", got["totalCount"], 7+pages-1)
		for _, node := range got["nodes"].([]any) {
			names = append(names, node.(object)["name"].(string))
		}
		info := got["pageInfo"].(object)
		want(t, "has previous", info["hasPreviousPage"], pages > 1)
		if info["hasNextPage"] == false {
			break
		}
		after = info["endCursor"]
		ada.create(object{"name": "A comes before all"}) // moves no page
	}
	want(t, "names", names, []string{"Customer 0", "Customer 1", "Customer 2", "Customer 3", "Customer 4", "Customer 5", "Customer 6"})

	filtered := ada.ask(`{ tag: customers(filter: {tag: "tag1"}) { totalCount }
		search: customers(filter: {search: "CUSTOMER 3"}) { nodes { name } }
		literal: customers(filter: {search: "%"}) { totalCount } }`, nil)
	want(t, "filters", filtered, object{"tag": object{"totalCount": 3},
		"search": object{"nodes": []any{object{"name": "Customer 3"}}}, "literal": object{"totalCount": 0}})
}

// A playground is for the demo, and a page outside it only if asked for.
func TestPlaygroundIsOffForReal(t *testing.T) {
	t.Parallel()
	status := func(settings map[string]string) int {
		response, err := http.Get(start(t, settings).url + "/playground")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	want(t, "for real", status(embedded(t)), http.StatusNotFound)
	asked := embedded(t)
	asked["PLAYGROUND"] = "1"
	want(t, "asked for", status(asked), http.StatusOK)
}

func TestIntrospectionThatIsOff(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	for _, query := range []string{`{ __schema { types { name } } }`, `{ x: __type(name: "Customer") { name } }`} {
		shown := ada.send(query, nil)["errors"].([]any)[0].(object)
		if code := shown["extensions"].(object)["code"]; code != "FORBIDDEN" || !strings.Contains(shown["message"].(string), "introspection") {
			t.Errorf("%s: got %v", query, shown)
		}
	}
}
