package hub_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/hub"
	"tandem/internal/memory"
)

// A slow reader whose access was altered is told of that before anybody who came afterwards,
// whether it was told the first roster or not.
func TestRoomTellsOfAlteredAccessFirst(t *testing.T) {
	t.Parallel()
	for name, snapshot := range map[string]bool{"before its snapshot": false, "afterwards": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withRooms(t, func(t *testing.T, r *rooms) {
				reader := r.read()
				if snapshot {
					reader.next()
				}
				for i := range 50 {
					reader.Alter(false)
					r.enter(fmt.Sprint("ada", i))
					time.Sleep(2 * window) // in the bubble: the room is read meanwhile
					if update, err := reader.Next(t.Context()); !errors.Is(err, hub.ErrScopeChanged) {
						t.Fatalf("told %v, %v", update, err)
					}
				}
				if reader.Missed() {
					t.Error("changes of access were missed")
				}
				reader.next() // readers who still belong here go on
				r.stop()
			})
		})
	}
}

// A change of access wakes a reader that waits.
func TestRoomReaderWakesWhenAccessIsAltered(t *testing.T) {
	t.Parallel()
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		time.AfterFunc(time.Second, func() { reader.Alter(false) })
		if update, err := reader.Next(t.Context()); !errors.Is(err, hub.ErrScopeChanged) {
			t.Errorf("told %v, %v", update, err)
		}
		r.stop()
	})
}

// A room's reader whose access is watched no longer, since the log was replaced, is not told
// of anybody any more.
func TestRoomReaderKnowsThatItIsNotWatched(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		r := newRooms(t, memory.NewPresences(time.Now))
		reader := r.subscribe()
		feed := hub.RoomFeed{OrgID: acme, UserID: "ben", Updates: reader.RoomSubscription}
		unwatch, err := feed.Watch(t.Context(), s.all)
		if err != nil {
			t.Fatal(err)
		}
		s.log.replace(acme, 2, 0)
		if update, err := reader.Next(t.Context()); !errors.Is(err, hub.ErrScopeChanged) || !reader.Missed() {
			t.Errorf("told %v, %v, missed: %t", update, err, reader.Missed())
		}
		unwatch()
		r.stop()
		synctest.Wait()
	})
}
