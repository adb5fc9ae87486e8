package hub_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

const acme = collab.ID("acme")

// A weather is what a run of the model has to bear.
type weather struct {
	writers          int
	drop, repeat     float64       // of announcements
	delay            time.Duration // at most, before an announcement: longer than between two commits reorders
	slow             time.Duration // at most, after each change that a slow reader takes
	latency          time.Duration // of a read of the log
	outages, joiners bool
}

// Whatever becomes of announcements, and however slow readers are, every
// subscription yields every change after its cursor, once and in order.
func TestSubscriptionIsACursor(t *testing.T) {
	for name, w := range map[string]weather{
		"calm":           {writers: 1},
		"lossy":          {writers: 1, drop: .3},
		"deaf":           {writers: 1, drop: 1},
		"repeating":      {writers: 1, repeat: .5, delay: time.Millisecond},
		"reordering":     {writers: 4, delay: 10 * time.Millisecond},
		"very late":      {writers: 4, delay: time.Second},
		"slow readers":   {writers: 4, slow: 10 * time.Millisecond, latency: time.Millisecond},
		"outages":        {writers: 2, drop: .1, slow: 10 * time.Millisecond, outages: true},
		"joiners":        {writers: 4, delay: 10 * time.Millisecond, joiners: true},
		"all at once":    {writers: 8, drop: .1, repeat: .1, delay: 50 * time.Millisecond, slow: 20 * time.Millisecond, latency: 5 * time.Millisecond, outages: true, joiners: true},
		"all, but no IO": {writers: 8, drop: .1, repeat: .1, delay: 50 * time.Millisecond, slow: 20 * time.Millisecond, joiners: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { run(t, w) })
		})
	}
}

// The log begins with some changes, and then the writers commit theirs.
const (
	earlier = 100
	changes = 3000
)

func run(t *testing.T, w weather) {
	log := newLog(acme)
	log.setLatency(w.latency)
	h := startHub(t, log)
	log.commitMany(acme, earlier)

	var readers sync.WaitGroup
	follow := func(after *collab.Cursor, slow time.Duration) {
		s, err := h.Subscribe(t.Context(), acme, after)
		for err != nil { // an outage
			time.Sleep(time.Second)
			s, err = h.Subscribe(t.Context(), acme, after)
		}
		readers.Go(func() {
			defer s.Close()
			check(t, s, slow)
		})
	}
	for i := range 4 {
		follow(&collab.Cursor{Epoch: 1, Position: int64(30 * i)}, 0)
		follow(nil, w.slow)
	}
	writers := write(h, log, w)
	if w.outages {
		writers.Go(func() {
			for range 5 {
				pause(400 * time.Millisecond)
				log.setAway(true)
				pause(2 * time.Second)
				log.setAway(false)
			}
		})
	}
	if w.joiners {
		for range 100 {
			time.Sleep(rand.N(30 * time.Millisecond))
			follow(&collab.Cursor{Epoch: 1, Position: rand.Int64N(log.head() + 1)}, rand.N(w.slow+1))
		}
	}
	writers.Wait()
	readers.Wait()
	h.quiet(t)
	t.Logf("%+v after %v", h.Stats(), h.age())
}

// write has the writers commit and announce.
func write(h *testHub, log *memoryLog, w weather) *sync.WaitGroup {
	var writers sync.WaitGroup
	for range w.writers {
		writers.Go(func() {
			for range changes / w.writers {
				pause(2 * time.Millisecond)
				change := log.commit(acme)
				for copies := announced(w); copies > 0; copies-- {
					writers.Go(func() {
						pause(w.delay)
						h.Announce(change)
					})
				}
			}
		})
	}
	return &writers
}

// announced says how often a change is announced.
func announced(w weather) int {
	switch {
	case rand.Float64() < w.drop:
		return 0
	case rand.Float64() < w.repeat:
		return 2
	}
	return 1
}

func pause(most time.Duration) {
	if most > 0 {
		time.Sleep(rand.N(most))
	}
}

// check follows a subscription to the end of the run, and reports what is lost,
// doubled or out of order.
func check(t *testing.T, s *hub.Subscription, slow time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	first := s.Cursor().Position
	for want := first + 1; want <= earlier+changes; want++ {
		change, err := s.Next(ctx)
		if err != nil {
			t.Errorf("after %d of a subscription from %d: %v", want-1, first, err)
			return
		}
		switch got := change.Cursor.Position; {
		case got > want:
			t.Errorf("a subscription from %d: %d to %d were lost, or come late", first, want, got-1)
			return
		case got < want:
			t.Errorf("a subscription from %d: %d came where %d was next", first, got, want)
			return
		case s.Cursor() != change.Cursor:
			t.Errorf("the cursor is %v after %v", s.Cursor(), change.Cursor)
		}
		pause(slow)
	}
}

// A testHub is a hub that runs until its test ends.
type testHub struct {
	*hub.Hub
	log   *memoryLog
	began time.Time
	stop  func()
}

func startHub(t *testing.T, log *memoryLog) *testHub {
	ctx, cancel := context.WithCancel(t.Context())
	h := &testHub{Hub: hub.New(log, slog.New(slog.DiscardHandler)), log: log, began: time.Now(), stop: cancel}
	go h.Run(ctx)
	t.Cleanup(cancel)
	return h
}

func (h *testHub) age() time.Duration { return time.Since(h.began) }

// quiet checks that a hub without subscriptions does nothing any more.
func (h *testHub) quiet(t *testing.T) {
	t.Helper()
	time.Sleep(time.Second) // what was begun may end
	h.log.counts()
	time.Sleep(time.Minute)
	if headReads, reads := h.log.counts(); headReads+reads > 0 {
		t.Errorf("without subscriptions, heads were read %d times and changes %d times", headReads, reads)
	}
	if got := h.Stats().Rings; got != 0 {
		t.Errorf("%d rings are left", got)
	}
}

// next returns the position of what a subscription yields next; 0 if it yields nothing for a while.
func next(t *testing.T, s *hub.Subscription, within time.Duration) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	change, err := s.Next(ctx)
	if err != nil {
		return 0
	}
	return change.Cursor.Position
}

func subscribe(t *testing.T, h *testHub, org collab.ID, after *collab.Cursor) *hub.Subscription {
	t.Helper()
	s, err := h.Subscribe(t.Context(), org, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func at(position int64) *collab.Cursor { return &collab.Cursor{Epoch: 1, Position: position} }
