package main

import (
	"crypto/rand"
	"testing"
	"time"

	"tandem/internal/collab"
)

const accessEvents = `subscription { session { __typename ... on AccessChanged { role entityId message } } }`

// restricted makes a customer that only its creator, its owner and admins see.
func (p *person) restricted(name string) object {
	p.t.Helper()
	return p.create(object{"name": name, "visibility": "RESTRICTED"})
}

func (p *person) grant(customer object, user string, level string) {
	p.t.Helper()
	p.ask(`mutation ($id: ID!, $user: ID!, $level: AccessLevel!) { grantAccess(entityId: $id, userId: $user, level: $level) }`,
		object{"id": customer["id"], "user": user, "level": level})
}

func (p *person) revoke(customer object, user string) {
	p.t.Helper()
	p.ask(`mutation ($id: ID!, $user: ID!) { revokeAccess(entityId: $id, userId: $user) }`, object{"id": customer["id"], "user": user})
}

// briefly returns the person with a token that runs out in less than a minute, so
// that the first event of a session shows that it is followed.
func (p *person) briefly(user string) *person {
	p.t.Helper()
	return p.until(user, "acme", time.Now().Add(50*time.Second))
}

// wantChange waits for the next change of a stream of customers.
func wantChange(t *testing.T, what string, next func() told, customer object, version int) {
	t.Helper()
	got := next()
	if got.end != "" {
		t.Fatalf("%s: it ended with %+v", what, got)
	}
	change := got.data.(object)["customerChanged"].(object)
	if change["customer"].(object)["id"] != customer["id"] || int(change["version"].(float64)) != version {
		t.Fatalf("%s: got %v, want version %d of %v", what, change, version, customer["id"])
	}
}

// Revoked access ends exactly the subscription that it governs, and narrows the
// others, at the change itself: what came before it is told, what comes after is not.
func TestRevokedWhileSubscribed(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		at := start(t, embedded(t))
		ada, ben := join(t, at, "acme", "ada", collab.RoleAdmin), join(t, at, "acme", "ben", collab.RoleMember)
		ben.ask(`{ viewer { role } }`, nil)
		open, secret := ada.create(object{"name": "open"}), ada.restricted("secret")
		ada.grant(secret, "ben", "READ")
		all := w.subscribe(ben, customerChanged, object{"after": secret["cursor"]})
		one := w.subscribe(ben, customerChanged, object{"id": secret["id"], "after": secret["cursor"]})
		session := w.subscribe(ben.briefly("ben"), accessEvents, nil)
		want(t, "in place", session().data.(object)["session"].(object)["__typename"], "SessionExpiring")
		ada.update(secret, 1, object{"name": "s2"})
		wantChange(t, "all, before", all, secret, 2)
		wantChange(t, "one, before", one, secret, 2)
		ada.revoke(secret, "ben")
		ada.update(secret, 2, object{"name": "s3"})
		ada.update(open, 1, object{"name": "o2"})
		if got := one(); got.end != "error" || got.code != "FORBIDDEN" {
			t.Errorf("one, after: %+v", got)
		}
		wantChange(t, "all, after", all, open, 2)
		event := session().data.(object)["session"].(object)
		want(t, "told", event, object{
			"__typename": "AccessChanged", "role": "MEMBER", "entityId": secret["id"],
			"message": "You have less access to a customer, or none any more.",
		})
		ada.grant(secret, "ben", "WRITE")
		ada.update(secret, 3, object{"name": "s4"})
		wantChange(t, "all, once it is given back", all, secret, 4)
	})
}

