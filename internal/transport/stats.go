package transport

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// Protocols are what a connection may speak, as Stats names it.
var Protocols = []string{modern.name, legacy.name, noProtocol, protocolSSE, protocolSSESingle, protocolMultipart}

const (
	noProtocol        = "none" // a socket that offered none that is spoken here
	protocolSSE       = "sse"
	protocolSSESingle = "sse-single"
	protocolMultipart = "multipart"
)

// Stats are measures of an instance's connections. The zero value is ready.
type Stats struct {
	// Ended, if set, is told of each connection that ended: with which code, as
	// CodeLabel has them, and how long it was open. It must be quick.
	Ended func(protocol, code string, open time.Duration)

	handshakes atomic.Int64
	sent       [sentShards]sentShard
	next       atomic.Uint32 // the shard of the next connection

	mu   sync.Mutex // guards open
	open map[string]int
}

// sentShards is over how many counters the bytes are spread. With one, all cores
// would take turns at it for every delivery.
const sentShards = 32

// A sentShard has a cache line to itself.
type sentShard struct {
	bytes atomic.Int64
	_     [56]byte
}

// A Snapshot is the measures at a moment.
type Snapshot struct {
	Open       map[string]int // connections, by protocol
	Handshakes int64          // sockets that were not signed in yet
	Sent       int64          // bytes, to sockets and streams
}

// Snapshot returns the measures until now.
func (s *Stats) Snapshot() Snapshot {
	snapshot := Snapshot{Open: make(map[string]int, len(Protocols)), Handshakes: s.handshakes.Load()}
	for i := range s.sent {
		snapshot.Sent += s.sent[i].bytes.Load()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, protocol := range Protocols {
		snapshot.Open[protocol] = s.open[protocol]
	}
	return snapshot
}

// Sockets returns how many WebSockets are open. Streams are not among them: each
// is a request on an HTTP connection.
func (s *Stats) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[modern.name] + s.open[legacy.name] + s.open[noProtocol]
}

// Handshakes returns how many sockets are not signed in yet.
func (s *Stats) Handshakes() int { return int(s.handshakes.Load()) }

// begin takes note of a connection, and returns what counts the bytes sent to it.
func (s *Stats) begin(protocol string) *atomic.Int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = make(map[string]int)
	}
	s.open[protocol]++
	return &s.sent[s.next.Add(1)%sentShards].bytes
}

// end takes note that a connection ended.
func (s *Stats) end(protocol string, code ws.StatusCode, open time.Duration) {
	s.mu.Lock()
	s.open[protocol]--
	s.mu.Unlock()
	if s.Ended != nil {
		s.Ended(protocol, CodeLabel(code), open)
	}
}

// signedIn takes note that a handshake is over.
func (s *Stats) signedIn() { s.handshakes.Add(-1) }

// protocol is what the connection speaks, as Stats names it.
func (c *connection) protocol() string {
	if c.dialect == nil {
		return noProtocol
	}
	return c.dialect.name
}

// begin takes note of a socket, whose handshake now begins.
func (c *connection) begin() {
	stats := c.transport.Engine.Stats
	c.opened, c.socket.sent = time.Now(), stats.begin(c.protocol())
	stats.handshakes.Add(1)
}

// measure takes note that a socket is no more.
func (c *connection) measure() {
	stats := c.transport.Engine.Stats
	if c.session == nil {
		stats.signedIn()
	}
	c.socket.mu.Lock()
	code := c.socket.code
	c.socket.mu.Unlock()
	stats.end(c.protocol(), code, time.Since(c.opened))
	c.transport.closed(c.socket.conn)
}

// CodeLabel names a close code. A client may send any; those that mean nothing
// here are one, so that clients can't make up names.
func CodeLabel(code ws.StatusCode) string {
	if label, known := codeLabels[code]; known {
		return label
	}
	return "other"
}

var codeLabels = map[ws.StatusCode]string{
	1000: "1000", 1001: "1001", 1002: "1002", 1003: "1003", 1005: "1005", 1006: "1006", 1007: "1007", 1008: "1008",
	1009: "1009", 1011: "1011", 1012: "1012", 1013: "1013", 4400: "4400", 4401: "4401", 4403: "4403", 4406: "4406",
	4408: "4408", 4409: "4409", 4429: "4429",
}

// streamCode returns the code that a socket would have been closed with for the
// cause that a stream ended with.
func streamCode(cause error) ws.StatusCode {
	switch {
	case errors.Is(cause, errDraining):
		return closeServiceRestart
	case errors.Is(cause, errExpired):
		return closeForbidden
	case errors.Is(cause, hub.ErrConnectionLost):
		return codeLost
	case errors.Is(cause, context.Canceled):
		return ws.StatusGoingAway // the client ended the request, or is gone
	}
	return ws.StatusNormalClosure
}

// codeLost is that of a connection that ended without a close frame.
const codeLost = ws.StatusCode(1006)

// A Busy is why a connection is refused for now: a socket with 1013, and a stream
// with 503, or with 429 if it comes too often. The text is for the client, which
// is to come back after a while.
type Busy struct {
	Code     string // as in the extensions of an error
	Message  string
	After    time.Duration
	TooOften bool
}

// Error returns the message.
func (b *Busy) Error() string { return b.Message }

// initCode is what a socket is closed with that could not sign in.
func initCode(err error) ws.StatusCode {
	if _, busy := errors.AsType[*Busy](err); busy {
		return closeTryAgain
	}
	return closeForbidden
}

// protocolOf is what a stream speaks, as Stats names it.
func protocolOf(f format) string {
	if _, is := f.(multipart); is {
		return protocolMultipart
	}
	return protocolSSE
}

// openStream lets a stream begin, or answers that it may not. The writer it
// returns counts what is sent; end has to be called with why the stream ended.
func (e *Engine) openStream(w http.ResponseWriter, r *http.Request, protocol string) (counted http.ResponseWriter, end func(cause error), ok bool) {
	leave := func() {}
	if e.Admit != nil {
		var err error
		if leave, err = e.Admit(r.Context()); err != nil {
			WriteBusy(w, r, err)
			return nil, nil, false
		}
	}
	began := time.Now()
	sent := e.Stats.begin(protocol)
	return &countingWriter{w, sent}, func(cause error) {
		e.Stats.end(protocol, streamCode(cause), time.Since(began))
		leave()
	}, true
}

// WriteBusy answers a request that is refused for now.
func WriteBusy(w http.ResponseWriter, r *http.Request, err error) {
	busy, is := errors.AsType[*Busy](err)
	if !is {
		busy = &Busy{Code: "UNAVAILABLE", Message: err.Error(), After: time.Second}
	}
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(busy.After.Seconds())))))
	status, extensions := http.StatusServiceUnavailable, map[string]any{"code": busy.Code}
	if busy.TooOften {
		status, extensions["retryAfterMs"] = http.StatusTooManyRequests, busy.After.Milliseconds()+1
	}
	WriteErrors(w, r, status, gqlerror.List{{Message: busy.Message, Extensions: extensions}})
}

// A countingWriter counts the bytes of a response.
type countingWriter struct {
	http.ResponseWriter
	sent *atomic.Int64
}

// Write writes, and counts what was written.
func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.sent.Add(int64(n))
	return n, err
}

// Unwrap lets a response controller reach the writer.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
