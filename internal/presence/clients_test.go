package presence_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

func TestClientLeavesWithItsLastSubscription(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		first, second := r.enter("ada"), r.enter("ada")
		reader.want(window, "+ada #1")
		first(true)
		first(true)
		reader.wantNothing(time.Minute)
		second(true)
		reader.want(window, "-ada #0")
	})
}

func TestClientStaysForTheGrace(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		other := newRooms(t, r.store.Presences)
		reader := other.subscribe()
		leave := r.enter("ada")
		reader.want(window, "+ada #1")
		time.Sleep(time.Second)

		began := time.Now()
		leave(false)
		reader.want(6*time.Second, "-ada #0")
		if took := time.Since(began); took < 5*time.Second || took > 5200*time.Millisecond {
			t.Errorf("the client left after %v, want 5 s", took)
		}
	})
}

func TestReturningClientNeverLeft(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		leave := r.enter("ada")
		reader := r.subscribe()
		for range 10 {
			leave(false)
			time.Sleep(4 * time.Second)
			leave = r.enter("ada")
		}
		leave(false)
		leave = r.enter("ada")
		reader.wantNothing(time.Minute)
		leave(false)
		reader.want(6*time.Second, "-ada #0")
	})
}

func TestClientThatLeftElsewhereStaysAway(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		leave := r.enter("ada")
		reader.want(window, "+ada #1")
		if _, err := r.store.Leave(t.Context(), office, "ada", "1"); err != nil {
			t.Fatal(err)
		}
		reader.want(window, "-ada #0")
		reader.wantNothing(2 * time.Minute)
		leave(false)
		reader.wantNothing(time.Minute)
	})
}

func TestBeatsAreOnePerRoom(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		for _, name := range []string{"ada", "ben", "ada/2", "cy"} {
			r.enter(name)
		}
		leave := r.enter("dan")
		reader.want(window, "+ada×2 +ben +cy +dan #4")
		leave(true)
		reader.want(window, "-dan #3")
		r.store.takeCounts()
		time.Sleep(time.Hour)
		reads, renews := r.store.takeCounts()
		if len(renews) != 360 || renews[0] != "ada/1,ada/2,ben/1,cy/1 30s" {
			t.Errorf("in an hour there were %d beats, the first for %v", len(renews), renews[:1])
		}
		if reads != 360 {
			t.Errorf("in an hour the room was read %d times", reads)
		}
		reader.wantNothing(window)
	})
}

func TestRoomOutlivesTheStore(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		r.enter("ada")
		reader.want(window, "+ada #1")
		if _, err := r.store.Update(t.Context(), office, "ada", "1", collab.PresencePatch{"editingField": "name"}); err != nil {
			t.Fatal(err)
		}
		reader.want(window, "~ada(name) #1")

		r.store.set(true, false)
		leave := r.enter("ben")
		late := r.read()
		reader.wantNothing(time.Hour)
		r.enter("cy")
		leave(true)
		time.Sleep(time.Minute)
		r.store.set(false, false)
		// Everybody is put back by the next beat, as they were.
		reader.want(collab.PresenceBeat+window, "+cy #2")
		late.want(window, "=ada(name),cy #2")
		reader.wantNothing(time.Hour)
		if log := r.log.String(); strings.Count(log, "presence is away") != 1 || strings.Count(log, "presence is back") != 1 {
			t.Errorf("the outage was logged as\n%s", log)
		}
	})
}

// A call that began before the store went away says nothing of its return.
func TestOutageEndsOnce(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		r.enter("ada")
		r.store.setSlow(time.Second)
		slow := r.read()
		synctest.Wait()
		r.store.setSlow(0)
		r.store.set(true, false)
		r.enter("ben")
		slow.want(2*time.Second, "=ada #1")
		time.Sleep(time.Minute)
		if log := r.log.String(); strings.Count(log, "presence is") != 1 {
			t.Errorf("while the store is away, this was logged:\n%s", log)
		}
	})
}

func TestBeatsDoNotPileUp(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		r.enter("ada")
		r.store.setSlow(time.Minute)
		time.Sleep(10 * time.Minute)
		r.store.setSlow(0)
		time.Sleep(time.Minute)
		r.store.takeCounts()
		time.Sleep(time.Minute)
		if _, renews := r.store.takeCounts(); len(renews) > 7 {
			t.Errorf("after the store was slow, there were %d beats in a minute", len(renews))
		}
	})
}

// A client that is held is present, also when it was let go of just before.
func TestClientIsPresentWhileHeld(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		r.store.restless = true
		leave := r.enter("ada")
		for range 300 {
			leave(true)
			r.store.loseTurns()
			leave = r.enter("ada")
			synctest.Wait()
			if present, _ := r.store.Presences.Present(t.Context(), office); len(present) != 1 {
				t.Fatal("a client that is held is not present")
			}
		}
		leave(true)
		synctest.Wait()
		if present, _ := r.store.Presences.Present(t.Context(), office); len(present) != 0 {
			t.Fatal("a client that nobody holds is present")
		}
	})
}

func TestEnterRefuses(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		if _, err := r.Enter(t.Context(), office, who("ada"), collab.PresencePatch{"status": "ASLEEP"}); collab.CodeOf(err) != collab.BadInput {
			t.Errorf("a status that is none was answered with %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Enter(ctx, office, who("ada"), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("a request that had ended was answered with %v", err)
		}
		reader.wantNothing(time.Minute)
	})
}

func TestRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.NewPresences(time.Now)
		r, other := newRooms(t, store), newRooms(t, store)
		reader := other.subscribe()
		leave := r.enter("ada")
		r.enter("ben")
		cy, dan := r.enter("cy"), r.enter("dan")
		r.subscribe()
		reader.want(window, "+ada +ben +cy +dan #4")
		r.store.setSlow(time.Second)
		dan(false)
		synctest.Wait()
		r.store.setSlow(0)
		cy(true)
		r.stop()
		leave(false)
		reader.want(window, "-cy #3")
		// Without grace they would stay until their last beat expires.
		reader.want(collab.PresenceGrace+collab.PresenceBeat, "-ada -ben -dan #0")
		// synctest fails the test if a goroutine is left when it ends.
		other.stop()
	})
}

func TestRoomsClose(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		for _, clientsFirst := range []bool{true, false} {
			ctx, cancel := context.WithCancel(t.Context())
			r.Subscribe(ctx, office)
			leaves := []func(bool){r.enter("ada"), r.enter("ben"), r.enter("ada"), func(bool) { cancel() }}
			if n := r.OpenRooms(); n != 1 {
				t.Errorf("%d rooms are open, want 1", n)
			}
			if !clientsFirst {
				slices.Reverse(leaves)
			}
			for i, leave := range leaves {
				leave(i%2 == 0)
				synctest.Wait()
			}
			if n := r.OpenRooms(); n != 0 {
				t.Errorf("%d rooms stay open without anybody", n)
			}
		}
	})
}
