package hub

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
)

// noCaches are the caches of an instance that caches nothing.
type noCaches struct{}

func (noCaches) InvalidateCaches(*collab.Change)  {}
func (noCaches) InvalidateOrganization(collab.ID) {}

// A pageLog is the log of one organization, where entities take turns.
type pageLog struct {
	mu      sync.Mutex
	changes []*collab.Change
}

func (l *pageLog) Heads(_ context.Context, orgIDs []collab.ID) (map[collab.ID]collab.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return map[collab.ID]collab.Head{orgIDs[0]: {Cursor: collab.Cursor{Epoch: 1, Position: int64(len(l.changes))}, Oldest: 1}}, nil
}

func (l *pageLog) Changes(_ context.Context, _ collab.ID, after int64, limit int) ([]*collab.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := l.changes[min(after, int64(len(l.changes))):]
	return rest[:min(limit, len(rest))], nil
}

func (l *pageLog) EntityAndAccessChanges(_ context.Context, _, entityID collab.ID, after int64, limit int) ([]*collab.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []*collab.Change
	for _, change := range l.changes[after:] {
		if (change.EntityID == entityID || change.AccessEffects != nil) && len(found) < limit {
			found = append(found, change)
		}
	}
	return found, nil
}

func (l *pageLog) commit(entity collab.ID) *collab.Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	change := &collab.Change{OrgID: "acme", EntityID: entity, Cursor: collab.Cursor{Epoch: 1, Position: int64(len(l.changes)) + 1}}
	l.changes = append(l.changes, change)
	return change
}

// routed opens a source of one entity after a position, and tells whether it is a route.
func routed(t *testing.T, h *Hub, entity collab.ID, after int64) (source, bool) {
	t.Helper()
	cursor := collab.Cursor{Epoch: 1, Position: after}
	s, err := h.openSource(t.Context(), &ChangeFeed{OrgID: "acme", EntityID: entity}, &cursor)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	_, is := s.(*entityReader)
	return s, is
}

// expectOf reads until the next change of an entity, which has to be at a position.
func expectOf(t *testing.T, s source, entity collab.ID, position int64) {
	t.Helper()
	for {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		change, err := s.next(ctx)
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if change.EntityID != entity {
			continue
		}
		if change.Cursor.Position != position {
			t.Fatalf("got the change at %d, want %d", change.Cursor.Position, position)
		}
		return
	}
}

func TestRouteYieldsItsEntityAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &pageLog{}
		h := New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		keep, _ := routed(t, h, "other", 0) // keeps the ring
		for i := range 6 {
			h.Announce(log.commit(collab.ID(fmt.Sprint("e", i%2))))
		}
		synctest.Wait()
		s, is := routed(t, h, "e0", 1)
		if !is {
			t.Fatal("not a route, although the ring has all")
		}
		for _, want := range []int64{3, 5} {
			change, err := s.next(t.Context())
			if err != nil || change.Cursor.Position != want {
				t.Fatalf("got %v, %v, want %d", change, err, want)
			}
		}
		if s.ready() != nil || s.reached().Position != 6 {
			t.Errorf("something more, or reached %d, want 6", s.reached().Position)
		}
		h.Announce(log.commit("e1"))
		h.Announce(log.commit("e0"))
		synctest.Wait()
		if reached := s.reached().Position; reached >= 8 {
			t.Errorf("reached %d, past what was not yielded", reached)
		}
		expectOf(t, s, "e0", 8)
		if reached := keep.reached().Position; reached != 8 {
			t.Errorf("a route without changes reached %d, want 8", reached)
		}
	})
}

func TestRouteThatOverflowsReadsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &pageLog{}
		h := New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		s, _ := routed(t, h, "e", 0)
		synctest.Wait()
		const n = 5 * inboxSize // more than the ring keeps, too
		for range n {
			h.Announce(log.commit("e"))
		}
		synctest.Wait()
		for want := int64(1); want <= n; want++ {
			expectOf(t, s, "e", want)
		}
	})
}

func TestRouteBehindTheRingReadsItsEntityAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &pageLog{}
		for i := range 20 * recent {
			if i%recent == 0 {
				log.commit("e")
			}
			log.commit("other")
		}
		h := New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		s, is := routed(t, h, "e", 3)
		if !is {
			t.Fatal("not a route, although its entity changed little")
		}
		h.Announce(log.commit("e"))
		for i := range 19 {
			expectOf(t, s, "e", int64((i+1)*(recent+1)+1))
		}
		expectOf(t, s, "e", int64(len(log.changes)))
		if read := h.Stats().CaughtUp; read > 0 {
			t.Errorf("%d changes of everybody were read", read)
		}
	})
}

func TestRouteFarBehindABusyEntityIsPlain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &pageLog{}
		for range 4 * recent {
			log.commit("e")
		}
		s, is := routed(t, New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{}), "e", 3)
		if is {
			t.Error("a route, although its inbox can't take what came since")
		}
		for want := int64(4); want <= 4*recent; want++ {
			expectOf(t, s, "e", want)
		}
	})
}

func TestRouteEndsWithItsRing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &pageLog{}
		h := New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		s, _ := routed(t, h, "e", 0)
		synctest.Wait()
		h.mu.Lock()
		r := h.rings["acme"]
		h.mu.Unlock()
		done := make(chan error)
		go func() {
			_, err := s.next(t.Context())
			done <- err
		}()
		synctest.Wait()
		r.compare(collab.Head{Cursor: collab.Cursor{Epoch: 2}})
		if err := <-done; collab.CodeOf(err) != collab.ResyncRequired {
			t.Errorf("got %v", err)
		}
	})
}
