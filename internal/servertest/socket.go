package servertest

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

// A Socket is an open connection of graphql-transport-ws.
type Socket struct {
	T    testing.TB
	Conn *Hearing
}

// Connect opens a socket and signs in on it.
func (p *Person) Connect() *Socket {
	p.T.Helper()
	s := &Socket{T: p.T, Conn: Dial(p.T, p.At)}
	s.Write(Object{"type": "connection_init", "payload": Object{"authorization": "Bearer " + p.Token}})
	if got := s.Read(); got.Get("type") != "connection_ack" {
		p.T.Fatalf("got %s, want connection_ack", got)
	}
	return s
}

// Dial opens a WebSocket that is not signed in.
func Dial(t testing.TB, at *Instance) *Hearing {
	t.Helper()
	conn, err := DialWith(t, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// DialWith opens a WebSocket with headers.
func DialWith(t testing.TB, at *Instance, header http.Header) (*Hearing, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(at.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: header})
	if err != nil {
		return nil, err
	}
	return Hear(t, conn), nil
}

// DialProtocol opens a WebSocket of one protocol that is not signed in.
func DialProtocol(t testing.TB, at *Instance, protocol string) *Socket {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(at.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		t.Fatal(err)
	}
	return &Socket{T: t, Conn: Hear(t, conn)}
}

// Hearing is a connection that reads all the time and keeps what comes, as clients do.
// The server would close one that does not: nobody answers its pings there.
type Hearing struct {
	*websocket.Conn
	came chan struct{} // has a value when something came

	mu    sync.Mutex // guards what follows
	kept  [][]byte
	ended error
}

// Hear takes over what comes from a connection, until the test ends.
func Hear(t testing.TB, conn *websocket.Conn) *Hearing {
	conn.SetReadLimit(1 << 26)
	h := &Hearing{Conn: conn, came: make(chan struct{}, 1)}
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

func (h *Hearing) keep(message []byte, err error) {
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
func (h *Hearing) take() (message []byte, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.kept) == 0 {
		return nil, h.ended
	}
	message, h.kept = h.kept[0], h.kept[1:]
	return message, nil
}

// Next waits for the next message, for a time.
func (h *Hearing) Next(within time.Duration) (message []byte, err error) {
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

func (s *Socket) Write(message Object) {
	s.T.Helper()
	encoded, err := json.Marshal(message)
	if err != nil {
		s.T.Fatal(err)
	}
	if err := s.Conn.Write(s.T.Context(), websocket.MessageText, encoded); err != nil {
		s.T.Fatal(err)
	}
}

// Read returns the next message.
func (s *Socket) Read() Answer {
	s.T.Helper()
	for {
		encoded, err := s.Conn.Next(Patience)
		if err != nil {
			s.T.Fatal(err)
		}
		var message Object
		if err := json.Unmarshal(encoded, &message); err != nil {
			s.T.Fatal(err)
		}
		if message["type"] != "ping" {
			return AnswerOf(s.T, message)
		}
		s.Write(Object{"type": "pong"})
	}
}

// Subscribe starts a subscription on the socket.
func (s *Socket) Subscribe(id, query string, variables Object) {
	s.T.Helper()
	s.Write(Object{"id": id, "type": "subscribe", "payload": Object{"query": query, "variables": variables}})
}

// Next returns the data of the next event of a subscription.
func (s *Socket) Next(id string) Answer {
	s.T.Helper()
	message := s.Read()
	if message.Get("type") != "next" || message.Get("id") != id {
		s.T.Fatalf("got %s, want the next event of %s", message, id)
	}
	event := message.At("payload").Data()
	event.request = " to the subscription " + id
	return event
}

// CloseCode reads until the server closes the socket, and returns with which code.
func (s *Socket) CloseCode() int {
	s.T.Helper()
	for {
		message, err := s.Conn.Next(Patience)
		if err != nil {
			return int(websocket.CloseStatus(err))
		}
		if strings.Contains(string(message), `"complete"`) {
			s.T.Errorf("the server said that a stream ended: %s", message)
		}
	}
}
