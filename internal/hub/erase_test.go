package hub_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// named is a change that has somebody's name in it.
func named(c *collab.Change) { c.Metadata = collab.JSON(`"Quirin"`) }

// erase takes the name out of all changes of acme's log, and commits that.
func (l *memoryLog) erase() *collab.Change {
	l.mu.Lock()
	for i, c := range l.logs[acme].changes {
		clean := *c
		clean.Metadata = nil
		l.logs[acme].changes[i] = &clean
	}
	l.mu.Unlock()
	return l.commit(acme, func(c *collab.Change) {
		c.Type = collab.ChangeMember
		c.Fields = []*collab.FieldChange{{Field: "erased", NewValue: collab.JSON("true")}}
		c.AccessEffects = &collab.AccessEffects{People: map[collab.ID]collab.Effect{"quirin": collab.EffectLost}}
	})
}

// After an erasure nothing comes from the ring, or from what was read of the log,
// as it was before, and nobody misses anything.
func TestErasedChangesAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		for range 1000 {
			log.commit(acme, named)
		}
		h := startHub(t, log)
		live, behind := subscribe(t, h, acme, nil), subscribe(t, h, acme, at(100))
		for range 100 {
			h.Announce(log.commit(acme, named))
		}
		for position := int64(1001); position <= 1100; position++ {
			expect(t, live, position)
		}
		if c, err := behind.Next(t.Context()); err != nil || c.Metadata == nil {
			t.Fatalf("before, it is %v, %v", c, err)
		}
		h.Announce(log.erase())
		expect(t, live, 1101)
		late := subscribe(t, h, acme, at(1000))
		for position := int64(102); position <= 1101; position++ {
			if c, err := behind.Next(t.Context()); err != nil || c.Metadata != nil || c.Cursor.Position != position {
				t.Fatalf("at %d, who was behind is given %+v, %v", position, c, err)
			}
		}
		for position := int64(1001); position <= 1101; position++ {
			if c, err := late.Next(t.Context()); err != nil || c.Metadata != nil || c.Cursor.Position != position {
				t.Fatalf("at %d, who came late is given %+v, %v", position, c, err)
			}
		}
		h.Announce(log.commit(acme))
		for _, s := range []*hub.Subscription{live, behind, late} {
			expect(t, s, 1102)
			s.Close()
		}
	})
}

// Events that a broadcast rendered before an erasure are rendered again for members that come back;
// live members go on.
func TestErasedEventsAreRenderedAgain(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		var seen atomic.Int64 // changes with a name
		o := &operation{matches: func(c *collab.Change) bool {
			if c.Metadata != nil {
				seen.Add(1)
			}
			return true
		}}
		var away atomic.Bool
		live, slow := s.follow(o, nil, nil), s.follow(o, nil, away.Load)
		for n := range 100 {
			s.Announce(s.log.commit(acme, named))
			if n == 49 {
				slow.want(1, 50)
				away.Store(true)
			}
		}
		live.want(1, 100)
		early := s.follow(o, at(0), nil)
		early.want(1, 100)
		if got := o.rendered.Load(); got != 100 || seen.Load() != 100 {
			t.Errorf("rendered %d events, %d with a name", got, seen.Load())
		}

		s.Announce(s.log.erase())
		early.want(1, 101)
		before := o.rendered.Load()
		away.Store(false)
		slow.pull()
		slow.want(1, 101)
		if got := o.rendered.Load() - before; got < 50 {
			t.Errorf("for who was behind, %d events were rendered anew", got)
		}
		before = o.rendered.Load()
		s.Announce(s.log.erase())
		late := s.follow(o, at(0), nil) // at once, before the broadcast came to it
		late.want(1, 102)
		if got := o.rendered.Load() - before; got < 101 {
			t.Errorf("for who came back, %d events were rendered anew", got)
		}
		s.write(1)
		for _, f := range []*follower{live, slow, early, late} {
			f.want(1, 103)
			if f.ended != nil {
				t.Errorf("it ended with %v", f.ended)
			}
			f.member.Close()
		}
		if got := seen.Load(); got != 100 {
			t.Errorf("in the end %d events had a name", got)
		}
	})
}

// A pruned change is in no ring after a second, and subscriptions that are up to date go on.
func TestPrunedChangesLeaveTheRing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		live := subscribe(t, h, acme, nil)
		defer live.Close()
		synctest.Wait()
		for position := int64(1); position <= 10; position++ {
			h.Announce(log.commit(acme))
			expect(t, live, position)
		}
		log.prune(acme, 5)
		time.Sleep(1100 * time.Millisecond) // the next comparison
		if s, err := h.Subscribe(t.Context(), acme, at(3)); collab.CodeOf(err) != collab.ResyncRequired {
			s.Close()
			t.Errorf("after what was pruned: %v", err)
		}
		kept := subscribe(t, h, acme, at(5))
		defer kept.Close()
		expect(t, kept, 6)
		h.Announce(log.commit(acme))
		expect(t, live, 11)
	})
}
