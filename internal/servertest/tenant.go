package servertest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// A Tenant is an organization in which there is something of every kind. Two of
// equal making differ in nothing but ids and times.
type Tenant struct {
	*Person   // an admin
	Colleague *Person
	Marker    string // a word in all texts
	hire      func(id string, role collab.Role) *Person
	Ids       map[string]string // by kind
	Places    map[string]string // of pages, by the type of the page
}

// KindOfID says for each argument that takes an id of which kind it is, by its name
// in the schema or by the last word of that.
var KindOfID = map[string]string{
	"clientMutationId": "mutation", "madeAfter": "mutation", "clientId": "client", "room": "room", "rooms": "room",
	"customerId": "customer", "customerIds": "customer", "EntityFilter.ids": "customer", "entityId": "customer", "entityIds": "customer",
	"ownerId": "user", "ownerIds": "user", "userIds": "user", "userId": "colleague", "attendeeIds": "colleague", "mentionIds": "colleague",

	"Query.node.id": "customer", "Query.nodes.ids": "customer",
	"Mutation.erasePersonalData.userId": "leaver",
	"DeleteEntityInput.id":              "customer", "RestoreEntityInput.id": "deleted", "Mutation.markNotificationsRead.ids": "notification",
	"Mutation.markNotificationsUnread.ids": "readNotification", "Mutation.snoozeNotifications.ids": "notification",
}

// KindOf returns the kind of id that an argument takes, or "".
func (a Argument) KindOf() string {
	if above := a.Way[max(0, len(a.Way)-2)]; a.Last() == "entityIds" && (slices.ContainsFunc(EntityTypes(), func(e EntityType) bool { return e.One == above.Name })) {
		return above.Name // whose activity is asked for
	}
	return KindOf(a.Name, a.Last())
}

func KindOf(name, last string) string {
	for _, e := range EntityTypes() {
		switch name {
		case "Query." + e.One + ".id", "Subscription." + e.One + "Changed.id", "Update" + e.Name + "Input.id", e.Name + "Filter.ids":
			return e.One
		case "Resolve" + e.Name + "ConflictInput.conflictId":
			return e.One + "Conflict"
		}
	}
	if kind, known := KindOfID[name]; known {
		return kind
	}
	return KindOfID[last]
}

// Sample fills operations with what the tenant has.
func (o *Tenant) Sample(name, last string, kind *ast.Type) (any, bool) {
	switch {
	case kind.Elem != nil:
	case kind.NamedType == "ID":
		return o.Ids[KindOf(name, last)], true
	case kind.NamedType == "String":
		return o.Marker, true
	case last == "endsAt":
		return "2026-05-04T10:00:00Z", true
	case name == "Mutation.snoozeNotifications.until":
		return time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339), true
	case last == "patch":
		return Object{"notes": o.Marker + " patched"}, true
	}
	return nil, false
}

