package hub_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/fair"
	"tandem/internal/hub"
)

type whoKey struct{}

// as returns a context of a person, for broadcasts that ask who joins.
func as(t *testing.T, person string) context.Context {
	return context.WithValue(t.Context(), whoKey{}, fair.Key{Org: string(acme), Person: person})
}

func whoIn(ctx context.Context) fair.Key {
	who, _ := ctx.Value(whoKey{}).(fair.Key)
	return who
}

// sized renders events of that many bytes.
type sized int

func (n sized) Render(context.Context) ([]byte, bool) { return make([]byte, n), false }
func (sized) Close()                                  {}

func (n sized) start(feed *hub.Feed) (hub.Execution, error) {
	feed.Changes(hub.ChangeFeed{OrgID: acme, Matches: func(*collab.Change) bool { return true }, Push: func(*collab.Change) {}})
	return n, nil
}

// The events that all broadcasts keep together are bounded, and a member that is behind gets what
// its broadcast let go of all the same.
func TestKeptBytesInAll(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		const bytes, number, edits = 10_000, 50, 60
		s.all.Options().KeptBytes = 2 << 20
		var members []*hub.Member
		for i := range number {
			m, err := s.all.Join(t.Context(), fmt.Sprint(i), hub.Person{ID: "ada"}, sized(bytes).start, at(0), nil)
			if err != nil {
				t.Fatal(err)
			}
			members = append(members, m)
		}
		for i := range edits {
			s.write(1)
			synctest.Wait()
			if kept := s.all.Stats().Kept; kept > s.all.Options().KeptBytes+number*(2*bytes+512) {
				t.Fatalf("after %d edits %d bytes are kept", i+1, kept)
			}
		}
		if kept := s.all.Stats().Kept; kept < s.all.Options().KeptBytes/8 {
			t.Errorf("only %d bytes are kept", kept)
		}
		for _, m := range members {
			for reached := int64(0); reached < edits; {
				events, err := m.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range events {
					if reached++; e.Position != reached {
						t.Fatalf("got %d, want %d", e.Position, reached)
					}
				}
			}
			m.Close()
		}
		synctest.Wait()
		if kept := s.all.Stats().Kept; kept != 0 {
			t.Errorf("%d bytes are kept by nobody", kept)
		}
	})
}

// A gated operation renders when it is let.
type gated struct {
	gate          chan struct{}
	running, most atomic.Int64
}

func (g *gated) Render(context.Context) ([]byte, bool) {
	g.most.Store(max(g.most.Load(), g.running.Add(1)))
	<-g.gate
	g.running.Add(-1)
	return nil, false
}

func (*gated) Close() {}

func (g *gated) in(org collab.ID) hub.Start {
	return func(feed *hub.Feed) (hub.Execution, error) {
		feed.Changes(hub.ChangeFeed{OrgID: org, Matches: func(*collab.Change) bool { return true }, Push: func(*collab.Change) {}})
		return g, nil
	}
}

// One person's own executions are rendered a few at a time, those of an organization
// a few more, and others need not wait for them.
func TestRendersAreTakenInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme, "globex")
		h := startHub(t, log)
		all := hub.NewBroadcasts(h.Hub, hub.BroadcastOptions{})
		busy, calm := &gated{gate: make(chan struct{})}, &gated{gate: make(chan struct{})}
		var members []*hub.Member
		follow := func(key, user string, g *gated, org collab.ID) {
			m, err := all.Join(t.Context(), key, hub.Person{ID: collab.ID(user)}, g.in(org), nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			members = append(members, m)
		}
		for i := range 200 {
			follow(fmt.Sprint("eve ", i), "eve", busy, acme)
		}
		h.Announce(log.commit(acme))
		synctest.Wait()
		person := int64(runtime.GOMAXPROCS(0))
		if running := busy.running.Load(); running != person {
			t.Errorf("%d executions of one person are rendered at a time, want %d", running, person)
		}
		for i := range 200 {
			follow(fmt.Sprint("others ", i), fmt.Sprint(i), busy, acme)
		}
		h.Announce(log.commit(acme))
		synctest.Wait()
		if running := busy.running.Load(); running != 4*person {
			t.Errorf("%d executions of one organization are rendered at a time, want %d", running, 4*person)
		}
		follow("ben", "ben", calm, "globex")
		h.Announce(log.commit("globex"))
		synctest.Wait()
		if calm.running.Load() != 1 {
			t.Error("another organization's event waits")
		}
		close(calm.gate)
		close(busy.gate)
		for _, m := range slices.Backward(members) {
			if _, err := m.Next(t.Context()); err != nil {
				t.Error(err)
			}
			m.Close()
		}
		synctest.Wait()
		if most := busy.most.Load(); most > 4*person {
			t.Errorf("%d were rendered at a time", most)
		}
	})
}

