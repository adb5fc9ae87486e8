package systemtest

import (
	"net"
	"sync"
	"testing"
	"time"
)

// A Link forwards connections to an address, and does to them what networks do: it delays, it swallows, it breaks. Unlike a rule
// of the kernel, it needs no privileges.
type Link struct {
	Address string // where it listens
	to      string

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	delay   time.Duration
	silent  [2]bool // to the server, from the server
	refuses bool
	ended   bool
	open    map[net.Conn]struct{}
}

// The directions of a link.
const (
	ToServer = iota
	FromServer
)

// StartLink starts a link to an address. It ends with the test.
func StartLink(t testing.TB, to string) *Link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:"+FreePort(t))
	if err != nil {
		t.Fatal(err)
	}
	l := &Link{Address: listener.Addr().String(), to: to, changed: make(chan struct{}), open: map[net.Conn]struct{}{}}
	go l.accept(listener)
	t.Cleanup(func() {
		_ = listener.Close()
		l.change(func() { l.ended = true })
		l.Break()
	})
	return l
}

// Delay delays what passes from now on, each way.
func (l *Link) Delay(by time.Duration) { l.change(func() { l.delay = by }) }

// Silence swallows what passes in the directions, without a word to either end, as a network does that is cut.
func (l *Link) Silence(directions ...int) {
	l.change(func() {
		for _, direction := range directions {
			l.silent[direction] = true
		}
	})
}

// Break closes all connections, and those that are opened until Heal.
func (l *Link) Break() {
	l.change(func() { l.refuses = true })
	l.closeAll()
}

// Heal ends Delay, Silence and Break. Connections that lost something are closed: no network hands on a stream with a hole.
func (l *Link) Heal() {
	lost := false
	l.change(func() {
		lost = l.silent[ToServer] || l.silent[FromServer]
		l.delay, l.silent, l.refuses = 0, [2]bool{}, false
	})
	if lost {
		l.closeAll()
	}
}

func (l *Link) change(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *Link) closeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.open {
		_ = conn.Close()
	}
}

func (l *Link) accept(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go l.serve(conn)
	}
}

// serve forwards one connection until either end closes it.
func (l *Link) serve(client net.Conn) {
	defer client.Close()
	server, err := net.DialTimeout("tcp", l.to, 5*time.Second)
	if err != nil {
		return
	}
	defer server.Close()
	if !l.add(client, server) {
		return
	}
	defer l.remove(client, server)
	var forwarding sync.WaitGroup
	forwarding.Go(func() { l.forward(server, client, ToServer) })
	forwarding.Go(func() { l.forward(client, server, FromServer) })
	forwarding.Wait()
}

func (l *Link) add(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuses {
		return false
	}
	for _, conn := range conns {
		l.open[conn] = struct{}{}
	}
	return true
}

func (l *Link) remove(conns ...net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range conns {
		delete(l.open, conn)
	}
}

// A piece is what was read at a time.
type piece struct {
	at    time.Time
	bytes []byte
}

// forward copies one direction. Reading and writing are apart, so that a delay costs no throughput.
func (l *Link) forward(to, from net.Conn, direction int) {
	defer to.Close()
	defer from.Close()
	pieces := make(chan piece, 1024)
	go func() {
		defer close(pieces)
		for {
			buffer := make([]byte, 16<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				pieces <- piece{time.Now(), buffer[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	carries := direction // what reports the end to the other side
	for p := range pieces {
		if l.passes(direction, p.at) {
			if _, err := to.Write(p.bytes); err != nil {
				carries = FromServer - direction
				break
			}
		}
	}
	l.awaitSound(carries) // the end of a connection is a packet, too
	_ = from.Close()
	for range pieces { // the reader ends
	}
}

// awaitSound waits until a direction is not silent.
func (l *Link) awaitSound(direction int) {
	for {
		l.mu.Lock()
		changed, silent := l.changed, l.silent[direction] && !l.ended
		l.mu.Unlock()
		if !silent {
			return
		}
		<-changed
	}
}

// passes waits as long as a piece is delayed, and reports whether it arrives.
func (l *Link) passes(direction int, at time.Time) bool {
	for {
		l.mu.Lock()
		changed, left, silent := l.changed, l.delay-time.Since(at), l.silent[direction]
		l.mu.Unlock()
		switch {
		case silent:
			return false
		case left <= 0:
			return true
		}
		select {
		case <-time.After(left):
		case <-changed:
		}
	}
}
