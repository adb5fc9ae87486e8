package session

import (
	"slices"

	"tandem/internal/collab"
)

// A follower is told which clients are present over its session.
type follower struct {
	enter func(client collab.ID) (leave func())
	left  map[collab.ID]func()
}

// Follow calls enter for each client that is present over the session, and its leave when the client is not any more, until
// stop is called. Neither may block, or call the session.
func (s *Session) Follow(enter func(client collab.ID) (leave func())) (stop func()) {
	f := &follower{enter: enter, left: make(map[collab.ID]func())}
	s.mu.Lock()
	defer s.mu.Unlock()
	for client := range s.clients {
		f.left[client] = enter(client)
	}
	s.followers = append(s.followers, f)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.followers = slices.DeleteFunc(s.followers, func(other *follower) bool { return other == f })
		for client, leave := range f.left {
			delete(f.left, client)
			leave()
		}
	}
}

// Present counts a client as present over the session, until gone is called as often as Present.
func (s *Session) Present(client collab.ID) (gone func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients == nil {
		s.clients = make(map[collab.ID]int)
	}
	if s.clients[client]++; s.clients[client] == 1 {
		for _, f := range s.followers {
			f.left[client] = f.enter(client)
		}
	}
	return func() { s.gone(client) }
}

func (s *Session) gone(client collab.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[client]--; s.clients[client] > 0 {
		return
	}
	delete(s.clients, client)
	for _, f := range s.followers {
		leave := f.left[client]
		delete(f.left, client)
		leave()
	}
}
