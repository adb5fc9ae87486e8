package stream

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/engine"
	"tandem/internal/hub"
	"tandem/internal/transport"
)

// A format writes the events of a subscription to a response. Its methods append to dst, as append does.
type format interface {
	// header sets the headers of the response.
	header(http.Header)
	// open appends the beginning; at is the cursor that the subscription begins after, or "".
	open(dst []byte, at string) []byte
	// alive appends a keep-alive. It is sent when nothing else was sent for the time that every returns.
	alive(dst []byte) []byte
	every() time.Duration
	event(dst []byte, e hub.Event) []byte
	// failed appends the errors that ended the subscription.
	failed(dst []byte, errs gqlerror.List) []byte
	// complete appends the end of the subscription.
	complete(dst []byte) []byte
}

// An httpStream writes a response of many events. Any goroutine may send, and waits for a client that reads slowly. A
// client that reads nothing for the stall time ends the stream.
type httpStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	format  format
	stall   time.Duration
	lost    func() // called when the client is gone

	mu   sync.Mutex // guards what follows, and writing; innermost
	beat *time.Timer
	over bool
}

// newHTTPStream answers a request with a stream. at is the cursor that it begins after, or "".
func newHTTPStream(w http.ResponseWriter, f format, stall time.Duration, at string, lost func()) *httpStream {
	s := &httpStream{w: w, control: http.NewResponseController(w), format: f, stall: stall, lost: lost}
	h := w.Header()
	f.header(h)
	h.Set("Cache-Control", "no-store, no-transform") // proxies that compress would delay events
	h.Set("X-Accel-Buffering", "no")                 // as would proxies that buffer
	w.WriteHeader(http.StatusOK)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beat = time.AfterFunc(f.every(), s.keepAlive)
	s.write(f.open(nil, at))
	return s
}

// send writes bytes, and reports whether the client is still connected.
func (s *httpStream) send(b []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.write(b)
	return !s.over
}

// keepAlive sends a keep-alive.
func (s *httpStream) keepAlive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.write(s.format.alive(nil))
	}
}

// write is send with s.mu held. The deadline is for each chunk, as on a socket: it ends a stalled reader, not a slow
// one.
func (s *httpStream) write(b []byte) {
	for len(b) > 0 {
		part := b[:min(len(b), transport.Chunk)]
		b = b[len(part):]
		_ = s.control.SetWriteDeadline(time.Now().Add(s.stall))
		_, err := s.w.Write(part)
		if err == nil && len(b) == 0 {
			err = s.control.Flush()
		}
		if err != nil {
			s.finish()
			s.lost()
			return
		}
	}
	s.beat.Reset(s.format.every())
}

// close ends the stream, before the handler returns.
func (s *httpStream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish()
}

func (s *httpStream) finish() {
	s.over = true
	s.beat.Stop()
}

// pull sends the events of a subscription as they happen. It returns the error that ended the subscription, or nil if
// ctx ended or the client is gone.
func (s *httpStream) pull(ctx context.Context, stream engine.Stream, f format) error {
	for {
		events, err := stream.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		buffer := eventBuffers.Get().(*[]byte)
		b := (*buffer)[:0]
		for _, e := range events {
			b = f.event(b, e)
		}
		there := false
		engine.Deliver(stream, func() { there = s.send(b) })
		*buffer = b
		eventBuffers.Put(buffer)
		if !there {
			return nil
		}
	}
}

// eventBuffers hold events while they are written.
var eventBuffers = sync.Pool{New: func() any { return new([]byte) }}

type brokenKey struct{}

// Breakable lets the streams of a handler abort their response. Most clients treat the end of a response as the end
// of the subscription, and an aborted response as a lost connection, after which they reconnect. Breakable must be
// outside of everything that recovers from panics.
func Breakable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var broken bool
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), brokenKey{}, &broken)))
		if broken {
			panic(http.ErrAbortHandler)
		}
	})
}

// breakOff aborts the response of a request once the handler has returned, as if the connection were lost.
func breakOff(r *http.Request) {
	if broken, ok := r.Context().Value(brokenKey{}).(*bool); ok {
		*broken = true
	}
}
