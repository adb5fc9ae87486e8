package main

import (
	"testing"

	"tandem/internal/collab"
)

// A person has another id in each room, beside that of the person.
func TestPresencesHaveAnIDForEachRoom(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleMember)
	const beat = `mutation ($room: ID!, $page: String) { heartbeat(room: $room, clientId: "tab", state: {currentPage: $page}) {
		users { id } presences { id user { id name } currentPage } currentPresence { id } } }`
	ids := map[any]string{}
	for _, room := range []string{"a", "b"} {
		for _, p := range []*person{ada, ben} {
			state := p.ask(beat, object{"room": room, "page": "/" + room})["heartbeat"].(object)
			users, presences := state["users"].([]any), state["presences"].([]any)
			want(t, "people", len(presences), len(users))
			for i, each := range presences {
				presence := each.(object)
				want(t, "person", presence["user"].(object)["id"], users[i].(object)["id"])
				want(t, "page", presence["currentPage"], "/"+room)
				name := room + " " + presence["user"].(object)["id"].(string)
				if other, met := ids[presence["id"]]; met && other != name {
					t.Errorf("%s and %s share the id %v", other, name, presence["id"])
				}
				ids[presence["id"]] = name
			}
			who := p.ask(`{ viewer { user { id } } }`, nil)["viewer"].(object)["user"].(object)["id"].(string)
			want(t, "own", ids[state["currentPresence"].(object)["id"]], room+" "+who)
		}
	}
	want(t, "ids", len(ids), 4)

	s := ben.connect()
	s.subscribe("1", `subscription { presence(room: "a") { presences { snapshot { id } joined { id } updated { id currentPage } left } } }`, nil)
	next := func() object { return s.next("1")["presence"].(object)["presences"].(object) }
	want(t, "snapshot", len(next()["snapshot"].([]any)), 2)
	ada.ask(beat, object{"room": "a", "page": "/elsewhere"})
	updated := next()["updated"].([]any)[0].(object)
	want(t, "updated", ids[updated["id"]]+" "+updated["currentPage"].(string), "a ada /elsewhere")
	ada.ask(`mutation { leaveRoom(room: "a", clientId: "tab") }`, nil)
	want(t, "left", ids[next()["left"].([]any)[0]], "a ada")
}

// What a person may do with an entity, their membership and they as a viewer have ids
// that nothing else has.
func TestObjectsOfAPersonHaveIDs(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleAdmin), join(t, at, "acme", "ben", collab.RoleMember)
	first, second := ada.create(object{"name": "A"}), ada.create(object{"name": "B"})
	seen := map[any]bool{}
	for _, p := range []*person{ada, ben} {
		viewer := p.ask(`{ viewer { id user { id } organization { id members { nodes { id user { id } } } } } }`, nil)["viewer"].(object)
		again := p.ask(`mutation { setPresenceHidden(hidden: false) { id } }`, nil)["setPresenceHidden"].(object)
		want(t, "the viewer again", again["id"], viewer["id"])
		ids := []any{viewer["id"], viewer["user"].(object)["id"]}
		for _, customer := range []object{first, second} {
			access := p.ask(`query ($id: ID!) { customer(id: $id) { viewerAccess { id } } }`, object{"id": customer["id"]})
			ids = append(ids, access["customer"].(object)["viewerAccess"].(object)["id"])
		}
		if p == ada {
			ids = append(ids, viewer["organization"].(object)["id"])
			for _, member := range viewer["organization"].(object)["members"].(object)["nodes"].([]any) {
				ids = append(ids, member.(object)["id"])
			}
		}
		for _, id := range ids {
			if seen[id] || id == "" || id == nil {
				t.Errorf("the id %v is not one of its own", id)
			}
			seen[id] = true
		}
	}
}

