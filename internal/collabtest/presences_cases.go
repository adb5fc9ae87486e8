package collabtest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"tandem/internal/collab"
)

const (
	ttl     = collab.PresenceTTL
	instant = time.Millisecond
)

// patch is short for a collab.PresencePatch of pairs of name and value.
func patch(pairs ...any) collab.PresencePatch {
	p := collab.PresencePatch{}
	for i := 0; i < len(pairs); i += 2 {
		p[pairs[i].(string)] = pairs[i+1]
	}
	return p
}

func pointer[T any](v T) *T { return &v }

func enterShows(s *stage) {
	ada := client("ada", "1")
	ada.Name, ada.Avatar = "Ada \"É\" <b>/", pointer("https://example.com/a.png")
	s.enter(ada, patch("currentPage", "/customers", "editingField", pointer("name")))
	want := ada
	want.CurrentPage, want.EditingField = pointer("/customers"), pointer("name")
	want.SeenAt, want.ChangedAt = collab.At(s.now()), s.now()
	present := s.present()
	if len(present) == 1 {
		present[0].ChangedAt = present[0].ChangedAt.UTC()
	}
	if !reflect.DeepEqual(present, []collab.Presence{want}) {
		s.Errorf("present are %+v, want %+v", present, want)
	}
}

func presenceExpires(s *stage) {
	s.enter(client("ada", "1"), nil)
	s.enterFor(client("ben", "1"), nil, 5*time.Second)
	s.pass(5*time.Second - instant)
	s.wantPresent("ada/1", "ben/1")
	s.pass(instant)
	s.wantPresent("ada/1")
	s.pass(ttl - 5*time.Second - instant)
	s.wantPresent("ada/1")
	s.pass(instant)
	s.wantPresent()
	s.enter(client("ada", "1"), nil)
	s.wantPresent("ada/1")
}

func enterAgain(s *stage) {
	ada := client("ada", "1")
	s.enter(ada, patch("status", pointer(collab.StatusBusy), "currentPage", "/a", "editingField", "name"))
	s.wantShown("BUSY /a name")
	s.enter(ada, patch("currentPage", pointer("/b")))
	s.wantShown("BUSY /b name")
	s.enter(ada, patch("editingField", nil, "currentPage", (*string)(nil)))
	s.wantShown("BUSY - -")
	s.enter(ada, patch("status", nil, "color", "red"))
	s.wantShown("ONLINE - -")

	s.pass(ttl - instant)
	ada.Name = "Ada Lovelace"
	s.enter(ada, nil)
	s.pass(ttl - instant)
	s.wantPresent("ada/1")
	if name := s.present()[0].Name; name != ada.Name {
		s.Errorf("she is shown as %q, want her new name", name)
	}
	s.pass(instant)
	ada.CurrentPage = pointer("/start")
	s.enter(ada, patch("editingField", "name"))
	s.wantShown("ONLINE /start name")
}

func updatePatches(s *stage) {
	ada := client("ada", "1")
	if s.update(ada, patch("status", "BUSY")) {
		s.Error("an update found a client that never came")
	}
	s.wantPresent()
	s.enter(ada, patch("currentPage", "/a"))
	s.pass(ttl - instant)
	if !s.update(ada, patch("status", collab.StatusAway, "editingField", "name")) {
		s.Error("an update did not find the client")
	}
	s.wantShown("AWAY /a name")
	if !s.update(ada, patch("editingField", nil)) || !s.update(ada, nil) {
		s.Error("an update did not find the client")
	}
	s.wantShown("AWAY /a -")
	s.pass(instant)
	if s.update(ada, patch("status", "BUSY")) {
		s.Error("an update renewed the client")
	}
	s.wantPresent()
}

func leaveLeaves(s *stage) {
	ada, ben := client("ada", "1"), client("ben", "1")
	s.enter(ada, nil)
	s.enter(ben, nil)
	if !s.leave(ada) {
		s.Error("leaving did not find the client")
	}
	s.wantPresent("ben/1")
	if s.leave(ada) {
		s.Error("a client left twice")
	}
	s.pass(ttl)
	if s.leave(ben) {
		s.Error("a client left after it had expired")
	}
}

