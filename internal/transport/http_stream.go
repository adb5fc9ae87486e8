package transport

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// A format is how the events of a subscription are written down in a response
// that goes on. Its methods append to dst, as append does.
type format interface {
	// header says what the response is.
	header(http.Header)
	// open is what the response begins with; at is the cursor that the
	// subscription begins after, or "".
	open(dst []byte, at string) []byte
	// alive shows that the connection lives; it is sent when nothing else was for as long as every.
	alive(dst []byte) []byte
	every() time.Duration
	event(dst []byte, e hub.Event) []byte
	// failed is why the subscription can't go on.
	failed(dst []byte, errs gqlerror.List) []byte
	// complete is the end of a subscription that has no more to say.
	complete(dst []byte) []byte
}

// An httpStream writes a response that goes on. Any goroutine may send, and a
// client that reads slowly makes it wait. One that does not read at all for the
// stall time ends the stream.
type httpStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	format  format
	stall   time.Duration
	lost    func() // called when the client is gone

	mu   sync.Mutex // guards what follows, and writing
	beat *time.Timer
	over bool
}

// newHTTPStream answers a request with a stream. at is where it begins, or "".
func newHTTPStream(w http.ResponseWriter, f format, stall time.Duration, at string, lost func()) *httpStream {
	s := &httpStream{w: w, control: http.NewResponseController(w), format: f, stall: stall, lost: lost}
	h := w.Header()
	f.header(h)
	h.Set("Cache-Control", "no-store, no-transform") // a proxy that compresses would hold events back
	h.Set("X-Accel-Buffering", "no")                 // as would one that collects
	w.WriteHeader(http.StatusOK)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beat = time.AfterFunc(f.every(), s.keepAlive)
	s.write(f.open(nil, at))
	return s
}

// send writes bytes, all in one turn, and reports whether the client is still there.
func (s *httpStream) send(b []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return false
	}
	s.write(b)
	return !s.over
}

// keepAlive shows an idle client that the connection lives.
func (s *httpStream) keepAlive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.write(s.format.alive(nil))
	}
}

// write is send with s.mu held. The deadline is for each chunk, as on a socket: it
// is for a reader that stands still, not for one that is slow.
func (s *httpStream) write(b []byte) {
	for len(b) > 0 {
		part := b[:min(len(b), chunk)]
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

// close ends the writing: the handler is about to return.
func (s *httpStream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finish()
}

func (s *httpStream) finish() {
	s.over = true
	s.beat.Stop()
}

// pull sends the events of a subscription as they come. It returns the error that
// the subscription ended with, or nothing if ctx ended, or the client is gone.
func (s *httpStream) pull(ctx context.Context, stream Stream, f format) error {
	for {
		events, err := stream.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		buffer := frameBuffers.Get().(*[]byte)
		b := (*buffer)[:0]
		for _, e := range events {
			b = f.event(b, e)
		}
		there := false
		whileResting(stream, func() { there = s.send(b) })
		*buffer = b
		frameBuffers.Put(buffer)
		if !there {
			return nil
		}
	}
}

type brokenKey struct{}

// Breakable lets the streams of a handler break off. To most clients a response
// that ends is a subscription that ended, whatever it said; one that breaks off
// is a lost connection, and they come back. It must be around everything that recovers.
func Breakable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var broken bool
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), brokenKey{}, &broken)))
		if broken {
			panic(http.ErrAbortHandler)
		}
	})
}

// breakOff ends the response of a request as if the connection were lost, once
// the handler has returned.
func breakOff(r *http.Request) {
	if broken, ok := r.Context().Value(brokenKey{}).(*bool); ok {
		*broken = true
	}
}
