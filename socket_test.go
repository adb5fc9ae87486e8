package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// A socket is an open connection of graphql-transport-ws.
type socket struct {
	t    *testing.T
	conn *hearing
}

// connect opens a socket and signs in on it.
func (p *person) connect() *socket {
	p.t.Helper()
	s := &socket{t: p.t, conn: dial(p.t, p.at)}
	s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + p.token}})
	if got := s.read(); got["type"] != "connection_ack" {
		p.t.Fatalf("got %v, want connection_ack", got)
	}
	return s
}

// dial opens a WebSocket that is not signed in.
func dial(t *testing.T, at *instance) *hearing {
	t.Helper()
	conn, err := dialWith(t, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// dialWith opens a WebSocket with headers.
func dialWith(t *testing.T, at *instance, header http.Header) (*hearing, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(at.url, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header})
	if err != nil {
		return nil, err
	}
	return hear(t, conn), nil
}

// hearing is a connection that reads all the time and keeps what comes, as clients do.
// The server would close one that does not: nobody answers its pings there.
type hearing struct {
	*websocket.Conn
	came chan struct{} // has a value when something came

	mu    sync.Mutex // guards what follows
	kept  [][]byte
	ended error
}

// hear takes over what comes from a connection, until the test ends.
func hear(t *testing.T, conn *websocket.Conn) *hearing {
	conn.SetReadLimit(1 << 26)
	h := &hearing{Conn: conn, came: make(chan struct{}, 1)}
	var reading sync.WaitGroup
	reading.Go(func() {
		for err := error(nil); err == nil; {
			var message []byte
			_, message, err = conn.Read(context.Background())
			h.keep(message, err)
		}
	})
	t.Cleanup(func() {
		_ = conn.CloseNow()
		reading.Wait()
	})
	return h
}

func (h *hearing) keep(message []byte, err error) {
	h.mu.Lock()
	if h.ended = err; err == nil {
		h.kept = append(h.kept, message)
	}
	h.mu.Unlock()
	select {
	case h.came <- struct{}{}:
	default: // it has one already
	}
}

// take returns the next message that came, if any did, or why none will.
func (h *hearing) take() (message []byte, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.kept) == 0 {
		return nil, h.ended
	}
	message, h.kept = h.kept[0], h.kept[1:]
	return message, nil
}

// next waits for the next message, for a time.
func (h *hearing) next(within time.Duration) (message []byte, err error) {
	giveUp := time.NewTimer(within)
	defer giveUp.Stop()
	for {
		if message, err := h.take(); message != nil || err != nil {
			return message, err
		}
		select {
		case <-h.came:
		case <-giveUp.C:
			return nil, os.ErrDeadlineExceeded
		}
	}
}

func (s *socket) write(message object) {
	s.t.Helper()
	encoded, err := json.Marshal(message)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.conn.Write(s.t.Context(), websocket.MessageText, encoded); err != nil {
		s.t.Fatal(err)
	}
}

// read returns the next message.
func (s *socket) read() object {
	s.t.Helper()
	for {
		encoded, err := s.conn.next(patience)
		if err != nil {
			s.t.Fatal(err)
		}
		var message object
		if err := json.Unmarshal(encoded, &message); err != nil {
			s.t.Fatal(err)
		}
		if message["type"] != "ping" {
			return message
		}
		s.write(object{"type": "pong"})
	}
}

// subscribe starts a subscription on the socket.
func (s *socket) subscribe(id, query string, variables object) {
	s.t.Helper()
	s.write(object{"id": id, "type": "subscribe", "payload": object{"query": query, "variables": variables}})
}

// next returns the data of the next event of a subscription.
func (s *socket) next(id string) object {
	s.t.Helper()
	message := s.read()
	payload, _ := message["payload"].(object)
	if message["type"] != "next" || message["id"] != id || payload["errors"] != nil {
		s.t.Fatalf("got %v, want the next event of %s", message, id)
	}
	return payload["data"].(object)
}

// closeCode reads until the server closes the socket, and returns with which code.
func (s *socket) closeCode() int {
	s.t.Helper()
	for {
		message, err := s.conn.next(patience)
		if err != nil {
			return int(websocket.CloseStatus(err))
		}
		if strings.Contains(string(message), `"complete"`) {
			s.t.Errorf("the server said that a stream ended: %s", message)
		}
	}
}
