package transport

import (
	"cmp"
	"context"
	"crypto/rand"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

const (
	// reservationTime is how long a reservation waits for its stream. Shorter, and
	// slow phones don't make it; longer, and those that nobody comes for are kept.
	reservationTime = 30 * time.Second
	// maxReservations bounds the reservations of an instance that wait for their
	// streams, and maxStreamsOfOne the reservations and streams of one person:
	// one for each tab, and for those that were lost without a word.
	maxReservations = 10_000
	maxStreamsOfOne = 100
)

// streamToken is the header with a reservation's token. It only says which stream
// is meant: each request needs the bearer token of its person besides.
const streamToken = "X-Graphql-Event-Stream-Token"

// A SingleStream serves the single connection mode of graphql-sse, for browsers
// that may have few connections: a stream is reserved by PUT, opened by GET or
// POST, and carries the responses of all operations that are POSTed beside it. All
// requests of a stream must reach the same instance.
type SingleStream struct {
	*Streams
	// Path is where it is served.
	Path string

	mu       sync.Mutex // guards what follows
	sessions map[string]*session
	waiting  int            // how many are reserved and not opened
	of       map[string]int // how many each person has
}

// Supports reports whether the request is for the mode's own path.
func (t *SingleStream) Supports(r *http.Request) bool {
	return r.URL.Path == t.Path && r.Header.Get("Upgrade") == ""
}

// Do answers one request of the protocol.
func (t *SingleStream) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
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
		writeErrors(w, r, http.StatusMethodNotAllowed, "this address knows GET, POST, PUT and DELETE")
		return
	}
	switch {
	case s == nil:
		writeErrors(w, r, http.StatusNotFound, "there is no such stream: reserve one by PUT, and send its token")
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

// find returns the session that a request is about, if it is of the same person.
func (t *SingleStream) find(r *http.Request, person string) *session {
	token := cmp.Or(r.Header.Get(streamToken), r.URL.Query().Get("token"))
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.sessions[token]; s != nil && s.person == person {
		return s
	}
	return nil
}

// takes reports whether a client takes anything, or one of these kinds.
func takes(r *http.Request, kinds ...string) bool {
	accept := r.Header.Get("Accept")
	for part := range strings.SplitSeq(accept, ",") {
		name, _, _ := mime.ParseMediaType(part)
		for _, kind := range append(kinds, "*/*") {
			if name == kind {
				return true
			}
		}
	}
	return accept == ""
}

// reserve gives out a token for a stream to come.
func (t *SingleStream) reserve(w http.ResponseWriter, r *http.Request, had *session, person string) {
	if !takes(r, "text/plain") {
		w.WriteHeader(http.StatusNotAcceptable)
		return
	}
	if had != nil {
		writeErrors(w, r, http.StatusConflict, "this stream is reserved already")
		return
	}
	token := rand.Text()
	if !t.add(token, newSession(t, person)) {
		w.Header().Set("Retry-After", "5")
		Refuse(w, r, http.StatusTooManyRequests, tooManyStreams)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(token))
}

// add keeps a session until it ends, and reports whether there is room for it.
func (t *SingleStream) add(token string, s *session) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting >= maxReservations || t.of[s.person] >= maxStreamsOfOne {
		s.end(errClosed)
		return false
	}
	if t.sessions == nil {
		t.sessions, t.of = make(map[string]*session), make(map[string]int)
	}
	t.sessions[token] = s
	t.waiting++
	t.of[s.person]++
	context.AfterFunc(s.ctx, func() { t.drop(token, s) })
	return true
}

// drop forgets a session.
func (t *SingleStream) drop(token string, s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.sessions, token)
	if t.of[s.person]--; t.of[s.person] == 0 {
		delete(t.of, s.person)
	}
	if !s.opened {
		t.waiting--
	}
}

// claim makes a request the one that opens a session, and reports whether it is the first.
func (t *SingleStream) claim(s *session) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.opened || s.ctx.Err() != nil {
		return false
	}
	s.opened = true
	t.waiting--
	return true
}

// open answers with the stream of a session, until it ends.
func (t *SingleStream) open(w http.ResponseWriter, r *http.Request, s *session) {
	w, left, ok := t.Engine.openStream(w, r, protocolSSESingle)
	if !ok {
		return
	}
	defer func() { left(context.Cause(s.ctx)) }()
	if !t.claim(s) {
		writeErrors(w, r, http.StatusConflict, "this stream is open already")
		return
	}
	t.boundConn(r)
	s.unused.Stop()
	gone := context.AfterFunc(r.Context(), func() { s.end(errClosed) })
	defer gone()
	s.depend(r)
	params, _ := urlParams(r) // only for what kind of keep-alive it asks for
	takeHold(r.Context()).Release()
	s.out = newHTTPStream(w, newSSE(params), t.Stall, "", func() { s.end(errClosed) })
	close(s.ready)
	s.wait()
	s.out.close()
	breakOffAfter(s.ctx, r)
}
