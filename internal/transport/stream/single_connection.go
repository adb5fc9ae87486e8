package stream

import (
	"cmp"
	"context"
	"crypto/rand"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"tandem/internal/transport"
)

const (
	// reservationTime is how long a reservation waits for its stream. A low value is too short for
	// slow phones. A high value keeps reservations that are never used.
	reservationTime = 30 * time.Second
	// maxReservations bounds the unused reservations of an instance, and maxStreamsOfOne the reservations and
	// streams of one person: one for each tab, and for each connection that vanished.
	maxReservations = 10_000
	maxStreamsOfOne = 100
)

// streamToken is the header with a reservation's token. It only identifies the stream: each request also needs its
// person's bearer token.
const streamToken = "X-Graphql-Event-Stream-Token"

// A SingleConnection serves the single connection mode of graphql-sse, for browsers that allow few connections: PUT
// reserves a stream, GET or POST opens it, and it carries the responses of all operations that are sent by POST
// beside it. All requests of a stream must reach the same instance.
type SingleConnection struct {
	*Streams
	// Path is the path of all its requests.
	Path string

	mu      sync.Mutex // guards what follows; innermost
	streams map[string]*reservedStream
	waiting int            // the number of streams that are reserved and not opened
	of      map[string]int // the number of streams of each person
}

// Supports reports whether a request is for Path.
func (t *SingleConnection) Supports(r *http.Request) bool {
	return r.URL.Path == t.Path && r.Header.Get("Upgrade") == ""
}

// Do answers one request of the protocol.
func (t *SingleConnection) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	person, _ := t.Bearer(r.Context())
	s := t.find(r, person)
	streams := strings.Contains(r.Header.Get("Accept"), eventStream)
	switch r.Method {
	case http.MethodPut:
		t.reserve(w, r, s, person)
		return
	case http.MethodGet, http.MethodPost, http.MethodDelete:
	default:
		w.Header().Set("Allow", "GET, POST, PUT, DELETE")
		transport.RefuseInput(w, r, http.StatusMethodNotAllowed, "this path accepts GET, POST, PUT and DELETE")
		return
	}
	switch {
	case s == nil:
		transport.RefuseInput(w, r, http.StatusNotFound, "there is no such stream: reserve one by PUT, and send its token")
	case r.Method == http.MethodDelete:
		s.remove(w, r)
	case streams:
		t.open(w, r, s)
	case !takes(r, "application/json", "application/graphql-response+json", "application/*"):
		w.WriteHeader(http.StatusNotAcceptable)
	default:
		s.operate(w, r, exec)
	}
}

// find returns the stream of a request's token, if it belongs to the same person.
func (t *SingleConnection) find(r *http.Request, person string) *reservedStream {
	token := cmp.Or(r.Header.Get(streamToken), r.URL.Query().Get("token"))
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.streams[token]; s != nil && s.person == person {
		return s
	}
	return nil
}

// takes reports whether a client accepts one of the kinds. A client without an Accept header that can be read accepts
// everything.
func takes(r *http.Request, kinds ...string) bool {
	chooses := false
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		chooses = true
		if _, ok := transport.Quality(parameters["q"]); ok && (name == "*/*" || slices.Contains(kinds, name)) {
			return true
		}
	}
	return !chooses
}

// reserve reserves a stream, and answers with its token.
func (t *SingleConnection) reserve(w http.ResponseWriter, r *http.Request, had *reservedStream, person string) {
	if !takes(r, "text/plain") {
		w.WriteHeader(http.StatusNotAcceptable)
		return
	}
	if had != nil {
		transport.RefuseInput(w, r, http.StatusConflict, "this stream is reserved already")
		return
	}
	token := rand.Text()
	if !t.add(token, newReservedStream(t, person)) {
		w.Header().Set("Retry-After", "5")
		transport.Refuse(w, r, http.StatusTooManyRequests, tooManyStreams)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(token))
}

// add registers a stream until it ends. It reports false if there are too many.
func (t *SingleConnection) add(token string, s *reservedStream) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting >= maxReservations || t.of[s.person] >= maxStreamsOfOne {
		s.end(transport.ErrClosed)
		return false
	}
	if t.streams == nil {
		t.streams, t.of = make(map[string]*reservedStream), make(map[string]int)
	}
	t.streams[token] = s
	t.waiting++
	t.of[s.person]++
	context.AfterFunc(s.ctx, func() { t.drop(token, s) })
	return true
}

// drop removes a stream that has ended.
func (t *SingleConnection) drop(token string, s *reservedStream) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.streams, token)
	if t.of[s.person]--; t.of[s.person] == 0 {
		delete(t.of, s.person)
	}
	if !s.opened {
		t.waiting--
	}
}

// claim marks a stream as opened. It reports false if it was opened before, or has ended.
func (t *SingleConnection) claim(s *reservedStream) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.opened || s.ctx.Err() != nil {
		return false
	}
	s.opened = true
	t.waiting--
	return true
}

// open answers with the events of a reserved stream until it ends.
func (t *SingleConnection) open(w http.ResponseWriter, r *http.Request, s *reservedStream) {
	w, left, ok := t.openStream(w, r, transport.ProtocolSSESingle)
	if !ok {
		return
	}
	defer func() { left(context.Cause(s.ctx)) }()
	if !t.claim(s) {
		transport.RefuseInput(w, r, http.StatusConflict, "this stream is open already")
		return
	}
	t.boundConn(r)
	s.unused.Stop()
	gone := context.AfterFunc(r.Context(), func() { s.end(transport.ErrClosed) })
	defer gone()
	s.expireWith(r)
	params, _ := urlParams(r) // for the kind of keep-alive only
	transport.TakeHold(r.Context()).Release()
	s.out = newHTTPStream(w, newSSE(params), t.Stall, "", func() { s.end(transport.ErrClosed) })
	close(s.ready)
	s.wait()
	s.out.close()
	breakOffAfter(s.ctx, r)
}
