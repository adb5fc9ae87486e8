package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// A tenant is an organization in which there is something of every kind. Two of
// equal making differ in nothing but ids and times.
type tenant struct {
	*person   // an admin
	colleague *person
	marker    string // a word in all texts
	hire      func(id string, role collab.Role) *person
	ids       map[string]string // by kind
	places    map[string]string // of pages, by the type of the page
}

// kindOfID says for each argument that takes an id of which kind it is, by its name
// in the schema or by the last word of that.
var kindOfID = map[string]string{
	"clientMutationId": "mutation", "clientId": "client", "room": "room",
	"customerId": "customer", "entityId": "customer", "entityIds": "customer",
	"ownerId": "user", "userIds": "user", "userId": "colleague", "attendeeIds": "colleague", "mentionIds": "colleague",

	"Query.node.id": "customer", "Query.nodes.ids": "customer", "Query.customer.id": "customer", "Query.call.id": "call",
	"Query.meeting.id": "meeting", "Subscription.customerChanged.id": "customer", "Subscription.callChanged.id": "call",
	"Subscription.meetingChanged.id": "meeting",

	"UpdateCustomerInput.id": "customer", "UpdateCallInput.id": "call", "UpdateMeetingInput.id": "meeting",
	"Mutation.erasePersonalData.userId": "leaver",
	"DeleteEntityInput.id":              "customer", "RestoreEntityInput.id": "deleted", "Mutation.markNotificationsRead.ids": "notification",
	"ResolveCustomerConflictInput.conflictId": "customerConflict", "ResolveCallConflictInput.conflictId": "callConflict",
	"ResolveMeetingConflictInput.conflictId": "meetingConflict",
}

// kindOf returns the kind of id that an argument takes, or "".
func (a argument) kindOf() string {
	if above := a.way[max(0, len(a.way)-2)]; a.last() == "entityIds" && (above.Name == "call" || above.Name == "meeting") {
		return above.Name // whose activity is asked for
	}
	return kindOf(a.name, a.last())
}

func kindOf(name, last string) string {
	if kind, known := kindOfID[name]; known {
		return kind
	}
	return kindOfID[last]
}

// sample fills operations with what the tenant has.
func (o *tenant) sample(name, last string, kind *ast.Type) (any, bool) {
	switch {
	case kind.Elem != nil:
	case kind.NamedType == "ID":
		return o.ids[kindOf(name, last)], true
	case kind.NamedType == "String":
		return o.marker, true
	case last == "endsAt":
		return "2026-05-04T10:00:00Z", true
	case last == "patch":
		return object{"notes": o.marker + " patched"}, true
	}
	return nil, false
}

