package hub_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/seeded"
)

// With any behaviour of members and any loss of announcements, every member gets every change after
// its cursor that matches, once and in order.
func TestBroadcastModel(t *testing.T) {
	for name, w := range map[string]weather{
		"calm":        {writers: 1},
		"lossy":       {writers: 2, drop: .3},
		"reordering":  {writers: 4, delay: 10 * time.Millisecond},
		"slow":        {writers: 4, slow: 300 * time.Millisecond},
		"very slow":   {writers: 8, slow: 3 * time.Second, latency: 2 * time.Millisecond},
		"all at once": {writers: 8, drop: .1, repeat: .1, delay: 50 * time.Millisecond, slow: time.Second, latency: time.Millisecond},
	} {
		for _, every := range []int64{1, 3} {
			t.Run(fmt.Sprintf("%s, every %d", name, every), func(t *testing.T) {
				broadcasting(t, func(t *testing.T, s *stage) { s.model(w, every) })
			})
		}
	}
}

func (s *stage) model(w weather, every int64) {
	seed := seeded.New(s.t)
	r := seed.Rand(0)
	s.log.setLatency(w.latency)
	s.log.commitMany(acme, earlier)
	matches := func(position int64) bool { return position%every == 0 }
	o := &operation{matches: func(c *collab.Change) bool { return matches(c.Cursor.Position) }}
	// A member that stays, so that it is one broadcast all the time.
	stays := s.follow(o, at(0), nil)
	writers := write(s.testHub, s.log, w, seed)
	var members sync.WaitGroup
	for i := range 100 {
		pause(r, 30*time.Millisecond)
		after := r.Int64N(s.log.head() + 1)
		reads, wanders := seed.Rand(100+i), seed.Rand(200+i)
		members.Go(func() { s.wander(o, after, w, matches, reads, wanders) })
	}
	writers.Wait()
	members.Wait()
	time.Sleep(10 * time.Second) // the last announcements that were lost
	stays.wantMatching(1, earlier+changesOf(w), matches)
	if got := o.open.Load(); got != 1 {
		s.t.Errorf("%d executions run in the end", got)
	}
	s.t.Logf("%+v after %v", s.all.Stats(), s.age())
	stays.member.Close()
}

// changesOf is how many changes the writers make.
func changesOf(w weather) int64 { return int64(changes / w.writers * w.writers) }

// wander follows from a position on, falls behind now and then, and leaves in the
// middle or at the end.
func (s *stage) wander(o *operation, after int64, w weather, matches func(int64) bool, reads, wanders *rand.Rand) {
	resume := make(chan struct{}, 1)
	f := &follower{s: s}
	var behind bool
	f.refuses = func() bool { // called by the broadcast, one at a time
		if behind || w.slow > 0 && reads.IntN(20) == 0 {
			behind = true
			resume <- struct{}{}
			return true
		}
		return false
	}
	member, err := s.all.Join(s.t.Context(), "key", hub.Person{ID: "ada"}, o.start, at(after), f)
	if err != nil {
		s.t.Error(err)
		return
	}
	f.member = member
	f.pull()
	leaves := time.After(upTo(wanders, 20*time.Second))
	for left := false; !left; {
		select {
		case <-resume:
			pause(wanders, w.slow)
			behind = false
			f.pull()
		case <-leaves:
			left = true
		}
	}
	f.pulls.Lock() // what it was told before it left has no gap
	defer f.pulls.Unlock()
	member.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	last := after
	if len(f.got) > 0 {
		last = f.got[len(f.got)-1]
	}
	var want []int64
	for position := after + 1; position <= last; position++ {
		if matches(position) {
			want = append(want, position)
		}
	}
	if f.ended != nil || !slices.Equal(f.got, want) {
		s.t.Errorf("after %d: got %d events to %d, want %d; it ended with %v", after, len(f.got), last, len(want), f.ended)
	}
}
