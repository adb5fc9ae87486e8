package hub_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// An operation renders the positions of changes, and counts what it is asked for.
type operation struct {
	matches      func(*collab.Change) bool // nil for all
	maxPerSecond *float64
	fails        error
	ends         func(*collab.Change) bool // whose rendering panics

	begun, open, rendered atomic.Int64
}

func (o *operation) start(feed *hub.Feed) (hub.Execution, error) {
	if o.fails != nil {
		return nil, o.fails
	}
	o.begun.Add(1)
	o.open.Add(1)
	e := &rendering{operation: o}
	matches := o.matches
	if matches == nil {
		matches = func(*collab.Change) bool { return true }
	}
	feed.Changes(hub.ChangeFeed{OrgID: acme, MaxPerSecond: o.maxPerSecond, Matches: matches, Push: func(c *collab.Change) { e.pushed = c }})
	return e, nil
}

// A rendering is one execution of an operation. It may be used by one goroutine
// at a time, which the race detector sees to.
type rendering struct {
	*operation
	pushed *collab.Change
	closed bool
}

func (e *rendering) Render(context.Context) []byte {
	if e.closed {
		panic("rendered after it was closed")
	}
	e.rendered.Add(1)
	change := e.pushed
	e.pushed = nil
	return fmt.Append(nil, change.Cursor.Position)
}

func (e *rendering) Close() {
	if e.closed {
		panic("closed twice")
	}
	e.closed = true
	e.open.Add(-1)
}

// A stage is a hub, its log and its broadcasts.
type stage struct {
	*testHub
	t   *testing.T
	all *hub.Broadcasts
}

// broadcasting runs a test where time is made up, and checks that it leaves
// nothing behind: no goroutine, no broadcast, no ring.
func broadcasting(t *testing.T, test func(s *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := startHub(t, newLog(acme))
		s := &stage{testHub: h, t: t, all: hub.NewBroadcasts(h.Hub)}
		test(s)
		s.quiet(t)
		if stats := s.all.Stats(); stats.Broadcasts != 0 || stats.Members != 0 {
			t.Errorf("%d broadcasts with %d members are left", stats.Broadcasts, stats.Members)
		}
	})
}

// write commits changes and announces them.
func (s *stage) write(n int) {
	for range n {
		s.Announce(s.log.commit(acme))
	}
}

// A follower is a subscriber of a broadcast, as a connection is one. It checks
// that every change that matches comes, once and in order.
type follower struct {
	s       *stage
	member  *hub.Member
	pulls   sync.Mutex // held while it pulls
	refuses func() bool

	mu    sync.Mutex
	got   []int64
	ended error
}

// follow joins and goes on until the follower is live. refuses says when it is behind.
func (s *stage) follow(o *operation, after *collab.Cursor, refuses func() bool) *follower {
	s.t.Helper()
	f := &follower{s: s, refuses: refuses}
	member, err := s.all.Join(s.t.Context(), "key", o.start, after, f)
	if err != nil {
		s.t.Fatal(err)
	}
	f.member = member
	f.pull()
	return f
}

// pull goes on until the follower is live, or its broadcast ended.
func (f *follower) pull() {
	f.pulls.Lock()
	defer f.pulls.Unlock()
	for {
		events, err := f.member.Next(f.s.t.Context())
		if err != nil {
			f.end(err)
			return
		}
		if events == nil {
			return
		}
		f.take(events)
	}
}

func (f *follower) take(events []hub.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range events {
		if string(e.Payload) != fmt.Sprint(e.Position) {
			f.s.t.Errorf("the payload at %d is of %s", e.Position, e.Payload)
		}
		f.got = append(f.got, e.Position)
	}
}

// Take is called by the broadcast.
func (f *follower) Take(events []hub.Event) bool {
	if f.refuses != nil && f.refuses() {
		return false
	}
	f.take(events)
	return true
}

// End is called by the broadcast.
func (f *follower) End(err error) { f.end(err) }

func (f *follower) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended != nil {
		f.s.t.Errorf("it ended twice: %v, %v", f.ended, err)
	}
	f.ended = err
}

// want checks what it got, once all is still: the changes from one position to another.
func (f *follower) want(from, to int64) {
	f.s.t.Helper()
	f.wantMatching(from, to, func(int64) bool { return true })
}

