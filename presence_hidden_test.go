package main

import (
	"crypto/rand"
	"testing"

	"tandem/internal/collab"
)

// Hiding takes all clients out of all rooms at once, and showing again brings back
// those whose subscriptions are open, on whichever instance they are.
func TestPresenceHidden(t *testing.T) {
	t.Parallel()
	onOneAndTwo(t, func(t *testing.T, one, two *instance, _ string) {
		org := rand.Text()
		cleo, ben := join(t, two, org, "cleo", collab.RoleMember), join(t, one, org, "ben", collab.RoleMember)
		const presence = `subscription($client: ID) { presence(room: "r", clientId: $client, state: {currentPage: "/p"}) {
			snapshot { id } joined { id clients } updated { id clients } left totalCount } }`
		const hide = `mutation($hidden: Boolean!) { setPresenceHidden(hidden: $hidden) { presenceHidden } }`
		watching := cleo.connect()
		watching.subscribe("p", presence, nil)
		want(t, "at first", watching.next("p")["presence"].(object)["totalCount"], 0)
		// shown waits until ben is seen with so many clients; nil is not at all.
		shown := func(what string, clients any) {
			t.Helper()
			for {
				update := watching.next("p")["presence"].(object)
				if left := update["left"].([]any); len(left) > 0 {
					want(t, what, nil, clients)
					return
				}
				for _, list := range []string{"joined", "updated"} {
					for _, user := range update[list].([]any) {
						if got := user.(object)["clients"]; got == clients {
							return
						}
					}
				}
			}
		}
		tab, phone := ben.connect(), ben.on(two).connect()
		tab.subscribe("p", presence, object{"client": "tab"})
		phone.subscribe("p", presence, object{"client": "phone"})
		shown("on both", 2.0)
		for range 3 {
			want(t, "hidden", ben.ask(hide, object{"hidden": true})["setPresenceHidden"], object{"presenceHidden": true})
			shown("hidden", nil)
			ben.on(two).ask(`mutation { heartbeat(room: "r", clientId: "watch") { totalCount } }`, nil)
			late := ben.connect() // opened while hidden
			late.subscribe("p", presence, object{"client": "late"})
			late.next("p")
			want(t, "nobody is there", cleo.ask(`{ presence(room: "r") { totalCount } }`, nil)["presence"].(object)["totalCount"], 0)
			want(t, "shown", ben.on(two).ask(hide, object{"hidden": false})["setPresenceHidden"], object{"presenceHidden": false})
			shown("all three", 3.0)
			late.write(object{"type": "complete", "id": "p"})
			shown("without the late one", 2.0)
		}
	})
}
