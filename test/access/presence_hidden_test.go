package access_test

import (
	"crypto/rand"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Hiding removes all of a person's clients from all rooms at once. Showing again restores the clients whose
// subscriptions are open, on whichever instance they are.
func TestPresenceHidden(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		cleo, ben := servertest.Join(t, two, org, "cleo", collab.RoleMember), servertest.Join(t, one, org, "ben", collab.RoleMember)
		const presence = `subscription($client: ID) { presence(room: "r", clientId: $client, state: {currentPage: "/p"}) {
			snapshot { id } joined { id clients } updated { id clients } left totalCount } }`
		const hide = `mutation($hidden: Boolean!) { setPresenceHidden(hidden: $hidden) { presenceHidden } }`
		watching := cleo.Connect()
		watching.Subscribe("p", presence, nil)
		watching.Next("p").At("presence.totalCount").Is(`0`) // at first
		// shown waits until ben is seen with this number of clients; nil means not at all.
		shown := func(what string, clients any) {
			t.Helper()
			for {
				update := watching.Next("p").At("presence")
				if len(update.List("left")) > 0 {
					servertest.Want(t, what, nil, clients)
					return
				}
				for _, user := range append(update.List("joined"), update.List("updated")...) {
					if user.Get("clients") == clients {
						return
					}
				}
			}
		}
		tab, phone := ben.Connect(), ben.On(two).Connect()
		tab.Subscribe("p", presence, servertest.Object{"client": "tab"})
		phone.Subscribe("p", presence, servertest.Object{"client": "phone"})
		shown("on both", 2.0)
		for range 3 {
			ben.Ask(hide, servertest.Object{"hidden": true}).Is(`{"setPresenceHidden": {"presenceHidden": true}}`)
			shown("hidden", nil)
			ben.On(two).Ask(`mutation { heartbeat(room: "r", clientId: "watch") { totalCount } }`, nil)
			late := ben.Connect() // opened while hidden
			late.Subscribe("p", presence, servertest.Object{"client": "late"})
			late.Next("p")
			cleo.Ask(`{ presence(room: "r") { totalCount } }`, nil).Is(`{"presence": {"totalCount": 0}}`) // nobody is there
			ben.On(two).Ask(hide, servertest.Object{"hidden": false}).Is(`{"setPresenceHidden": {"presenceHidden": false}}`)
			shown("all three", 3.0)
			late.Write(servertest.Object{"type": "complete", "id": "p"})
			shown("without the late one", 2.0)
		}
	})
}
