// Package websocket serves GraphQL over WebSockets: graphql-transport-ws, and the older
// graphql-ws for clients that offer nothing else.
package websocket

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gobwas/ws"

	"tandem/internal/engine"
	"tandem/internal/requestid"
	"tandem/internal/session"
	"tandem/internal/transport"
)

// A Server serves graphql-transport-ws, and the older graphql-ws for clients
// that offer nothing else.
type Server struct {
	Engine *engine.Engine
	// Stats counts the connections.
	Stats *transport.Stats
	// Underway bounds the memory of operations under way; nil sets no bound.
	Underway *transport.Underway
	// Allow, if set, is called before each operation. Its error rejects the operation, and is for the
	// client.
	Allow func(ctx context.Context) error
	// Init checks the payload of connection_init. It returns the context of the connection's operations,
	// which never ends by itself, and when the token expires. An error closes the connection with 4403, or
	// with 1013 if it is a *Busy. Its text is the reason in the close frame.
	Init func(ctx context.Context, payload map[string]any) (context.Context, time.Time, error)
	// Reserve, if set, counts the connection among those of the person who signed in until release is
	// called. The error is one of Init's.
	Reserve func(ctx context.Context) (release func(), err error)
	// Ack, if set, returns the payload of connection_ack, or nil for none.
	Ack func(ctx context.Context) map[string]any
	// Closed, if set, is called with every connection that has ended.
	Closed func(net.Conn)
	// Renew checks a fresh token. Its context is that of the connection's operations.
	Renew session.Renew
	// InitTimeout is how long a client may take to send connection_init. A low value is too short
	// for slow phones. A high value keeps idle sockets in memory.
	InitTimeout time.Duration
	// Stall is how long a write may make no progress before the connection is closed. A low value
	// ends it in a train tunnel. A high value keeps stalled readers.
	Stall time.Duration
	// PingInterval is the interval of pings. A connection that is silent for twice that time is closed.
	PingInterval time.Duration
	// Now, if set, is the clock by which tokens expire.
	Now func() time.Time
	// AllowOrigin reports whether a page of an origin may connect.
	AllowOrigin func(r *http.Request, origin string) bool
	// Draining ends when the instance stops. Then every connection is closed, and no other is opened.
	Draining context.Context
	// DrainWindow is the time over which they are closed, in batches; 0 means 2 s. A low value makes
	// clients reconnect all at once. A high value delays the stop. A hundred or fewer are closed at once.
	DrainWindow time.Duration
	// Sockets counts the open connections.
	Sockets *sync.WaitGroup

	mu     sync.Mutex // guards what follows; innermost
	open   [pingSlots]map[*connection]struct{}
	added  int     // the number of connections until now
	poller *poller // set before the first connection; nil on platforms without one
}

// Supports reports whether the request asks for a WebSocket.
func (t *Server) Supports(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }

// Do upgrades the request and returns. The connection keeps nothing of the request except the values of its
// context.
func (t *Server) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if origin := r.Header.Get("Origin"); origin != "" && !t.AllowOrigin(r, origin) {
		http.Error(w, "pages of this origin may not connect; see ALLOWED_ORIGINS", http.StatusForbidden)
		return
	}
	// Counted before the upgrade, since the shutdown waits for requests first, and then for sockets.
	t.Sockets.Add(1)
	if t.Draining.Err() != nil {
		t.Sockets.Done()
		w.Header().Set("Retry-After", "1")
		http.Error(w, transport.ErrDraining.Error(), http.StatusServiceUnavailable)
		return
	}
	chosen := choose(r)
	deflates := false
	upgrader := ws.HTTPUpgrader{
		Protocol:  func(offered string) bool { return chosen != nil && offered == chosen.name },
		Negotiate: negotiate(&deflates),
		Header:    http.Header{requestid.Header: w.Header().Values(requestid.Header)},
	}
	conn, stream, _, err := upgrader.Upgrade(r, w)
	if err != nil { // the upgrader has answered
		if conn != nil {
			_ = conn.Close()
			t.closed(conn)
		}
		t.Sockets.Done()
		return
	}
	buffered := make([]byte, stream.Reader.Buffered())
	_, _ = io.ReadFull(stream.Reader, buffered)
	t.serve(context.WithoutCancel(r.Context()), conn, buffered, negotiated{chosen, deflates}, exec)
}

// closed calls Closed with a connection that has ended.
func (t *Server) closed(conn net.Conn) {
	if t.Closed != nil {
		t.Closed(conn)
	}
}

// choose returns the dialect for a connection: the modern one if it is offered.
func choose(r *http.Request) (chosen *dialect) {
	for _, header := range r.Header.Values("Sec-Websocket-Protocol") {
		for offered := range strings.SplitSeq(header, ",") {
			if d := dialects[strings.TrimSpace(offered)]; d != nil && (chosen == nil || chosen.legacy) {
				chosen = d
			}
		}
	}
	return chosen
}

// negotiated has the results of the handshake.
type negotiated struct {
	dialect  *dialect // nil for a client that offered none of the dialects
	deflates bool     // messages may be compressed
}

// serve begins a connection that Sockets counts already. buffered are the bytes that the client sent right after
// its request.
func (t *Server) serve(ctx context.Context, conn net.Conn, buffered []byte, s negotiated, exec graphql.GraphExecutor) {
	c := &connection{transport: t, exec: exec, negotiated: s, upgradeCtx: ctx, requestID: requestid.From(ctx), socket: newSocket(conn, t.Stall)}
	c.socket.owner = c
	c.reader = reader{from: conn, control: c.control, inflates: s.deflates, most: maxEarlyMessage}
	if len(buffered) > 0 {
		c.buffered.Reset(buffered)
		c.reader.from = io.MultiReader(&c.buffered, conn)
	}
	_ = conn.SetDeadline(time.Time{})
	c.begin()
	switch added := t.add(c); {
	case s.dialect == nil:
		c.closeWith(transport.CloseNoProtocol)
	case !added:
		c.drain()
	default:
		c.initTimer = time.AfterFunc(t.InitTimeout, func() { c.closeWith(transport.CloseInitTimeout) })
	}
	go c.read()
}

// add registers a connection with the monitor. It reports false if the instance drains.
func (t *Server) add(c *connection) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open[0] == nil {
		for slot := range t.open {
			t.open[slot] = make(map[*connection]struct{})
		}
		t.poller, _ = newPoller() // without one, each connection is read by a goroutine
		go t.monitor()
	}
	t.added++
	c.slot = t.added % pingSlots
	t.open[c.slot][c] = struct{}{}
	return t.Draining.Err() == nil
}

// remove ends what add began.
func (t *Server) remove(c *connection) {
	t.mu.Lock()
	delete(t.open[c.slot], c)
	t.closePoller()
	t.mu.Unlock()
	c.measure()
	t.Sockets.Done()
}

// closePoller closes the poller after the last connection of a draining instance. t.mu is held.
func (t *Server) closePoller() {
	for _, open := range t.open {
		if len(open) > 0 {
			return
		}
	}
	if t.poller != nil && t.Draining.Err() != nil {
		t.poller.close()
	}
}

// connections returns the connections of one slot of a PingInterval.
func (t *Server) connections(slot int) []*connection {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.open[slot]))
}
