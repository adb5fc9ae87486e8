package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/collab"
)

// A token of somebody that has expired is no guess, whatever else came from its address.
func TestExpiredTokensAreNoGuesses(t *testing.T) {
	t.Parallel()
	at, _, _ := limited(t, map[string]string{})
	old := join(t, at, "acme", "ada", collab.RoleMember).until("ada", "acme", time.Now().Add(-time.Hour))
	for range 30 {
		old.from("203.0.113.7").want(http.StatusUnauthorized)
	}
	guess := &person{t: t, at: at, token: "wrong"}
	for range 20 {
		guess.from("203.0.113.7").want(http.StatusUnauthorized) // none of the 30 before counts
	}
	guess.from("203.0.113.7").want(http.StatusTooManyRequests)
	old.from("203.0.113.7").want(http.StatusUnauthorized)
	s := &socket{t: t, conn: dialFrom(t, at, "203.0.113.7")}
	s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + old.token}})
	want(t, "code", s.closeCode(), 4403)
}

// What is accepted within the leeway after exp is kept until the leeway is over.
func TestTokensPastTheirExpiryAreKept(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
		customer := ada.create(object{"name": "v1"})
		expired := time.Now().Add(-12 * time.Second).Truncate(time.Second)
		old := ada.until("ada", "acme", expired)
		next := w.subscribe(old, customerChanged, object{"after": customer["cursor"]})
		ada.update(customer, 1, object{"name": "v2"})
		if got := next(); got.end != "" {
			t.Fatalf("the connection ended with %+v at once", got)
		}
		if got := next(); got.end != "lost" {
			t.Errorf("the connection ended with %+v", got)
		}
		if kept := time.Since(expired); kept < 15*time.Second {
			t.Errorf("it was kept for %v only", kept)
		}
	})
}

// The same for a token that is renewed on an open socket.
func TestRenewedTokensPastTheirExpiryAreKept(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.connect()
	expired := time.Now().Add(-12 * time.Second).Truncate(time.Second)
	s.subscribe("refresh", refresh, object{"token": ada.until("ada", "acme", expired).token})
	if data := s.next("refresh"); data["refreshSession"] == nil {
		t.Fatalf("got %v", data)
	}
	s.read() // complete
	if _, err := s.conn.next(patience); websocket.CloseStatus(err) != 4403 || time.Since(expired) < 15*time.Second {
		t.Errorf("closed with %v after %v", err, time.Since(expired))
	}
}
