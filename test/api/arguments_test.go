package api_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A mutation whose answer could not be read because of its arguments writes nothing.
func TestArgumentsAreCheckedBeforeAMutationWrites(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin)
	customer := ada.Create(servertest.Object{"name": "Acme"})
	ada.Comment(customer["id"], "one")
	comments := ada.Ask(`query($id: ID!) { customer(id: $id) { comments { pageInfo { endCursor } } } }`, servertest.Object{"id": customer["id"]}).
		Text("customer.comments.pageInfo.endCursor")
	values := servertest.Object{"v": comments}
	for _, selection := range []string{
		`comments(after: "zz") { totalCount } calls(after: $v) { totalCount }`, `calls(after: $v) { totalCount }`,
		`... on Customer { meetings(after: "") { totalCount } } id deals(after: $v) { totalCount }`, `deals(first: 0, after: $v) { totalCount }`,
		`activity(after: "zz") { nodes { id } } comments(after: $v) { totalCount }`, `comments(first: -1, after: $v) { totalCount }`,
	} {
		answer := ada.Send(`mutation($v: String) { createCustomer(input: {name: "Half"}) { ... on CustomerSaved { customer { `+selection+` } } } }`, values)
		if answer.Code() != "BAD_USER_INPUT" || answer.Has("data") {
			t.Errorf("%s: got %s", selection, answer)
		}
	}
	beat := `mutation($f: String) { createCustomer(input: {name: "Half"}) { __typename } updatePresence(room: "r", clientId: "c", state: {editingField: $f}) }`
	servertest.Want(t, "a later field", ada.Code(beat, servertest.Object{"f": "a\nb"}), "BAD_USER_INPUT")
	ada.Ask(`{ customers(after: null) { totalCount } }`, nil).Is(`{"customers": {"totalCount": 1}}`)
	ada.Ask(`mutation($after: String) { createCustomer(input: {name: "Whole"}) { ... on CustomerSaved { customer { comments(after: $after) { totalCount } calls(after: null) { totalCount } } } } }`,
		servertest.Object{"after": comments}).Is(`{"createCustomer": {"customer": {"comments": {"totalCount": 0}, "calls": {"totalCount": 0}}}}`)
}
