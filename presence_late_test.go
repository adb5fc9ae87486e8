package main

import (
	"context"
	"testing"
	"time"

	"tandem/internal/collab"
)

// latePresences take people out of all rooms later than they are asked to.
type latePresences struct {
	collab.Presences
	asked, goOn chan struct{}
}

func (p latePresences) LeaveAll(ctx context.Context, orgID, userID collab.ID) error {
	p.asked <- struct{}{}
	<-p.goOn
	return p.Presences.LeaveAll(ctx, orgID, userID)
}

// Somebody who hides in one tab, and shows themselves in another one before the first was done, is seen.
func TestShownWhileHiding(t *testing.T) {
	t.Parallel()
	with := unlinked()
	late := latePresences{with.presences, make(chan struct{}), make(chan struct{})}
	with.presences = late
	at, _ := wiredTo(t, with)
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleMember)
	const presence = `subscription($client: ID) { presence(room: "r", clientId: $client) { snapshot { id } joined { id } left } }`
	const hide = `mutation($hidden: Boolean!) { setPresenceHidden(hidden: $hidden) { presenceHidden } }`
	tab := ben.connect()
	tab.subscribe("p", presence, object{"client": "tab"})
	tab.next("p")
	watching := ada.connect()
	watching.subscribe("p", presence, nil)
	want(t, "at first", watching.next("p")["presence"].(object)["snapshot"], []any{object{"id": "ben"}})

	hiding := make(chan object)
	go func() { hiding <- ben.ask(hide, object{"hidden": true}) }()
	<-late.asked
	want(t, "hidden", watching.next("p")["presence"].(object)["left"], []any{"ben"})
	ben.ask(hide, object{"hidden": false})
	want(t, "shown", watching.next("p")["presence"].(object)["joined"], []any{object{"id": "ben"}})
	late.goOn <- struct{}{}
	<-hiding // he has been taken out, and comes back by himself
	for deadline := time.Now().Add(patience); ; {
		users := ada.ask(`{ presence(room: "r") { users { id } } }`, nil)["presence"].(object)["users"]
		if len(users.([]any)) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("who shows themselves again is not seen")
		}
	}
}
