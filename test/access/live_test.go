package access_test

import (
	"crypto/rand"
	"strconv"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const accessEvents = `subscription { session { __typename ... on AccessChanged { role entityId message } } }`

// wantChange waits for the next change of a stream of customers.
func wantChange(t *testing.T, events servertest.Events, customer servertest.Object, version int) {
	t.Helper()
	change := events.Next().At("customerChanged")
	change.At("customer.id").Is(`"$id"`, customer)
	change.At("version").Is(strconv.Itoa(version))
}

// Revoking access ends exactly the subscription to that entity, and narrows the others, at the change itself:
// earlier changes are delivered, later ones are not.
func TestRevokedWhileSubscribed(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		at := servertest.Start(t, servertest.Embedded(t))
		ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
		ben.Ask(`{ viewer { role } }`, nil)
		open, secret := ada.Create(servertest.Object{"name": "open"}), ada.Restricted("secret")
		ada.Grant(secret, "ben", "READ")
		all := w.Subscribe(ben, servertest.CustomerChanged, servertest.Object{"after": secret["cursor"]})
		one := w.Subscribe(ben, servertest.CustomerChanged, servertest.Object{"id": secret["id"], "after": secret["cursor"]})
		session := w.Subscribe(ben.Briefly("ben"), accessEvents, nil)
		session.Next().Is(`{"session": {"__typename": "SessionExpiring"}}`)
		ada.Update(secret, 1, servertest.Object{"name": "s2"})
		wantChange(t, all, secret, 2)
		wantChange(t, one, secret, 2)
		ada.Revoke(secret, "ben")
		ada.Update(secret, 2, servertest.Object{"name": "s3"})
		ada.Update(open, 1, servertest.Object{"name": "o2"})
		one.WantEnd("error", "FORBIDDEN")
		wantChange(t, all, open, 2)
		session.Next().Is(`{"session": {"__typename": "AccessChanged", "role": "MEMBER", "entityId": "$id",
			"message": "You have less access to a customer, or none any more."}}`, secret)
		ada.Grant(secret, "ben", "WRITE")
		ada.Update(secret, 3, servertest.Object{"name": "s4"})
		wantChange(t, all, secret, 4)
	})
}

// Changes of access on one instance apply on the others.
func TestAccessOnTwoInstances(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	one, two := servertest.Start(t, settings), servertest.Start(t, settings)
	org := rand.Text()
	ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleMember)
	ben.Ask(`{ viewer { role } }`, nil)
	open, secret := ada.Create(servertest.Object{"name": "open"}), ada.Restricted("secret")
	ada.Grant(secret, "ben", "WRITE")
	s := ben.Connect()
	s.Subscribe("all", servertest.CustomerChanged, servertest.Object{"after": secret["cursor"]})
	ada.Update(open, 1, servertest.Object{"name": "o2"})
	s.Next("all").At("customerChanged.version").Is(`2`) // the change

	t.Run("RevokedLeavesRoom", func(t *testing.T) {
		const presence = `subscription ($room: ID!, $client: ID) { presence(room: $room, clientId: $client) { snapshot { id } joined { id } left totalCount } }`
		watching := ada.Connect()
		watching.Subscribe("p", presence, servertest.Object{"room": secret["id"]})
		watching.Next("p").At("presence.totalCount").Is(`0`)
		s.Subscribe("p", presence, servertest.Object{"room": secret["id"], "client": "tab"})
		s.Next("p").At("presence.totalCount").Is(`1`) // ben himself
		watching.Next("p").At("presence.joined").Is(`[{"id": "ben"}]`)
		ada.Revoke(secret, "ben")
		watching.Next("p").At("presence.left").Is(`["ben"]`)      // ben left
		s.Next("p").At("presence.snapshot").Is(`[{"id": "ben"}]`) // shows nobody whom he may not meet
	})

	t.Run("RemovedFollowsNothing", func(t *testing.T) {
		ada.Ask(`mutation { removeMember(userId: "ben") }`, nil)
		ended := map[string]bool{}
		for len(ended) < 2 {
			m := s.Read()
			servertest.Want(t, "code", m.At("payload").Code(), "FORBIDDEN")
			ended[m.Text("id")] = true
		}
		servertest.Want(t, "a query of somebody removed", ben.Code(`{ viewer { role } }`, nil), "FORBIDDEN")
	})
}

// A new role applies at once, and its holder is notified.
func TestRoleWhileSubscribed(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	ben.Ask(`{ viewer { role } }`, nil)
	secret := ada.Restricted("secret")
	s := ben.Briefly("ben").Connect()
	s.Subscribe("session", accessEvents, nil)
	s.Next("session").At("session.__typename").Is(`"SessionExpiring"`) // in place
	s.Subscribe("all", servertest.CustomerChanged, servertest.Object{"after": secret["cursor"]})
	const setRole = `mutation ($role: Role!) { setMemberRole(userId: "ben", role: $role) { role } }`
	wantTold := func(role, message string) {
		t.Helper()
		s.Next("session").Is(`{"session": {"__typename": "AccessChanged", "role": "$role", "entityId": null, "message": "$message"}}`,
			servertest.Object{"role": role, "message": message})
	}
	ada.Ask(setRole, servertest.Object{"role": "ADMIN"})
	wantTold("ADMIN", "Your role is ADMIN now.")
	ada.Update(secret, 1, servertest.Object{"name": "s2"})
	s.Next("all").At("customerChanged.version").Is(`2`) // an admin sees it
	ada.Ask(setRole, servertest.Object{"role": "VIEWER"})
	wantTold("VIEWER", "Your role is VIEWER now.")
	ada.Update(secret, 2, servertest.Object{"name": "s3"})
	open := ada.Create(servertest.Object{"name": "open"})
	s.Next("all").At("customerChanged.customer.id").Is(`"$open"`, servertest.Object{"open": open["id"]}) // a viewer does not
	ada.Ask(`mutation { removeMember(userId: "ben") }`, nil)
	ended := map[string]bool{}
	for len(ended) < 2 {
		m := s.Read()
		if m.Get("type") == "error" {
			servertest.Want(t, "code", m.At("payload").Code(), "FORBIDDEN")
			ended[m.Text("id")] = true
			continue
		}
		m.At("payload.data.session.message").Is(`"You were removed from the organization."`)
	}
}
