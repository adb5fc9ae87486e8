package websocket

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tandem/internal/eventually"
)

// masked is a frame as a client sends it.
func masked(f ws.Frame) []byte { return ws.MustCompileFrame(ws.MaskFrame(f)) }

// Frames without end cost their sender more than the server, which serves the others
// meanwhile. The test is not parallel, so that all memory is its own.
func TestFloodsOfFrames(t *testing.T) {
	w := newWire(t, nil)
	const frames = 300_000
	flood := func(c *caller, frame []byte) {
		block := bytes.Repeat(frame, 1000)
		for range frames / 1000 {
			if _, err := c.conn.Write(block); err != nil {
				return // it was closed, or nobody reads any more
			}
		}
	}
	bystander := w.enter(t)
	alive := func(t *testing.T) {
		t.Helper()
		bystander.subscribe("1", echoA)
		bystander.want(nextOne)
		bystander.want(doneOne)
	}
	t.Run("fragments with nothing in them", func(t *testing.T) {
		c := w.enter(t)
		before := heap()
		c.frame(ws.NewFrame(ws.OpText, false, []byte(subscribeMessage("subscribe", "1", echoA))))
		flood(c, masked(ws.NewFrame(ws.OpContinuation, false, nil)))
		alive(t)
		if grown := heap() - before; grown > 4<<20 {
			t.Errorf("%d bytes were taken", grown)
		}
		c.frame(ws.NewFrame(ws.OpContinuation, true, nil))
		c.want(nextOne)
	})
	for name, frame := range map[string]ws.Frame{
		"pings": ws.NewPingFrame(bytes.Repeat([]byte("x"), 125)), "pongs": ws.NewPongFrame(nil), "empty messages": ws.NewTextFrame(nil),
		"pings of the protocol": ws.NewTextFrame([]byte(`{"type":"ping"}`)),
	} {
		t.Run(name+" whose answers are not read", func(t *testing.T) {
			c := w.enter(t)
			before := heap()
			_ = c.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
			flood(c, masked(frame))
			alive(t)
			if grown := heap() - before; grown > 8<<20 {
				t.Errorf("%d bytes were taken", grown)
			}
			_ = c.conn.Close()
		})
	}
}

// A client that says half of something, and then no more.
func TestHalfOpenSockets(t *testing.T) {
	t.Parallel()
	init := masked(ws.NewTextFrame([]byte(`{"type":"connection_init"}`)))
	t.Run("a sign-in in single bytes is not waited for", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, func(s *Server) { s.InitTimeout = 200 * time.Millisecond })
		c := w.call(t, modern.name)
		go func() {
			pace := time.NewTicker(20 * time.Millisecond)
			defer pace.Stop()
			for _, b := range init[:len(init)-1] {
				<-pace.C
				if _, err := c.conn.Write([]byte{b}); err != nil {
					return
				}
			}
		}()
		c.wantClose(4408)
		w.sockets.Wait()
	})
	t.Run("half a message, and silence", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, func(s *Server) { s.PingInterval = time.Second })
		c := w.enter(t)
		c.raw(0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0, 'x')
		if _, err := io.ReadAll(c.in); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("it is still open")
		}
		w.sockets.Wait()
	})
	t.Run("the client closes its half", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c := w.enter(t)
		c.subscribe("1", `subscription { changed }`)
		eventually.True(t, "it follows", func() bool { return w.all.Stats().Members == 1 })
		if err := c.conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(c.in); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the server's half is still open")
		}
		w.empty(t)
		w.sockets.Wait()
	})
	t.Run("the upgrade is followed by nothing", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, func(s *Server) { s.InitTimeout = 50 * time.Millisecond })
		w.call(t, modern.name).wantClose(4408)
		w.sockets.Wait()
	})
}