// Settle founds an organization. Its admin is somebody of that name, and a
// colleague of the same id is in all of them.
func Settle(t testing.TB, at *Instance, org, user, marker string) *Tenant {
	t.Helper()
	hire := func(id string, role collab.Role) *Person {
		token, err := auth.NewVerifier([]string{Secret}, "", "", time.Now).Sign(collab.Claims{
			UserID: collab.ID(id), OrganizationID: collab.ID(org), Role: role, Name: marker + " " + id,
			Email: marker + "@example.com", Picture: "https://example.com/" + marker,
		}, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return &Person{T: t, At: at, Token: token}
	}
	o := &Tenant{Person: hire(user, collab.RoleAdmin), Colleague: hire("both", collab.RoleMember), Marker: marker, hire: hire}
	o.Ask(`{ viewer { role } }`, nil)
	o.Colleague.Ask(`{ viewer { role } }`, nil)
	o.Stock(user)
	return o
}

// Stock makes one thing of every kind, so that nothing of what was made and used
// up before is missing.
func (o *Tenant) Stock(user string) {
	o.T.Helper()
	m := o.Marker
	o.Ask(`mutation { setMemberRole(userId: "both", role: MEMBER) { role } }`, nil)
	ids := map[string]string{"user": user, "colleague": "both", "organization": "org " + m, "client": "client " + m, "room": "room " + m,
		"mutation": "mutation " + m + time.Now().String(), "leaver": "leaver " + m + time.Now().String()}
	o.hire(ids["leaver"], collab.RoleViewer).Ask(`{ viewer { role } }`, nil)
	customer := o.Made(EntityTypeOf("Customer").Creation(), EntityTypeOf("Customer").Input(m, Object{
		"tags": []any{m}, "ownerId": user, "clientMutationId": ids["mutation"]}))
	ids["customer"], ids["cursor"] = customer["id"].(string), customer["cursor"].(string)
	o.Ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "both", level: READ) }`, Object{"id": ids["customer"]}) // into the audit trail
	for _, e := range EntityTypes() {
		if e.Name != "Customer" {
			extra := Object{"customerId": ids["customer"], "ownerId": user, "attendeeIds": []any{"both"}}
			ids[e.One] = o.Made(e.Creation(), e.Input(m, extra))["id"].(string)
		}
	}
	ids["comment"] = o.Colleague.Made(`mutation($input: AddCommentInput!) { it: addComment(input: $input) { ... on CommentAdded { it: comment { id } } } }`,
		Object{"entityId": ids["customer"], "body": m})["id"].(string)
	ids["deleted"] = o.Made(`mutation($input: CreateCustomerInput!) { it: createCustomer(input: $input) { ... on CustomerSaved { it: customer { id } } } }`,
		Object{"name": m})["id"].(string)
	o.Ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`, Object{"id": ids["deleted"]})
	for _, e := range EntityTypes() {
		ids[e.One+"Conflict"] = o.collide(e.Name, e.title, ids[e.One])
	}
	for _, p := range []*Person{o.Person, o.Colleague} {
		p.Ask(`mutation($room: ID!, $client: ID!, $page: String) { heartbeat(room: $room, clientId: $client, state: {currentPage: $page}) { totalCount } }`,
			Object{"room": ids["room"], "client": ids["client"], "page": m})
	}
	seen := o.Ask(`query($id: ID!) { customer(id: $id) { activity(first: 1) { nodes { id } } comments { pageInfo { endCursor } } }
		notifications(first: 2) { nodes { id } } conflicts(first: 1) { pageInfo { endCursor } }
		auditTrail(first: 1) { pageInfo { endCursor } }
		viewer { organization { members(first: 1) { pageInfo { endCursor } } } } }`, Object{"id": ids["customer"]})
	o.Ask(`mutation($id: ID!) { mute(entityId: $id) }`, Object{"id": ids["customer"]}) // after the notifications about it
	ids["event"], ids["notification"] = seen.Text("customer.activity.nodes.0.id"), seen.Text("notifications.nodes.0.id")
	ids["readNotification"] = seen.Text("notifications.nodes.1.id")
	o.Ask(`mutation($id: ID!) { markNotificationsRead(ids: [$id]) }`, Object{"id": ids["readNotification"]})
	o.Ids = ids
	o.Places = map[string]string{
		"CommentConnection":  seen.Text("customer.comments.pageInfo.endCursor"),
		"ConflictConnection": seen.Text("conflicts.pageInfo.endCursor"),
		"AuditConnection":    seen.Text("auditTrail.pageInfo.endCursor"),
		"MemberConnection":   seen.Text("viewer.organization.members.pageInfo.endCursor"),
	}
	for _, e := range EntityTypes() {
		o.Places[e.Name+"Connection"] = o.Ask("{ it: "+e.List+"(first: 1) { pageInfo { endCursor } } }", nil).Text("it.pageInfo.endCursor")
	}
}

// Stay keeps the two in their room until the test ends.
func (o *Tenant) Stay() {
	o.T.Helper()
	for _, p := range []*Person{o.Person, o.Colleague} {
		s := p.Connect()
		s.Subscribe("1", `subscription($room: ID!, $client: ID!) { presence(room: $room, clientId: $client) { totalCount } }`,
			Object{"room": o.Ids["room"], "client": o.Ids["client"]})
		s.Next("1")
	}
}

// Made sends a mutation that makes something, and returns that.
func (p *Person) Made(mutation string, input Object) Object {
	p.T.Helper()
	return p.Ask(mutation, Object{"input": input}).Object("it.it")
}

// collide makes two edits meet, and returns the id of their conflict.
func (o *Tenant) collide(kind, field, id string) (conflict string) {
	o.T.Helper()
	mutation := `mutation($input: Update` + kind + `Input!) { it: update` + kind + `(input: $input) { ... on Conflict { id } } }`
	for i, p := range []*Person{o.Person, o.Colleague} {
		patch := Object{field: fmt.Sprint(o.Marker, i)}
		answer := p.Ask(mutation, Object{"input": Object{"id": id, "baseVersion": 1, "patch": patch}})
		if i > 0 {
			conflict = answer.Text("it.id")
		}
	}
	return conflict
}
