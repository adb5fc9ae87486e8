package hub_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// When the log is replaced, every subscription ends, and new ones are of the new log.
func TestReplacedLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		log.commitMany(acme, 1000)
		h := startHub(t, log)
		live, behind := subscribe(t, h, acme, nil), subscribe(t, h, acme, at(0))
		expect(t, behind, 1)
		synctest.Wait()

		log.replace(acme, 2, 1000)
		h.Announce(log.commit(acme)) // position 1001, but of another log
		if got := next(t, live, 100*time.Millisecond); got != 0 {
			t.Errorf("%d of the new log was yielded to a subscription of the old", got)
		}
		fresh := subscribe(t, h, acme, &collab.Cursor{Epoch: 2, Position: 1001})
		for name, s := range map[string]*hub.Subscription{"live": live, "behind": behind} {
			if err := drain(t, s); collab.CodeOf(err) != collab.ResyncRequired {
				t.Errorf("%s: %v", name, err)
			}
			s.Close()
		}
		h.Announce(log.commit(acme))
		expect(t, fresh, 1002)

		log.replace(acme, 3, 5)
		if err := drain(t, fresh); collab.CodeOf(err) != collab.ResyncRequired {
			t.Errorf("found by comparing: %v", err)
		}
	})
}

// A hole is not filled from another log, however well its positions fit.
func TestHoleInAReplacedLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		live := subscribe(t, h, acme, nil)
		synctest.Wait()
		log.replace(acme, 2, 10)
		h.Announce(&collab.Change{OrgID: acme, Cursor: *at(3)})
		if err := drain(t, live); collab.CodeOf(err) != collab.ResyncRequired {
			t.Error(err)
		}
		if age := h.age(); age != 20*time.Millisecond {
			t.Errorf("it ended after %v", age)
		}
	})
}

func TestPrunedLog(t *testing.T) {
	for name, pruned := range map[string]int64{
		"behind the ring": 500, "ahead of the ring": 1500, "all of it": 2000,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newLog(acme)
				log.commitMany(acme, 1000)
				h := startHub(t, log)
				live, behind := subscribe(t, h, acme, nil), subscribe(t, h, acme, at(0))
				expect(t, behind, 1)
				synctest.Wait()
				log.commitMany(acme, 1000) // nobody announces them
				log.prune(acme, pruned)
				if err := drain(t, behind); collab.CodeOf(err) != collab.ResyncRequired {
					t.Errorf("behind: %v", err)
				}
				if pruned <= 1000 {
					expect(t, live, 1001)
				} else if err := drain(t, live); collab.CodeOf(err) != collab.ResyncRequired {
					t.Errorf("live: %v", err)
				}
			})
		})
	}
}

// drain reads until an error comes, and checks that all before is of the
// subscription's own log, and next.
func drain(t *testing.T, s *hub.Subscription) error {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	want := s.Cursor()
	for {
		change, err := s.Next(ctx)
		if err != nil {
			return err
		}
		if want.Position++; change.Cursor != want {
			t.Fatalf("%v came, want %v", change.Cursor, want)
		}
	}
}

// A log that is pruned between the read of its head and that of one entity's changes loses nothing in
// silence: the follower of that entity is told to fetch afresh.
func TestPrunedWhileOneEntityIsRead(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		s.writeTo("cus_1", 20)
		s.writeTo("cus_2", 700)
		s.log.meanwhile = func() { s.log.prune(acme, 10) }
		release, err := s.Follow(t.Context(), acme, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, operationOf("cus_1").start, at(5), nil)
		if err == nil {
			var events []hub.Event
			events, err = m.Next(t.Context())
			if len(events) > 0 {
				t.Errorf("it got %d", events[0].Position)
			}
			m.Close()
		}
		if collab.CodeOf(err) != collab.ResyncRequired {
			t.Errorf("got %v", err)
		}
	})
}
