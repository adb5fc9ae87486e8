package websocket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tandem/internal/eventually"
	"tandem/internal/hub"
	"tandem/internal/transport"
)

// A reader that stands still is told nothing and costs the others nothing. When
// it reads again in time, it has lost nothing. The test is not parallel, so that
// all memory is its own.
func TestSlowReaderResumes(t *testing.T) {
	w := newWire(t, nil)
	const events, pad = 3000, 2000
	slow, quick := w.enter(t), w.enter(t)
	slow.subscribe("s", fmt.Sprintf(`subscription { changed(after: "%s", pad: %d) }`, cursorAt(0), pad))
	quick.subscribe("q", fmt.Sprintf(`subscription { changed(after: "%s", pad: %d) }`, cursorAt(0), pad))
	eventually.True(t, "both are members", func() bool { return w.all.Stats().Members == 2 })

	before := heap()
	for want := int64(1); want <= events; want++ {
		w.commit()
		if got := quick.position("q"); got != want {
			t.Fatalf("the quick one got %d, want %d", got, want)
		}
	}
	if w.all.Stats().Behind == 0 {
		t.Error("nobody fell behind, so this shows nothing")
	}
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("%d bytes are kept for one who does not read", grown)
	}
	for want := int64(1); want <= events; want++ {
		if got := slow.position("s"); got != want {
			t.Fatalf("the slow one got %d, want %d", got, want)
		}
	}
	w.commit() // to both, live again
	for _, c := range []*caller{slow, quick} {
		if got := c.position(map[*caller]string{slow: "s", quick: "q"}[c]); got != events+1 {
			t.Errorf("got %d, want %d", got, events+1)
		}
	}
}

// A client that reads a little at a time falls behind and catches up over and over.
func TestReaderInFits(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	c := w.enter(t)
	const events = 4000
	c.subscribe("1", fmt.Sprintf(`subscription { changed(after: "%s", pad: 5000) }`, cursorAt(0)))
	go func() {
		for range events {
			w.commit()
		}
	}()
	for want := int64(1); want <= events; want++ {
		if want%500 == 0 { // it stops until it is behind again
			before := w.all.Stats().Behind
			eventually.True(t, "it falls behind", func() bool { return w.all.Stats().Behind > before || w.log.head() == events })
		}
		if got := c.position("1"); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
}

// heap is how much memory is in use.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func TestReaderThatStandsStill(t *testing.T) {
	t.Parallel()
	t.Run("1013 for when it reads again", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, func(s *Server) { s.Stall = 50 * time.Millisecond })
		c := w.enter(t)
		c.subscribe("1", fmt.Sprintf(`subscription { changed(after: "%s", pad: 1000) }`, cursorAt(0)))
		eventually.True(t, "it is a member", func() bool { return w.all.Stats().Members == 1 })
		for range 8000 {
			w.commit()
		}
		w.empty(t) // it was given up, before it read anything
		last := int64(0)
		for {
			f := c.hear()
			if f.Header.OpCode == ws.OpClose {
				if code, reason := closing(f); code != transport.CloseTryAgain {
					t.Errorf("closed with %d %s", code, reason)
				}
				break
			}
			var position int64
			text := string(f.Payload)
			if _, err := fmt.Sscanf(text[strings.Index(text, `"changed":"`):], `"changed":"%d:`, &position); err != nil || position != last+1 {
				t.Fatalf("got %.60s after %d", text, last)
			}
			last = position
		}
		if last == 0 || last == 8000 {
			t.Errorf("it got %d events, which shows nothing", last)
		}
	})
	t.Run("a client that owes and asks on is closed", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c := w.enter(t)
		ping := ws.MustCompileFrame(ws.MaskFrame(ws.NewTextFrame([]byte(`{"type":"ping","payload":{"x":"` + strings.Repeat("x", maxPingPayload-8) + `"}}`))))
		for {
			if _, err := c.conn.Write(ping); err != nil {
				if errors.Is(err, os.ErrDeadlineExceeded) {
					t.Error("it could go on for ever")
				}
				break
			}
		}
		w.sockets.Wait()
	})
	t.Run("answers wait, in bounds", func(t *testing.T) {
		t.Parallel()
		w := newWire(t, nil)
		c := w.enter(t)
		for i := range 50 {
			c.subscribe(fmt.Sprint(i), `{ large(bytes: 300000) }`)
		}
		answers := 0
		for completes := 0; completes < 50; {
			if text := c.text(); strings.Contains(text, `"complete"`) {
				completes++
			} else if answers++; len(text) < 300_000 {
				t.Fatalf("got %.100s", text)
			}
		}
		if answers != 50 {
			t.Errorf("%d answers", answers)
		}
	})
}

