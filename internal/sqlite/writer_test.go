package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
)

// noting is a write that adds a row to a log.
func noting(orgID, actorID collab.ID) (collab.Intent, *collab.Decision) {
	change := &collab.Change{Type: collab.ChangeMember, ActorID: actorID, Metadata: collab.JSON(`"` + strings.Repeat("x", 8000) + `"`)}
	return collab.Intent{OrgID: orgID, ActorID: actorID}, &collab.Decision{Change: change}
}

func (s *Store) writeNote(t *testing.T, orgID, actorID collab.ID) error {
	intent, decision := noting(orgID, actorID)
	_, err := s.Write(t.Context(), intent, func(*collab.State) (*collab.Decision, error) { return decision, nil })
	return err
}

func openWith(t *testing.T, members map[collab.ID][]collab.ID) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for org, people := range members {
		for _, person := range people {
			if _, err := collabtest.Join(t.Context(), s, collab.Claims{UserID: person, OrganizationID: org, Role: collab.RoleAdmin}, collab.Time{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// An import of one person keeps neither another organization nor a colleague waiting.
func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	s := openWith(t, map[collab.ID][]collab.ID{"big": {"ann", "bob"}, "small": {"cy"}})
	var mu sync.Mutex
	var order []string
	var writes sync.WaitGroup
	waiting := 0
	write := func(orgID, actorID collab.ID, held <-chan struct{}) {
		writes.Go(func() {
			intent, decision := noting(orgID, actorID)
			_, err := s.Write(t.Context(), intent, func(*collab.State) (*collab.Decision, error) {
				if held != nil {
					<-held
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, string(actorID))
				return decision, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		for {
			if held, n := s.writer.turns.Stats(); held == 1 && n == waiting {
				break
			}
			runtime.Gosched()
		}
		waiting++
	}
	first := make(chan struct{})
	write("big", "ann", first)
	for range 200 {
		write("big", "ann", nil)
	}
	write("big", "bob", nil)
	write("small", "cy", nil)
	close(first)
	writes.Wait()
	for i, person := range order {
		if (person == "bob" || person == "cy") && i > 4 {
			t.Errorf("%s writes after %d others", person, i)
		}
	}
	if len(order) != 203 {
		t.Errorf("%d writes were made", len(order))
	}
}

// A disk without room is Unavailable and not ready, is logged once, and heals.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := openWith(t, map[collab.ID][]collab.ID{"acme": {"ann"}})
	var log bytes.Buffer
	s.LogTo(slog.New(slog.NewTextHandler(&log, nil)))
	size := func(pages int) {
		t.Helper()
		if _, err := s.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	ready := func() bool { return s.Ping(t.Context()) == nil }
	const limitless = 1 << 30
	for round := 1; round <= 2; round++ {
		size(1) // SQLite takes what there is for the least
		failed := 0
		for range 100 {
			if err := s.writeNote(t, "acme", "ann"); err != nil {
				failed++
				if collab.CodeOf(err) != collab.Unavailable {
					t.Fatalf("a full disk is %v", err)
				}
			}
		}
		if failed < 50 || ready() {
			t.Errorf("%d of 100 writes failed, and the store is ready: %t", failed, ready())
		}
		if list, err := s.Changes(t.Context(), "acme", 0, 1); err != nil || len(list) != 1 {
			t.Errorf("reads: %v, %v", list, err)
		}
		size(limitless)
		if !ready() {
			t.Error("the store is not ready when there is room again")
		}
		if err := s.writeNote(t, "acme", "ann"); err != nil {
			t.Error(err)
		}
		for line, want := range map[string]int{"can't be written to": round, "can be written to again": round} {
			if n := strings.Count(log.String(), line); n != want {
				t.Errorf("%d lines say %q, want %d:\n%s", n, line, want, log.String())
			}
		}
	}
}

// A write that is given up while it waits leaves the turn to the next one.
func TestWriterGivesUp(t *testing.T) {
	t.Parallel()
	s := openWith(t, map[collab.ID][]collab.ID{"acme": {"ann"}})
	tx, err := s.writer.begin(t.Context(), writing(t.Context(), "acme", "ann"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.writer.begin(ctx, writing(ctx, "acme", "ann")); collab.CodeOf(err) == collab.Unavailable || err == nil {
		t.Errorf("got %v", err)
	}
	tx.end()
	if err := s.writeNote(t, "acme", "ann"); err != nil {
		t.Error(err)
	}
}

// A caller that comes when the store is closed, at the end of a drain, is told to try again.
func TestClosedStore(t *testing.T) {
	t.Parallel()
	s := openWith(t, map[collab.ID][]collab.ID{"acme": {"ann"}})
	s.Close()
	_, reading := s.Changes(t.Context(), "acme", 0, 1)
	for what, err := range map[string]error{"a read": reading, "a write": s.writeNote(t, "acme", "ann"), "a ping": s.Ping(t.Context())} {
		if collab.CodeOf(err) != collab.Unavailable {
			t.Errorf("%s answers %v", what, err)
		}
	}
}
