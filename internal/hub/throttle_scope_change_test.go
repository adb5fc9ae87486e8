package hub_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// alter commits and announces a change of an entity that alters the access of people.
func (b *book) alter(entity collab.ID, effects collab.AccessEffects) {
	b.versions[entity]++
	n := b.versions[entity]
	b.hub.Announce(b.log.commit(acme, func(c *collab.Change) {
		c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeUpdate, collab.TypeCustomer, entity, n
		c.Snapshot = &collab.Customer{}
		c.Snapshot.Common().Cursor = c.Cursor
		c.Fields = []*collab.FieldChange{{Field: "n", OldValue: number(n - 1), NewValue: number(n)}}
		c.AccessEffects = &effects
	}))
}

// wantTurn reads the next change, which has to be a turn, at once.
func wantTurn(t *testing.T, f *hub.Throttle, position int64) {
	t.Helper()
	began := time.Now()
	c, err := f.Next(t.Context())
	if err != nil || c.AccessEffects == nil || c.Cursor.Position != position || time.Since(began) > 0 {
		t.Fatalf("got %+v, %v after %v", c, err, time.Since(began))
	}
}

// A change of access is met at once, and what it did to its entity is folded like everything else.
func TestTurnsDoNotEndWindows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, f := coalesced(t)
		everybody := collab.AccessEffects{Others: collab.EffectScope}
		b.alter("a", everybody)
		wantTurn(t, f, 1)
		if waited := wantFold(t, f, "a", 0, 1, 1); waited > 0 {
			t.Errorf("the first waited %v", waited)
		}
		b.change("a")
		b.alter("a", everybody)
		wantTurn(t, f, 3)
		if reached := f.Reached().Position; reached != 1 {
			t.Errorf("who turns goes on after %d", reached)
		}
		b.alter("b", everybody)
		wantTurn(t, f, 4)
		b.change("a")
		if waited := wantFold(t, f, "b", 0, 1, 1); waited != time.Second {
			t.Errorf("the fold came after %v", waited)
		}
		wantFold(t, f, "a", 1, 4, 5)
	})
}

// Versions that may not be seen are part of no fold, and their entity is not told of more often for it.
func TestFoldsHaveNoHoles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		visible := func(c *collab.Change) bool { return c.MakesVersion() && c.EntityVersion != 3 }
		f, err := hub.NewThrottle(subscribe(t, h, acme, nil), 1, visible)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		b := &book{log: log, hub: h.Hub, versions: map[collab.ID]int{}}
		b.change("a")
		wantFold(t, f, "a", 0, 1, 1)
		for range 3 { // versions 2, 3 and 4
			b.change("a")
		}
		b.change("b")
		if waited := wantFold(t, f, "a", 1, 2, 2); waited != time.Second {
			t.Errorf("the part before what is not seen came after %v", waited)
		}
		if waited := wantFold(t, f, "a", 3, 4, 4); waited != time.Second {
			t.Errorf("the part after it came after %v", waited)
		}
		wantFold(t, f, "b", 0, 1, 5)
	})
}

// A folder that reads no further has everybody turn, and holds no more for it.
func TestFullThrottleScopeChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		h := startHub(t, log)
		f, err := hub.NewThrottle(subscribe(t, h, acme, nil), 1.0/3600, (*collab.Change).MakesVersion)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		b := &book{log: log, hub: h.Hub, versions: map[collab.ID]int{}}
		b.change("first")
		wantFold(t, f, "first", 0, 1, 1)
		b.change("first")
		for i := range 1000 {
			b.change(collab.ID(fmt.Sprint(i)))
		}
		b.alter("last", collab.AccessEffects{People: map[collab.ID]collab.Effect{"ben": collab.EffectLost}})
		for at := int64(1003); at < 1006; at++ {
			c, err := f.Next(t.Context())
			if err != nil || c.AccessEffects == nil || c.EffectOn("ben", "") == "" || c.Cursor.Position != at {
				t.Fatalf("got %+v, %v", c, err)
			}
			if n := f.Waiting(); n > 64 {
				t.Errorf("%d folds are held", n)
			}
			if reached := f.Reached().Position; reached != 1 {
				t.Errorf("who turns goes on after %d", reached)
			}
			b.alter("last", collab.AccessEffects{Others: collab.EffectScope})
		}
	})
}

// A member that stays gets each version of each entity in some event, and no entity more often than
// asked for, however often access changes: live, and while catching up.
func TestStayingKeepsTheRate(t *testing.T) {
	t.Parallel()
	for name, others := range map[string]int{"live": 0, "behind": 700} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broadcasting(t, func(t *testing.T, s *stage) {
				b := &book{log: s.log, hub: s.Hub, versions: map[collab.ID]int{}}
				release, err := s.Follow(t.Context(), acme, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer release()
				for range others {
					b.change("other")
				}
				rate := 1.0
				start := func(feed *hub.Feed) (hub.Execution, error) {
					span := &spanText{}
					feed.Changes(hub.ChangeFeed{
						OrgID: acme, MaxPerSecond: &rate, Matches: (*collab.Change).MakesVersion, Push: func(c *collab.Change) { span.pushed = c },
					})
					return span, nil
				}
				ctx, cancel := context.WithCancel(t.Context())
				m, err := s.all.Join(t.Context(), "key", hub.Person{ID: "ben"}, start, at(0), nil)
				if err != nil {
					t.Fatal(err)
				}
				told, times := versions{}, map[collab.ID][]time.Time{}
				done := make(chan struct{})
				go func() {
					defer close(done)
					for {
						events, err := m.Next(ctx)
						switch {
						case errors.Is(err, hub.ErrScopeChanged):
							if !m.Stay() {
								t.Error("it has to begin anew")
							}
						case err != nil:
							return
						}
						for _, e := range events {
							told.tell(t, e.Payload)
							name, _, _ := strings.Cut(string(e.Payload), " ")
							times[collab.ID(name)] = append(times[collab.ID(name)], time.Now())
						}
					}
				}()
				began := time.Now()
				for i := range 100 {
					b.change("a")
					b.alter("b", collab.AccessEffects{People: map[collab.ID]collab.Effect{"ben": collab.EffectScope}})
					if i%3 == 0 {
						b.change("c")
					}
					time.Sleep(100 * time.Millisecond)
				}
				time.Sleep(5 * time.Second)
				synctest.Wait()
				cancel()
				<-done
				m.Close()
				for entity, version := range b.versions {
					if told[entity] != version {
						t.Errorf("%s was told up to version %d of %d", entity, told[entity], version)
					}
					if most := int(time.Since(began).Seconds()) + 1; len(times[entity]) > most {
						t.Errorf("%s got %d events, at %v", entity, len(times[entity]), times[entity])
					}
				}
			})
		})
	}
}
