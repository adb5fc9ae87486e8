package access_test

import (
	"crypto/rand"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A client whose connection the server closed, and that comes back within its grace period, is not seen to leave.
func TestReturningClientStaysPresent(t *testing.T) {
	t.Parallel()
	const presence = `subscription($client: ID) { presence(room: "r", clientId: $client) { snapshot { id } joined { id } updated { id } left } }`
	for name, closing := range map[string]struct {
		code  int
		close func(t *testing.T, of *servertest.Instance)
		token time.Duration
	}{
		"drained": {1012, func(t *testing.T, of *servertest.Instance) { of.Drain(t) }, time.Hour},
		"expired": {4403, func(*testing.T, *servertest.Instance) {}, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := servertest.Shared(t)
			one, two := servertest.Start(t, settings), servertest.Start(t, settings)
			org := rand.Text()
			ada, ben, cem := servertest.Join(t, two, org, "ada", collab.RoleMember), servertest.Join(t, one, org, "ben", collab.RoleMember), servertest.Join(t, two, org, "cem", collab.RoleMember)
			tab := ben.Until("ben", org, time.Now().Add(closing.token)).Connect()
			tab.Subscribe("p", presence, servertest.Object{"client": "tab"})
			tab.Next("p")
			watching := ada.Connect()
			watching.Subscribe("p", presence, nil)
			watching.Next("p").At("presence.snapshot").Is(`[{"id": "ben"}]`)
			closing.close(t, one)
			servertest.Want(t, "the close code", tab.CloseCode(), closing.code)
			again := ben.Until("ben", org, time.Now().Add(time.Hour)).On(two).Connect() // under the same name
			again.Subscribe("p", presence, servertest.Object{"client": "tab"})
			again.Next("p")
			other := cem.Connect()
			other.Subscribe("p", presence, servertest.Object{"client": "other"})
			watching.Next("p").Is(`{"presence": {"snapshot": null, "joined": [{"id": "cem"}], "updated": [], "left": []}}`) // and no word of ben
		})
	}
}
