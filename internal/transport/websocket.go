package transport

import (
	"context"
	"errors"
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

	"tandem/internal/hub"
)

// Close codes of the protocol, and those of RFC 6455 that a client comes back
// after. docs/protocol.md says of each what the reference client does.
const (
	closeBadMessage     = ws.StatusCode(4400)
	closeNoInit         = ws.StatusCode(4401)
	closeForbidden      = ws.StatusCode(4403)
	closeNoProtocol     = ws.StatusCode(4406)
	closeInitTimeout    = ws.StatusCode(4408)
	closeDuplicate      = ws.StatusCode(4409)
	closeTwoInits       = ws.StatusCode(4429)
	closeServiceRestart = ws.StatusCode(1012)
	closeTryAgain       = ws.StatusCode(1013)
)

// Causes of the end of a connection, besides hub.ErrConnectionLost.
var (
	errExpired  = errors.New("the token has expired")
	errDraining = errors.New("the server restarts")
	errClosed   = errors.New("the connection was closed")
)

// A WebSocket serves graphql-transport-ws, and the older graphql-ws for clients
// that offer nothing else.
type WebSocket struct {
	Engine *Engine
	// Init checks the payload of connection_init. It returns the context of the
	// connection's operations, which never ends by itself, and when the connection
	// ends because its token does. An error closes the connection with 4403, or with
	// 1013 if it is a *Busy, and its text is the reason that the client is shown.
	Init func(ctx context.Context, payload map[string]any) (context.Context, time.Time, error)
	// Enter, if set, asks for a place among the connections of the one who signed in,
	// and returns what gives it up. The error is one of Init's.
	Enter func(ctx context.Context) (leave func(), err error)
	// Closed, if set, is told of every connection that ended.
	Closed func(net.Conn)
	// Renew checks a fresh token for a connection whose operations' context it is given.
	Renew hub.Renew
	// InitTimeout is how long a client may take to send connection_init. Too
	// short, and slow phones never connect; too long, and idle sockets cost memory.
	InitTimeout time.Duration
	// Stall is how long a write may make no progress before the connection is
	// closed. Too short, and a train tunnel ends it; too long, and readers that
	// stand still are kept.
	Stall time.Duration
	// PingInterval is how often a client is asked whether it is still there. One
	// that was not heard of for twice as long is closed.
	PingInterval time.Duration
	// AllowOrigin says whether a browser's page of an origin may connect.
	AllowOrigin func(r *http.Request, origin string) bool
	// Draining ends when the instance stops; then every connection is closed, and
	// no other is opened.
	Draining context.Context
	// DrainWindow is over how long they are closed, in batches. Too short, and all
	// clients come back in one moment; too long, and stopping takes as long. 0 is
	// 2 s. A hundred or fewer are closed at once.
	DrainWindow time.Duration
	// Sockets counts the open ones.
	Sockets *sync.WaitGroup

	mu      sync.Mutex // guards what follows
	open    [pingSlots]map[*connection]struct{}
	entered int     // how many connections there were
	poller  *poller // there before the first connection; nil where there is none
}

// Supports reports whether the request asks for a WebSocket.
func (t *WebSocket) Supports(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }

// Do upgrades the request and returns: the connection lives on by itself, and
// holds nothing of the request but the values of its context.
func (t *WebSocket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if origin := r.Header.Get("Origin"); origin != "" && !t.AllowOrigin(r, origin) {
		http.Error(w, "pages of this origin may not connect; see ALLOWED_ORIGINS", http.StatusForbidden)
		return
	}
	// Counted before it is upgraded: the server waits for requests, and then for sockets.
	t.Sockets.Add(1)
	if t.Draining.Err() != nil {
		t.Sockets.Done()
		w.Header().Set("Retry-After", "1")
		http.Error(w, errDraining.Error(), http.StatusServiceUnavailable)
		return
	}
	chosen := choose(r)
	deflates := false
	upgrader := ws.HTTPUpgrader{
		Protocol:  func(offered string) bool { return chosen != nil && offered == chosen.name },
		Negotiate: negotiate(&deflates),
		Header:    http.Header{RequestIDHeader: w.Header().Values(RequestIDHeader)},
	}
	conn, buffered, _, err := upgrader.Upgrade(r, w)
	if err != nil { // the upgrader has answered
		if conn != nil {
			_ = conn.Close()
			t.closed(conn)
		}
		t.Sockets.Done()
		return
	}
	early := make([]byte, buffered.Reader.Buffered())
	_, _ = io.ReadFull(buffered.Reader, early)
	t.serve(context.WithoutCancel(r.Context()), conn, early, spoken{chosen, deflates}, exec)
}

// closed tells of a connection that ended.
func (t *WebSocket) closed(conn net.Conn) {
	if t.Closed != nil {
		t.Closed(conn)
	}
}

// choose returns the dialect to speak, the modern one if it is offered at all.
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

// spoken is what the two sides agreed on.
type spoken struct {
	dialect  *dialect // nil for a client that offered none that is spoken
	deflates bool     // messages may be compressed
}

// serve begins a connection that Sockets counts already. early is what the client
// sent right behind its request.
func (t *WebSocket) serve(ctx context.Context, conn net.Conn, early []byte, s spoken, exec graphql.GraphExecutor) {
	c := &connection{transport: t, exec: exec, spoken: s, arrived: ctx, requestID: RequestID(ctx), socket: newSocket(conn, t.Stall)}
	c.socket.owner = c
	c.reader = reader{from: conn, control: c.control, inflates: s.deflates, most: maxEarlyMessage}
	if len(early) > 0 {
		c.early.Reset(early)
		c.reader.from = io.MultiReader(&c.early, conn)
	}
	_ = conn.SetDeadline(time.Time{})
	c.begin()
	switch entered := t.enter(c); {
	case s.dialect == nil:
		c.close(closeNoProtocol, "Subprotocol not acceptable")
	case !entered:
		c.drain()
	default:
		c.initTimer = time.AfterFunc(t.InitTimeout, func() { c.close(closeInitTimeout, "Connection initialisation timeout") })
	}
	go c.read()
}

// enter begins to look after a connection. It reports false if the connections
// are being closed, and nobody will.
func (t *WebSocket) enter(c *connection) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open[0] == nil {
		for slot := range t.open {
			t.open[slot] = make(map[*connection]struct{})
		}
		t.poller, _ = newPoller() // without one, each connection is read by a goroutine
		go t.lookAfter()
	}
	t.entered++
	c.slot = t.entered % pingSlots
	t.open[c.slot][c] = struct{}{}
	return t.Draining.Err() == nil
}

// leave ends what enter began.
func (t *WebSocket) leave(c *connection) {
	t.mu.Lock()
	delete(t.open[c.slot], c)
	t.retire()
	t.mu.Unlock()
	c.measure()
	t.Sockets.Done()
}

// retire lets go of the poller with the last connection of an instance that
// stops. t.mu is held.
func (t *WebSocket) retire() {
	for _, open := range t.open {
		if len(open) > 0 {
			return
		}
	}
	if t.poller != nil && t.Draining.Err() != nil {
		t.poller.close()
	}
}

// connections returns those that are looked after at one moment of a PingInterval.
func (t *WebSocket) connections(slot int) []*connection {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.open[slot]))
}
