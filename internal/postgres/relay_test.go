package postgres

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// A relay stands between an instance and Postgres, and can be cut without either
// noticing: it passes nothing more, and closes nothing.
type relay struct {
	address string
	server  string

	mu  sync.Mutex // guards what follows
	cut bool
	// keep, if set, is how many bytes of the next large batch are kept back; the relay is cut there.
	keep  int
	conns []net.Conn
}

// largeBatch is the least number of bytes of a batch that keep means.
const largeBatch = 8000

// through starts a relay, and returns it with the URL of a database through it.
func through(t *testing.T, database string) (*relay, string) {
	t.Helper()
	address, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{address: listener.Addr().String(), server: address.Host}
	go r.accept(listener)
	t.Cleanup(func() {
		_ = listener.Close()
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, conn := range r.conns {
			_ = conn.Close()
		}
	})
	address.Host = r.address
	return r, address.String()
}

func (r *relay) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", r.server)
		if err != nil {
			_ = client.Close()
			return
		}
		r.mu.Lock()
		r.conns = append(r.conns, client, server)
		r.mu.Unlock()
		go r.pass(client, server, r.trim())
		go r.pass(server, client, func(b []byte) []byte { return b })
	}
}

// pass hands on what some returns of what was read.
func (r *relay) pass(from io.Reader, to net.Conn, some func([]byte) []byte) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		r.mu.Lock()
		cut := r.cut
		var passed []byte
		if !cut {
			passed = some(buffer[:n])
		}
		r.mu.Unlock()
		if _, failed := to.Write(passed); failed != nil {
			return
		}
		if err != nil {
			if !cut {
				_ = to.Close()
			}
			return
		}
	}
}

// trim returns a function that holds a batch back until it is whole, and then, if it
// is large, takes its end away and cuts the relay.
func (r *relay) trim() func([]byte) []byte {
	var batch []byte
	return func(b []byte) []byte {
		if r.keep == 0 {
			return b
		}
		batch = append(batch, b...)
		if !bytes.HasSuffix(batch, []byte{'S', 0, 0, 0, 4}) {
			return nil
		}
		whole := batch
		batch = nil
		if len(whole) < largeBatch {
			return whole
		}
		r.cut = true
		return whole[:len(whole)-r.keep]
	}
}

func (r *relay) cutNow() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
}

func (r *relay) keepBack(bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keep = bytes
}
