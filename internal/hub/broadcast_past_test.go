package hub_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// hiding hides some entities, and counts how often it is asked.
func hiding(asked *atomic.Int64, hidden ...collab.ID) hub.Hides {
	return func(_ context.Context, ids []collab.ID) (map[collab.ID]bool, error) {
		asked.Add(1)
		found := map[collab.ID]bool{}
		for _, id := range ids {
			if slices.Contains(hidden, id) {
				found[id] = true
			}
		}
		return found, nil
	}
}

// joinAs is followAs for a person from whom something is hidden.
func (s *stage) joinAs(person hub.Person, o *operation, after *collab.Cursor) *follower {
	s.t.Helper()
	f := &follower{s: s}
	member, err := s.all.Join(s.t.Context(), "key", person, o.start, after, f)
	if err != nil {
		s.t.Fatal(err)
	}
	f.member = member
	f.pull()
	return f
}

// An event of an entity from before a member was judged is told only if the member may see the
// entity by then, wherever it is read. Later events are not asked about.
func TestThePastOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	rate := 10.0
	one := operationOf("cus_1")
	for name, o := range map[string]*operation{"all": {}, "folded": {maxPerSecond: &rate}, "one": one} {
		for place, others := range map[string]int{"broadcast": 0, "ring": 0, "log": 700} {
			t.Run(name+" in the "+place, func(t *testing.T) {
				t.Parallel()
				o := &operation{entity: o.entity, matches: o.matches, maxPerSecond: o.maxPerSecond}
				broadcasting(t, func(t *testing.T, s *stage) {
					release, err := s.Follow(t.Context(), acme, nil)
					if err != nil {
						t.Fatal(err)
					}
					defer release()
					if place == "broadcast" {
						ada := s.followAs("ada", o, nil, nil)
						defer ada.member.Close()
					}
					s.writeTo("cus_1", 1)
					s.writeTo("cus_2", 2)
					s.writeTo("cus_3", others)
					time.Sleep(time.Second)
					synctest.Wait()
					var asked atomic.Int64
					ben := s.joinAs(hub.Person{ID: "ben", Hides: hiding(&asked, "cus_1", "cus_3")}, o, at(0))
					defer ben.member.Close()
					time.Sleep(time.Second)
					synctest.Wait()
					before := asked.Load()
					last := s.log.head()
					s.writeTo("cus_1", 1) // its audience says that ben may see it
					time.Sleep(time.Second)
					synctest.Wait()
					ben.mu.Lock()
					defer ben.mu.Unlock()
					want := []int64{2, 3, last + 1}
					switch name {
					case "one":
						want = want[2:]
					case "folded":
						want = []int64{3, last + 1}
						if len(ben.got) > 2 { // the first of the two passed at once
							want = []int64{2, 3, last + 1}
						}
					}
					if !slices.Equal(ben.got, want) {
						t.Errorf("got %v, want %v", ben.got, want)
					}
					if after := asked.Load(); before == 0 || before > 20 || after != before {
						t.Errorf("it was asked %d times, and %d times later", before, after-before)
					}
				})
			})
		}
	}
}

// A member that is live before its broadcast comes to where it was judged asks all the same.
func TestPastOfLaggingBroadcast(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		gate := make(chan struct{})
		o := &operation{render: gate}
		ada := s.followAs("ada", o, nil, nil)
		defer ada.member.Close()
		s.writeTo("cus_2", 1)
		s.writeTo("cus_1", 1)
		synctest.Wait() // the broadcast is rendering the first, and the ring is further
		var asked atomic.Int64
		ben := s.joinAs(hub.Person{ID: "ben", Hides: hiding(&asked, "cus_1")}, o, at(0))
		defer ben.member.Close()
		close(gate)
		synctest.Wait()
		s.writeTo("cus_2", 1)
		ben.wantMatching(1, 3, func(position int64) bool { return position != 2 })
	})
}

// While the database is away a member waits, and then misses nothing and is told nothing hidden.
func TestPastWaitsForDatabase(t *testing.T) {
	t.Parallel()
	broadcasting(t, func(t *testing.T, s *stage) {
		release, err := s.Follow(t.Context(), acme, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer release()
		s.writeTo("cus_1", 1)
		s.writeTo("cus_2", 1)
		var asked atomic.Int64
		hides := hiding(&asked, "cus_1")
		away := time.Now().Add(5 * time.Second)
		ben := s.joinAs(hub.Person{ID: "ben", Hides: func(ctx context.Context, ids []collab.ID) (map[collab.ID]bool, error) {
			if time.Now().Before(away) {
				return nil, collab.Errorf(collab.Unavailable, "the database is away")
			}
			return hides(ctx, ids)
		}}, &operation{}, at(0))
		defer ben.member.Close()
		time.Sleep(10 * time.Second)
		ben.want(2, 2)
	})
}

// Entities that come again are found out about together with new ones.
func TestThePastOfSeveralEntities(t *testing.T) {
	t.Parallel()
	for name, refuses := range map[string]bool{"live": false, "behind": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broadcasting(t, func(t *testing.T, s *stage) {
				o := &operation{}
				ada := s.followAs("ada", o, nil, nil)
				defer ada.member.Close()
				for range 10 {
					for _, entity := range []collab.ID{"cus_1", "cus_2", "cus_1", "cus_3"} {
						s.writeTo(entity, 3)
						synctest.Wait()
					}
				}
				var asked atomic.Int64
				ben := &follower{s: s, refuses: func() bool { return refuses }}
				member, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ben", Hides: hiding(&asked, "cus_2")}, o.start, at(0), ben)
				if err != nil {
					t.Fatal(err)
				}
				ben.member = member
				defer member.Close()
				ben.pull()
				ben.wantMatching(1, 120, func(position int64) bool { return (position-1)%12/3 != 1 })
				if n := asked.Load(); n > 20 {
					t.Errorf("it was asked %d times", n)
				}
			})
		})
	}
}
