package presence_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"tandem/internal/presence"
)

// A slow reader whose access changed learns of that before it sees people who came later, before
// and after its first roster.
func TestRoomReportsAccessChangeFirst(t *testing.T) {
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
					reader.AccessChanged(false)
					r.enter(fmt.Sprint("ada", i))
					time.Sleep(2 * window) // in the bubble: the room is read meanwhile
					if update, err := reader.Next(t.Context()); !errors.Is(err, presence.ErrAccessChanged) {
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
		time.AfterFunc(time.Second, func() { reader.AccessChanged(false) })
		if update, err := reader.Next(t.Context()); !errors.Is(err, presence.ErrAccessChanged) {
			t.Errorf("told %v, %v", update, err)
		}
		r.stop()
	})
}

// A room's reader whose access is watched no longer, since the log was replaced, is not told
// of anybody any more.
func TestRoomReaderEndsWhenAccessIsNotWatched(t *testing.T) {
	t.Parallel()
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		feed := &presence.Feed{OrgID: "acme", UserID: "ben", Updates: reader.Subscription}
		feed.AccessChanged(nil)
		if update, err := reader.Next(t.Context()); !errors.Is(err, presence.ErrAccessChanged) || !reader.Missed() {
			t.Errorf("told %v, %v, missed: %t", update, err, reader.Missed())
		}
		r.stop()
	})
}
