package live_test

import (
	"fmt"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

const loadedActivity = `subscription($after: Cursor) { activity(after: $after) {
	cursor entityVersion userName entity { id ... on Customer { version } } actor { id name } } }`

// A subscription that catches up loads fields without a read for each event, and nothing in an event is older than
// its change, however fast changes come.
func TestEventsAreReadTogether(t *testing.T) {
	t.Parallel()
	var store *servertest.CountingStore
	at := servertest.StartWith(t, nil, server.Options{Store: func(inner collab.Store) collab.Store {
		store = &servertest.CountingStore{Store: inner}
		return store
	}})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	from := ada.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")
	const customers, edits = 20, 10
	made := make([]servertest.Object, customers)
	for i := range made {
		made[i] = ada.Create(servertest.Object{"name": fmt.Sprint("Customer ", i)})
	}
	live := ada.Connect()
	live.Subscribe("live", loadedActivity, servertest.Object{"after": from})
	for i := range edits {
		for _, customer := range made {
			ada.Update(customer, i+1, servertest.Object{"notes": fmt.Sprint(i)})
		}
	}
	const all = customers * (edits + 1)
	check := func(s *servertest.Socket, id string) {
		t.Helper()
		for range all {
			event := s.Next(id)
			event.Is(`{"activity": {"cursor": "<cursor>", "entityVersion": "<number>", "userName": "Ada", "entity": {"id": "<id>", "version": "<number>"},
				"actor": {"id": "ada", "name": "Ada"}}}`)
			if event.Number("activity.entity.version") < event.Number("activity.entityVersion") {
				t.Fatalf("the event shows an older version: %s", event)
			}
		}
	}
	check(live, "live")
	before := store.Calls.Load()
	late := ada.Connect()
	late.Subscribe("late", loadedActivity, servertest.Object{"after": from})
	check(late, "late")
	if calls := store.Calls.Load() - before; calls > all/5 {
		t.Errorf("%d events took %d calls of the store", all, calls)
	}
}
