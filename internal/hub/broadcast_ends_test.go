package hub_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// A subscriber that joins while the last member leaves gets a broadcast that goes on.
func TestJoinWhileTheLastLeaves(t *testing.T) {
	log := newLog(acme)
	h := startHub(t, log)
	all := hub.NewBroadcasts(h.Hub, hub.BroadcastOptions{})
	o := &operation{}
	log.commitMany(acme, 1)
	var members sync.WaitGroup
	for range 2 {
		members.Go(func() {
			for range 3000 {
				m, err := all.Join(t.Context(), "key", hub.Person{ID: "ada"}, o.start, at(log.head()-1), nil)
				if err != nil {
					t.Error(err)
					return
				}
				for reached := int64(0); reached < 2; {
					events, err := m.Next(t.Context())
					if err != nil {
						t.Error(err)
						return
					}
					if reached += int64(len(events)); reached == 1 {
						h.Announce(log.commit(acme))
					}
				}
				m.Close()
			}
		})
	}
	members.Wait()
	if open := all.Stats().Broadcasts; open != 0 {
		t.Errorf("%d broadcasts are left", open)
	}
}

// A panic in what a resolver said of its events ends the broadcast, and nothing else.
func TestPanicEndsTheBroadcast(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{matches: func(c *collab.Change) bool {
			if c.Cursor.Position == 3 {
				panic("three")
			}
			return true
		}}
		f := s.follow(o, at(0), nil)
		s.write(5)
		synctest.Wait()
		f.mu.Lock()
		if f.ended == nil {
			t.Error("it goes on")
		}
		f.mu.Unlock()
		f.member.Close()
	})
}

// A member that is far behind when the log goes away waits for it, as all others do.
func TestCatchUpOutlastsAnOutage(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{}
		var behind atomic.Bool
		slow, quick := s.follow(o, nil, behind.Load), s.follow(o, nil, nil)
		behind.Store(true)
		for range 2000 {
			s.write(1)
			synctest.Wait()
		}
		s.log.setAway(true)
		var pulling sync.WaitGroup
		pulling.Go(slow.pull)
		time.Sleep(3 * time.Second)
		s.log.setAway(false)
		behind.Store(false)
		pulling.Wait()
		slow.want(1, 2000)
		quick.want(1, 2000)
		slow.member.Close()
		quick.member.Close()
	})
}
