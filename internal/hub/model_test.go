package hub_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/seeded"
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

// In any order of announcements, and however slow readers are, every subscription yields every
// change after its cursor, once and in order.
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
	seed := seeded.New(t)
	r := seed.Rand(0)
	log := newLog(acme)
	log.setLatency(w.latency)
	h := startHub(t, log)
	log.commitMany(acme, earlier)

	var readers sync.WaitGroup
	streams := 100
	follow := func(after *collab.Cursor, slow time.Duration) {
		streams++
		own := seed.Rand(streams)
		s, err := h.Subscribe(t.Context(), acme, after)
		for err != nil { // an outage
			time.Sleep(time.Second)
			s, err = h.Subscribe(t.Context(), acme, after)
		}
		readers.Go(func() {
			defer s.Close()
			check(t, s, own, slow)
		})
	}
	for i := range 4 {
		follow(&collab.Cursor{Epoch: 1, Position: int64(30 * i)}, 0)
		follow(nil, w.slow)
	}
	writers := write(h, log, w, seed)
	if w.outages {
		own := seed.Rand(99)
		writers.Go(func() {
			for range 5 {
				pause(own, 400*time.Millisecond)
				log.setAway(true)
				pause(own, 2*time.Second)
				log.setAway(false)
			}
		})
	}
	if w.joiners {
		for range 100 {
			pause(r, 30*time.Millisecond)
			follow(&collab.Cursor{Epoch: 1, Position: r.Int64N(log.head() + 1)}, time.Duration(r.Int64N(int64(w.slow)+1)))
		}
	}
	writers.Wait()
	readers.Wait()
	h.quiet(t)
	t.Logf("%+v after %v", h.Stats(), h.age())
}

// write has the writers commit and announce. Each has a stream of the seed, from the second on.
func write(h *testHub, log *memoryLog, w weather, seed seeded.Seed) *sync.WaitGroup {
	var writers sync.WaitGroup
	for i := range w.writers {
		r := seed.Rand(1 + i)
		writers.Go(func() {
			for range changes / w.writers {
				pause(r, 2*time.Millisecond)
				change := log.commit(acme)
				for copies := announced(r, w); copies > 0; copies-- {
					late := upTo(r, w.delay)
					writers.Go(func() {
						time.Sleep(late)
						h.Announce(change)
					})
				}
			}
		})
	}
	return &writers
}

// announced says how often a change is announced.
func announced(r *rand.Rand, w weather) int {
	switch {
	case r.Float64() < w.drop:
		return 0
	case r.Float64() < w.repeat:
		return 2
	}
	return 1
}

func pause(r *rand.Rand, most time.Duration) { time.Sleep(upTo(r, most)) }

func upTo(r *rand.Rand, most time.Duration) time.Duration {
	if most <= 0 {
		return 0
	}
	return time.Duration(r.Int64N(int64(most)))
}

// check follows a subscription to the end of the run, and reports what is lost,
// doubled or out of order.
func check(t *testing.T, s *hub.Subscription, r *rand.Rand, slow time.Duration) {
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
		pause(r, slow)
	}
}

// A testHub is a hub that runs until its test ends.
type testHub struct {
	*hub.Hub
	log    *memoryLog
	caches *testCaches
	began  time.Time
	stop   func()
}

// testCaches record what the hub invalidates.
type testCaches struct {
	mu            sync.Mutex // guards what follows; innermost
	accessChanges []int64    // their positions
	organizations int        // how often one was dropped
}

// InvalidateCaches records a change of access.
func (c *testCaches) InvalidateCaches(change *collab.Change) {
	if change.AccessEffects == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accessChanges = append(c.accessChanges, change.Cursor.Position)
}

// InvalidateOrganization counts the calls.
func (c *testCaches) InvalidateOrganization(collab.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.organizations++
}

// invalidated returns the positions of changes of access, and how often an organization was dropped.
func (c *testCaches) invalidated() (accessChanges []int64, organizations int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.accessChanges), c.organizations
}

func startHub(t *testing.T, log *memoryLog) *testHub {
	ctx, cancel := context.WithCancel(t.Context())
	caches := &testCaches{}
	h := &testHub{Hub: hub.New(log, caches, slog.New(slog.DiscardHandler), hub.Options{}), log: log, caches: caches, began: time.Now(), stop: cancel}
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
