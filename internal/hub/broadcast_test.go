package hub_test

import (
	"context"
	"errors"
	"fmt"
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

func TestBroadcastIsShared(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
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
			broadcasting(t, func(t *testing.T, s *stage) {
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

// An event that its resolver leaves out reaches nobody, and keeps nobody from the events after it.
func TestSkippedEvents(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		kept := func(position int64) bool { return position%3 != 0 }
		o := &operation{skips: func(position int64) bool { return !kept(position) }}
		s.log.commitMany(acme, 600)
		behind := s.follow(o, at(0), nil)
		live := s.follow(o, nil, nil)
		s.write(30)
		behind.wantMatching(1, 630, kept)
		live.wantMatching(601, 630, kept)
		behind.member.Close()
		live.member.Close()
	})
}

func TestLiveJoin(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
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
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{}
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, at(0), nil)
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
			broadcasting(t, func(t *testing.T, s *stage) {
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

// The kept events of a broadcast are bounded in bytes, too.
func TestKeptBytes(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		large := func(feed *hub.Feed) (hub.Execution, error) {
			feed.Changes(hub.ChangeFeed{OrgID: acme, Matches: func(*collab.Change) bool { return true }, Push: func(*collab.Change) {}})
			return megabyte{}, nil
		}
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, large, nil, nil)
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

func (megabyte) Render(context.Context) ([]byte, bool) { return make([]byte, 1<<20), false }
func (megabyte) Close()                                {}

func TestBroadcastEnds(t *testing.T) {
	t.Run("with an error for all", func(t *testing.T) {
		broadcasting(t, func(t *testing.T, s *stage) {
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
		broadcasting(t, func(t *testing.T, s *stage) {
			refused := errors.New("refused")
			o := &operation{fails: refused}
			if _, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, nil, nil); !errors.Is(err, refused) {
				t.Errorf("got %v", err)
			}
			o.fails = nil
			s.follow(o, nil, nil).member.Close()
		})
	})
	t.Run("while the log is away", func(t *testing.T) {
		broadcasting(t, func(t *testing.T, s *stage) {
			s.log.setAway(true)
			o := &operation{}
			if _, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, nil, nil); !errors.Is(err, errAway) {
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
		broadcasting(t, func(t *testing.T, s *stage) {
			o := &operation{}
			s.log.commitMany(acme, 100)
			s.log.prune(acme, 50)
			f := s.follow(o, at(100), nil)
			for _, after := range []*collab.Cursor{at(10), at(1000), {Epoch: 7, Position: 100}} {
				if _, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, after, nil); collab.CodeOf(err) != collab.ResyncRequired {
					t.Errorf("after %v: got %v", after, err)
				}
			}
			s.write(1)
			f.want(101, 101)
			f.member.Close()
		})
	})
	t.Run("a joiner that gives up while it begins", func(t *testing.T) {
		broadcasting(t, func(t *testing.T, s *stage) {
			s.log.setLatency(time.Minute)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			o := &operation{}
			first := make(chan *follower)
			go func() { s.log.setLatency(5 * time.Second); first <- s.follow(o, nil, nil) }()
			synctest.Wait()
			if _, err := s.all.Join(ctx, "key", hub.Person{ID: "ada"}, o.start, nil, nil); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			(<-first).member.Close()
			s.log.setLatency(0)
			time.Sleep(time.Minute) // a comparison that was under way may end
		})
	})
}

// A member may be closed while it is far behind.
func TestCloseWhileCatchingUp(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{}
		s.log.commitMany(acme, 1000)
		first := s.follow(o, at(1000), nil)
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, at(0), nil)
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
	broadcasting(t, func(t *testing.T, s *stage) {
		perSecond := 1.0
		o := &operation{maxPerSecond: &perSecond}
		versions := make(map[collab.ID]int)
		change := func(entity collab.ID) {
			versions[entity]++
			n := versions[entity]
			s.Announce(s.log.commit(acme, func(c *collab.Change) {
				c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeUpdate, collab.TypeCustomer, entity, n
				customer := &collab.Customer{}
				customer.Common().Cursor = c.Cursor
				c.Snapshot = customer
				c.Fields = []*collab.FieldChange{{Field: "n", OldValue: number(n - 1), NewValue: number(n)}}
			}))
		}
		positions := func(f *follower) []int64 {
			synctest.Wait()
			f.mu.Lock()
			defer f.mu.Unlock()
			return slices.Clone(f.got)
		}
		f := &follower{s: s}
		var err error
		if f.member, err = s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, nil, folds{f}); err != nil {
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
		if late.member, err = s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, at(1), folds{late}); err != nil {
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
			t.Errorf("a late subscriber: %v", got)
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
