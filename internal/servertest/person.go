package servertest

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

const CreateCustomer = `mutation($input: CreateCustomerInput!) { createCustomer(input: $input) {
	__typename
	... on CustomerSaved { cursor merged clientMutationId customer { id version name cursor } }
	... on InvalidInput { message fields { field message } }
	... on Problem { message } } }`

const UpdateCustomer = `mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
	__typename
	... on CustomerSaved { merged clientMutationId customer { id version name notes } }
	... on CustomerConflict { id baseVersion remoteVersion
		conflictedFields { field base local remote remoteChangedBy { id } }
		base { name } local { name } remote { name } }
	... on EntityGone { entityId deletedBy { id } }
	... on Problem { message } } }`

const CustomerChanged = `subscription($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) {
	cursor kind version fromVersion clientMutationId actor { name } changes { field oldValue newValue }
	customer { id version name } } }`

// Create makes a customer and returns it.
func (p *Person) Create(input Object) Object {
	p.T.Helper()
	return p.Ask(CreateCustomer, Object{"input": input}).Object("createCustomer.customer")
}

// Update changes a customer and returns the answer, whatever it is.
func (p *Person) Update(customer Object, base int, patch Object) Answer {
	p.T.Helper()
	input := Object{"id": customer["id"], "baseVersion": base, "patch": patch}
	return p.Ask(UpdateCustomer, Object{"input": input}).At("updateCustomer")
}

// Want checks a value that does not come from JSON: a status, a code, a count. Answer.Is checks JSON.
func Want[V any](t testing.TB, what string, got, want V) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %#v, want %#v", what, got, want)
	}
}

func (p *Person) AsQuirin(org string) *Person {
	p.T.Helper()
	token, err := auth.NewVerifier([]string{Secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: "q7", OrganizationID: collab.ID(org), Role: collab.RoleMember, Name: "Quirina Zwetschge",
		Email: "quirina@example.com", Picture: "https://example.com/quirina.png",
	}, time.Now().Add(time.Hour))
	if err != nil {
		p.T.Fatal(err)
	}
	return &Person{T: p.T, At: p.At, Token: token}
}

func (p *Person) Comment(id any, body string, mentions ...string) Object {
	p.T.Helper()
	return p.Ask(`mutation($in: AddCommentInput!) { addComment(input: $in) { ... on CommentAdded { comment { id } } ... on Problem { message } } }`,
		Object{"in": Object{"entityId": id, "body": body, "mentionIds": mentions}}).Object("addComment.comment")
}

// OnOneAndTwo runs a test with one instance, and with two.
func OnOneAndTwo(t *testing.T, test func(t *testing.T, one, two *Instance, database string)) {
	t.Run("one", func(t *testing.T) {
		t.Parallel()
		one := Start(t, Embedded(t))
		test(t, one, one, "")
	})
	t.Run("two", func(t *testing.T) {
		t.Parallel()
		settings := Shared(t)
		one := Start(t, settings)
		test(t, one, Start(t, settings), settings["DATABASE_URL"])
	})
}

const Trail = `query($first: Int, $after: String, $action: AuditAction, $user: ID) {
	auditTrail(first: $first, after: $after, action: $action, userId: $user) {
		edges { cursor } pageInfo { hasNextPage endCursor }
		nodes { id number action actor { id } subject { id } entityId address agent client details occurredAt hash } } }`

// Audit returns entries of the trail, oldest first.
func (p *Person) Audit(variables Object) []Answer {
	p.T.Helper()
	entries := p.Ask(Trail, variables).List("auditTrail.nodes")
	slices.Reverse(entries)
	return entries
}

// ConnectFrom is connect from a device.
func (p *Person) ConnectFrom(device map[string]string) *Socket {
	p.T.Helper()
	header := http.Header{}
	for name, value := range device {
		header.Set(name, value)
	}
	conn, err := DialWith(p.T, p.At, header)
	if err != nil {
		p.T.Fatal(err)
	}
	s := &Socket{T: p.T, Conn: conn}
	s.Write(Object{"type": "connection_init", "payload": Object{"authorization": "Bearer " + p.Token}})
	return s
}

