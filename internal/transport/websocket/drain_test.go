package websocket

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tandem/internal/transport"
)

// closedConn is a connection that takes everything and says nothing.
type closedConn struct{ net.Conn }

func (closedConn) Write(b []byte) (int, error)      { return len(b), nil }
func (closedConn) Close() error                     { return nil }
func (closedConn) SetReadDeadline(time.Time) error  { return nil }
func (closedConn) SetWriteDeadline(time.Time) error { return nil }

func TestDrain(t *testing.T) {
	t.Parallel()
	t.Run("1012, and never complete", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c, fresh := w.enter(t), w.call(t, modern.name)
		c.subscribe("1", fmt.Sprintf(`subscription { changed(after: "%s") }`, cursorAt(0)))
		w.commit()
		c.position("1")
		w.drain()
		for _, c := range []*caller{c, fresh} {
			if reason := c.wantClose(1012); reason != transport.ErrDraining.Error() {
				t.Errorf("the reason is %s", reason)
			}
		}
	})
	t.Run("mutations under way are answered first", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c, other := w.enter(t), w.enter(t)
		c.subscribe("1", `mutation { gate }`)
		<-w.gated
		w.drain()
		other.wantClose(1012)
		c.subscribe("2", `mutation { gate }`) // too late: it begins elsewhere
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		close(w.gate)
		c.want(`{"id":"1","type":"next","payload":{"data":{"gate":"through"}}}`)
		c.want(doneOne)
		c.wantClose(1012)
		if len(w.gated) > 0 {
			t.Error("the second mutation began")
		}
	})
	t.Run("a mutation that is no longer waited for", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c := w.enter(t)
		c.subscribe("1", `mutation { gate }`)
		<-w.gated
		w.drain()
		c.say(doneOne)
		c.wantClose(1012)
	})
	t.Run("a client that answers no close frame is not waited for", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c := w.enter(t)
		w.drain()
		w.sockets.Wait()
		if f := c.hear(); f.Header.OpCode != ws.OpClose {
			t.Errorf("got %v", f)
		}
	})
	t.Run("503 for those who come", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		w.drain()
		if got := upgrade(t, w, nil); got != http.StatusServiceUnavailable {
			t.Errorf("got %d", got)
		}
	})
	t.Run("in batches", func(t *testing.T) {
		t.Parallel()
		const clients = 350
		w := newWire(t, func(s *Server) { s.DrainWindow = 400 * time.Millisecond })
		callers := make([]*caller, clients)
		for i := range callers {
			callers[i] = w.enter(t)
		}
		ended := make(chan error, clients)
		began := time.Now()
		w.drain()
		for _, c := range callers {
			go func() {
				f, err := readFrame(c.in)
				for err == nil && f.Header.OpCode == ws.OpPing { // from before the drain
					f, err = readFrame(c.in)
				}
				if err == nil && f.Header.OpCode != ws.OpClose {
					err = fmt.Errorf("got %v instead of a close frame", f.Header)
				}
				ended <- err
				_ = c.conn.Close()
			}()
		}
		var first, last time.Duration
		for i := range clients {
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if last = time.Since(began); i == 0 {
				first = last
			}
		}
		if last-first < 250*time.Millisecond {
			t.Errorf("all were closed within %v", last-first)
		}
	})
}

// A client may stop sending before it has read everything.
func TestHalfClose(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	c := w.enter(t)
	if err := c.conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c.in); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection stays")
	}
	w.sockets.Wait()
	w.empty(t)
}
