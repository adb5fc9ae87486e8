package collabtest

import (
	"fmt"
	"time"

	"tandem/internal/collab"
)

func renewKeeps(s *stage) {
	ada := client("ada", "1")
	s.enter(ada, patch("currentPage", "/a"))
	s.update(ada, patch("editingField", "name"))
	for range 5 {
		s.pass(ttl - instant)
		s.renew(ttl, ada)
		s.wantShown("ONLINE /a name")
		if seen := s.present()[0].SeenAt; seen != collab.At(s.now()) {
			s.Errorf("the client was seen at %v, want %v", seen, s.now())
		}
	}
}

func renewShortens(s *stage) {
	ada, ben := client("ada", "1"), client("ben", "1")
	s.enter(ada, nil)
	s.enter(ben, nil)
	s.renew(collab.PresenceGrace, ada)
	s.pass(collab.PresenceGrace - instant)
	s.wantPresent("ada/1", "ben/1")
	s.pass(instant)
	s.wantPresent("ben/1")
	s.renew(0, ben)
	s.wantPresent()
	s.renew(0, ada, ben)
	s.wantPresent()
	s.enter(ben, nil)
	s.wantPresent("ben/1")
}

func renewPutsBack(s *stage) {
	ada := client("ada", "1")
	ada.CurrentPage = pointer("/a")
	ada.ChangedAt = s.now().Add(-time.Hour)
	s.renew(ttl, ada)
	s.wantShown("ONLINE /a -")
	if since := s.present()[0].ChangedAt; !since.Equal(ada.ChangedAt) {
		s.Errorf("who was put back changed at %v, want %v as before", since, ada.ChangedAt)
	}
	s.pass(ttl)
	s.wantPresent()
	s.renew(ttl, ada)
	s.wantPresent("ada/1")
}

func renewRemembersLeaving(s *stage) {
	ada := client("ada", "1")
	s.enter(ada, nil)
	s.leave(ada)
	for range 9 {
		s.pass(ttl - instant)
		s.renew(ttl, ada)
		s.wantPresent()
	}
	s.enter(ada, nil)
	s.renew(ttl, ada)
	s.pass(ttl - instant)
	s.wantPresent("ada/1")

	// Leaving counts also when the client was lost before.
	s.pass(instant)
	s.leave(ada)
	s.renew(ttl, ada)
	s.wantPresent()
	s.pass(ttl)
	s.renew(ttl, ada)
	s.wantPresent("ada/1")
}

func renewMany(s *stage) {
	clients := make([]collab.Presence, 1200)
	for i := range clients {
		clients[i] = client(collab.ID(fmt.Sprintf("user-%d", i/2)), collab.ID(fmt.Sprintf("tab-%d", i%2)))
	}
	s.renew(ttl, clients...)
	s.pass(ttl - instant)
	s.renew(ttl, clients...)
	s.pass(ttl - instant)
	if n := len(s.present()); n != len(clients) {
		s.Errorf("%d clients are there, want %d", n, len(clients))
	}
	s.renew(ttl)
}