func (f *follower) wantMatching(from, to int64, matches func(int64) bool) {
	f.s.t.Helper()
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	var want []int64
	for position := from; position <= to; position++ {
		if matches(position) {
			want = append(want, position)
		}
	}
	if !slices.Equal(f.got, want) {
		f.s.t.Errorf("got %v, want %d to %d", f.got, from, to)
	}
}

func TestBroadcastIsShared(t *testing.T) {
	broadcasting(t, func(s *stage) {
		o := &operation{}
		var followers []*follower
		for range 50 {
			followers = append(followers, s.follow(o, nil, nil))
		}
		s.write(100)
		for _, f := range followers {
			f.want(1, 100)
		}
		if begun, rendered := o.begun.Load(), o.rendered.Load(); begun != 1 || rendered != 100 {
			t.Errorf("%d executions rendered %d events, want 1 and 100", begun, rendered)
		}
		if stats := s.all.Stats(); stats.Broadcasts != 1 || stats.Members != 50 || stats.Deliveries != 5000 || stats.Executions != 100 {
			t.Errorf("%+v", stats)
		}
		for i, f := range followers {
			if f.member.Close(); i < 49 && o.open.Load() != 1 {
				t.Error("the broadcast ended with members left")
			}
		}
		synctest.Wait()
		if o.open.Load() != 0 {
			t.Error("the last member out does not end the broadcast")
		}
		s.write(1)
		next := s.follow(o, at(100), nil) // another broadcast
		next.want(101, 101)
		next.member.Close()
	})
}

func TestJoinerMeetsTheBroadcast(t *testing.T) {
	for _, after := range []int64{0, 1, 150, 299, 300, 399, 400} {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			broadcasting(t, func(s *stage) {
				o := &operation{}
				s.log.commitMany(acme, 100)
				first := s.follow(o, at(100), nil)
				s.write(300)
				first.want(101, 400)
				joiner := s.follow(o, at(after), nil)
				joiner.want(after+1, 400)
				s.write(10)
				joiner.want(after+1, 410)
				first.want(101, 410)
				if o.open.Load() != 1 {
					t.Errorf("%d executions run", o.open.Load())
				}
				first.member.Close()
				joiner.member.Close()
			})
		})
	}
}

func TestLiveJoin(t *testing.T) {
	broadcasting(t, func(s *stage) {
		o := &operation{matches: func(c *collab.Change) bool { return c.Cursor.Position > 20 }}
		s.log.commitMany(acme, 5)
		first := s.follow(o, nil, nil)
		s.write(5)
		synctest.Wait()
		second := s.follow(o, nil, nil) // nothing matched yet
		s.write(20)
		first.want(21, 30)
		second.want(21, 30)
		third := s.follow(o, nil, nil)
		s.write(5)
		third.want(31, 35)
		for _, f := range []*follower{first, second, third} {
			f.member.Close()
		}
	})
}

