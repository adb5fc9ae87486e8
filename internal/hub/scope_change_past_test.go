package hub_test

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// operationOf is an operation about one entity.
func operationOf(entity collab.ID) *operation {
	return &operation{entity: entity, matches: func(c *collab.Change) bool { return c.EntityID == entity }}
}

// writeTo commits changes of an entity and announces them.
func (s *stage) writeTo(entity collab.ID, n int) {
	for range n {
		s.Announce(s.log.commit(acme, func(c *collab.Change) { c.EntityID = entity }))
	}
}

// A reader of one entity that stands still meets the changes of access that happened meanwhile,
// wherever it reads them: in what the broadcast keeps, in the ring, or in the log.
func TestStalledEntityReaderScopeChange(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]struct{ before, after, others int }{
		"broadcast": {before: 5, after: 5},
		"ring":      {before: 80, after: 80},
		"log":       {before: 80, after: 80, others: 700},
		"whole log": {before: 600, after: 900},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broadcasting(t, func(t *testing.T, s *stage) {
				o := operationOf("cus_1")
				o.padding = 20_000 // so that the broadcast does not keep them all
				var stalls atomic.Bool
				ben := s.followAs("ben", o, nil, stalls.Load)
				s.writeTo("cus_1", 3)
				synctest.Wait()
				stalls.Store(true)
				s.writeTo("cus_1", writes.before)
				s.alter("ben") // it is about no entity
				s.writeTo("cus_1", writes.after)
				s.writeTo("cus_2", writes.others)
				synctest.Wait()
				stalls.Store(false)
				ben.pull()
				ben.wantTurned(int64(3 + writes.before))
				ben.member.Close()
			})
		})
	}
}

// A member that resumes far behind, on an instance that nobody followed the organization on, meets what
// alters access after that.
func TestResumedEntityReaderScopeChange(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		s.writeTo("cus_1", 100)
		s.writeTo("cus_2", 700)
		release, err := s.Follow(t.Context(), acme, at(1))
		if err != nil {
			t.Fatal(err)
		}
		ben := s.followAs("ben", operationOf("cus_1"), at(1), nil)
		release()
		s.alter("ben")
		s.writeTo("cus_1", 1)
		synctest.Wait()
		ben.mu.Lock()
		defer ben.mu.Unlock()
		if !errors.Is(ben.ended, hub.ErrScopeChanged) || len(ben.got) != 99 {
			t.Errorf("it ended with %v after %d events", ben.ended, len(ben.got))
		}
		ben.member.Close()
	})
}

// Follow returns when the instance has come to the cursor, and cached values are dropped before an
// organization is followed for the first time. So nothing that is cached afterwards is older than
// the cursor.
func TestFollowComesToTheCursor(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		s.write(3)
		release, err := s.Follow(t.Context(), acme, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		if _, n := s.caches.invalidated(); n != 1 {
			t.Errorf("the organization was dropped %d times", n)
		}
		s.log.commit(acme, func(c *collab.Change) { // nobody announces it
			c.AccessEffects = &collab.AccessEffects{People: map[collab.ID]collab.Effect{"ben": collab.EffectLost}}
		})
		began := time.Now()
		other, err := s.Follow(t.Context(), acme, at(4))
		if err != nil {
			t.Fatal(err)
		}
		defer other()
		if changes, n := s.caches.invalidated(); !slices.Equal(changes, []int64{4}) || n != 1 {
			t.Errorf("invalidated by changes %v, and the organization was dropped %d times", changes, n)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v", took)
		}
		if _, err := s.Follow(t.Context(), acme, at(9)); collab.CodeOf(err) != collab.ResyncRequired {
			t.Errorf("a cursor from the future: %v", err)
		}
	})
}

// A cursor that one of several brings is theirs alone: the execution that they share begins
// without it.
func TestWrongCursorFailsOneMemberOnly(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]*operation{"everything": {}, "one entity": operationOf("cus_1")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broadcasting(t, func(t *testing.T, s *stage) {
				s.writeTo("cus_1", 3)
				gate := make(chan struct{})
				o.gate = gate // so that all of them wait for the one that begins it
				failed := make(chan error, 1)
				go func() {
					_, err := s.all.Join(t.Context(), "key", hub.Person{ID: "eve"}, o.start, at(99), nil)
					failed <- err
				}()
				synctest.Wait()
				joined := make(chan *follower, 20)
				for range 20 {
					go func() { joined <- s.followAs("ada", o, nil, nil) }()
				}
				synctest.Wait()
				close(gate)
				if err := <-failed; collab.CodeOf(err) != collab.ResyncRequired {
					t.Errorf("the one with the cursor got %v", err)
				}
				for range 20 {
					f := <-joined
					s.writeTo("cus_1", 1)
					synctest.Wait()
					f.mu.Lock()
					if f.ended != nil || len(f.got) == 0 {
						t.Errorf("one of the others ended with %v after %d events", f.ended, len(f.got))
					}
					f.mu.Unlock()
					f.member.Close()
				}
			})
		})
	}
}
