package signin_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// An expired token of a known person does not count as a guess, whatever else came from its address.
func TestExpiredTokenIsNotAGuess(t *testing.T) {
	t.Parallel()
	at, _ := servertest.Limited(t, map[string]string{})
	old := servertest.Join(t, at, "acme", "ada", collab.RoleMember).Until("ada", "acme", time.Now().Add(-time.Hour))
	for range 30 {
		old.From("203.0.113.7").Want(http.StatusUnauthorized)
	}
	guess := &servertest.Person{T: t, At: at, Token: "wrong"}
	for range 20 {
		guess.From("203.0.113.7").Want(http.StatusUnauthorized) // none of the 30 before counts
	}
	guess.From("203.0.113.7").Want(http.StatusTooManyRequests)
	old.From("203.0.113.7").Want(http.StatusUnauthorized)
	s := &servertest.Socket{T: t, Conn: servertest.DialFrom(t, at, "203.0.113.7")}
	s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + old.Token}})
	servertest.Want(t, "code", s.CloseCode(), 4403)
}

// A token that is accepted within the leeway after exp stays valid until the leeway is over.
func TestTokenWithinLeeway(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
		customer := ada.Create(servertest.Object{"name": "v1"})
		expired := time.Now().Add(-12 * time.Second).Truncate(time.Second)
		old := ada.Until("ada", "acme", expired)
		events := w.Subscribe(old, servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
		ada.Update(customer, 1, servertest.Object{"name": "v2"})
		events.Next().At("customerChanged.version").Is(`2`)
		events.WantEnd("lost", "")
		if kept := time.Since(expired); kept < 15*time.Second {
			t.Errorf("it was kept for %v only", kept)
		}
	})
}

// The same holds for a token that is renewed on an open socket.
func TestRenewedTokenWithinLeeway(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.Connect()
	expired := time.Now().Add(-12 * time.Second).Truncate(time.Second)
	s.Subscribe("refresh", servertest.Refresh, servertest.Object{"token": ada.Until("ada", "acme", expired).Token})
	s.Next("refresh").Is(`{"refreshSession": {"user": {"id": "ada", "name": "Ada the Second"}}}`)
	s.Read().Is(`{"id": "refresh", "type": "complete"}`)
	if _, err := s.Conn.Next(servertest.Patience); websocket.CloseStatus(err) != 4403 || time.Since(expired) < 15*time.Second {
		t.Errorf("closed with %v after %v", err, time.Since(expired))
	}
}
