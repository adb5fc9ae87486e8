package httpd

import (
	"container/list"
	"net"
	"sync"
)

// An address may hold 1/addressShare of an instance's connections before they sign in, but at least
// minPerAddress and at most maxPerAddress. A low value rejects clients of an office that reconnect
// after an outage. A high value lets one machine evict the clients of others.
const (
	addressShare  = 8
	minPerAddress = 16
	maxPerAddress = 1024
)

type connectionKey struct{}

// A connection is an open connection that the server may evict to make room for another one.
type connection struct {
	conn net.Conn

	// Guarded by connections.mu.
	address   string        // "" if unknown
	signedIn  bool          // a request or connection_init had valid credentials
	evicted   bool          // it is being closed
	queued    *list.Element // its place in anonymous or idle; nil if it is in neither
	byAddress *list.Element // its place in connections.byAddress; nil if it has none
}

// connections are the open connections of the server. When the server is full it evicts one: first
// connections that have not signed in, the oldest first, then connections without a request under
// way, in the order in which they became idle. The zero value is ready.
type connections struct {
	mu        sync.Mutex               // guards what follows; innermost
	open      map[net.Conn]*connection // nil for a pinned connection
	anonymous list.List                // connections that have not signed in, the oldest first
	idle      list.List                // signed-in connections without a request under way
	byAddress map[string]*list.List    // the anonymous connections of each address, the oldest first
	leaving   int                      // evicted connections that are not closed yet
}

// add registers a new connection.
func (s *connections) add(conn net.Conn) *connection {
	c := &connection{conn: conn}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open, s.byAddress = make(map[net.Conn]*connection), make(map[string]*list.List)
	}
	s.open[conn] = c
	c.queued = s.anonymous.PushBack(c)
	return c
}

// setAddress sets the address of a connection that has not signed in. If the address then has more
// than most such connections, the oldest of them is evicted.
func (s *connections) setAddress(c *connection, address string, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.signedIn || c.evicted || c.byAddress != nil || address == "" {
		return
	}
	queue := s.byAddress[address]
	if queue == nil {
		queue = list.New()
		s.byAddress[address] = queue
	}
	c.address, c.byAddress = address, queue.PushBack(c)
	if queue.Len() > most {
		s.evict(queue.Front().Value.(*connection))
	}
}

// evictOne evicts the connection that the server needs least, and reports whether there is one.
func (s *connections) evictOne() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, queue := range []*list.List{&s.anonymous, &s.idle} {
		if first := queue.Front(); first != nil {
			s.evict(first.Value.(*connection))
			return true
		}
	}
	return false
}

// evict closes a connection. s.mu is held.
func (s *connections) evict(c *connection) {
	s.dequeue(c)
	c.evicted = true
	s.leaving++
	shutDown(c.conn)
}

// dequeue removes a connection from all queues. s.mu is held.
func (s *connections) dequeue(c *connection) {
	if c.queued != nil {
		s.anonymous.Remove(c.queued) // a list ignores the elements of another one
		s.idle.Remove(c.queued)
		c.queued = nil
	}
	if c.byAddress == nil {
		return
	}
	queue := s.byAddress[c.address]
	queue.Remove(c.byAddress)
	c.byAddress = nil
	if queue.Len() == 0 {
		delete(s.byAddress, c.address)
	}
}

// signIn records that a connection has signed in.
func (s *connections) signIn(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.signedIn && !c.evicted {
		c.signedIn = true
		s.dequeue(c)
	}
}

// pin protects a connection from eviction for good.
func (s *connections) pin(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.evicted {
		s.dequeue(c)
		s.open[c.conn] = nil // frees c
	}
}

// setIdle records that a connection has no request under way.
func (s *connections) setIdle(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.open[conn]; c != nil && c.signedIn && !c.evicted && c.queued == nil {
		c.queued = s.idle.PushBack(c)
	}
}

// setActive records that a connection has a request under way.
func (s *connections) setActive(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.open[conn]; c != nil && c.signedIn {
		s.dequeue(c)
	}
}

// remove records that a connection is closed.
func (s *connections) remove(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.open[conn]; c != nil {
		s.dequeue(c)
		if c.evicted {
			s.leaving--
		}
	}
	delete(s.open, conn)
}

// count returns the number of open connections, without the evicted ones.
func (s *connections) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open) - s.leaving
}

// shutDown ends both directions of a connection, so that its reader sees the end and closes it.
// Closing it here would remove a socket from the poller without the poller's knowledge.
func shutDown(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseRead()
		_ = tcp.CloseWrite()
		return
	}
	_ = conn.Close()
}

// maxAnonymous returns the number of connections that one address may have before they sign in, given
// the bound of all connections.
func maxAnonymous(connections int) int {
	return min(max(minPerAddress, connections/addressShare), maxPerAddress)
}
