package delivery_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tandem/internal/collab"
)

// Nothing is claimed for a push service that is left alone, and one message for one that is tried, by turns of organizations.
func TestLimitedHosts(t *testing.T) {
	inMailroom(t, func(t *testing.T, m *mailroom) {
		m.notify("large", 2)
		m.notify("small", 1)
		m.limit(map[string]int{"push.example": 0})
		m.run(time.Minute, func() {
			if len(m.handled) > 0 {
				t.Errorf("%d messages were claimed for a push service that is left alone", len(m.handled))
			}
		})
		m.limit(map[string]int{"push.example": 1})
		m.run(20*handling, func() {
			if m.most != 1 || len(m.handled) < 4 {
				t.Errorf("%d of %d messages were under way to a push service that is tried", m.most, len(m.handled))
			}
		})
		m.limit(nil)
		m.run(time.Minute, func() {
			if len(m.handled) != 3*collab.MaxPushSubscriptions {
				t.Errorf("%d messages were handled", len(m.handled))
			}
		})
	})
}

// Somebody whose browsers hang leaves room for the other people of the organization.
func TestHangingPersonLeavesRoom(t *testing.T) {
	inMailroom(t, func(t *testing.T, m *mailroom) {
		m.hangs = true
		m.notify("acme", 2)
		m.run(hanging/2, func() {
			under := map[collab.ID]int{}
			for _, job := range m.handled {
				under[job.UserID]++
			}
			if len(under) != 2 || under["person-0"] > 8 || under["person-1"] < 4 || under["person-1"] > 8 {
				t.Errorf("%v are under way", under)
			}
		})
	})
}

// A person of whom nothing is under way finds room at once beside a few colleagues with slow browsers and long queues, and after some attempts
// beside many, at one push service or at several.
func TestSlowPeopleLeaveRoom(t *testing.T) {
	for _, own := range []bool{false, true} {
		for _, people := range []int{4, 20} {
			t.Run(fmt.Sprint(people, own), func(t *testing.T) {
				inMailroom(t, func(t *testing.T, m *mailroom) {
					m.hangs, m.shared = true, !own
					slow := make([]collab.ID, people)
					for i := range slow {
						slow[i] = collab.ID(fmt.Sprint("slow-", i))
						m.register("acme", slow[i], collab.MaxPushSubscriptions)
					}
					for range 3 {
						m.mention("acme", slow...)
					}
					m.register("acme", "bob", 1)
					ctx, stop := context.WithCancel(t.Context())
					ended := make(chan struct{})
					go func() {
						defer close(ended)
						m.worker.Run(ctx)
					}()
					time.Sleep(3 * hanging / 2)
					m.mention("acme", "bob")
					most := 2 * time.Second
					if people > 4 {
						most += 6 * hanging
					}
					time.Sleep(most)
					m.mu.Lock()
					if !slices.ContainsFunc(m.handled, func(job *collab.Job) bool { return job.UserID == "bob" }) {
						t.Errorf("nothing was sent to somebody with one message in %s", most)
					}
					m.mu.Unlock()
					stop()
					<-ended
				})
			})
		}
	}
}
