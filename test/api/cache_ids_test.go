package api_test

import (
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A person has a different id in each room, besides the id of the person.
func TestPresencesHaveAnIDForEachRoom(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	const beat = `mutation ($room: ID!, $page: String) { heartbeat(room: $room, clientId: "tab", state: {currentPage: $page}) {
		users { id } presences { id user { id name } currentPage } currentPresence { id } } }`
	enter := func(p *servertest.Person, room, page string) servertest.Answer {
		return p.Ask(beat, servertest.Object{"room": room, "page": page})
	}
	enter(ada, "a", "/a").Is(`{"heartbeat": {"users": [{"id": "ada"}], "currentPresence": {"id": "<text:own>"},
		"presences": [{"id": "<text:own>", "user": {"id": "ada", "name": "Ada"}, "currentPage": "$page"}]}}`)
	const both = `{"heartbeat": {"users": [{"id": "ada"}, {"id": "ben"}], "currentPresence": {"id": "<text:ben>"}, "presences": [
		{"id": "<text:ada>", "user": {"id": "ada", "name": "Ada"}, "currentPage": "$page"},
		{"id": "<text:ben>", "user": {"id": "ben", "name": "Ben"}, "currentPage": "$page"}]}}`
	a := enter(ben, "a", "/a").Is(both)
	enter(ada, "b", "/b")
	b := enter(ben, "b", "/b").Is(both)
	if ids := map[any]bool{a["ada"]: true, a["ben"]: true, b["ada"]: true, b["ben"]: true}; len(ids) != 4 {
		t.Errorf("the ids are %v in one room, and %v in the other", a, b)
	}

	s := ben.Connect()
	s.Subscribe("1", `subscription { presence(room: "a") { presences { snapshot { id } joined { id } updated { id currentPage } left } } }`, nil)
	s.Next("1").Is(`{"presence": {"presences": {"snapshot": [{"id": "$ada"}, {"id": "$ben"}], "joined": [], "updated": [], "left": []}}}`, a)
	enter(ada, "a", "/elsewhere")
	s.Next("1").Is(`{"presence": {"presences": {"snapshot": null, "joined": [], "updated": [{"id": "$ada", "currentPage": "/elsewhere"}], "left": []}}}`, a)
	ada.Ask(`mutation { leaveRoom(room: "a", clientId: "tab") }`, nil)
	s.Next("1").Is(`{"presence": {"presences": {"snapshot": null, "joined": [], "updated": [], "left": ["$ada"]}}}`, a)
}

// A person's access to an entity, their membership and their viewer each have an id that nothing else has.
func TestObjectsOfAPersonHaveIDs(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	customers := servertest.Object{"first": ada.Create(servertest.Object{"name": "A"})["id"], "second": ada.Create(servertest.Object{"name": "B"})["id"]}
	ben.Ask(`{ viewer { role } }`, nil)
	seen := map[any]bool{"ada": true, "ben": true, "acme": true}
	for name, p := range map[string]*servertest.Person{"ada": ada, "ben": ben} {
		viewer := p.Ask(`{ viewer { id user { id } organization { id members { nodes { id user { id } } } } } }`, nil).Is(`{"viewer": {
			"id": "<text:viewer>", "user": {"id": "$name"}, "organization": {"id": "acme", "members": {"nodes": [
				{"id": "<text:ada>", "user": {"id": "ada"}}, {"id": "<text:ben>", "user": {"id": "ben"}}]}}}}`, servertest.Object{"name": name})
		p.Ask(`mutation { setPresenceHidden(hidden: false) { id } }`, nil).Is(`{"setPresenceHidden": {"id": "$viewer"}}`, viewer)
		access := p.Ask(`query ($first: ID!, $second: ID!) { first: customer(id: $first) { viewerAccess { id } } second: customer(id: $second) { viewerAccess { id } } }`, customers).
			Is(`{"first": {"viewerAccess": {"id": "<text:first>"}}, "second": {"viewerAccess": {"id": "<text:second>"}}}`)
		for _, id := range []any{viewer["viewer"], viewer[name], access["first"], access["second"]} {
			if seen[id] {
				t.Errorf("the id %v is not one of its own", id)
			}
			seen[id] = true
		}
	}
}

// Past states, and the states of an edit in conflict, have ids of their own and the content of that time.
func TestStatesHaveIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	ada.Update(customer, 1, servertest.Object{"name": "v2", "phone": "2"})
	const state = ` fragment s on EntityState { id entityId version document }`
	answer := ben.Ask(`mutation ($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {name: "mine"}}) { ... on CustomerConflict {
		id base { id } baseState { ...s } localState { ...s } remoteState { ...s } } } }`+state, customer)
	conflict := answer.Is(`{"updateCustomer": {
		"id": "<id>", "base": {"id": "$id"},
		"baseState": {"id": "<text:one>", "entityId": "$id", "version": 1, "document": "<any:v1>"},
		"localState": {"id": "<text:mine>", "entityId": "$id", "version": 2, "document": "<any>"},
		"remoteState": {"id": "<text:two>", "entityId": "$id", "version": 2, "document": "<any:v2>"}}}`)
	answer.At("updateCustomer.baseState.document.name").Is(`"v1"`)
	answer.At("updateCustomer.localState.document.name").Is(`"mine"`)
	answer.At("updateCustomer.remoteState.document.name").Is(`"v2"`)
	ben.Ask(`query ($id: ID!) { customer(id: $id) { one: stateAt(version: 1) { ...s } two: stateAt(version: 2) { ...s } none: stateAt(version: 3) { id } }
		changes(entityId: $id) { changes { ... on CustomerChange { state { ...s } customer { id } } } } }`+state, customer).Is(`{
			"customer": {
				"one": {"id": "$one", "entityId": "$id", "version": 1, "document": "$v1"},
				"two": {"id": "$two", "entityId": "$id", "version": 2, "document": "$v2"},
				"none": null},
			"changes": {"changes": [
				{"state": {"id": "$one", "entityId": "$id", "version": 1, "document": "$v1"}, "customer": {"id": "$id"}},
				{"state": {"id": "$two", "entityId": "$id", "version": 2, "document": "$v2"}, "customer": {"id": "$id"}}]}}`, conflict)
	if ids := map[any]bool{customer["id"]: true, conflict["one"]: true, conflict["two"]: true, conflict["mine"]: true}; len(ids) != 4 {
		t.Errorf("the states %v of %v share ids", conflict, customer["id"])
	}
}

