package access_test

import (
	"context"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// latePresences remove people from all rooms with a delay.
type latePresences struct {
	collab.Presences
	asked, goOn chan struct{}
}

func (p latePresences) LeaveAll(ctx context.Context, orgID, userID collab.ID) error {
	p.asked <- struct{}{}
	<-p.goOn
	return p.Presences.LeaveAll(ctx, orgID, userID)
}

// A person who hides in one tab, and shows themselves in another one before the first has finished, is visible.
func TestShowWhileHiding(t *testing.T) {
	t.Parallel()
	with := server.InProcess()
	late := latePresences{with.Presences, make(chan struct{}), make(chan struct{})}
	with.Presences = late
	at := servertest.StartWith(t, nil, server.Options{Backends: &with})
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	const presence = `subscription($client: ID) { presence(room: "r", clientId: $client) { snapshot { id } joined { id } left } }`
	const hide = `mutation($hidden: Boolean!) { setPresenceHidden(hidden: $hidden) { presenceHidden } }`
	tab := ben.Connect()
	tab.Subscribe("p", presence, servertest.Object{"client": "tab"})
	tab.Next("p")
	watching := ada.Connect()
	watching.Subscribe("p", presence, nil)
	watching.Next("p").At("presence.snapshot").Is(`[{"id": "ben"}]`)

	hiding := make(chan servertest.Answer)
	go func() { hiding <- ben.Ask(hide, servertest.Object{"hidden": true}) }()
	<-late.asked
	watching.Next("p").Is(`{"presence": {"snapshot": null, "joined": [], "left": ["ben"]}}`)
	ben.Ask(hide, servertest.Object{"hidden": false})
	watching.Next("p").Is(`{"presence": {"snapshot": null, "joined": [{"id": "ben"}], "left": []}}`)
	late.goOn <- struct{}{}
	<-hiding // he has been removed, and comes back by himself, which need not be an event
	eventually.Is(t, "ben is shown again", func() string {
		return ada.Ask(`{ presence(room: "r") { users { id } } }`, nil).String()
	}, `{"presence":{"users":[{"id":"ben"}]}}`)
}
