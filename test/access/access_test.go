package access_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// everyQuery asks for an entity, and for everything about it, in every possible way.
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
	notificationPreferences { timeZone muted { id displayName } mutes { entity { id displayName } until } pushContent { isShown isChosen } }
	notificationDefaults { kind channels isChosen serverChannels }
	pushPublicKey
	conflicts { totalCount nodes { id entityId ... on CallConflict { conflictedFields { base local remote } } } }
	conflictsOf: conflicts(entityId: $id) { totalCount nodes { id } }
	ENTITIES
}
fragment whole on Customer { id name viewerAccess { canEdit reason } comments { totalCount } calls { totalCount } meetings { totalCount } }`

// everyEntityQuery is everyQuery together with the queries that cover every type of entity.
var everyEntityQuery = func() string {
	var asked strings.Builder
	for _, e := range servertest.EntityTypes() {
		fmt.Fprintf(&asked, "one%s: %s(id: $%s) { displayName } all%[1]s: %[4]s { totalCount nodes { displayName } } ", e.Name, e.One, e.Variable(), e.List)
		fmt.Fprintf(&asked, `found%s: %s(filter: {search: "secret"}) { totalCount nodes { id } } `, e.Name, e.List)
		if e.HasCustomer {
			fmt.Fprintf(&asked, "of%s: %s(filter: {customerId: $id}) { totalCount nodes { id } } ", e.Name, e.List)
		}
	}
	query := strings.Replace(everyQuery, "ENTITIES", asked.String(), 1)
	for _, e := range servertest.EntityTypes() {
		if !strings.Contains(query, "$"+e.Variable()+": ID!") {
			query = strings.Replace(query, "$id: ID!", "$id: ID!, $"+e.Variable()+": ID!", 1)
		}
	}
	return query
}()

// never are ids that never existed.
var never = func() servertest.Object {
	ids := servertest.Object{"comment": "com_never", "conflict": "cfl_never", "event": "act_never", "notification": "ntf_never"}
	for _, e := range servertest.EntityTypes() {
		ids[e.Variable()] = e.Prefix + "_never"
	}
	return ids
}()

// An entity that is not visible does not exist: every query for it gets exactly the answer that it gets for ids
// that never existed.
func TestHiddenFromQueries(t *testing.T) {
	t.Parallel()
	h := servertest.Hide(t, servertest.Start(t, servertest.Embedded(t)))
	for _, query := range servertest.ParseSchema(t).Query.Fields {
		forAll := query.Directives.ForName("hasRole") == nil // dan may not ask the others
		if forAll && !strings.HasPrefix(query.Name, "__") && !regexp.MustCompile(`[\t ]`+query.Name+`\b`).MatchString(everyEntityQuery) {
			t.Errorf("the query %s is not asked", query.Name)
		}
	}
	got := h.Dan.Send(everyEntityQuery, h.Ids).String()
	servertest.Want(t, "answer", got, h.Dan.Send(everyEntityQuery, never).String())
	if strings.Contains(strings.ToLower(got), "secret") || strings.Contains(got, h.Ids["id"].(string)) || strings.Contains(got, "errors") {
		t.Errorf("dan is shown %s", got)
	}
	// The same queries find all of it for people who see it.
	for _, insider := range []*servertest.Person{h.Ada, h.Ben} {
		seen := insider.Ask(everyEntityQuery, h.Ids)
		for _, list := range []string{"searched", "callsOf", "meetingsOf", "conflictsOf"} {
			seen.At(list + ".totalCount").Is(`1`)
		}
		found := 0
		for _, node := range seen.List("nodes") {
			if node.Value() != nil {
				found++
			}
		}
		if found < 5 { // the customer is not a call, and the notification is dan's
			t.Errorf("found %s", seen.At("nodes"))
		}
	}
}

func TestHiddenFromMutations(t *testing.T) {
	t.Parallel()
	h := servertest.Hide(t, servertest.Start(t, servertest.Embedded(t)))
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
		servertest.Want(t, mutation, servertest.Unnamed(h.Dan.Send(mutation, h.Ids)), servertest.Unnamed(h.Dan.Send(mutation, never)))
	}
}

// Hidden entities appear in no event. People outside neither see, nor are seen by, the people in the room of one.
func TestHiddenFromSubscriptions(t *testing.T) {
	t.Parallel()
	h := servertest.Hide(t, servertest.Start(t, servertest.Embedded(t)))
	streams := map[string]string{
		"customerChanged":      `subscription($after: Cursor) { customerChanged(after: $after) { customer { name } } }`,
		"entityChanged":        `subscription($after: Cursor) { entityChanged(after: $after) { ... on CustomerChange { customer { name } } } }`,
		"activity":             `subscription($after: Cursor) { activity(after: $after) { entity { displayName } } }`,
		"notificationReceived": `subscription($after: Cursor) { notificationReceived(after: $after) { body } }`,
	}
	const marker = "Open"
	head := h.Ada.Ask(`{ customers(first: 0) { asOf } }`, nil).Get("customers.asOf")
	sockets := map[string]*servertest.Socket{}
	for name, query := range streams {
		sockets[name] = h.Dan.Connect()
		sockets[name].Subscribe(name, query, servertest.Object{"after": head})
	}
	h.Ben.Update(h.Customer, 4, servertest.Object{"notes": "Secret notes"})
	h.Ben.Update(h.Customer, 2, servertest.Object{"phone": "2"}).At("__typename").Is(`"CustomerConflict"`) // would be an event for dan
	h.Ben.Ask(`mutation($id: ID!) { createCall(input: {subject: "Talk 2", direction: INBOUND, customerId: $id, visibility: RESTRICTED}) { __typename } }`, h.Ids)
	h.Ada.Create(servertest.Object{"name": marker, "ownerId": "dan"})
	for name, s := range sockets {
		if event := s.Next(name).String(); !strings.Contains(event, marker) {
			t.Errorf("%s: the first event is %s", name, event)
		}
	}
}

func TestRoomOfHiddenEntity(t *testing.T) {
	t.Parallel()
	h := servertest.Hide(t, servertest.Start(t, servertest.Embedded(t)))
	const beat = `mutation($room: ID!) { heartbeat(room: $room, clientId: "c") { room totalCount users { id } currentUser { id } } }`
	enter := func(p *servertest.Person, room any) servertest.Answer {
		return p.Ask(beat, servertest.Object{"room": room})
	}
	const danAlone = `{"heartbeat": {"room": "$room", "totalCount": 1, "users": [{"id": "dan"}], "currentUser": {"id": "dan"}}}`
	id := h.Ids["id"]
	enter(h.Ben, id).Is(`{"heartbeat": {"room": "$room", "totalCount": 1, "users": [{"id": "ben"}], "currentUser": {"id": "ben"}}}`)
	enter(h.Dan, id).Is(danAlone)
	enter(h.Dan, "cus_never").Is(danAlone)
	enter(h.Ada, id).At("heartbeat.users").Is(`[{"id": "ada"}, {"id": "ben"}]`)

	const watch = `subscription($room: ID!) { presence(room: $room) { room snapshot { id } totalCount } }`
	watched := func(p *servertest.Person) servertest.Answer {
		s := p.Connect()
		s.Subscribe("1", watch, servertest.Object{"room": id})
		return s.Next("1")
	}
	watched(h.Dan).Is(`{"presence": {"room": "$id", "snapshot": [{"id": "dan"}], "totalCount": 1}}`, h.Ids)
	watched(h.Ben).Is(`{"presence": {"room": "$id", "snapshot": [{"id": "ada"}, {"id": "ben"}], "totalCount": 2}}`, h.Ids)
	h.Ben.Ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`, h.Ids)
	enter(h.Dan, id).At("heartbeat.users").Is(`[{"id": "ada"}, {"id": "ben"}, {"id": "dan"}]`)
}