// How many executions one person has alone is bounded. Shared broadcasts do not count, nor do those
// that ended.
func TestUnsharedExecutionsOfOnePerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := hub.NewBroadcasts(startHub(t, newLog(acme)).Hub, hub.BroadcastOptions{MaxPerPerson: 2, PersonOf: whoIn})
		enter := func(key, person string) (*hub.Member, error) {
			return all.Join(as(t, person), key, hub.Person{ID: collab.ID(person)}, follows(0, nil), nil, nil)
		}
		var members []*hub.Member
		mayEnter := func(key, person string) {
			t.Helper()
			m, err := enter(key, person)
			if err != nil {
				t.Fatal(err)
			}
			members = append(members, m)
		}
		mayNot := func(key, person string) {
			t.Helper()
			if _, err := enter(key, person); collab.CodeOf(err) != collab.LimitExceeded {
				t.Fatalf("got %v, want LIMIT_EXCEEDED", err)
			}
		}
		mayEnter("1", "ada")
		mayEnter("2", "ada")
		mayEnter("2", "ada")
		mayNot("3", "ada")
		mayEnter("3", "ben")
		mayEnter("3", "ada") // Ben has it already
		mayEnter("1", "ben") // now it is shared
		mayEnter("4", "ada")
		mayNot("5", "ada")
		members[1].Close()
		mayNot("5", "ada")
		members[2].Close()
		mayEnter("5", "ada")
		for _, m := range slices.Concat(members[:1], members[3:]) {
			m.Close()
		}
		mayEnter("6", "ada")
		mayEnter("7", "ada")
		mayNot("8", "ada")
		for _, m := range members[len(members)-2:] {
			m.Close()
		}
	})
}

// Few of one person's subscriptions read what they missed at the same time, since each holds a page
// of the log. A member that drops its read-ahead makes room for the next.
func TestCatchUpsOfOnePersonAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme)
		log.commitMany(acme, 2000)
		all := hub.NewBroadcasts(startHub(t, log).Hub, hub.BroadcastOptions{PersonOf: whoIn})
		o := &operation{}
		const number, atOnce = 20, 8
		members := make([]*hub.Member, number)
		for i := range members {
			var err error
			if members[i], err = all.Join(as(t, "ada"), "key", hub.Person{ID: "ada"}, o.start, at(0), nil); err != nil {
				t.Fatal(err)
			}
		}
		served := make(chan *hub.Member, number)
		for _, m := range members {
			go func() {
				if events, err := m.Next(as(t, "ada")); err != nil || events[0].Position != 1 {
					t.Errorf("the first event is %v, %v", events, err)
				}
				served <- m
			}()
		}
		synctest.Wait()
		if open := o.open.Load() - 1; open != atOnce { // one is the broadcast's
			t.Errorf("%d read what they missed at the same time, want %d", open, atOnce)
		}
		for range number {
			(<-served).DropReadAhead()
		}
		for _, m := range members {
			if events, err := m.Next(as(t, "ada")); err != nil || events[0].Position != 17 {
				t.Errorf("after 16 events it goes on with %v, %v", events[0].Position, err)
			}
			m.Close()
		}
		synctest.Wait()
		if open := o.open.Load(); open != 0 {
			t.Errorf("%d executions are left", open)
		}
	})
}

// Members that catch up at a bounded rate wait for the end of their windows, which may take an hour. Nobody else waits
// for them: neither their own ordinary subscriptions, nor other people, nor other organizations.
func TestThrottledCatchUpsDelayNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLog(acme, "globex")
		log.commitMany(acme, 2000)
		log.commitMany("globex", 2000)
		all := hub.NewBroadcasts(startHub(t, log).Hub, hub.BroadcastOptions{PersonOf: whoIn})
		anHour := func(feed *hub.Feed) (hub.Execution, error) {
			feed.Changes(hub.ChangeFeed{OrgID: acme, MaxPerSecond: new(1.0 / 3600), Matches: func(*collab.Change) bool { return true }, Push: func(*collab.Change) {}})
			return sized(1), nil
		}
		var stops []context.CancelFunc
		for i := range 200 {
			person := fmt.Sprint("eve ", i%20)
			m, err := all.Join(as(t, person), fmt.Sprint("an hour ", i), hub.Person{ID: collab.ID(person)}, anHour, at(1), nil)
			if err != nil {
				t.Fatal(err)
			}
			waiting, stop := context.WithCancel(as(t, person))
			stops = append(stops, stop)
			go func() {
				defer m.Close()
				for {
					if _, err := m.Next(waiting); err != nil {
						return
					}
				}
			}()
		}
		synctest.Wait()
		began := time.Now()
		for i, person := range []string{"eve 0", "ada", "ben"} {
			org := []collab.ID{acme, acme, "globex"}[i]
			follow := &gated{gate: make(chan struct{})}
			close(follow.gate)
			m, err := all.Join(as(t, person), "follow in "+string(org), hub.Person{ID: collab.ID(person)}, follow.in(org), &collab.Cursor{Epoch: at(1).Epoch, Position: 1}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if events, err := m.Next(as(t, person)); err != nil || events[0].Position != 2 {
				t.Errorf("%s in %s gets %v, %v", person, org, events, err)
			}
			m.Close()
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("they waited %v for others", took)
		}
		for _, stop := range stops {
			stop()
		}
		synctest.Wait()
	})
}
