package hub_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// open changes what everybody may see.
func (s *stage) open(orgID collab.ID) {
	s.Announce(s.log.commit(orgID, func(c *collab.Change) { c.AccessEffects = &collab.AccessEffects{Others: collab.EffectGained} }))
}

// A member that joins a broadcast while a change of access outdates it joins another one.
func TestJoinDuringScopeChange(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{depends: true}
		s.write(1000)
		ada := s.followAs("ada", o, nil, nil)
		s.log.setLatency(time.Second) // to place a member that comes from far back, the log is asked
		time.AfterFunc(time.Second/2, func() { s.open(acme) })
		member, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ben"}, o.start, at(10), nil)
		if !errors.Is(err, hub.ErrScopeChanged) {
			t.Errorf("joined with %v", err)
		}
		if member != nil {
			member.Close()
		}
		s.log.setLatency(0)
		synctest.Wait()
		ada.member.Close()
	})
}

// A member that joins a broadcast that has not come yet to the change of access which outdates it
// turns at that change, although they were identified after it.
func TestJoinBeforeScopeChangeArrives(t *testing.T) {
	t.Parallel()
	for name, live := range map[string]bool{"live": true, "pulling": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broadcasting(t, func(t *testing.T, s *stage) {
				o := &operation{depends: true, render: make(chan struct{})}
				ada := s.followAs("ada", o, nil, nil)
				s.write(1)
				synctest.Wait() // its event is being rendered
				s.open(acme)
				var ben *hub.Member
				if live {
					f := s.followAs("ben", o, nil, nil)
					close(o.render)
					synctest.Wait()
					if !errors.Is(f.ended, hub.ErrScopeChanged) {
						t.Errorf("ben's subscription is still of the outdated execution: %v", f.ended)
					}
					ben = f.member
				} else {
					var err error
					if ben, err = s.all.Join(t.Context(), "key", hub.Person{ID: "ben"}, o.start, nil, nil); err != nil {
						t.Fatal(err)
					}
					time.AfterFunc(time.Second, func() { close(o.render) })
					if events, err := ben.Next(t.Context()); !errors.Is(err, hub.ErrScopeChanged) {
						t.Errorf("told %v, %v", events, err)
					}
				}
				ada.wantTurned(1)
				ada.member.Close()
				ben.Close()
			})
		})
	}
}

// Changes of access elsewhere do not keep a subscription from beginning.
func TestSubscribeDuringScopeChangesElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := startHub(t, newLog(acme, "globex"))
		s := &stage{testHub: h, t: t, all: hub.NewBroadcasts(h.Hub, hub.BroadcastOptions{})}
		release, err := s.Follow(t.Context(), "globex", nil)
		if err != nil {
			t.Fatal(err)
		}
		o := &operation{}
		start := func(feed *hub.Feed) (hub.Execution, error) {
			if o.begun.Load() < 100 {
				s.open("globex")
			}
			return o.start(feed)
		}
		member, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ada"}, start, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if begun := o.begun.Load(); begun > 2 {
			t.Errorf("it began %d times", begun)
		}
		member.Close()
		release()
		s.quiet(t)
	})
}

// Access can be watched while this instance is behind the log.
func TestFollowAccessBehindTheLog(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		release, err := s.Follow(t.Context(), acme, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		s.log.commit(acme) // nobody announces it yet
		told := 0
		unwatch, err := s.all.FollowAccess(t.Context(), acme, "ben", func(*collab.Change) { told++ })
		if err != nil {
			t.Fatal(err)
		}
		s.alter("ben")
		time.Sleep(time.Second)
		synctest.Wait()
		if told != 1 {
			t.Errorf("told of %d changes", told)
		}
		unwatch()
	})
}

// A watch of access ends with nil when the log is replaced, since changes may have been missed.
func TestFollowAccessOfAReplacedLog(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		var told []*collab.Change
		unwatch, err := s.all.FollowAccess(t.Context(), acme, "ben", func(c *collab.Change) { told = append(told, c) })
		if err != nil {
			t.Fatal(err)
		}
		s.log.replace(acme, 2, 0)
		time.Sleep(2 * time.Second) // in the bubble: the ring is compared with the log
		synctest.Wait()
		if len(told) != 1 || told[0] != nil {
			t.Errorf("told %v, want nil once", told)
		}
		unwatch()
		s.quiet(t)
	})
}
