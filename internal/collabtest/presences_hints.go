package collabtest

import (
	"context"

	"tandem/internal/collab"
)

func hintsForChanges(s *stage) {
	h := s.watch()
	ada := client("ada", "1")
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"coming", func() { s.enter(ada, nil) }},
		{"a second client", func() { s.enter(client("ada", "2"), nil) }},
		{"entering otherwise", func() { s.enter(ada, patch("currentPage", "/a")) }},
		{"another name", func() { ada.Name = "Ada L."; s.enter(ada, nil) }},
		{"another picture", func() { ada.Avatar = pointer("/ada.png"); s.enter(ada, nil) }},
		{"a status", func() { s.update(ada, patch("status", "AWAY")) }},
		{"a field", func() { s.update(ada, patch("editingField", "name")) }},
		{"no field", func() { s.update(ada, patch("editingField", nil)) }},
		{"leaving", func() { s.leave(ada) }},
		{"being put back", func() { s.renew(ttl, client("ben", "1")) }},
		{"being let go", func() { s.renew(0, client("ben", "1")) }},
		{"leaving all rooms", func() { s.must(s.p.LeaveAll(s.Context(), s.room.OrgID, "ada")) }},
	} {
		step.do()
		h.want(s.room)
		if s.Failed() {
			s.Fatalf("… after %s", step.what)
		}
	}
}

func noHintsForBeats(s *stage) {
	h := s.watch()
	ada := client("ada", "1")
	s.enter(ada, patch("currentPage", "/a"))
	h.want(s.room) // before what follows: in a cluster, a hint may take a while
	s.pass(ttl - instant)
	s.renew(ttl, ada)
	s.pass(ttl - instant)
	s.enter(ada, nil)
	s.enter(ada, patch("currentPage", "/a", "status", "ONLINE", "editingField", nil))
	s.update(ada, patch("currentPage", "/a"))
	s.update(client("ben", "1"), patch("currentPage", "/a"))
	s.renew(collab.PresenceGrace, ada)
	s.renew(0, client("ben", "1"))
	s.leave(client("ben", "1"))
	s.renew(ttl, client("ben", "1"))
	s.must(s.p.LeaveAll(s.Context(), s.room.OrgID, "cy"))
	s.present()
	h.want()
}

func hintsForDeaths(s *stage) {
	h := s.watch()
	ada, ben := client("ada", "1"), client("ben", "1")
	for what, call := range map[string]func(){
		"reading":  func() { s.present() },
		"a beat":   func() { s.renew(ttl, ben) },
		"a change": func() { s.update(ben, nil) },
		"leaving":  func() { s.leave(client("cy", "1")) },
	} {
		s.enter(ada, nil)
		s.pass(instant)
		s.enter(ben, nil)
		h.want(s.room)
		s.pass(ttl - instant)
		call()
		h.want(s.room)
		s.wantPresent("ben/1")
		h.want()
		if s.Failed() {
			s.Fatalf("… by %s", what)
		}
	}
}

func watchEnds(s *stage) {
	ended := make(chan collab.Room, 1<<12)
	ctx, cancel := context.WithCancel(s.Context())
	s.p.Watch(ctx, func(room collab.Room) { ended <- room })
	cancel()
	h := s.watch()
	for len(ended) > 0 {
		<-ended
	}
	s.enter(client("ada", "1"), nil)
	h.want(s.room)
	if len(ended) > 0 {
		s.Errorf("a watcher received %v after its context had ended", <-ended)
	}
}
