package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/sqlite"
)

const loadedActivity = `subscription($after: Cursor) { activity(after: $after) {
	cursor entityVersion userName entity { id ... on Customer { version } } actor { id name } } }`

// A subscription that catches up shows loaded fields without a read for each event, and
// nothing in an event is older than its change, however quickly changes come.
func TestEventsAreReadTogether(t *testing.T) {
	t.Parallel()
	inner, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(inner.Close)
	store := &countingStore{Store: inner}
	app := newApp(settings{AuthSecrets: []string{secret}, ConnectionInitTimeout: patience}, store, unlinked(), slog.New(slog.DiscardHandler))
	running, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	app.bus.Listen(running, app.hub.Announce)
	go app.hub.Run(running)
	server := httptest.NewServer(app.handler(t.Context(), new(sync.WaitGroup)))
	t.Cleanup(server.Close)

	ada := join(t, &instance{url: server.URL}, "acme", "ada", collab.RoleMember)
	from := ada.ask(`{ customers { asOf } }`, nil)["customers"].(object)["asOf"]
	const customers, edits = 20, 10
	made := make([]object, customers)
	for i := range made {
		made[i] = ada.create(object{"name": fmt.Sprint("Customer ", i)})
	}
	live := ada.connect()
	live.subscribe("live", loadedActivity, object{"after": from})
	for i := range edits {
		for _, customer := range made {
			ada.update(customer, i+1, object{"notes": fmt.Sprint(i)})
		}
	}
	const all = customers * (edits + 1)
	check := func(s *socket, id string) {
		t.Helper()
		for range all {
			event := s.next(id)["activity"].(object)
			entity := event["entity"].(object)
			if entity["version"].(float64) < event["entityVersion"].(float64) {
				t.Fatalf("the event of version %v shows version %v", event["entityVersion"], entity["version"])
			}
			want(t, "the person", event["actor"].(object)["name"], "Ada")
		}
	}
	check(live, "live")
	before := store.calls.Load()
	late := ada.connect()
	late.subscribe("late", loadedActivity, object{"after": from})
	check(late, "late")
	if calls := store.calls.Load() - before; calls > all/5 {
		t.Errorf("%d events took %d calls of the store", all, calls)
	}
}
