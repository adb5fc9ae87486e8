package live_test

import (
	"strconv"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/servertest"
)

func TestResumesAfterACursorInOrder(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
		customer := ada.Create(servertest.Object{"name": "v1"})
		for version := 2; version <= 40; version++ { // more than are delivered together
			ada.Update(customer, version-1, servertest.Object{"notes": time.Duration(version).String()})
		}
		events := w.Subscribe(ada, servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
		for version := 2; version <= 45; version++ {
			if version > 40 {
				ada.Update(customer, version-1, servertest.Object{"notes": time.Duration(version).String()})
			}
			events.Next().At("customerChanged.version").Is(strconv.Itoa(version))
		}
	})
}

func TestResyncRequiredOnEveryWire(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
		events := w.Subscribe(ada, servertest.CustomerChanged, servertest.Object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
		events.WantEnd("error", "RESYNC_REQUIRED")
	})
}

func TestErrorsOnEveryWire(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
		w.Subscribe(ada, `subscription { nonsense }`, nil).WantEnd("error", "GRAPHQL_VALIDATION_FAILED")
		w.Subscribe(ada, `subscription { customerChanged(maxPerSecond: -1) { version } }`, nil).WantEnd("error", "BAD_USER_INPUT")
	})
}

func TestPresenceOnEveryWire(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		org := "org of " + w.Name
		ada, ben := servertest.Join(t, at, org, "ada", collab.RoleMember), servertest.Join(t, at, org, "ben", collab.RoleMember)
		events := w.Subscribe(ada, `subscription { presence(room: "r", clientId: "a") { snapshot { id } joined { id } } }`, nil)
		events.Next().Is(`{"presence": {"snapshot": [{"id": "ada"}], "joined": []}}`)
		w.Subscribe(ben, `subscription { presence(room: "r", clientId: "b") { totalCount } }`, nil)
		events.Next().Is(`{"presence": {"snapshot": null, "joined": [{"id": "ben"}]}}`)
	})
}

// A drain interrupts subscriptions, so that their clients come back, and never sends that one is complete.
func TestDrainOnEveryWire(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		at := servertest.Start(t, servertest.Embedded(t))
		ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
		customer := ada.Create(servertest.Object{"name": "v1"})
		events := w.Subscribe(ada, servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
		ada.Update(customer, 1, servertest.Object{"name": "v2"})
		events.Next().At("customerChanged.version").Is(`2`)
		at.Drain(t)
		events.WantEnd("lost", "")
	})
}

func TestExpiredTokenOnEveryWire(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		token, err := auth.NewVerifier([]string{servertest.Secret}, "", "", time.Now).Sign(collab.Claims{
			UserID: "ada", OrganizationID: "acme", Role: collab.RoleMember,
		}, time.Now().Add(2*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		events := w.Subscribe(&servertest.Person{T: t, At: at, Token: token}, servertest.CustomerChanged, nil)
		events.WantEnd("lost", "")
	})
}
