package presence_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/presence"
)

// several opens a subscription of ada to rooms of acme.
func (r *rooms) several(ctx context.Context, ids ...collab.ID) (*presence.Several, error) {
	in := make([]collab.Room, len(ids))
	for i, id := range ids {
		in[i] = collab.Room{OrgID: office.OrgID, ID: id}
	}
	return r.SubscribeSeveral(ctx, "ada", in)
}

// Watching several rooms begins with a snapshot of each. Then it has the changes of any of them, and a room that is
// replaced begins again.
func TestSeveralRooms(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		r.enter("ben")
		all, err := r.several(t.Context(), "empty", office.ID, "other")
		if err != nil {
			t.Fatal(err)
		}
		want := func(index int, wanted string) {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			update, err := all.Next(ctx)
			if err != nil {
				t.Fatalf("%s did not come: %v", wanted, err)
			}
			if got := words(update.Update); update.Index != index || got != wanted {
				t.Errorf("the update of room %d is %q, want %q of %d", update.Index, got, wanted, index)
			}
		}
		snapshots := map[int]string{}
		for range 3 {
			update, err := all.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			snapshots[update.Index] = words(update.Update)
		}
		if got := fmt.Sprint(snapshots); got != "map[0:= #0 1:=ben #1 2:= #0]" {
			t.Errorf("the snapshots are %s", got)
		}
		cy := r.enter("cy")
		want(1, "+cy #2")
		cy(true)
		want(1, "-cy #1")
		all.Place([]collab.Room{{OrgID: office.OrgID, ID: "empty"}, {OrgID: office.OrgID, ID: "moved"}, {OrgID: office.OrgID, ID: "other"}})
		want(1, "= #0")
		r.enter("dan") // the room is no longer one of them
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if update, err := all.Next(ctx); err == nil {
			t.Errorf("got %s", words(update.Update))
		}
	})
}

func TestSeveralRoomsReportAccessChangeOnce(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		all, err := r.several(t.Context(), "one", "two")
		if err != nil {
			t.Fatal(err)
		}
		feed := &presence.SeveralFeed{OrgID: office.OrgID, UserID: "ada", Updates: all}
		feed.AccessChanged(&collab.Change{})
		if _, err := all.Next(t.Context()); !errors.Is(err, presence.ErrAccessChanged) || all.Missed() {
			t.Errorf("got %v, missed: %t", err, all.Missed())
		}
		for range 2 {
			if _, err := all.Next(t.Context()); err != nil {
				t.Errorf("got %v", err)
			}
		}
		feed.AccessChanged(nil)
		if _, err := all.Next(t.Context()); !errors.Is(err, presence.ErrAccessChanged) || !all.Missed() {
			t.Errorf("got %v, missed: %t", err, all.Missed())
		}
	})
}

func TestSeveralRoomsAreBounded(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		ids := make([]collab.ID, 100)
		for i := range ids {
			ids[i] = collab.ID(fmt.Sprint("room ", i))
		}
		ctx, cancel := context.WithCancel(t.Context())
		for range presence.MaxWatched / len(ids) {
			if _, err := r.several(ctx, ids...); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.several(t.Context(), "one more"); collab.CodeOf(err) != collab.LimitExceeded {
			t.Errorf("one more is answered with %v", err)
		}
		cancel()
		time.Sleep(time.Second) // in the bubble: they end
		if _, err := r.several(t.Context(), ids...); err != nil {
			t.Errorf("afterwards, another is answered with %v", err)
		}
	})
}
