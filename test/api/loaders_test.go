package api_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// A page costs the same number of database calls, however long it is.
func TestListsAreReadInBatches(t *testing.T) {
	t.Parallel()
	var store *servertest.CountingStore
	began := time.Now()
	at := servertest.StartWith(t, nil, server.Options{
		Store: func(inner collab.Store) collab.Store {
			store = &servertest.CountingStore{Store: inner}
			return store
		},
		// A busy machine neither splits a batch nor outlives what the service keeps for a moment.
		LoaderWait: time.Second,
		Now:        func() time.Time { return began },
	})
	people := make([]any, 5)
	for i := range people {
		name := fmt.Sprintf("p%d", i)
		servertest.Join(t, at, "acme", name, collab.RoleMember).Ask(`{ viewer { role } }`, nil)
		people[i] = name
	}
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for i := range 50 {
		customer := ada.Create(servertest.Object{"name": fmt.Sprintf("Customer %d", i)})
		ada.Ask(`mutation($input: CreateMeetingInput!) { createMeeting(input: $input) { ... on MeetingSaved { cursor } } }`,
			servertest.Object{"input": servertest.Object{
				"title": "Meeting", "startsAt": "2026-05-04T10:00:00Z", "endsAt": "2026-05-04T11:00:00Z",
				"customerId": customer["id"], "ownerId": people[i%5], "attendeeIds": people,
			}})
	}

	const meetings = `query($first: Int) { meetings(first: $first) { nodes { title updatedBy { name } owner { name } attendees { name }
		customer { name owner { name } calls(first: 2) { nodes { subject } } meetings(first: 2) { nodes { title } } }
		comments(first: 2) { nodes { author { name } } } activity(first: 2) { nodes { action actor { name } } } } } }`
	count := func(first int) int64 {
		at.Server.Service.InvalidateOrganization("acme") // the viewer and people who were read a moment ago
		before := store.Calls.Load()
		got := ada.Ask(meetings, servertest.Object{"first": first}).List("meetings.nodes")
		servertest.Want(t, "meetings", len(got), first)
		servertest.Want(t, "attendees", len(got[0].List("attendees")), 5)
		return store.Calls.Load() - before
	}
	few, many := count(2), count(50)
	if many != few {
		t.Errorf("2 meetings take %d database calls, 50 take %d", few, many)
	}
	t.Logf("a page takes %d database calls", many)
}