// An entity that a person creates as restricted is visible to them at once, even where nothing was restricted
// before.
func TestFirstRestricted(t *testing.T) {
	t.Parallel()
	ben := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ben", collab.RoleMember)
	made := ben.Ask(`mutation { createCustomer(input: {name: "Secret", visibility: RESTRICTED}) { ... on CustomerSaved { customer {
		visibility activity { nodes { type entity { displayName } } } } } } }`, nil)
	made.At("createCustomer.customer").Is(`{"visibility": "RESTRICTED", "activity": {"nodes": [{"type": "CREATE", "entity": {"displayName": "Secret"}}]}}`)
	ben.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 1}}`)
}

func TestAccessByMutation(t *testing.T) {
	t.Parallel()
	h := servertest.Hide(t, servertest.Start(t, servertest.Embedded(t)))
	const role = `mutation($role: Role!) { setMemberRole(userId: "dan", role: $role) { role user { name } } }`
	servertest.Want(t, "by a member", h.Ben.Code(role, servertest.Object{"role": "ADMIN"}), "FORBIDDEN")
	h.Ada.Ask(role, servertest.Object{"role": "VIEWER"}).Is(`{"setMemberRole": {"role": "VIEWER", "user": {"name": "Dan"}}}`)
	servertest.Want(t, "nobody", h.Ada.Code(`mutation { setMemberRole(userId: "nobody", role: VIEWER) { role } }`, nil), "BAD_USER_INPUT")
	servertest.Want(t, "the last admin", h.Ada.Code(`mutation { removeMember(userId: "ada") }`, nil), "BAD_USER_INPUT")

	grant := `mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: WRITE) }`
	h.Ben.Ask(grant, h.Ids).Is(`{"grantAccess": true}`)
	h.Ben.Ask(grant, h.Ids).Is(`{"grantAccess": false}`) // granted again
	const look = `query($id: ID!) { customer(id: $id) { name viewerAccess { canEdit canDelete readOnlyFields reason } } }`
	h.Dan.Ask(look, h.Ids).Is(`{"customer": {"name": "Secret 2", "viewerAccess": {"canEdit": false, "canDelete": false,
		"readOnlyFields": ["company", "email", "name", "notes", "ownerId", "phone", "status", "tags", "visibility"], "reason": "<text>"}}}`) // a viewer may not use it
	h.Ada.Ask(role, servertest.Object{"role": "MEMBER"})
	h.Dan.Ask(look, h.Ids).At("customer.viewerAccess").Is(`{"canEdit": true, "canDelete": false, "readOnlyFields": ["ownerId", "visibility"],
		"reason": "Only its creator, its owner or an admin may delete it, hand it over or change who sees it."}`) // a member may
	servertest.Want(t, "forbidden", h.Dan.Code(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "ben") }`, h.Ids), "FORBIDDEN")
	// A conflict shows its sides, although they are older, to anyone who may see it.
	sides := h.Dan.Ask(`query($conflict: ID!) { node(id: $conflict) { ... on CustomerConflict { base { name } local { name } remote { name } } } }`, h.Ids)
	sides.At("node").Is(`{"base": {"name": "Secret"}, "local": {"name": "Secret 3"}, "remote": {"name": "Secret 2"}}`)

	h.Ben.Ask(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "dan") }`, h.Ids).Is(`{"revokeAccess": true}`)
	h.Dan.Ask(look, h.Ids).Is(`{"customer": null}`) // seen no more
	told := h.Dan.Ask(`{ notifications(first: 1) { nodes { kind title body entityId entity { id } } } }`, nil)
	told.At("notifications.nodes.0.kind").Is(`"ACCESS_CHANGED"`)
	if strings.Contains(told.String(), "Secret") {
		t.Errorf("dan is told %s", told)
	}
	h.Ada.Ask(`mutation { removeMember(userId: "dan") }`, nil).Is(`{"removeMember": true}`)
	servertest.Want(t, "refused", h.Dan.Code(`{ viewer { role } }`, nil), "FORBIDDEN")
}

// Access that is granted or revoked on one instance applies on the other one too, on Postgres as on SQLite.
func TestAccessOnEveryInstance(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	one, two := servertest.Start(t, settings), servertest.Start(t, settings)
	h := servertest.Hide(t, one)
	dan := h.Dan.On(two)
	sees := func() int64 {
		response := dan.Send(`query($id: ID!) { customer(id: $id) { name } }`, h.Ids)
		if response.Has("errors") {
			return -1 // refused
		}
		if response.Get("data.customer") == nil {
			return 0
		}
		return 1
	}
	servertest.Want(t, "answer", dan.Send(everyEntityQuery, h.Ids).String(), dan.Send(everyEntityQuery, never).String())
	servertest.Want(t, "ben's on the other", h.Ben.On(two).Send(everyEntityQuery, h.Ids).String(), h.Ben.Send(everyEntityQuery, h.Ids).String())
	h.Ben.Ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`, h.Ids)
	eventually.Is(t, "granted, dan sees it", sees, 1)
	h.Ben.Ask(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "dan") }`, h.Ids)
	servertest.Want(t, "revoked, dan sees it", sees(), 0) // decided by the grants themselves, without waiting for a notification
	h.Ada.Ask(`mutation { removeMember(userId: "dan") }`, nil)
	eventually.Is(t, "removed, dan sees it", sees, -1)
	h.Ada.Ask(`mutation { setMemberRole(userId: "dan", role: ADMIN) { role } }`, nil)
	eventually.Is(t, "an admin, dan sees it", sees, 1)
}

// Rooms and grants behave alike for every type of entity.
func TestRoomsAndGrantsOfEveryType(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ben, dan := servertest.Join(t, at, "acme", "ben", collab.RoleMember), servertest.Join(t, at, "acme", "dan", collab.RoleMember)
	dan.Ask(`{ viewer { role } }`, nil)
	for _, e := range servertest.EntityTypes() {
		ids := servertest.Object{"id": ben.Made(e.Creation(), e.Input("Secret", servertest.Object{"visibility": "RESTRICTED"}))["id"]}
		entered := func(p *servertest.Person) servertest.Answer {
			return p.Ask(`mutation($id: ID!) { heartbeat(room: $id, clientId: "c") { users { id } } }`, ids).At("heartbeat.users")
		}
		shown := func() servertest.Answer {
			return dan.Ask(`query($id: ID!) { node(id: $id) { __typename } }`, ids).At("node")
		}
		entered(ben).Is(`[{"id": "ben"}]`)
		entered(dan).Is(`[{"id": "dan"}]`)
		shown().Is(`null`)
		ben.Ask(`mutation($id: ID!) { grantAccess(entityId: $id, userId: "dan", level: READ) }`, ids)
		entered(dan).Is(`[{"id": "ben"}, {"id": "dan"}]`)
		shown().Is(`{"__typename": "` + e.Name + `"}`)
		ben.Ask(`mutation($id: ID!) { revokeAccess(entityId: $id, userId: "dan") }`, ids)
		entered(dan).Is(`[{"id": "dan"}]`)
		shown().Is(`null`)
	}
}