func TestPullingMember(t *testing.T) {
	broadcasting(t, func(s *stage) {
		o := &operation{}
		m, err := s.all.Join(t.Context(), "key", o.start, at(0), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		ctx, cancel := context.WithCancel(t.Context())
		var reading sync.WaitGroup
		reading.Go(func() {
			for {
				events, err := m.Next(ctx)
				if err != nil {
					if !errors.Is(err, context.Canceled) {
						t.Error(err)
					}
					return
				}
				for _, e := range events {
					got = append(got, e.Position)
				}
			}
		})
		for range 20 {
			s.write(40)
			synctest.Wait()
		}
		cancel()
		reading.Wait()
		if len(got) != 800 || got[0] != 1 || got[799] != 800 || !slices.IsSorted(got) {
			t.Errorf("got %v", got)
		}
		m.Close()
	})
}

// A member that falls behind does not slow the others. It goes on from what the
// broadcast keeps, or by itself, and joins again.
func TestMemberFallsBehind(t *testing.T) {
	for name, missed := range map[string]int{"a little": 100, "further than the broadcast keeps": 400, "further than the ring reaches": 2000} {
		t.Run(name, func(t *testing.T) {
			broadcasting(t, func(s *stage) {
				o := &operation{}
				var behind atomic.Bool
				slow, quick := s.follow(o, nil, behind.Load), s.follow(o, nil, nil)
				s.write(10)
				slow.want(1, 10)
				behind.Store(true)
				for range missed {
					s.write(1)
					synctest.Wait()
				}
				quick.want(1, int64(10+missed))
				slow.want(1, 10)
				behind.Store(false)
				slow.pull()
				slow.want(1, int64(10+missed))
				s.write(10)
				slow.want(1, int64(20+missed))
				quick.want(1, int64(20+missed))
				stats := s.all.Stats()
				if own := missed > 256; own != (stats.CaughtUp > 0) || own != (o.begun.Load() == 2) || o.open.Load() != 1 || stats.Behind != 1 {
					t.Errorf("%+v, %d executions", stats, o.begun.Load())
				}
				slow.member.Close()
				quick.member.Close()
			})
		})
	}
}

// What a broadcast keeps is bounded by bytes, too.
func TestKeptBytes(t *testing.T) {
	broadcasting(t, func(s *stage) {
		large := func(feed *hub.Feed) (hub.Execution, error) {
			feed.Changes(hub.ChangeFeed{OrgID: acme, Matches: func(*collab.Change) bool { return true }, Push: func(*collab.Change) {}})
			return megabyte{}, nil
		}
		m, err := s.all.Join(t.Context(), "key", large, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for range 60 {
			s.write(1)
			synctest.Wait()
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
			t.Errorf("60 events of 1 MiB keep %d bytes", grown)
		}
	})
}

type megabyte struct{}

func (megabyte) Render(context.Context) []byte { return make([]byte, 1<<20) }
func (megabyte) Close()                        {}

func TestBroadcastEnds(t *testing.T) {
	t.Run("with an error for all", func(t *testing.T) {
		broadcasting(t, func(s *stage) {
			o := &operation{}
			s.log.commitMany(acme, 5)
			var behind atomic.Bool
			one, two, slow := s.follow(o, at(5), nil), s.follow(o, at(5), nil), s.follow(o, at(5), behind.Load)
			behind.Store(true)
			s.write(1)
			synctest.Wait()
			s.log.replace(acme, 2, 3)
			time.Sleep(5 * time.Second) // the ring is compared with the log
			behind.Store(false)
			slow.pull()
			for _, f := range []*follower{one, two, slow} {
				f.mu.Lock()
				if collab.CodeOf(f.ended) != collab.ResyncRequired {
					t.Errorf("it ended with %v", f.ended)
				}
				f.mu.Unlock()
				f.member.Close()
			}
			fresh := s.follow(o, &collab.Cursor{Epoch: 2, Position: 3}, nil)
			fresh.member.Close()
		})
	})
	t.Run("before it began", func(t *testing.T) {
		broadcasting(t, func(s *stage) {
			refused := errors.New("refused")
			o := &operation{fails: refused}
			if _, err := s.all.Join(t.Context(), "key", o.start, nil, nil); !errors.Is(err, refused) {
				t.Errorf("got %v", err)
			}
			o.fails = nil
			s.follow(o, nil, nil).member.Close()
		})
	})
	t.Run("while the log is away", func(t *testing.T) {
		broadcasting(t, func(s *stage) {
			s.log.setAway(true)
			o := &operation{}
			if _, err := s.all.Join(t.Context(), "key", o.start, nil, nil); !errors.Is(err, errAway) {
				t.Errorf("got %v", err)
			}
			s.log.setAway(false)
			if o.open.Load() != 0 {
				t.Error("the execution is left open")
			}
			s.follow(o, nil, nil).member.Close()
		})
	})
	t.Run("RESYNC_REQUIRED for one who comes too late, and not for the others", func(t *testing.T) {
		broadcasting(t, func(s *stage) {
			o := &operation{}
			s.log.commitMany(acme, 100)
			s.log.prune(acme, 50)
			f := s.follow(o, at(100), nil)
			for _, after := range []*collab.Cursor{at(10), at(1000), {Epoch: 7, Position: 100}} {
				if _, err := s.all.Join(t.Context(), "key", o.start, after, nil); collab.CodeOf(err) != collab.ResyncRequired {
					t.Errorf("after %v: got %v", after, err)
				}
			}
			s.write(1)
			f.want(101, 101)
			f.member.Close()
		})
	})
	t.Run("a joiner that gives up while it begins", func(t *testing.T) {
		broadcasting(t, func(s *stage) {
			s.log.setLatency(time.Minute)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			o := &operation{}
			first := make(chan *follower)
			go func() { s.log.setLatency(5 * time.Second); first <- s.follow(o, nil, nil) }()
			synctest.Wait()
			if _, err := s.all.Join(ctx, "key", o.start, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			(<-first).member.Close()
			s.log.setLatency(0)
		})
	})
}

// A member may be closed while it is far behind.
func TestCloseWhileCatchingUp(t *testing.T) {
	broadcasting(t, func(s *stage) {
		o := &operation{}
		s.log.commitMany(acme, 1000)
		first := s.follow(o, at(1000), nil)
		m, err := s.all.Join(t.Context(), "key", o.start, at(0), nil)
		if err != nil {
			t.Fatal(err)
		}
		if events, err := m.Next(t.Context()); err != nil || events[0].Position != 1 {
			t.Errorf("got %v, %v", events, err)
		}
		m.Close()
		if o.open.Load() != 1 {
			t.Errorf("%d executions run", o.open.Load())
		}
		first.member.Close()
	})
}

func TestFoldedBroadcast(t *testing.T) {
	broadcasting(t, func(s *stage) {
		perSecond := 1.0
		o := &operation{maxPerSecond: &perSecond}
		versions := make(map[collab.ID]int)
		change := func(entity collab.ID) {
			versions[entity]++
			n := versions[entity]
			c := s.log.commit(acme)
			c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeUpdate, collab.TypeCustomer, entity, n
			customer := &collab.Customer{}
			customer.Common().Cursor = c.Cursor
			c.Snapshot = customer
			c.Fields = []*collab.FieldChange{{Field: "n", OldValue: number(n - 1), NewValue: number(n)}}
			s.Announce(c)
		}
		positions := func(f *follower) []int64 {
			synctest.Wait()
			f.mu.Lock()
			defer f.mu.Unlock()
			return slices.Clone(f.got)
		}
		f := &follower{s: s}
		var err error
		if f.member, err = s.all.Join(t.Context(), "key", o.start, nil, folds{f}); err != nil {
			t.Fatal(err)
		}
		if events, err := f.member.Next(t.Context()); events != nil || err != nil {
			t.Fatal(events, err)
		}
		for range 10 {
			change("a")
		}
		change("b")
		if got := positions(f); !slices.Equal(got, []int64{1}) {
			t.Errorf("at once: %v", got)
		}
		time.Sleep(1500 * time.Millisecond)
		if got := positions(f); !slices.Equal(got, []int64{1, 10, 11}) {
			t.Errorf("after a second: %v", got)
		}
		late := &follower{s: s}
		if late.member, err = s.all.Join(t.Context(), "key", o.start, at(1), folds{late}); err != nil {
			t.Fatal(err)
		}
		for {
			events, err := late.member.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if events == nil {
				break
			}
			folds{late}.Take(events)
		}
		if got := positions(late); got[len(got)-1] != 11 || !slices.IsSorted(got) {
			t.Errorf("one who comes later: %v", got)
		}
		f.member.Close()
		late.member.Close()
	})
}

// folds takes the events of folded changes, whose cursors may be before their positions.
type folds struct{ *follower }

func (f folds) Take(events []hub.Event) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range events {
		f.got = append(f.got, e.Position)
	}
	return true
}

// Whatever members do and whatever becomes of announcements, every member gets
// every change after its cursor that matches, once and in order.
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
				broadcasting(t, func(s *stage) { s.model(w, every) })
			})
		}
	}
}