// Variable is the one that everyEntityQuery has for a type.
func (e EntityType) Variable() string {
	if e.Name == "Customer" {
		return "id"
	}
	return e.One
}

// A Hideout is an organization where something is hidden from dan, who once saw it.
type Hideout struct {
	Ada, Ben, Dan *Person
	Customer      Object
	Ids           Object // of the customer, and of what is about it
}

func Hide(t testing.TB, at *Instance) *Hideout {
	t.Helper()
	h := &Hideout{
		Ada: Join(t, at, "acme", "ada", collab.RoleAdmin), Ben: Join(t, at, "acme", "ben", collab.RoleMember),
		Dan: Join(t, at, "acme", "dan", collab.RoleMember),
	}
	h.Ada.Ask(`{ viewer { role } }`, nil)
	h.Dan.Ask(`{ viewer { role } }`, nil)
	h.Customer = h.Ben.Create(Object{"name": "Secret", "tags": []any{"secret"}})
	id := h.Customer["id"]
	meeting := h.Ben.Ask(`mutation($id: ID!) { createMeeting(input: {title: "Secret talk", customerId: $id, visibility: RESTRICTED,
		startsAt: "2026-05-04T09:00:00Z", endsAt: "2026-05-04T10:00:00Z"}) { ... on MeetingSaved { meeting { id } } } }`, Object{"id": id})
	h.Ben.Ask(`mutation($id: ID!) { createCall(input: {subject: "Talk", direction: INBOUND, customerId: $id}) { __typename } }`, Object{"id": id})
	comment := h.Ben.Ask(`mutation($id: ID!) { addComment(input: {entityId: $id, body: "Secret, @dan", mentionIds: ["dan"]}) {
		... on CommentAdded { comment { id } } } }`, Object{"id": id})
	told := h.Dan.Ask(`{ notifications { nodes { id } } }`, nil)
	h.Ben.Update(h.Customer, 1, Object{"name": "Secret 2"})
	conflict := h.Dan.Update(h.Customer, 1, Object{"name": "Secret 3"})
	Want(t, "dan's", conflict.Text("__typename"), "CustomerConflict")
	h.Dan.Update(h.Customer, 2, Object{"phone": "1"})
	h.Dan.Ask(`mutation($id: ID!) { mute(entityId: $id) }`, Object{"id": id})
	hidden := h.Ben.Ask(`mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ... on CustomerSaved { customer {
		activity(first: 1) { nodes { id } } } } } }`,
		Object{"input": Object{"id": id, "baseVersion": 3, "patch": Object{"visibility": "RESTRICTED"}}})
	h.Ids = Object{
		"id": id, "call": id, "meeting": meeting.Get("createMeeting.meeting.id"),
		"comment": comment.Get("addComment.comment.id"), "conflict": conflict.Get("id"),
		"event":        hidden.Get("updateCustomer.customer.activity.nodes.0.id"),
		"notification": told.Get("notifications.nodes.0.id"),
	}
	for _, e := range EntityTypes() {
		if h.Ids[e.Variable()] == nil {
			h.Ids[e.Variable()] = h.Ben.Made(e.Creation(), e.Input("Secret", Object{"customerId": id, "visibility": "RESTRICTED"}))["id"]
		}
	}
	return h
}

func InJSON(t testing.TB, v any) string {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// Unnamed is a response as JSON, without the ids of requests, which all differ.
func Unnamed(response Answer) string {
	return RequestID.ReplaceAllString(response.String(), "")
}

// Mention adds a comment that tells somebody of a customer.
func (p *Person) Mention(customer Object, user string) {
	p.T.Helper()
	p.Ask(`mutation($id: ID!, $user: ID!) { addComment(input: {entityId: $id, body: "Look", mentionIds: [$user]}) { __typename } }`,
		Object{"id": customer["id"], "user": user})
}