// Past states, and those of an edit in conflict, have ids of their own and say what was there.
func TestStatesHaveIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	ada.update(customer, 1, object{"name": "v2", "phone": "2"})
	answer := ben.ask(`mutation ($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {name: "mine"}}) { ... on CustomerConflict {
		id base { id } baseState { ...s } localState { ...s } remoteState { ...s } } } } fragment s on EntityState { id entityId version document }`, object{"id": customer["id"]})
	conflict := answer["updateCustomer"].(object)
	past := ben.ask(`query ($id: ID!) { customer(id: $id) { id one: stateAt(version: 1) { ...s } two: stateAt(version: 2) { ...s } none: stateAt(version: 3) { id } }
		changes(entityId: $id) { changes { ... on CustomerChange { state { ...s } customer { id } } } } } fragment s on EntityState { id entityId version document }`, object{"id": customer["id"]})
	current := past["customer"].(object)
	want(t, "a version that never was", current["none"], nil)
	states := map[string]any{
		"base": conflict["baseState"], "local": conflict["localState"], "remote": conflict["remoteState"], "one": current["one"], "two": current["two"],
	}
	for i, change := range past["changes"].(object)["changes"].([]any) {
		states[[]string{"first change", "second change"}[i]] = change.(object)["state"]
	}
	for name, says := range map[string]struct {
		name    string
		version float64
		same    string // the state that this one is
	}{
		"base": {"v1", 1, "one"}, "local": {"mine", 2, "local"}, "remote": {"v2", 2, "two"},
		"first change": {"v1", 1, "one"}, "second change": {"v2", 2, "two"}, "one": {"v1", 1, "base"}, "two": {"v2", 2, "remote"},
	} {
		state := states[name].(object)
		want(t, name+" entity", state["entityId"], customer["id"])
		want(t, name+" version", state["version"], says.version)
		want(t, name+" name", state["document"].(object)["name"], says.name)
		for other := range states {
			if same := state["id"] == states[other].(object)["id"]; same != (states[other].(object)["version"] == state["version"] && (name == "local") == (other == "local")) {
				t.Errorf("%s and %s share an id: %v", name, other, same)
			}
		}
		if state["id"] == customer["id"] {
			t.Errorf("%s has the id of the entity", name)
		}
	}
}

// No two nodes share an id, also where an organization is named like a person.
func TestIDsOfNodesNeverClash(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	for _, solo := range []string{"solo", "cus_solo"} {
		ada := join(t, at, solo, solo, collab.RoleAdmin)
		viewer := ada.ask(`{ viewer { user { id } organization { id name } } }`, nil)["viewer"].(object)
		person, organization := viewer["user"].(object)["id"], viewer["organization"].(object)["id"]
		want(t, "person", person, solo)
		if organization == person {
			t.Errorf("the organization has the id %v of the person", organization)
		}
		for id, kind := range map[any]string{person: "User", organization: "Organization"} {
			node := ada.ask(`query ($id: ID!) { node(id: $id) { __typename id } }`, object{"id": id})["node"].(object)
			want(t, "type", node["__typename"], kind)
			want(t, "id", node["id"], id)
		}
	}
	ben := join(t, at, "acme", "ben", collab.RoleAdmin)
	want(t, "as ever", ben.ask(`{ viewer { organization { id } } }`, nil)["viewer"].(object)["organization"].(object)["id"], "acme")
	want(t, "node", ben.ask(`{ node(id: "acme") { __typename } }`, nil)["node"].(object)["__typename"], "Organization")
}

// Problems can be asked for the entity that they are about side by side.
func TestProblemsSayWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, vera := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "vera", collab.RoleViewer)
	customer := ada.create(object{"name": "v1"})
	const update = `mutation ($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {name: "x"}}) {
		... on EntityGone { entityId } ... on AccessDenied { entityId } ... on CustomerConflict { entityId } } }`
	about := func(p *person, id any) any {
		return p.ask(update, object{"id": id})["updateCustomer"].(object)["entityId"]
	}
	want(t, "denied", about(vera, customer["id"]), customer["id"])
	want(t, "gone", about(ada, "cus_nothing"), "cus_nothing")
	denied := vera.ask(`mutation { createCustomer(input: {name: "x"}) { ... on AccessDenied { entityId } } }`, nil)
	want(t, "of what is not there yet", denied["createCustomer"].(object)["entityId"], "acme")
}