// After a client has fallen behind and caught up, its connection may rest for
// longer than a write may take.
func TestRestAfterCatchingUp(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(s *Server) { s.Stall = 300 * time.Millisecond })
	c := w.enter(t)
	c.subscribe("1", `{ large(bytes: 3000000) }`)
	for !sameJSON(c.text(), doneOne) {
	}
	c.wantSilence(400 * time.Millisecond)
	c.subscribe("1", echoA)
	c.want(nextOne)
}

// A connection whose client is slow but reads is not closed.
func TestSlowButReading(t *testing.T) {
	t.Parallel()
	const stall, pace, size = 500 * time.Millisecond, 25 * time.Millisecond, 3_000_000
	w := newWire(t, func(s *Server) { s.Stall = stall })
	c := w.enter(t)
	c.subscribe("1", fmt.Sprintf(`{ large(bytes: %d) }`, size))
	reads := time.NewTicker(pace)
	defer reads.Stop()
	got, buffer := 0, make([]byte, size/(2*stall/pace)) // so that it takes twice as long as a stall may
	for got < size {
		<-reads.C
		n, err := io.ReadFull(c.in, buffer)
		if got += n; err != nil {
			t.Fatalf("after %d bytes: %v", got, err)
		}
	}
}

// The frames of an operation that was stopped while it waited for its turn are
// not sent.
func TestStoppedWhileBehind(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	c := w.enter(t)
	c.subscribe("big", `{ large(bytes: 4000000) }`)
	c.subscribe("1", fmt.Sprintf(`subscription { changed(after: "%s") }`, cursorAt(0)))
	eventually.True(t, "it is a member", func() bool { return w.all.Stats().Members == 1 })
	for range 100 {
		w.commit()
	}
	c.say(doneOne)
	c.say(`{"type":"ping"}`)
	eventually.True(t, "it has left", func() bool { return w.all.Stats().Members == 0 })
	for text := ""; !sameJSON(text, `{"type":"pong"}`); text = c.text() {
	}
	c.subscribe("1", echoA)
	for {
		text := c.text()
		if sameJSON(text, nextOne) {
			break
		}
		if strings.Contains(text, "changed") {
			t.Fatalf("got %s", text)
		}
	}
}

// A stubStream is a stream whose Next and Close are watched.
type stubStream struct {
	hub.Sink
	using  chan struct{} // has one while somebody uses the stream
	next   func(ctx context.Context) ([]hub.Event, error)
	closed atomic.Int32
	t      *testing.T
}

func (s *stubStream) Next(ctx context.Context) ([]hub.Event, error) {
	select {
	case s.using <- struct{}{}:
	default:
		s.t.Error("two use the stream at once")
	}
	defer func() { <-s.using }()
	if s.closed.Load() > 0 {
		s.t.Error("Next after Close")
	}
	return s.next(ctx)
}

func (s *stubStream) Close(bool) {
	select {
	case s.using <- struct{}{}:
	default:
		s.t.Error("closed while it is used")
	}
	s.closed.Add(1)
	<-s.using
}

// Nobody uses a stream while another does, and it is closed once, whatever comes
// when.
func TestStreamHasOneUser(t *testing.T) {
	t.Parallel()
	for range 300 {
		w := &Server{}
		ctx, end := context.WithCancel(t.Context())
		c := &connection{transport: w, negotiated: negotiated{dialect: modern}, socket: newSocket(closedConn{}, time.Second)}
		o := newOperation(c, "1")
		o.ctx, o.cancel = ctx, end
		pulls := 0
		stream := &stubStream{using: make(chan struct{}, 1), t: t}
		stream.next = func(context.Context) ([]hub.Event, error) {
			if pulls++; pulls%3 == 0 {
				runtime.Gosched()
			}
			return nil, ctx.Err()
		}
		o.stream, o.pulling = stream, true
		done := make(chan struct{})
		go o.pull()
		go func() {
			defer close(done)
			for range 20 {
				o.resume()
				runtime.Gosched()
			}
		}()
		<-done
		go o.resume()
		go o.stop()
		o.stop()
		eventually.True(t, "the stream is closed", func() bool {
			o.mu.Lock()
			defer o.mu.Unlock()
			return !o.pulling && len(stream.using) == 0 && stream.closed.Load() == 1
		})
		end()
	}
}