// No two nodes share an id, even if an organization is named like a person.
func TestNodeIDsAreUnique(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	const node = `query ($id: ID!) { node(id: $id) { __typename id } }`
	for _, solo := range []string{"solo", "cus_solo"} {
		ada := servertest.Join(t, at, solo, solo, collab.RoleAdmin)
		seen := ada.Ask(`{ viewer { user { id } organization { id } } }`, nil).
			Is(`{"viewer": {"user": {"id": "$solo"}, "organization": {"id": "<text:organization>"}}}`, servertest.Object{"solo": solo})
		if seen["organization"] == solo {
			t.Errorf("the organization has the id %s of the person", solo)
		}
		ada.Ask(node, servertest.Object{"id": solo}).Is(`{"node": {"__typename": "User", "id": "$id"}}`)
		ada.Ask(node, servertest.Object{"id": seen["organization"]}).Is(`{"node": {"__typename": "Organization", "id": "$id"}}`)
	}
	ben := servertest.Join(t, at, "acme", "ben", collab.RoleAdmin)
	ben.Ask(`{ viewer { organization { id } } node(id: "acme") { __typename } }`, nil).
		Is(`{"viewer": {"organization": {"id": "acme"}}, "node": {"__typename": "Organization"}}`)
}

// Problems can be asked for their entity side by side.
func TestProblemsNameTheirEntity(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, vera := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "vera", collab.RoleViewer)
	customer := ada.Create(servertest.Object{"name": "v1"})
	const update = `mutation ($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {name: "x"}}) {
		__typename ... on EntityGone { entityId } ... on AccessDenied { entityId } ... on CustomerConflict { entityId } } }`
	vera.Ask(update, customer).Is(`{"updateCustomer": {"__typename": "AccessDenied", "entityId": "$id"}}`)
	ada.Ask(update, servertest.Object{"id": "cus_nothing"}).Is(`{"updateCustomer": {"__typename": "EntityGone", "entityId": "cus_nothing"}}`)
	vera.Ask(`mutation { createCustomer(input: {name: "x"}) { ... on AccessDenied { entityId } } }`, nil).
		Is(`{"createCustomer": {"entityId": "acme"}}`) // of what is not there yet
}
