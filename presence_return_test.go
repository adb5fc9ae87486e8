package main

import (
	"crypto/rand"
	"testing"
	"time"

	"tandem/internal/collab"
)

// A client whose connection the server closed, and which comes back within its grace, is not seen to leave.
func TestReturningClientsDoNotBlink(t *testing.T) {
	t.Parallel()
	const presence = `subscription($client: ID) { presence(room: "r", clientId: $client) { snapshot { id } joined { id } updated { id } left } }`
	for name, closing := range map[string]struct {
		code  int
		close func(t *testing.T, of *instance)
		token time.Duration
	}{
		"drained": {1012, func(t *testing.T, of *instance) { of.drain(t) }, time.Hour},
		"expired": {4403, func(*testing.T, *instance) {}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := shared(t)
			one, two := start(t, settings), start(t, settings)
			org := rand.Text()
			ada, ben, cem := join(t, two, org, "ada", collab.RoleMember), join(t, one, org, "ben", collab.RoleMember), join(t, two, org, "cem", collab.RoleMember)
			tab := ben.until("ben", org, time.Now().Add(closing.token)).connect()
			tab.subscribe("p", presence, object{"client": "tab"})
			tab.next("p")
			watching := ada.connect()
			watching.subscribe("p", presence, nil)
			want(t, "at first", watching.next("p")["presence"].(object)["snapshot"], []any{object{"id": "ben"}})
			closing.close(t, one)
			want(t, "the close code", tab.closeCode(), closing.code)
			again := ben.until("ben", org, time.Now().Add(time.Hour)).on(two).connect() // by the same name
			again.subscribe("p", presence, object{"client": "tab"})
			again.next("p")
			other := cem.connect()
			other.subscribe("p", presence, object{"client": "other"})
			update := watching.next("p")["presence"].(object)
			want(t, "what is told next", update, object{
				"snapshot": nil, "joined": []any{object{"id": "cem"}}, "updated": []any{}, "left": []any{},
			})
		})
	}
}
