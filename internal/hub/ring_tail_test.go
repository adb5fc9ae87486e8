package hub

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"tandem/internal/collab"
)

// commitLarge commits a change of an entity with a text of that many bytes.
func (l *pageLog) commitLarge(entity collab.ID, bytes int) *collab.Change {
	change := l.commit(entity)
	change.Fields = []*collab.FieldChange{{Field: "notes", NewValue: collab.JSON(`"` + strings.Repeat("x", bytes) + `"`)}}
	return change
}

// However long their texts are, the changes of a ring take no more than it may have, and a reader
// that stood still meanwhile still gets each of them, from the log.
func TestRingsAreBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const bytes, n = 100 << 10, 3 * recent
		log := &pageLog{}
		h := New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		one, _ := routed(t, h, "e", 0)
		all, err := h.Subscribe(t.Context(), "acme", &collab.Cursor{Epoch: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer all.Close()
		synctest.Wait()
		for range n {
			h.Announce(log.commitLarge("e", bytes))
			if kept := h.allRingBytes.Load(); kept > ringBytes {
				t.Fatalf("%d bytes are kept, want at most %d", kept, ringBytes)
			}
		}
		if rt := one.(*entityReader); rt.bytes > inboxBytes+2*bytes {
			t.Errorf("the inbox has %d bytes, want at most %d and one change", rt.bytes, inboxBytes)
		}
		for want := int64(1); want <= n; want++ {
			expectOf(t, one, "e", want)
			if change, err := all.Next(t.Context()); err != nil || change.Cursor.Position != want {
				t.Fatalf("got %v, %v, want the change at %d", change, err, want)
			}
		}
	})
}

// Changes that come too early are set aside up to the bytes of a ring; the others are read from the log.
func TestChangesSetAsideAreBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &pageLog{}
		h := New(log, noCaches{}, slog.New(slog.DiscardHandler), Options{})
		s, _ := routed(t, h, "e", 0)
		synctest.Wait()
		var late *collab.Change
		for i := range recent {
			if change := log.commitLarge("e", 100<<10); i > 0 {
				h.Announce(change)
			} else {
				late = change
			}
		}
		if r := s.(*entityReader).sub.ring; r.outOfOrderBytes > ringBytes || len(r.outOfOrder) == 0 {
			t.Errorf("%d changes of %d bytes are set aside, want some and at most %d bytes", len(r.outOfOrder), r.outOfOrderBytes, ringBytes)
		}
		h.Announce(late)
		for want := int64(1); want <= recent; want++ {
			expectOf(t, s, "e", want)
		}
		if r := s.(*entityReader).sub.ring; r.outOfOrderBytes != 0 {
			t.Errorf("%d bytes are counted as set aside, and nothing is", r.outOfOrderBytes)
		}
	})
}

// The rings of all organizations together keep no more than they may, and the newest change of each.
func TestRingsTogetherAreBoundedInBytes(t *testing.T) {
	var tails [10]tail
	h := New(&pageLog{}, noCaches{}, slog.New(slog.DiscardHandler), Options{RingBytes: 8 << 20})
	log := &pageLog{}
	for i := range tails {
		tails[i] = tail{all: &h.allRingBytes, most: h.options.RingBytes}
		for range 40 {
			tails[i].push(log.commitLarge("e", 100<<10), 0)
		}
		if len(tails[i].changes) == 0 {
			t.Errorf("tail %d has nothing, not even the newest change", i)
		}
	}
	if kept := h.allRingBytes.Load(); kept > h.options.RingBytes+int64(len(tails))*(102<<10) {
		t.Errorf("%d bytes are kept, want at most %d and a change of each", kept, h.options.RingBytes)
	}
	for i := range tails {
		tails[i].release()
	}
	if kept := h.allRingBytes.Load(); kept != 0 {
		t.Errorf("%d bytes are counted, and nothing is kept", kept)
	}
}