// What counts on one instance counts on the others.
func TestAccessOnTwoInstances(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	one, two := start(t, settings), start(t, settings)
	org := rand.Text()
	ada, ben := join(t, one, org, "ada", collab.RoleAdmin), join(t, two, org, "ben", collab.RoleMember)
	ben.ask(`{ viewer { role } }`, nil)
	open, secret := ada.create(object{"name": "open"}), ada.restricted("secret")
	ada.grant(secret, "ben", "WRITE")
	s := ben.connect()
	s.subscribe("all", customerChanged, object{"after": secret["cursor"]})
	ada.update(open, 1, object{"name": "o2"})
	want(t, "the change", s.next("all")["customerChanged"].(object)["version"], 2)

	t.Run("a room is left by who may not see what it is of", func(t *testing.T) {
		const presence = `subscription ($room: ID!, $client: ID) { presence(room: $room, clientId: $client) { snapshot { id } joined { id } left totalCount } }`
		watching := ada.connect()
		watching.subscribe("p", presence, object{"room": secret["id"]})
		want(t, "nobody", watching.next("p")["presence"].(object)["totalCount"], 0)
		s.subscribe("p", presence, object{"room": secret["id"], "client": "tab"})
		want(t, "ben himself", s.next("p")["presence"].(object)["totalCount"], 1)
		want(t, "ben", watching.next("p")["presence"].(object)["joined"], []any{object{"id": "ben"}})
		ada.revoke(secret, "ben")
		want(t, "ben left", watching.next("p")["presence"].(object)["left"], []any{"ben"})
		outside := s.next("p")["presence"].(object) // where nobody is whom he may not meet
		want(t, "ben's room", outside["snapshot"], []any{object{"id": "ben"}})
	})

	t.Run("a member who is removed follows nothing any more", func(t *testing.T) {
		ada.ask(`mutation { removeMember(userId: "ben") }`, nil)
		ended := map[string]bool{}
		for len(ended) < 2 {
			m := s.read()
			if m["type"] != "error" {
				t.Fatalf("got %v", m)
			}
			first := m["payload"].([]any)[0].(object)
			want(t, "code", first["extensions"].(object)["code"], "FORBIDDEN")
			ended[m["id"].(string)] = true
		}
		want(t, "a query of somebody removed", ben.code(`{ viewer { role } }`, nil), "FORBIDDEN")
	})
}

// A role counts at once, and who gets one is told.
func TestRoleWhileSubscribed(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleAdmin), join(t, at, "acme", "ben", collab.RoleMember)
	ben.ask(`{ viewer { role } }`, nil)
	secret := ada.restricted("secret")
	s := ben.briefly("ben").connect()
	s.subscribe("session", accessEvents, nil)
	want(t, "in place", s.next("session")["session"].(object)["__typename"], "SessionExpiring")
	s.subscribe("all", customerChanged, object{"after": secret["cursor"]})
	const setRole = `mutation ($role: Role!) { setMemberRole(userId: "ben", role: $role) { role } }`
	wantTold := func(role, message string) {
		t.Helper()
		want(t, "told", s.next("session")["session"], object{"__typename": "AccessChanged", "role": role, "entityId": nil, "message": message})
	}
	ada.ask(setRole, object{"role": "ADMIN"})
	wantTold("ADMIN", "Your role is ADMIN now.")
	ada.update(secret, 1, object{"name": "s2"})
	want(t, "an admin sees it", s.next("all")["customerChanged"].(object)["version"], 2)
	ada.ask(setRole, object{"role": "VIEWER"})
	wantTold("VIEWER", "Your role is VIEWER now.")
	ada.update(secret, 2, object{"name": "s3"})
	open := ada.create(object{"name": "open"})
	want(t, "a viewer does not", s.next("all")["customerChanged"].(object)["customer"].(object)["id"], open["id"])
	ada.ask(`mutation { removeMember(userId: "ben") }`, nil)
	ended := map[string]bool{}
	for len(ended) < 2 {
		switch m := s.read(); {
		case m["type"] == "error":
			want(t, "code", m["payload"].([]any)[0].(object)["extensions"].(object)["code"], "FORBIDDEN")
			ended[m["id"].(string)] = true
		default:
			event := m["payload"].(object)["data"].(object)["session"].(object)
			want(t, "told", event["message"], "You were removed from the organization.")
		}
	}
}
