package hub_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// Without a cursor, a subscription begins at the head of the log, also where the ring does not know
// the head yet.
func TestSubscribeFromNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		log.commitMany(acme, 3)
		first := subscribe(t, h, acme, nil)
		log.commitMany(acme, 2) // nobody announces them
		second := subscribe(t, h, acme, nil)
		h.Announce(log.commit(acme))
		for want := int64(4); want <= 6; want++ {
			expect(t, first, want)
		}
		expect(t, second, 6)
	})
}

// A change that is committed during Subscribe, or the ring's first read, does not wait for the next
// comparison with the log.
func TestSubscribeWhileOthersWrite(t *testing.T) {
	for name, test := range map[string]struct {
		at    time.Duration // after Subscribe was called
		lost  int           // announcements before the one that is heard
		until time.Duration
	}{
		"committed after the head was read":             {at: 7 * time.Millisecond, until: 20 * time.Millisecond},
		"announced while the ring begins":               {at: 17 * time.Millisecond, until: 20 * time.Millisecond},
		"announced while the ring begins, after a hole": {at: 17 * time.Millisecond, lost: 1, until: 60 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newLog(acme)
				log.setLatency(10 * time.Millisecond)
				h := startHub(t, log)
				time.AfterFunc(test.at, func() {
					log.commitMany(acme, test.lost)
					h.Announce(log.commit(acme))
				})
				s := subscribe(t, h, acme, nil)
				for i := range test.lost + 1 {
					expect(t, s, int64(i+1))
				}
				if age := h.age(); age > test.until {
					t.Errorf("it came after %v", age)
				}
			})
		})
	}
}

func TestSubscribeRefusesCursors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		log.commitMany(acme, 10)
		log.prune(acme, 4)
		h := startHub(t, log)
		for _, ring := range []string{"without a ring", "with one"} {
			for name, cursor := range map[string]collab.Cursor{
				"another epoch": {Epoch: 2, Position: 7},
				"the future":    {Epoch: 1, Position: 11},
				"the past":      {Epoch: 1, Position: 3},
			} {
				if _, err := h.Subscribe(t.Context(), acme, &cursor); collab.CodeOf(err) != collab.ResyncRequired {
					t.Errorf("%s, a cursor of %s: %v", ring, name, err)
				}
			}
			expect(t, subscribe(t, h, acme, at(4)), 5)
			if s := subscribe(t, h, acme, at(10)); next(t, s, time.Second) != 0 {
				t.Error("something came after the head")
			}
		}
		if _, err := h.Subscribe(t.Context(), "nobody", nil); err == nil {
			t.Error("subscribed to an organization without a log")
		}
	})
}

// A cursor that another instance gave may be ahead of this instance's ring.
func TestSubscribeAheadOfTheRing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		subscribe(t, h, acme, nil)
		synctest.Wait()
		log.commitMany(acme, 5)
		s := subscribe(t, h, acme, at(5))
		h.Announce(log.commit(acme))
		expect(t, s, 6)
	})
}

func TestNextEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		log.commitMany(acme, 1000)
		h := startHub(t, log)
		live, behind := subscribe(t, h, acme, nil), subscribe(t, h, acme, at(0))
		synctest.Wait()
		log.setAway(true)
		for name, s := range map[string]*hub.Subscription{"live": live, "behind": behind} {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			began := time.Now()
			if _, err := s.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", name, err)
			}
			if took := time.Since(began); took != 3*time.Second {
				t.Errorf("%s: it ended after %v", name, took)
			}
			if _, err := s.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s, again: %v", name, err)
			}
			cancel()
		}
		log.setAway(false)
		expect(t, behind, 1) // and it can be gone on with
	})
}

// An outage ends no subscription, and is not met with a storm of reads.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		log.commitMany(acme, 1000)
		live, behind := subscribe(t, h, acme, nil), subscribe(t, h, acme, at(0))
		synctest.Wait()

		log.setAway(true)
		log.commit(acme)             // its announcement is lost
		h.Announce(log.commit(acme)) // so this shows a hole
		log.counts()
		if got := next(t, behind, time.Minute); got != 0 {
			t.Errorf("%d came out of a log that is away", got)
		}
		if _, reads := log.counts(); reads < 50 || reads > 80 { // two who try every two seconds
			t.Errorf("changes were read %d times in a minute", reads)
		}

		log.setAway(false)
		began := time.Now()
		for want := int64(1001); want <= 1002; want++ {
			expect(t, live, want)
		}
		for want := int64(1); want <= 1002; want++ {
			expect(t, behind, want)
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("it took %v to go on", took)
		}
	})
}

// Subscriptions that are behind don't take all of the database between them.
func TestLogReadsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		log.commitMany(acme, 1000)
		h := startHub(t, log)
		subscribe(t, h, acme, nil)
		synctest.Wait()
		log.setLatency(time.Millisecond)
		for range 200 {
			s := subscribe(t, h, acme, at(0))
			go func() {
				for want := int64(1); want <= 1000; want++ {
					expect(t, s, want)
				}
				s.Close()
			}()
		}
		time.Sleep(time.Minute)
		if crowd := log.mostAtOnce(); crowd > 8 {
			t.Errorf("%d read at the same time", crowd)
		}
		if got := h.Stats(); got.CaughtUp < 100_000 {
			t.Errorf("%+v", got)
		}
	})
}

// The last one out closes the ring, and the next one in makes another.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme, "globex")
		h := startHub(t, log)
		a, b, other := subscribe(t, h, acme, nil), subscribe(t, h, acme, nil), subscribe(t, h, "globex", nil)
		if got := h.Stats().Rings; got != 2 {
			t.Errorf("%d rings", got)
		}
		a.Close()
		a.Close()
		h.Announce(log.commit(acme))
		expect(t, b, 1)
		b.Close()
		other.Close()
		h.quiet(t)
		h.Announce(log.commit(acme))
		expect(t, subscribe(t, h, acme, at(1)), 2)
	})
}

// expect checks what a subscription yields next, which must not take long.
func expect(t *testing.T, s *hub.Subscription, want int64) {
	t.Helper()
	if got := next(t, s, 10*time.Second); got != want {
		t.Errorf("position %d came, want %d", got, want)
	}
}
