package httpd

import (
	"container/list"
	"net"
	"sync"
)

const (
	// addressShare is which part of an instance's connections one address may hold without having
	// signed in, at least fewestOfAddress and at most mostOfAddress. Fewer, and an office that comes
	// back after an outage has to try again; more, and one machine takes the room of the others.
	addressShare    = 8
	fewestOfAddress = 16
	mostOfAddress   = 1024
)

type visitorKey struct{}

// A visitor is a connection of the server, as long as it may have to go to make room for another one.
type visitor struct {
	conn net.Conn

	// Guarded by visitors.mu.
	address string        // "" where it is not known
	known   bool          // it has signed in
	told    bool          // it was told to go
	waiting *list.Element // its place among strangers or idle; nil while it has none
	beside  *list.Element // its place among the strangers of its address
}

// visitors are the connections that an instance can do without when it is full: first those that have
// not signed in, the oldest first, then those without a request under way, the one that rested longest
// first. The zero value is ready.
type visitors struct {
	mu        sync.Mutex            // guards what follows
	all       map[net.Conn]*visitor // a kept one has nil
	strangers list.List             // have not signed in, by when they came
	idle      list.List             // have signed in and rest, by when they began to
	addresses map[string]*list.List // the strangers of an address, by when they came
	leaving   int                   // were told to go and are not closed yet
}

// add takes note of a new connection.
func (s *visitors) add(conn net.Conn) *visitor {
	v := &visitor{conn: conn}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all, s.addresses = make(map[net.Conn]*visitor), make(map[string]*list.List)
	}
	s.all[conn] = v
	v.waiting = s.strangers.PushBack(v)
	return v
}

// locate takes note of where a stranger comes from. If most strangers of that address are there
// already, the oldest of them has to go.
func (s *visitors) locate(v *visitor, address string, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.known || v.told || v.beside != nil || address == "" {
		return
	}
	queue := s.addresses[address]
	if queue == nil {
		queue = list.New()
		s.addresses[address] = queue
	}
	v.address, v.beside = address, queue.PushBack(v)
	if queue.Len() > most {
		s.evict(queue.Front().Value.(*visitor))
	}
}

// makeRoom tells the visitor to go that the instance can best do without, and reports whether there is one.
func (s *visitors) makeRoom() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, queue := range []*list.List{&s.strangers, &s.idle} {
		if first := queue.Front(); first != nil {
			s.evict(first.Value.(*visitor))
			return true
		}
	}
	return false
}

// evict closes a connection. mu is held.
func (s *visitors) evict(v *visitor) {
	s.dequeue(v)
	v.told = true
	s.leaving++
	hangUp(v.conn)
}

// dequeue takes a visitor out of all queues. mu is held.
func (s *visitors) dequeue(v *visitor) {
	if v.waiting != nil {
		s.strangers.Remove(v.waiting) // of the two lists, the other one ignores it
		s.idle.Remove(v.waiting)
		v.waiting = nil
	}
	if v.beside == nil {
		return
	}
	queue := s.addresses[v.address]
	queue.Remove(v.beside)
	v.beside = nil
	if queue.Len() == 0 {
		delete(s.addresses, v.address)
	}
}

// welcome takes note that a visitor has signed in.
func (s *visitors) welcome(v *visitor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !v.known && !v.told {
		v.known = true
		s.dequeue(v)
	}
}

// keep lets a visitor stay as long as it likes.
func (s *visitors) keep(v *visitor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !v.told {
		s.dequeue(v)
		s.all[v.conn] = nil // all that is kept of it
	}
}

// rest takes note that a connection has no request under way.
func (s *visitors) rest(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.all[conn]; v != nil && v.known && !v.told && v.waiting == nil {
		v.waiting = s.idle.PushBack(v)
	}
}

// work takes note that a connection has a request under way again.
func (s *visitors) work(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.all[conn]; v != nil && v.known {
		s.dequeue(v)
	}
}

// leave takes note that a connection is closed.
func (s *visitors) leave(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.all[conn]; v != nil {
		s.dequeue(v)
		if v.told {
			s.leaving--
		}
	}
	delete(s.all, conn)
}

// count returns how many connections are open and were not told to go.
func (s *visitors) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all) - s.leaving
}

// hangUp has both sides read the end of a connection. Who holds it notices that and closes it; closing it
// here would take a socket out of the poller without a word.
func hangUp(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseRead()
		_ = tcp.CloseWrite()
		return
	}
	_ = conn.Close()
}

// mostOf returns how many strangers one address may have, of so many connections in all.
func mostOf(connections int) int {
	return min(max(fewestOfAddress, connections/addressShare), mostOfAddress)
}
