package transport

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// Protocols are the protocols of connections, as Stats names them.
var Protocols = []string{ProtocolModern, ProtocolLegacy, NoProtocol, ProtocolSSE, ProtocolSSESingle, ProtocolMultipart}

// The protocols of connections.
const (
	ProtocolModern    = "graphql-transport-ws"
	ProtocolLegacy    = "graphql-ws"
	NoProtocol        = "none" // a socket that offered no supported protocol
	ProtocolSSE       = "sse"
	ProtocolSSESingle = "sse-single"
	ProtocolMultipart = "multipart"
)

// Stats counts an instance's connections. The zero value is ready.
type Stats struct {
	// Ended, if set, is called when a connection has ended, with the code's CodeLabel and how long
	// the connection was open. It must be quick.
	Ended func(protocol, code string, open time.Duration)

	handshakes atomic.Int64
	sent       [sentShards]sentShard
	next       atomic.Uint32 // the shard of the next connection

	mu   sync.Mutex // guards open; innermost
	open map[string]int
}

// sentShards is the number of counters of sent bytes. All processors would contend for a single one at every
// delivery.
const sentShards = 32

// A sentShard has a cache line to itself.
type sentShard struct {
	bytes atomic.Int64
	_     [56]byte
}

// A Snapshot has the figures at one moment.
type Snapshot struct {
	Open       map[string]int // connections, by protocol
	Handshakes int64          // sockets that have not signed in yet
	Sent       int64          // bytes sent to sockets and streams
}

// Snapshot returns the current figures.
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

// Sockets returns the number of open WebSockets. Streams do not count: each is a request on an HTTP connection.
func (s *Stats) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[ProtocolModern] + s.open[ProtocolLegacy] + s.open[NoProtocol]
}

// Handshakes returns the number of sockets that have not signed in yet.
func (s *Stats) Handshakes() int { return int(s.handshakes.Load()) }

// Begin counts a connection, and returns the counter of the bytes sent to it.
func (s *Stats) Begin(protocol string) *atomic.Int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = make(map[string]int)
	}
	s.open[protocol]++
	return &s.sent[s.next.Add(1)%sentShards].bytes
}

// End counts the end of a connection.
func (s *Stats) End(protocol string, code ws.StatusCode, open time.Duration) {
	s.mu.Lock()
	s.open[protocol]--
	s.mu.Unlock()
	if s.Ended != nil {
		s.Ended(protocol, CodeLabel(code), open)
	}
}

// BeginHandshake counts a socket that has not signed in yet.
func (s *Stats) BeginHandshake() { s.handshakes.Add(1) }

// SignedIn ends what BeginHandshake began.
func (s *Stats) SignedIn() { s.handshakes.Add(-1) }
