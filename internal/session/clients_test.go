package session_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/session"
)

// A follower enters and leaves with each client of the session, whichever comes first, and leaves once.
func TestFollow(t *testing.T) {
	t.Parallel()
	s := session.New(time.Time{}, nil, nil)
	entered := map[collab.ID]int{}
	enter := func(client collab.ID) (leave func()) {
		entered[client]++
		return func() { entered[client]-- }
	}
	want := func(when string, tab, phone int) {
		t.Helper()
		if entered["tab"] != tab || entered["phone"] != phone {
			t.Errorf("%s: %v", when, entered)
		}
	}
	firstRoom := s.Present("tab")
	stop := s.Follow(enter)
	want("a client that was there", 1, 0)
	secondRoom, phone := s.Present("tab"), s.Present("phone")
	want("a client that came", 1, 1)
	firstRoom()
	want("a client that left one of two rooms", 1, 1)
	secondRoom()
	want("a client that left", 0, 1)
	stop()
	want("after the end", 0, 0)
	phone()
	s.Present("phone")
	want("long after the end", 0, 0)
}