// settle founds an organization. Its admin is somebody of that name, and a
// colleague of the same id is in all of them.
func settle(t *testing.T, at *instance, org, user, marker string) *tenant {
	t.Helper()
	hire := func(id string, role collab.Role) *person {
		token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(collab.Claims{
			UserID: collab.ID(id), OrganizationID: collab.ID(org), Role: role, Name: marker + " " + id,
			Email: marker + "@example.com", Picture: "https://example.com/" + marker,
		}, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return &person{t: t, at: at, token: token}
	}
	o := &tenant{person: hire(user, collab.RoleAdmin), colleague: hire("both", collab.RoleMember), marker: marker, hire: hire}
	o.ask(`{ viewer { role } }`, nil)
	o.colleague.ask(`{ viewer { role } }`, nil)
	o.stock(user)
	return o
}

// stock makes one thing of every kind, so that nothing of what was made and used
// up before is missing.
func (o *tenant) stock(user string) {
	o.t.Helper()
	m := o.marker
	o.ask(`mutation { setMemberRole(userId: "both", role: MEMBER) { role } }`, nil)
	ids := map[string]string{"user": user, "colleague": "both", "organization": "org " + m, "client": "client " + m, "room": "room " + m,
		"mutation": "mutation " + m + time.Now().String(), "leaver": "leaver " + m + time.Now().String()}
	o.hire(ids["leaver"], collab.RoleViewer).ask(`{ viewer { role } }`, nil)
	input := object{"name": m, "notes": m, "company": m, "tags": []any{m}, "ownerId": user, "clientMutationId": ids["mutation"]}
	customer := o.made(`mutation($input: CreateCustomerInput!) { it: createCustomer(input: $input) { ... on CustomerSaved { it: customer { id cursor } } } }`, input)
	ids["customer"], ids["cursor"] = customer["id"].(string), customer["cursor"].(string)
	o.ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "both", level: READ) }`, object{"id": ids["customer"]}) // into the audit trail
	ids["call"] = o.made(`mutation($input: CreateCallInput!) { it: createCall(input: $input) { ... on CallSaved { it: call { id } } } }`,
		object{"subject": m, "notes": m, "outcome": m, "direction": "INBOUND", "customerId": ids["customer"], "ownerId": user})["id"].(string)
	ids["meeting"] = o.made(`mutation($input: CreateMeetingInput!) { it: createMeeting(input: $input) { ... on MeetingSaved { it: meeting { id } } } }`,
		object{"title": m, "notes": m, "agenda": m, "location": m, "customerId": ids["customer"], "ownerId": user, "attendeeIds": []any{"both"},
			"startsAt": "2026-05-04T09:00:00Z", "endsAt": "2026-05-04T10:00:00Z"})["id"].(string)
	ids["comment"] = o.colleague.made(`mutation($input: AddCommentInput!) { it: addComment(input: $input) { ... on CommentAdded { it: comment { id } } } }`,
		object{"entityId": ids["customer"], "body": m})["id"].(string)
	ids["deleted"] = o.made(`mutation($input: CreateCustomerInput!) { it: createCustomer(input: $input) { ... on CustomerSaved { it: customer { id } } } }`,
		object{"name": m})["id"].(string)
	o.ask(`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }`, object{"id": ids["deleted"]})
	ids["customerConflict"] = o.collide("Customer", "name", ids["customer"])
	ids["callConflict"] = o.collide("Call", "subject", ids["call"])
	ids["meetingConflict"] = o.collide("Meeting", "title", ids["meeting"])
	for _, p := range []*person{o.person, o.colleague} {
		p.ask(`mutation($room: ID!, $client: ID!, $page: String) { heartbeat(room: $room, clientId: $client, state: {currentPage: $page}) { totalCount } }`,
			object{"room": ids["room"], "client": ids["client"], "page": m})
	}
	seen := o.ask(`query($id: ID!) { customer(id: $id) { activity(first: 1) { nodes { id } } comments { pageInfo { endCursor } }
			calls { pageInfo { endCursor } } meetings { pageInfo { endCursor } } }
		notifications(first: 1) { nodes { id } } conflicts(first: 1) { pageInfo { endCursor } } customers(first: 1) { pageInfo { endCursor } }
		auditTrail(first: 1) { pageInfo { endCursor } }
		viewer { organization { members(first: 1) { pageInfo { endCursor } } } } }`, object{"id": ids["customer"]})
	first := func(list any) string { return list.(object)["nodes"].([]any)[0].(object)["id"].(string) }
	end := func(list any) string { return list.(object)["pageInfo"].(object)["endCursor"].(string) }
	about := seen["customer"].(object)
	ids["event"], ids["notification"] = first(about["activity"]), first(seen["notifications"])
	o.ids = ids
	o.places = map[string]string{
		"CustomerConnection": end(seen["customers"]), "CallConnection": end(about["calls"]), "MeetingConnection": end(about["meetings"]),
		"CommentConnection": end(about["comments"]), "ConflictConnection": end(seen["conflicts"]),
		"AuditConnection":  end(seen["auditTrail"]),
		"MemberConnection": end(seen["viewer"].(object)["organization"].(object)["members"]),
	}
}

// stay keeps the two in their room until the test ends.
func (o *tenant) stay() {
	o.t.Helper()
	for _, p := range []*person{o.person, o.colleague} {
		s := p.connect()
		s.subscribe("1", `subscription($room: ID!, $client: ID!) { presence(room: $room, clientId: $client) { totalCount } }`,
			object{"room": o.ids["room"], "client": o.ids["client"]})
		s.next("1")
	}
}

// made sends a mutation that makes something, and returns that.
func (p *person) made(mutation string, input object) object {
	p.t.Helper()
	answer := p.ask(mutation, object{"input": input})["it"].(object)
	it, made := answer["it"].(object)
	if !made {
		p.t.Fatalf("%s: %v", mutation, answer)
	}
	return it
}

// collide makes two edits meet, and returns the id of their conflict.
func (o *tenant) collide(kind, field, id string) (conflict string) {
	o.t.Helper()
	mutation := `mutation($input: Update` + kind + `Input!) { it: update` + kind + `(input: $input) { ... on Conflict { id } } }`
	for i, p := range []*person{o.person, o.colleague} {
		patch := object{field: fmt.Sprint(o.marker, i)}
		answer := p.ask(mutation, object{"input": object{"id": id, "baseVersion": 1, "patch": patch}})["it"].(object)
		conflict, _ = answer["id"].(string)
	}
	if conflict == "" {
		o.t.Fatalf("two edits of a %s did not meet", kind)
	}
	return conflict
}
