package presence_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/seeded"
)

func TestRoomSnapshot(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		empty := r.read()
		began := time.Now()
		empty.want(window, "= #0")
		if took := time.Since(began); took != 0 {
			t.Errorf("the snapshot of a quiet room took %v", took)
		}
		r.enter("ada")
		reader := r.read()
		reader.want(window, "=ada #1")
		reader.wantNothing(time.Minute)
		empty.want(window, "+ada #1")
	})
}

func TestRoomChangesAreBatched(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		dan := r.enter("dan")
		readers := make([]*reader, 100)
		for i := range readers {
			readers[i] = r.subscribe()
		}
		r.enter("ben")
		time.Sleep(window)
		readers[0].want(window, "+ben #2")
		r.store.takeCounts()

		began := time.Now()
		r.enter("ada")
		time.Sleep(10 * time.Millisecond)
		r.enter("cy")
		r.enter("ben/2")
		dan(true)
		if readers[0].want(window, "+ada +cy ~ben×2 -dan #3"); time.Since(began) != 50*time.Millisecond {
			t.Errorf("the changes came after %v", time.Since(began))
		}
		for _, reader := range readers[1:] {
			reader.want(window, "+ada +ben×2 +cy -dan #3")
		}
		if reads, _ := r.store.takeCounts(); reads != 1 {
			t.Errorf("the room was read %d times for %d subscribers", reads, len(readers))
		}
	})
}

func TestRoomUpdatesAreNeverEmpty(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		r.enter("ada")
		reader := r.subscribe()
		r.enter("ben")(true)
		reader.wantNothing(window)
		// Beats renew, and the room is read after each.
		reader.wantNothing(time.Minute)
		// A client that comes and goes while nobody reads makes no update either.
		leave := r.enter("ben")
		time.Sleep(window)
		leave(true)
		time.Sleep(window)
		reader.wantNothing(window)
		leave = r.enter("ben")
		reader.want(window, "+ben #2")
		leave(true)
		reader.want(window, "-ben #1")
	})
}

func TestRoomSlowReaderGetsTheDifference(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		ada := r.enter("ada")
		slow, fast := r.subscribe(), r.subscribe()
		for _, name := range []string{"ben", "cy", "dan"} {
			r.enter(name)
			fast.next()
		}
		for _, field := range []string{"name", "email", "phone"} {
			if _, err := r.store.Update(t.Context(), office, "ben", "1", collab.PresencePatch{"editingField": field}); err != nil {
				t.Fatal(err)
			}
			fast.want(window, "~ben("+field+") #4")
		}
		ada(true)
		fast.want(window, "-ada #3")
		slow.want(time.Nanosecond, "+ben(phone) +cy +dan -ada #3")
		slow.wantNothing(window)
	})
}

func TestRoomSubscriptionEnds(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		ctx, cancel := context.WithCancel(t.Context())
		reader := r.Subscribe(ctx, office)
		if _, err := reader.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Hour, cancel)
		if _, err := reader.Next(t.Context()); !errors.Is(err, context.Canceled) {
			t.Errorf("Next returned %v", err)
		}
		// Without subscribers nothing is read any more.
		synctest.Wait()
		r.store.takeCounts()
		r.enter("ada")
		time.Sleep(time.Minute)
		if reads, _ := r.store.takeCounts(); reads != 0 {
			t.Errorf("a room without subscribers was read %d times", reads)
		}
	})
}

// A change during a read of the room is delivered by the next read.
func TestRoomReadsAreSlow(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		r.store.setSlow(time.Second)
		r.store.hint(office)
		time.Sleep(window)
		r.store.setSlow(0)
		r.enter("ada")
		reader.want(time.Second+window, "+ada #1")
	})
}

func TestLostHintsHealWithTheNextBeat(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		reader := r.subscribe()
		r.store.set(false, true)
		leave := r.enter("ada")
		reader.want(collab.PresenceBeat+window, "+ada #1")
		leave(true)
		reader.want(collab.PresenceBeat+window, "-ada #0")

		r.enter("ben")
		time.Sleep(window)
		r.store.hint(collab.Room{})
		reader.want(time.Second+window, "+ben #1")
	})
}

func TestPutBackBeforeRoomsAreRead(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		other := newRooms(t, r.store.Presences)
		reader := r.subscribe()
		r.enter("ada")
		other.enter("ben")
		reader.want(window, "+ada +ben #2")
		// The store restarts empty, and one instance notices before the other does.
		r.store.set(false, true)
		if err := r.store.Presences.Renew(t.Context(), office, []collab.Presence{who("ada"), who("ben")}, 0); err != nil {
			t.Fatal(err)
		}
		r.store.set(false, false)
		r.store.hint(collab.Room{})
		time.Sleep(500 * time.Millisecond)
		other.store.hint(collab.Room{})
		reader.wantNothing(time.Minute)
	})
}

// With any calls at the same time, every subscriber ends up with the clients that are there.
func TestRoomsConverge(t *testing.T) {
	withRooms(t, func(t *testing.T, r *rooms) {
		other := newRooms(t, r.store.Presences)
		seed := seeded.New(t)
		var crowd sync.WaitGroup
		for i, name := range []string{"ada", "ben", "cy", "ada/2", "ada/3", "dan", "eve", "ada"} {
			for j, instance := range []*rooms{r, other} {
				random := seed.Rand(2*i + j)
				pause := func() { time.Sleep(time.Duration(random.Int64N(int64(20 * time.Millisecond)))) }
				crowd.Go(func() {
					for range 200 {
						leave := instance.enter(name)
						pause()
						leave(random.IntN(2) == 0)
						pause()
					}
				})
			}
		}
		state := map[collab.ID]int{}
		subscription := r.Subscribe(t.Context(), office)
		for {
			quiet, cancel := context.WithTimeout(t.Context(), time.Minute)
			update, err := subscription.Next(quiet)
			cancel()
			if err != nil {
				break
			}
			apply(t, state, update)
		}
		crowd.Wait()
		if len(state) > 0 {
			t.Errorf("in the end %v are there, want nobody", state)
		}
	})
}

// apply does what a client does with an update, and checks that it makes sense.
func apply(t *testing.T, state map[collab.ID]int, update *collab.PresenceUpdate) {
	t.Helper()
	for _, u := range update.Snapshot {
		state[u.ID] = u.Clients
	}
	for _, u := range update.Joined {
		if state[u.ID] != 0 {
			t.Errorf("%s joined twice", u.ID)
		}
		state[u.ID] = u.Clients
	}
	for _, u := range update.Updated {
		if state[u.ID] == 0 || state[u.ID] == u.Clients {
			t.Errorf("%s was updated from %d to %d clients", u.ID, state[u.ID], u.Clients)
		}
		state[u.ID] = u.Clients
	}
	for _, id := range update.Left {
		if state[id] == 0 {
			t.Errorf("%s left twice", id)
		}
		delete(state, id)
	}
	if len(state) != update.TotalCount {
		t.Errorf("%d are there, %d by the count", len(state), update.TotalCount)
	}
}