func leaveAllLeaves(s *stage) {
	ada, tab, ben := client("ada", "1"), client("ada", "2"), client("ben", "1")
	here := s.room
	there, other := collab.Room{OrgID: here.OrgID, ID: "there"}, collab.Room{OrgID: "other-" + here.OrgID, ID: here.ID}
	rooms := []collab.Room{here, there, other}
	for _, s.room = range rooms {
		s.enter(ada, nil)
		s.enter(tab, nil)
		s.enter(ben, nil)
	}
	s.pass(ttl - instant)
	for _, s.room = range rooms {
		s.renew(ttl, ada, tab, ben)
	}
	s.pass(instant)
	roomsOf := func(userID collab.ID, clients ...collab.ID) []collab.ID {
		return must(s.p.Rooms(s.Context(), here.OrgID, userID, clients...))(s)
	}
	equal(s, "ada's rooms", roomsOf("ada"), slices.Sorted(slices.Values([]collab.ID{here.ID, there.ID})))
	s.room = there
	s.leave(tab)
	equal(s, "the rooms of one client", roomsOf("ada", tab.ClientID, "none"), []collab.ID{here.ID})
	equal(s, "the rooms of a client that is nowhere", len(roomsOf("ada", "none")), 0)
	s.enter(tab, nil)
	s.must(s.p.LeaveAll(s.Context(), here.OrgID, "ada"))
	equal(s, "the rooms of who left all", len(roomsOf("ada"))+len(roomsOf("nobody")), 0)
	for _, s.room = range []collab.Room{here, there} {
		s.wantPresent("ben/1")
		s.renew(ttl, ada, tab, ben)
		s.wantPresent("ben/1")
		s.enter(tab, nil)
		s.wantPresent("ada/2", "ben/1")
	}
	s.room = other
	s.wantPresent("ada/1", "ada/2", "ben/1")
	s.must(s.p.LeaveAll(s.Context(), here.OrgID, "nobody"))
}

func presencesAreApart(s *stage) {
	// Ids are not ours, so they can contain whatever a driver puts between them.
	org := s.room.OrgID
	rooms := []collab.Room{{OrgID: org, ID: "a"}, {OrgID: org + ":a", ID: "a"}, {OrgID: org, ID: "a:a"}, {OrgID: "{" + org, ID: "}"}, {OrgID: org, ID: ""}, {OrgID: org, ID: "é %3A+*?[a]"}}
	clients := []collab.Presence{client("ada", "1"), client("ben", "1"), client("a", "b:c"), client("a:b", "c"), client("a b", "c=1 2"), client("{a}", "")}
	for i, room := range rooms {
		s.room = room
		s.enter(clients[i], nil)
		s.enter(client("é", collab.ID(fmt.Sprint(i))), nil)
	}
	for i, room := range rooms {
		s.room = room
		s.wantPresent(string(clients[i].UserID+"/"+clients[i].ClientID), fmt.Sprintf("é/%d", i))
	}
	s.room = collab.Room{OrgID: org, ID: "together"}
	for _, p := range clients {
		s.enter(p, nil)
	}
	for left := len(clients); left > 0; left-- {
		if n := len(s.present()); n != left {
			s.Fatalf("%d clients are there, want %d", n, left)
		}
		s.leave(clients[left-1])
	}
	s.must(s.p.LeaveAll(s.Context(), org, "é"))
	s.room = rooms[5]
	s.wantPresent("{a}/")
}

func presentIsOrdered(s *stage) {
	for _, p := range []collab.Presence{client("cy", "1"), client("ada", "2"), client("ben", "1"), client("ada", "10"), client("Zoe", "1")} {
		s.enter(p, nil)
	}
	s.wantPresent("Zoe/1", "ada/10", "ada/2", "ben/1", "cy/1")
}

func changedAtTells(s *stage) {
	ada := client("ada", "1")
	changes := func(yes bool, what string, do func()) {
		s.pass(time.Microsecond)
		do()
		if got := s.present()[0].ChangedAt.Equal(s.now()); got != yes {
			s.Errorf("%s: changed now is %v, want %v", what, got, yes)
		}
	}
	changes(true, "coming", func() { s.enter(ada, nil) })
	changes(false, "a beat", func() { s.renew(ttl, ada) })
	changes(false, "entering again", func() { s.enter(ada, patch("status", "ONLINE")) })
	changes(true, "entering otherwise", func() { s.enter(ada, patch("status", "BUSY")) })
	changes(true, "an update", func() { s.update(ada, patch("currentPage", "/a")) })
	changes(false, "an update to the same", func() { s.update(ada, patch("currentPage", "/a")) })
	s.leave(ada)
	changes(true, "coming back", func() { s.enter(ada, nil) })
}

func clientsAreBounded(s *stage) {
	enter := func(user string, n int) error {
		return s.p.Enter(s.Context(), s.room, client(collab.ID(user), collab.ID(fmt.Sprint(n))), nil, collab.PresenceTTL)
	}
	for i := range collab.MaxClientsInRoom {
		s.must(enter("a:da", i))
	}
	full := func() {
		s.Helper()
		if err := enter("a:da", 1000); !errors.Is(err, collab.ErrTooManyClients) {
			s.Fatalf("one more client is let in: %v", err)
		}
		if n := len(s.present()); n != collab.MaxClientsInRoom {
			s.Fatalf("%d clients are there", n)
		}
	}
	full()
	s.must(enter("a:da", 7)) // who is there may enter again
	full()
	s.must(enter("a", 0)) // others do not count
	s.leave(client("a", "0"))
	full()
	s.leave(client("a:da", "3"))
	s.must(enter("a:da", 1001))
	full()
	s.renew(0, client("a:da", "1001"))
	s.must(enter("a:da", 1002))
	full()
	s.pass(collab.PresenceTTL)
	for i := range collab.MaxClientsInRoom {
		s.must(enter("a:da", 2000+i))
	}
	full()
	s.must(s.p.LeaveAll(s.Context(), s.room.OrgID, "a:da"))
	s.must(enter("a:da", 3000))
}
