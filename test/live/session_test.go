package live_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

const sessionEvents = `subscription { session { __typename ... on SessionExpiring { expiresAt } ... on ServerDraining { reconnectAfterMs } } }`

// soon is when a token expires whose end a test waits for, in whole seconds as in tokens.
func soon() time.Time { return time.Now().Add(3 * time.Second).Truncate(time.Second) }

func TestSessionExpires(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
		expires := soon()
		events := w.Subscribe(ada.Until("ada", "acme", expires), sessionEvents, nil)
		events.Next().Is(`{"session": {"__typename": "SessionExpiring", "expiresAt": "$expires"}}`,
			servertest.Object{"expires": expires.UTC().Format("2006-01-02T15:04:05.000Z")})
		events.WantEnd("lost", "")
	})
}

func TestSessionAnnouncesDrain(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		at := servertest.Start(t, servertest.Embedded(t))
		events := w.Subscribe(servertest.Join(t, at, "acme", "ada", collab.RoleMember), sessionEvents, nil)
		at.Stop()
		event := events.Next()
		event.Is(`{"session": {"__typename": "ServerDraining", "reconnectAfterMs": "<number>"}}`)
		if wait := event.Number("session.reconnectAfterMs"); wait < 0 || wait > 10_000 {
			t.Errorf("clients are told to wait %v ms", wait)
		}
		events.WantEnd("lost", "")
	})
}

// After a fresh token on the open connection, the subscriptions continue past the expiry of the first token.
func TestRefreshSession(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	old := ada.Until("ada", "acme", soon())
	refreshed, left := old.Connect(), old.Connect()
	refreshed.Subscribe("session", sessionEvents, nil)
	refreshed.Subscribe("changes", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	refreshed.Next("session").Is(`{"session": {"__typename": "SessionExpiring", "expiresAt": "<time>"}}`)
	fresh := ada.Until("ada", "acme", time.Now().Add(time.Hour))
	refreshed.Subscribe("refresh", servertest.Refresh, servertest.Object{"token": fresh.Token})
	refreshed.Next("refresh").Is(`{"refreshSession": {"user": {"id": "ada", "name": "Ada the Second"}}}`)
	refreshed.Read().Is(`{"id": "refresh", "type": "complete"}`)
	if code := left.CloseCode(); code != 4403 { // the connection that kept the old token
		t.Errorf("closed with %d, want 4403", code)
	}
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	refreshed.Next("changes").At("customerChanged.version").Is(`2`)
}

func TestRefreshSessionRefuses(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.Connect()
	hour := time.Now().Add(time.Hour)
	for name, test := range map[string]struct{ token, code string }{
		"another person":       {ada.Until("ben", "acme", hour).Token, "FORBIDDEN"},
		"another organization": {ada.Until("ada", "other", hour).Token, "FORBIDDEN"},
		"an expired token":     {ada.Until("ada", "acme", time.Now().Add(-time.Hour)).Token, "UNAUTHENTICATED"},
		"no token":             {"nonsense", "UNAUTHENTICATED"},
	} {
		s.Subscribe(name, servertest.Refresh, servertest.Object{"token": test.token})
		servertest.Want(t, name, s.Read().At("payload").Code(), test.code)
		s.Read().Is(`{"id": "$name", "type": "complete"}`, servertest.Object{"name": name})
	}
	servertest.Want(t, "over HTTP", ada.Code(servertest.Refresh, servertest.Object{"token": ada.Token}), "BAD_USER_INPUT")
}
