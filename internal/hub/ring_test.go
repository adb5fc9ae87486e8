package hub_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/seeded"
)

// Writers of one organization announce in any order. As long as all of it
// comes, the log is left alone.
func TestReorderedAnnouncementsNeedNoRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := seeded.New(t).Rand(0)
		log := newLog(acme)
		h := startHub(t, log)
		s := subscribe(t, h, acme, nil)
		synctest.Wait()
		log.counts()
		want := int64(0)
		for range 100 {
			batch := log.commitMany(acme, 50)
			for _, i := range r.Perm(len(batch)) {
				pause(r, 300*time.Microsecond)
				h.Announce(batch[i])
			}
			for range batch {
				want++
				expect(t, s, want)
			}
		}
		if _, reads := log.counts(); reads > 0 || h.Stats().Filled > 0 {
			t.Errorf("changes were read %d times; %+v", reads, h.Stats())
		}
	})
}

// A hole is filled once, for everybody, after it had time to close by itself.
func TestHoleIsFilledOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		var all []*hub.Subscription
		for range 100 {
			all = append(all, subscribe(t, h, acme, nil))
		}
		synctest.Wait()
		time.Sleep(100 * time.Millisecond) // between two comparisons
		log.counts()

		began := time.Now()
		log.commitMany(acme, 3)
		h.Announce(log.commit(acme))
		var readers sync.WaitGroup
		for _, s := range all {
			readers.Go(func() {
				for want := int64(1); want <= 4; want++ {
					expect(t, s, want)
				}
			})
		}
		readers.Wait()
		if took := time.Since(began); took != 20*time.Millisecond {
			t.Errorf("the hole was filled after %v", took)
		}
		if _, reads := log.counts(); reads != 1 {
			t.Errorf("changes were read %d times", reads)
		}
		if got := h.Stats().Filled; got != 4 {
			t.Errorf("%d changes were taken from the log", got)
		}
	})
}

// A change without an announcement is found by comparing with the log.
func TestUnannouncedChangesComeWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme, "globex")
		h := startHub(t, log)
		a, b := subscribe(t, h, acme, nil), subscribe(t, h, "globex", nil)
		synctest.Wait()
		log.counts()
		log.commitMany(acme, 1000)
		log.commitMany("globex", 1)
		began := time.Now()
		for want := int64(1); want <= 1000; want++ {
			expect(t, a, want)
		}
		expect(t, b, 1)
		if took := time.Since(began); took > 1020*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		if headReads, _ := log.counts(); headReads != 1 {
			t.Errorf("heads were read %d times", headReads)
		}
	})
}

// Thousands who return at once don't ask the log one by one, and what they
// missed is read by few.
func TestCrowdAsksTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		log.commitMany(acme, 1000)
		log.setLatency(10 * time.Millisecond)
		h := startHub(t, log)
		var crowd sync.WaitGroup
		for i := range 2000 {
			crowd.Go(func() {
				after := 1000 - int64(i%200) // some missed nothing
				s, err := h.Subscribe(t.Context(), acme, at(after))
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				for want := after + 1; want <= 1000; want++ {
					expect(t, s, want)
				}
				time.Sleep(500 * time.Millisecond)
			})
		}
		time.Sleep(400 * time.Millisecond)
		headReads, reads := log.counts()
		if got := h.Stats(); headReads > 3 || reads > 50 {
			t.Errorf("heads were read %d times, changes %d times; %+v", headReads, reads, got)
		}
		crowd.Wait()
	})
}

// A subscription that returns to a busy organization finds all of it in the ring.
func TestResumeFromTheRing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		subscribe(t, h, acme, nil)
		for _, change := range log.commitMany(acme, 2000) {
			h.Announce(change)
		}
		synctest.Wait()
		log.counts()
		s := subscribe(t, h, acme, at(2000-256))
		for want := int64(2001 - 256); want <= 2000; want++ {
			expect(t, s, want)
		}
		if headReads, reads := log.counts(); headReads+reads > 0 {
			t.Errorf("heads were read %d times, changes %d times", headReads, reads)
		}
	})
}

// An announcement of what never was committed costs nothing but a read.
func TestFalseAnnouncement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		s := subscribe(t, h, acme, nil)
		synctest.Wait()
		log.counts()
		for _, position := range []int64{-1, 0, 100, 1 << 62} {
			h.Announce(&collab.Change{OrgID: acme, Cursor: *at(position)})
		}
		time.Sleep(time.Minute)
		if _, reads := log.counts(); reads != 1 {
			t.Errorf("changes were read %d times", reads)
		}
		committed := log.commitMany(acme, 101)
		for _, change := range committed[:99] {
			h.Announce(change)
		}
		for _, want := range committed {
			if got, err := s.Next(t.Context()); err != nil || got != want {
				t.Fatalf("%v %v came, want %v", got, err, want)
			}
		}
	})
}

func TestRunLogsOncePerOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		log := newLog(acme)
		h := &testHub{Hub: hub.New(log, &testCaches{}, slog.New(slog.NewTextHandler(&said, nil)), hub.Options{}), log: log}
		ctx, cancel := context.WithCancel(t.Context())
		go h.Run(ctx)
		s := subscribe(t, h, acme, nil)
		synctest.Wait()
		for range 2 {
			log.setAway(true)
			time.Sleep(time.Minute)
			log.setAway(false)
			time.Sleep(time.Minute)
		}
		cancel()
		synctest.Wait()
		s.Close()
		if got := strings.Count(said.String(), "\n"); got != 4 {
			t.Errorf("two outages are %d lines:\n%s", got, &said)
		}
	})
}

// That nobody follows the log any more does not mean that it can be read again.
func TestRunLogsOnlyRealRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said bytes.Buffer
		log := newLog(acme)
		h := &testHub{Hub: hub.New(log, &testCaches{}, slog.New(slog.NewTextHandler(&said, nil)), hub.Options{}), log: log}
		ctx, cancel := context.WithCancel(t.Context())
		go h.Run(ctx)
		s := subscribe(t, h, acme, nil)
		synctest.Wait()
		log.setAway(true)
		time.Sleep(10 * time.Second)
		s.Close()
		time.Sleep(time.Hour)
		if strings.Contains(said.String(), "again") {
			t.Errorf("the log is away, and said is:\n%s", &said)
		}
		log.setAway(false)
		time.Sleep(10 * time.Second)
		cancel()
		synctest.Wait()
		if !strings.Contains(said.String(), "the log can be read again") {
			t.Errorf("the log is back, and said is:\n%s", &said)
		}
	})
}

// Out-of-order changes are bounded while a gap is open; the log has the rest.
func TestAsideIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		s := subscribe(t, h, acme, nil)
		synctest.Wait()
		log.setAway(true)
		for _, change := range log.commitMany(acme, 2000)[1:] {
			h.Announce(change)
		}
		time.Sleep(time.Second)
		log.setAway(false)
		for want := int64(1); want <= 2000; want++ {
			expect(t, s, want)
		}
		if got := h.Stats().Filled; got < 1000 {
			t.Errorf("only %d changes were taken from the log", got)
		}
	})
}
