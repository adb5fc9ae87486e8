package main

import (
	"encoding/json"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// everyQuery asks for an entity, and for what is about it, in every way there is.
const everyQuery = `query($id: ID!, $call: ID!, $meeting: ID!, $comment: ID!, $conflict: ID!, $event: ID!, $notification: ID!) {
	viewer { unreadNotifications organization { members { totalCount } } }
	node(id: $id) { id }
	nodes(ids: [$id, $call, $meeting, $comment, $conflict, $event, $notification]) { __typename id }
	customer(id: $id) { name }
	call(id: $call) { subject }
	meeting(id: $meeting) { title }
	customers { totalCount nodes { ...whole } pageInfo { endCursor hasNextPage } }
	customersByName: customers(orderBy: NAME_ASC, first: 1) { totalCount nodes { name } pageInfo { hasNextPage } }
	searched: customers(filter: {search: "secret"}) { totalCount nodes { id } }
	tagged: customers(filter: {tag: "secret"}) { totalCount nodes { id } }
	calls(first: 5) { totalCount nodes { subject customer { name } activity(first: 5) { nodes { changes { field oldValue newValue } } } } }
	callsOf: calls(filter: {customerId: $id}) { totalCount nodes { id } }
	meetings { totalCount nodes { title customer { id name } } }
	meetingsOf: meetings(filter: {customerId: $id}) { totalCount nodes { id } }
	activity { nodes { action entity { displayName } comment { body } changes { field oldValue newValue } } }
	activityOf: activity(filter: {entityIds: [$id]}) { nodes { id } }
	activityOfCustomer: activity(feed: {type: CUSTOMER, entityId: $id}) { nodes { id } pageInfo { hasNextPage } }
	activityOfBen: activity(feed: {type: USER, entityId: "ben"}) { nodes { action entity { displayName } changes { newValue } } }
	changes(first: 100) { changes { kind actor { name } ... on CallChange { call { customer { name } } changes { newValue } } ... on CustomerChange { customer { name } } } }
	changesOf: changes(entityId: $id) { hasMore changes { version } }
	presence(room: $id) { totalCount users { id } }
	notifications { unreadCount nodes { title body entity { id } } }
	conflicts { totalCount nodes { id entityId ... on CallConflict { conflictedFields { base local remote } } } }
	conflictsOf: conflicts(entityId: $id) { totalCount nodes { id } }
}
fragment whole on Customer { id name viewerAccess { canEdit reason } comments { totalCount } calls { totalCount } meetings { totalCount } }`

// A hideout is an organization where something is hidden from dan, who once saw it.
type hideout struct {
	ada, ben, dan *person
	customer      object
	ids           object // of the customer, and of what is about it
}

func hide(t *testing.T, at *instance) *hideout {
	t.Helper()
	h := &hideout{
		ada: join(t, at, "acme", "ada", collab.RoleAdmin), ben: join(t, at, "acme", "ben", collab.RoleMember),
		dan: join(t, at, "acme", "dan", collab.RoleMember),
	}
	h.ada.ask(`{ viewer { role } }`, nil)
	h.dan.ask(`{ viewer { role } }`, nil)
	h.customer = h.ben.create(object{"name": "Secret", "tags": []any{"secret"}})
	id := h.customer["id"]
	meeting := h.ben.ask(`mutation($id: ID!) { createMeeting(input: {title: "Secret talk", customerId: $id, visibility: RESTRICTED,
		startsAt: "2026-05-04T09:00:00Z", endsAt: "2026-05-04T10:00:00Z"}) { ... on MeetingSaved { meeting { id } } } }`, object{"id": id})
	h.ben.ask(`mutation($id: ID!) { createCall(input: {subject: "Talk", direction: INBOUND, customerId: $id}) { __typename } }`, object{"id": id})
	comment := h.ben.ask(`mutation($id: ID!) { addComment(input: {entityId: $id, body: "Secret, @dan", mentionIds: ["dan"]}) {
		... on CommentAdded { comment { id } } } }`, object{"id": id})
	told := h.dan.ask(`{ notifications { nodes { id } } }`, nil)["notifications"].(object)["nodes"].([]any)[0].(object)
	h.ben.update(h.customer, 1, object{"name": "Secret 2"})
	conflict := h.dan.update(h.customer, 1, object{"name": "Secret 3"})
	want(t, "dan's", conflict["__typename"], "CustomerConflict")
	h.dan.update(h.customer, 2, object{"phone": "1"})
	hidden := h.ben.ask(`mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ... on CustomerSaved { customer {
		activity(first: 1) { nodes { id } } } } } }`,
		object{"input": object{"id": id, "baseVersion": 3, "patch": object{"visibility": "RESTRICTED"}}})
	events := hidden["updateCustomer"].(object)["customer"].(object)["activity"].(object)["nodes"].([]any)
	h.ids = object{
		"id": id, "call": id, "meeting": meeting["createMeeting"].(object)["meeting"].(object)["id"],
		"comment":  comment["addComment"].(object)["comment"].(object)["id"],
		"conflict": conflict["id"], "event": events[0].(object)["id"], "notification": told["id"],
	}
	return h
}

// never are ids that never were.
var never = object{
	"id": "cus_never", "call": "cal_never", "meeting": "mtg_never", "comment": "com_never", "conflict": "cfl_never",
	"event": "act_never", "notification": "ntf_never",
}

// What is not visible is not there: whatever asks for it is answered to the
// letter as for ids that never were.
func TestHiddenIsInNoQuery(t *testing.T) {
	t.Parallel()
	h := hide(t, start(t, embedded(t)))
	for _, query := range parseSchema(t).Query.Fields {
		forAll := query.Directives.ForName("hasRole") == nil // dan is refused the others
		if forAll && !strings.HasPrefix(query.Name, "__") && !strings.Contains(everyQuery, "\t"+query.Name) {
			t.Errorf("the query %s is not asked", query.Name)
		}
	}
	got := inJSON(t, h.dan.send(everyQuery, h.ids))
	want(t, "answer", got, inJSON(t, h.dan.send(everyQuery, never)))
	if strings.Contains(strings.ToLower(got), "secret") || strings.Contains(got, h.ids["id"].(string)) || strings.Contains(got, "errors") {
		t.Errorf("dan is shown %s", got)
	}
	// The same questions find all of it for those who see it.
	for _, insider := range []*person{h.ada, h.ben} {
		seen := insider.send(everyQuery, h.ids)
		data := seen["data"].(object)
		want(t, "errors", seen["errors"], nil)
		for name, field := range map[string]string{
			"searched": "totalCount", "callsOf": "totalCount", "meetingsOf": "totalCount", "conflictsOf": "totalCount",
		} {
			want(t, name, data[name].(object)[field], 1)
		}
		found := 0
		for _, node := range data["nodes"].([]any) {
			if node != nil {
				found++
			}
		}
		if found < 5 { // the customer is no call, and the notification is dan's
			t.Errorf("found %v", data["nodes"])
		}
	}
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// unnamed is a response as JSON, but for the ids of requests, which are all different.
func unnamed(t *testing.T, response object) string {
	t.Helper()
	errors, _ := response["errors"].([]any)
	for _, err := range errors {
		delete(err.(object)["extensions"].(object), "requestId")
	}
	return inJSON(t, response)
}

func TestHiddenIsInNoMutation(t *testing.T) {
	t.Parallel()
	h := hide(t, start(t, embedded(t)))
	for _, mutation := range []string{
		`mutation($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {name: "x"}}) { __typename ... on EntityGone { message deletedAt deletedBy { id } } } }`,
		`mutation($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename ... on Problem { message } } }`,
		`mutation($id: ID!) { restoreEntity(input: {id: $id}) { __typename ... on Problem { message } } }`,
		`mutation($id: ID!) { addComment(input: {entityId: $id, body: "x"}) { __typename ... on Problem { message } } }`,
		`mutation($id: ID!) { createCall(input: {subject: "x", direction: INBOUND, customerId: $id}) { __typename ... on Problem { message } } }`,
		`mutation($conflict: ID!) { resolveCustomerConflict(input: {conflictId: $conflict, resolution: LOCAL}) { __typename ... on Problem { message } } }`,
		`mutation($id: ID!) { recordView(entityId: $id) }`,
		`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`,
		`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "nobody") }`,
		`mutation($notification: ID!) { markNotificationsRead(ids: [$notification]) }`,
		`mutation($id: ID!) { updatePresence(room: $id, clientId: "c", state: {status: BUSY}) }`,
		`mutation($id: ID!) { leaveRoom(room: $id, clientId: "c") }`,
	} {
		want(t, mutation, unnamed(t, h.dan.send(mutation, h.ids)), unnamed(t, h.dan.send(mutation, never)))
	}
}

// Nothing of what is hidden is an event, nor does anybody outside see, or is
// seen by, those who are in its room.
func TestHiddenIsInNoStream(t *testing.T) {
	t.Parallel()
	h := hide(t, start(t, embedded(t)))
	streams := map[string]string{
		"customerChanged":      `subscription($after: Cursor) { customerChanged(after: $after) { customer { name } } }`,
		"entityChanged":        `subscription($after: Cursor) { entityChanged(after: $after) { ... on CustomerChange { customer { name } } } }`,
		"activity":             `subscription($after: Cursor) { activity(after: $after) { entity { displayName } } }`,
		"notificationReceived": `subscription($after: Cursor) { notificationReceived(after: $after) { body } }`,
	}
	const marker = "Open"
	head := h.ada.ask(`{ customers(first: 0) { asOf } }`, nil)["customers"].(object)["asOf"]
	sockets := map[string]*socket{}
	for name, query := range streams {
		sockets[name] = h.dan.connect()
		sockets[name].subscribe(name, query, object{"after": head})
	}
	h.ben.update(h.customer, 4, object{"notes": "Secret notes"})
	collision := h.ben.update(h.customer, 2, object{"phone": "2"}) // which would be news for dan
	want(t, "ben's", collision["__typename"], "CustomerConflict")
	h.ben.ask(`mutation($id: ID!) { createCall(input: {subject: "Talk 2", direction: INBOUND, customerId: $id, visibility: RESTRICTED}) { __typename } }`, h.ids)
	h.ada.create(object{"name": marker, "ownerId": "dan"})
	for name, s := range sockets {
		if event := inJSON(t, s.next(name)); !strings.Contains(event, marker) {
			t.Errorf("%s: the first event is %s", name, event)
		}
	}
}

func TestRoomOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	h := hide(t, start(t, embedded(t)))
	const beat = `mutation($room: ID!) { heartbeat(room: $room, clientId: "c") { room totalCount users { id } currentUser { id } } }`
	in := func(p *person, room any) object { return p.ask(beat, object{"room": room})["heartbeat"].(object) }
	id := h.ids["id"]
	want(t, "ben's", in(h.ben, id)["totalCount"], 1)
	outside := in(h.dan, id)
	want(t, "room", outside["room"], id)
	outside["room"] = "cus_never"
	want(t, "dan's", inJSON(t, outside), inJSON(t, in(h.dan, "cus_never")))
	want(t, "ada's", in(h.ada, id)["totalCount"], 2)

	const watch = `subscription($room: ID!) { presence(room: $room) { room snapshot { id } joined { id } totalCount } }`
	for who, count := range map[*person]int{h.dan: 1, h.ben: 2} {
		s := who.connect()
		s.subscribe("1", watch, object{"room": id})
		update := s.next("1")["presence"].(object)
		want(t, "room", update["room"], id)
		want(t, "present", update["totalCount"], count)
	}
	h.ben.ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`, h.ids)
	want(t, "dan, let in", in(h.dan, id)["totalCount"], 3)
}

// What somebody makes restricted is theirs to see at once, also where nothing was
// restricted before.
func TestFirstRestricted(t *testing.T) {
	t.Parallel()
	ben := join(t, start(t, embedded(t)), "acme", "ben", collab.RoleMember)
	made := ben.ask(`mutation { createCustomer(input: {name: "Secret", visibility: RESTRICTED}) { ... on CustomerSaved { customer {
		visibility activity { nodes { type entity { displayName } } } } } } }`, nil)
	want(t, "made", made["createCustomer"].(object)["customer"], object{"visibility": "RESTRICTED",
		"activity": object{"nodes": []any{object{"type": "CREATE", "entity": object{"displayName": "Secret"}}}}})
	want(t, "listed", ben.ask(`{ customers { totalCount } }`, nil)["customers"], object{"totalCount": 1})
}

func TestAccessByMutation(t *testing.T) {
	t.Parallel()
	h := hide(t, start(t, embedded(t)))
	const role = `mutation($role: Role!) { setMemberRole(userId: "dan", role: $role) { role user { name } } }`
	want(t, "by a member", h.ben.code(role, object{"role": "ADMIN"}), "FORBIDDEN")
	want(t, "dan", h.ada.ask(role, object{"role": "VIEWER"})["setMemberRole"], object{"role": "VIEWER", "user": object{"name": "Dan"}})
	want(t, "nobody", h.ada.code(`mutation { setMemberRole(userId: "nobody", role: VIEWER) { role } }`, nil), "BAD_USER_INPUT")
	want(t, "the last admin", h.ada.code(`mutation { removeMember(userId: "ada") }`, nil), "BAD_USER_INPUT")

	grant := `mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: WRITE) }`
	want(t, "granted", h.ben.ask(grant, h.ids)["grantAccess"], true)
	want(t, "granted again", h.ben.ask(grant, h.ids)["grantAccess"], false)
	const look = `query($id: ID!) { customer(id: $id) { name viewerAccess { canEdit canDelete readOnlyFields reason } } }`
	seen := h.dan.ask(look, h.ids)["customer"].(object)
	want(t, "name", seen["name"], "Secret 2")
	want(t, "a viewer may edit", seen["viewerAccess"].(object)["canEdit"], false)
	h.ada.ask(role, object{"role": "MEMBER"})
	want(t, "a member may", h.dan.ask(look, h.ids)["customer"].(object)["viewerAccess"], object{"canEdit": true, "canDelete": false,
		"readOnlyFields": []any{"ownerId", "visibility"}, "reason": "Only its creator, its owner or an admin may delete it, hand it over or change who sees it."})
	want(t, "forbidden", h.dan.code(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "ben") }`, h.ids), "FORBIDDEN")
	// A conflict shows its sides to who may see it, though they are from before.
	sides := h.dan.ask(`query($conflict: ID!) { node(id: $conflict) { ... on CustomerConflict { base { name } local { name } remote { name } } } }`, h.ids)
	want(t, "sides", sides["node"], object{"base": object{"name": "Secret"}, "local": object{"name": "Secret 3"}, "remote": object{"name": "Secret 2"}})

	want(t, "revoked", h.ben.ask(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "dan") }`, h.ids)["revokeAccess"], true)
	want(t, "seen no more", h.dan.ask(look, h.ids)["customer"], nil)
	told := inJSON(t, h.dan.ask(`{ notifications(first: 1) { nodes { kind title body entityId entity { id } } } }`, nil))
	if !strings.Contains(told, "ACCESS_CHANGED") || strings.Contains(told, "Secret") {
		t.Errorf("dan is told %s", told)
	}
	want(t, "removed", h.ada.ask(`mutation { removeMember(userId: "dan") }`, nil)["removeMember"], true)
	want(t, "refused", h.dan.code(`{ viewer { role } }`, nil), "FORBIDDEN")
}

// What is given and taken away on one instance counts on the other one too, on
// Postgres as on SQLite.
func TestAccessOnEveryInstance(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	one, two := start(t, settings), start(t, settings)
	h := hide(t, one)
	dan := h.dan.on(two)
	sees := func() int64 {
		response := dan.send(`query($id: ID!) { customer(id: $id) { name } }`, h.ids)
		if response["errors"] != nil {
			return -1 // refused
		}
		if response["data"].(object)["customer"] == nil {
			return 0
		}
		return 1
	}
	want(t, "answer", inJSON(t, dan.send(everyQuery, h.ids)), inJSON(t, dan.send(everyQuery, never)))
	want(t, "ben's on the other", inJSON(t, h.ben.on(two).send(everyQuery, h.ids)), inJSON(t, h.ben.send(everyQuery, h.ids)))
	h.ben.ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`, h.ids)
	eventually.Is(t, "granted, dan sees it", sees, 1)
	h.ben.ask(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "dan") }`, h.ids)
	want(t, "revoked, dan sees it", sees(), 0) // by the grants themselves, whatever was heard
	h.ada.ask(`mutation { removeMember(userId: "dan") }`, nil)
	eventually.Is(t, "removed, dan sees it", sees, -1)
	h.ada.ask(`mutation { setMemberRole(userId: "dan", role: ADMIN) { role } }`, nil)
	eventually.Is(t, "an admin, dan sees it", sees, 1)
}
