package hub_test

import (
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// A subscriber that joins after a change of access was announced sees the past as it may be seen after that change,
// although an older change is still missing: neither events that were rendered before, nor the missing change of an
// entity that is hidden now.
func TestJoinAfterEarlyScopeChange(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]*collab.Cursor{"resumed": at(0), "new": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broadcasting(t, func(t *testing.T, s *stage) {
				var hidden atomic.Bool
				o := &operation{skips: func(position int64) bool { return position <= 2 && hidden.Load() }}
				ada := s.followAs("ada", o, nil, nil)
				defer ada.member.Close()
				s.writeTo("cus_2", 3)
				ada.want(1, 3)
				late := []*collab.Change{
					s.log.commit(acme, func(c *collab.Change) { c.EntityID = "cus_1" }),
					s.log.commit(acme, func(c *collab.Change) { c.EntityID = "cus_2" }),
				}
				hidden.Store(true)
				s.open(acme) // 6, before the two are announced
				var asked atomic.Int64
				done := make(chan *follower)
				go func() { done <- s.joinAs(hub.Person{ID: "ben", Hides: hiding(&asked, "cus_1")}, o, after) }()
				time.Sleep(time.Millisecond)
				for _, change := range late {
					s.Announce(change)
				}
				ben := <-done
				defer ben.member.Close()
				ben.wantMatching(1, 5, func(position int64) bool { return position == 3 && after != nil || position == 5 })
			})
		})
	}
}
