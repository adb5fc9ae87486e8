package main

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/hub"
	"tandem/internal/sqlite"
)

// wired is an instance whose inside the test can look at.
func wired(t *testing.T) (*instance, *hub.Broadcasts) {
	t.Helper()
	return wiredTo(t, unlinked())
}

// wiredTo is wired with what links instances.
func wiredTo(t *testing.T, with links) (*instance, *hub.Broadcasts) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	log := slog.New(slog.DiscardHandler)
	app := newApp(settings{AuthSecrets: []string{secret}, ConnectionInitTimeout: patience}, store, with, log)
	with.bus.Listen(t.Context(), app.hub.Announce)
	go app.hub.Run(t.Context())
	go app.rooms.Run(t.Context())
	server := httptest.NewServer(app.handler(t.Context(), new(sync.WaitGroup)))
	t.Cleanup(server.Close)
	return &instance{url: server.URL}, app.broadcasts
}

// Subscribers of equal scope share one execution, whatever their roles; an
// operation that selects what depends on the person has one for each person.
func TestExecutionsAreShared(t *testing.T) {
	t.Parallel()
	at, broadcasts := wired(t)
	ada, vic := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "vic", collab.RoleViewer)
	eve := join(t, at, "evil", "eve", collab.RoleAdmin)
	customer, other := ada.create(object{"name": "v1"}), eve.create(object{"name": "evil"})

	const shared = `subscription($after: Cursor) { customerChanged(after: $after) { version customer { name updatedBy { name } } } }`
	const personal = `subscription($after: Cursor) { customerChanged(after: $after) { version customer { viewerAccess { canEdit } } } }`
	first, second, third := ada.connect(), vic.connect(), eve.connect()
	for _, s := range []*socket{first, second} {
		s.subscribe("shared", shared, object{"after": customer["cursor"]})
	}
	third.subscribe("shared", shared, object{"after": other["cursor"]})
	stats := func() hub.BroadcastStats { return broadcasts.Stats() }
	eventually.Is(t, "members", func() int64 { return int64(stats().Members) }, 3)
	want(t, "broadcasts of two organizations", stats().Broadcasts, 2)

	ada.update(customer, 1, object{"name": "v2"})
	for _, s := range []*socket{first, second} {
		want(t, "event", s.next("shared")["customerChanged"],
			object{"version": 2, "customer": object{"name": "v2", "updatedBy": object{"name": "Ada"}}})
	}
	eventually.Is(t, "deliveries", func() int64 { return stats().Deliveries }, 2)
	want(t, "executions", stats().Executions, 1)

	head := ada.ask(`{ changes { endCursor } }`, nil)["changes"].(object)["endCursor"]
	first.subscribe("personal", personal, object{"after": head})
	second.subscribe("personal", personal, object{"after": head})
	eventually.Is(t, "members", func() int64 { return int64(stats().Members) }, 5)
	ada.update(customer, 2, object{"name": "v3"})
	for s, canEdit := range map[*socket]bool{first: true, second: false} {
		for range 2 { // one of each, in any order
			message := s.read()
			if message["id"] == "personal" {
				data := message["payload"].(object)["data"].(object)["customerChanged"].(object)
				want(t, "access", data["customer"], object{"viewerAccess": object{"canEdit": canEdit}})
			}
		}
	}
	eve.update(other, 1, object{"name": "evil 2"})
	want(t, "eve's", third.next("shared")["customerChanged"].(object)["customer"].(object)["name"], "evil 2")
}

// A resolver that asks a shared execution for the person who asks fails for
// everybody alike, so that a forgotten @perViewer is found by its first test.
func TestSharedExecutionKnowsNobody(t *testing.T) {
	t.Parallel()
	ctx := collab.WithScope(t.Context(), collab.Scope{OrgID: "acme"})
	if v, err := collab.ViewerFrom(ctx); err == nil {
		t.Errorf("a shared execution knows %v", v)
	}
}
