package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/sqlite"
)

// countingStore counts the reads that a query with lists can make.
type countingStore struct {
	collab.Store
	calls atomic.Int64
}

func (s *countingStore) Heads(ctx context.Context, ids []collab.ID) (map[collab.ID]collab.Head, error) {
	s.calls.Add(1)
	return s.Store.Heads(ctx, ids)
}

func (s *countingStore) Member(ctx context.Context, org, user collab.ID) (*collab.Organization, *collab.Member, error) {
	s.calls.Add(1)
	return s.Store.Member(ctx, org, user)
}

func (s *countingStore) Users(ctx context.Context, org collab.ID, ids []collab.ID) (map[collab.ID]*collab.User, error) {
	s.calls.Add(1)
	return s.Store.Users(ctx, org, ids)
}

func (s *countingStore) Entities(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]collab.Entity, error) {
	s.calls.Add(1)
	return s.Store.Entities(ctx, scope, ids)
}

func (s *countingStore) ListEntities(ctx context.Context, scope collab.Scope, q collab.EntityQuery) ([]collab.Entity, error) {
	s.calls.Add(1)
	return s.Store.ListEntities(ctx, scope, q)
}

func (s *countingStore) RelatedEntities(ctx context.Context, scope collab.Scope, ids []collab.ID, q collab.EntityQuery) (map[collab.ID][]collab.Entity, error) {
	s.calls.Add(1)
	return s.Store.RelatedEntities(ctx, scope, ids, q)
}

func (s *countingStore) EntityComments(ctx context.Context, scope collab.Scope, ids []collab.ID, after *collab.Place, limit int) (map[collab.ID][]*collab.Comment, error) {
	s.calls.Add(1)
	return s.Store.EntityComments(ctx, scope, ids, after, limit)
}

func (s *countingStore) Histories(ctx context.Context, scope collab.Scope, ids []collab.ID, q collab.ActivityQuery) (map[collab.ID][]*collab.Change, error) {
	s.calls.Add(1)
	return s.Store.Histories(ctx, scope, ids, q)
}

// A page costs the same number of database calls however long it is.
func TestListsAreReadInBatches(t *testing.T) {
	t.Parallel()
	inner, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(inner.Close)
	store := &countingStore{Store: inner}
	log := slog.New(slog.DiscardHandler)
	app := newApp(settings{AuthSecrets: []string{secret}}, store, unlinked(), log)
	app.resolver.LoaderWait = 100 * time.Millisecond // so that a busy machine splits no batch
	server := httptest.NewServer(app.handler(t.Context(), new(sync.WaitGroup)))
	t.Cleanup(server.Close)

	at := &instance{url: server.URL}
	people := make([]any, 5)
	for i := range people {
		name := fmt.Sprintf("p%d", i)
		join(t, at, "acme", name, collab.RoleMember).ask(`{ viewer { role } }`, nil)
		people[i] = name
	}
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for i := range 50 {
		customer := ada.create(object{"name": fmt.Sprintf("Customer %d", i)})
		ada.ask(`mutation($input: CreateMeetingInput!) { createMeeting(input: $input) { ... on MeetingSaved { cursor } } }`,
			object{"input": object{
				"title": "Meeting", "startsAt": "2026-05-04T10:00:00Z", "endsAt": "2026-05-04T11:00:00Z",
				"customerId": customer["id"], "ownerId": people[i%5], "attendeeIds": people,
			}})
	}

	const meetings = `query($first: Int) { meetings(first: $first) { nodes { title updatedBy { name } owner { name } attendees { name }
		customer { name owner { name } calls(first: 2) { nodes { subject } } meetings(first: 2) { nodes { title } } }
		comments(first: 2) { nodes { author { name } } } activity(first: 2) { nodes { action actor { name } } } } } }`
	count := func(first int) int64 {
		before := store.calls.Load()
		got := ada.ask(meetings, object{"first": first})["meetings"].(object)["nodes"].([]any)
		want(t, "meetings", len(got), first)
		want(t, "attendees", len(got[0].(object)["attendees"].([]any)), 5)
		return store.calls.Load() - before
	}
	few, many := count(2), count(50)
	// Who asks, and people met a moment ago, may be known already: two calls less.
	if many > few+2 {
		t.Errorf("2 meetings take %d database calls, 50 take %d", few, many)
	}
	t.Logf("a page takes %d database calls", many)
}
