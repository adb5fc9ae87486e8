package hub_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// alter commits and announces a change that alters the access of people.
func (s *stage) alter(people ...collab.ID) {
	effects := map[collab.ID]collab.Effect{}
	for _, id := range people {
		effects[id] = collab.EffectLost
	}
	s.Announce(s.log.commit(acme, func(c *collab.Change) { c.AccessEffects = &collab.AccessEffects{People: effects} }))
}

// followAs is follow for a person.
func (s *stage) followAs(user string, o *operation, after *collab.Cursor, refuses func() bool) *follower {
	s.t.Helper()
	f := &follower{s: s, refuses: refuses}
	member, err := s.all.Join(s.t.Context(), "key", hub.Person{ID: collab.ID(user)}, o.start, after, f)
	if err != nil {
		s.t.Fatal(err)
	}
	f.member = member
	f.pull()
	return f
}

// wantTurned checks that a follower was told all up to a position, and that what it
// may see has changed.
func (f *follower) wantTurned(last int64) {
	f.s.t.Helper()
	f.want(1, last)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !errors.Is(f.ended, hub.ErrScopeChanged) {
		f.s.t.Errorf("it ended with %v", f.ended)
	}
	if got := f.member.Cursor().Position; got != last {
		f.s.t.Errorf("it goes on after %d, want %d", got, last)
	}
}

// A member whose access a change affects gets everything before it and nothing from it on, wherever
// the member is; the others get everything.
func TestMembersTurn(t *testing.T) {
	t.Parallel()
	for name, join := range map[string]func(*stage, *operation) *follower{
		"live": func(s *stage, o *operation) *follower { return s.followAs("ben", o, nil, nil) },
		"behind": func(s *stage, o *operation) *follower {
			return s.followAs("ben", o, nil, func() bool { return true })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broadcasting(t, func(t *testing.T, s *stage) {
				o := &operation{}
				ada := s.followAs("ada", o, nil, nil)
				ben := join(s, o)
				s.write(3)
				s.alter("ben", "cem")
				s.write(3)
				synctest.Wait()
				if name == "behind" { // it goes on when its client has caught up
					ben.pull()
				}
				ada.want(1, 7)
				ben.wantTurned(3)
				ada.member.Close()
				ben.member.Close()
			})
		})
	}
}

// A member that waits in Next is interrupted too.
func TestPullingMembersTurn(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{}
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ben"}, o.start, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		go func() {
			time.Sleep(time.Second)
			s.alter("ben")
		}()
		if events, err := m.Next(t.Context()); !errors.Is(err, hub.ErrScopeChanged) {
			t.Errorf("got %v, %v", events, err)
		}
	})
}

// A member from far behind is interrupted by changes of its access while it catches up, and not by
// those from before it joined.
func TestMembersTurnInTheLog(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		s.write(10)
		s.alter("ben") // 11, long before he comes
		s.write(700)   // the ring has less
		o := &operation{}
		ada := s.followAs("ada", o, nil, nil)
		m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ben"}, o.start, at(0), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		s.alter("ben") // 712, while he is on his way
		s.write(1)
		last := int64(0)
		for err == nil {
			var events []hub.Event
			events, err = m.Next(t.Context())
			for _, e := range events {
				if last++; e.Position != last {
					t.Fatalf("got %d, want %d", e.Position, last)
				}
			}
		}
		if !errors.Is(err, hub.ErrScopeChanged) || last != 711 || m.Cursor().Position != 711 {
			t.Errorf("after %d: %v", last, err)
		}
		ada.member.Close()
	})
}

// An interrupted member may come back to the same broadcast, where the change that interrupted it
// is the first event, once.
func TestMembersComeBack(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{}
		ben := s.followAs("ben", o, nil, nil)
		s.write(2)
		s.alter("ben")
		s.write(2)
		ben.wantTurned(2)
		cursor := ben.member.Cursor()
		ben.member.Close()
		again := s.followAs("ben", o, &cursor, nil)
		s.write(1)
		again.want(3, 6)
		again.member.Close()
	})
}

// The findings of an execution may be outdated once the access of its only person changed: both of
// their tabs then go on with another execution.
func TestTurningBeginsAnew(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{depends: true}
		one, two := s.followAs("ben", o, nil, nil), s.followAs("ben", o, nil, nil)
		s.alter("ben")
		synctest.Wait()
		cursor := one.member.Cursor()
		again := s.followAs("ben", o, &cursor, nil) // while the other has not left
		s.write(1)
		again.want(1, 2)
		if got := o.begun.Load(); got != 2 {
			t.Errorf("%d executions began, want 2", got)
		}
		for _, f := range []*follower{one, two, again} {
			f.member.Close()
		}
	})
}

func TestFollowAccess(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		s.alter("ben") // before anybody watches
		told := map[string][]int64{}
		watch := func(user string) func() {
			unwatch, err := s.all.FollowAccess(t.Context(), acme, collab.ID(user), func(c *collab.Change) {
				told[user] = append(told[user], c.Cursor.Position)
			})
			if err != nil {
				t.Fatal(err)
			}
			return unwatch
		}
		ada, ben := watch("ada"), watch("ben")
		s.write(2)
		s.alter("ben") // 4
		s.alter("ada") // 5
		synctest.Wait()
		ada()
		s.alter("ada", "ben") // 6
		s.write(1)
		synctest.Wait()
		ben()
		if !slices.Equal(told["ada"], []int64{5}) || !slices.Equal(told["ben"], []int64{4, 6}) {
			t.Errorf("told %v", told)
		}
	})
}

// A cache of people is invalidated before any subscription yields the change, also when the change
// was found in the log.
func TestCachesAreInvalidatedFirst(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		ada := s.followAs("ada", &operation{}, nil, nil)
		s.log.commit(acme, func(c *collab.Change) { c.AccessEffects = &collab.AccessEffects{Others: collab.EffectScope} }) // unannounced
		s.write(1)
		time.Sleep(time.Second)
		synctest.Wait()
		ada.wantTurned(0)
		if changes, _ := s.caches.invalidated(); !slices.Equal(changes, []int64{1}) {
			t.Errorf("invalidated by changes %v", changes)
		}
		ada.member.Close()
	})
}