func (s *stage) model(w weather, every int64) {
	s.log.setLatency(w.latency)
	s.log.commitMany(acme, earlier)
	matches := func(position int64) bool { return position%every == 0 }
	o := &operation{matches: func(c *collab.Change) bool { return matches(c.Cursor.Position) }}
	// One that stays, so that it is one broadcast all the time.
	stays := s.follow(o, at(0), nil)
	writers := write(s.testHub, s.log, w)
	var members sync.WaitGroup
	for range 100 {
		time.Sleep(rand.N(30 * time.Millisecond))
		after := rand.Int64N(s.log.head() + 1)
		members.Go(func() { s.wander(o, after, w, matches) })
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
func (s *stage) wander(o *operation, after int64, w weather, matches func(int64) bool) {
	resume := make(chan struct{}, 1)
	f := &follower{s: s}
	var behind bool
	f.refuses = func() bool { // called by the broadcast, one at a time
		if behind || w.slow > 0 && rand.IntN(20) == 0 {
			behind = true
			resume <- struct{}{}
			return true
		}
		return false
	}
	member, err := s.all.Join(s.t.Context(), "key", o.start, at(after), f)
	if err != nil {
		s.t.Error(err)
		return
	}
	f.member = member
	f.pull()
	leaves := time.After(time.Duration(rand.N(int64(20 * time.Second))))
	for left := false; !left; {
		select {
		case <-resume:
			pause(w.slow)
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
