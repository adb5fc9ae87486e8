package hub_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

func TestInspectBusyBroadcast(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		o := &operation{render: make(chan struct{})}
		one, two := s.follow(o, nil, nil), s.follow(o, nil, nil)
		if views := s.all.Inspect(9); !slices.Equal(views, []hub.BroadcastView{{OrgID: acme, Members: 2, Live: 2}}) {
			t.Errorf("without an event: %+v", views)
		}
		s.write(1)
		synctest.Wait()
		time.Sleep(3 * time.Second)
		if views := s.all.Inspect(9); len(views) != 1 || views[0].Busy != 3*time.Second {
			t.Errorf("while it has rendered an event for 3 s: %+v", views)
		}
		close(o.render)
		one.want(1, 1)
		two.want(1, 1)
		if views := s.all.Inspect(9); !slices.Equal(views, []hub.BroadcastView{{OrgID: acme, Members: 2, Live: 2, Events: 1, Bytes: views[0].Bytes}}) || views[0].Bytes == 0 {
			t.Errorf("after the event: %+v", views)
		}
		one.member.Close()
		two.member.Close()
	})
}

func TestInspectShowsTheLargestBroadcasts(t *testing.T) {
	broadcasting(t, func(t *testing.T, s *stage) {
		var members []*hub.Member
		for i := range 5 {
			for range i + 1 {
				member, err := s.all.Join(t.Context(), fmt.Sprint(i), hub.Person{ID: "ada"}, namedStart(fmt.Sprint("Follow", i)), nil, nil)
				if err != nil {
					t.Fatal(err)
				}
				members = append(members, member)
			}
		}
		want := []hub.BroadcastView{{OrgID: acme, Operation: "Follow4", Members: 5}, {OrgID: acme, Operation: "Follow3", Members: 4}}
		if views := s.all.Inspect(2); !slices.Equal(views, want) {
			t.Errorf("got %+v, want %+v", views, want)
		}
		for _, member := range members {
			member.Close()
		}
	})
}

// namedStart begins executions of an operation with a name.
func namedStart(name string) hub.Start {
	return func(feed *hub.Feed) (hub.Execution, error) {
		feed.Operation = name
		return (&operation{}).start(feed)
	}
}

func TestInspectShowsRingsThatMissChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const globex, initech = collab.ID("globex"), collab.ID("initech")
		log := newLog(acme, globex, initech)
		h := startHub(t, log)
		for org, followers := range map[collab.ID]int{acme: 1, globex: 3, initech: 2} {
			for range followers {
				subscribe(t, h, org, nil)
			}
		}
		synctest.Wait()
		log.commitMany(acme, 3)
		h.Announce(log.commit(acme))
		views := h.Inspect(2)
		if len(views) != 2 || views[0].OrgID != acme || views[0].Missing != 4 || views[0].Head != 0 || views[1].OrgID != globex || views[1].Followers != 3 {
			t.Errorf("before the gap is filled: %+v", views)
		}
		time.Sleep(time.Second)
		views = h.Inspect(9)
		if len(views) != 3 || views[2].OrgID != acme || views[2].Missing != 0 || views[2].Head != 4 || views[2].Changes != 4 {
			t.Errorf("after the gap is filled: %+v", views)
		}
	})
}
