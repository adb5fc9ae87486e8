package transport

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/hub"
)

// wirePatience bounds every wait of a test. It is only ever used up by a failure.
const wirePatience = 20 * time.Second

const wireSchema = `
	directive @perViewer on FIELD_DEFINITION
	type Query { echo(text: String): String gate: String panic: String large(bytes: Int!): String }
	type Mutation { set(text: String): String gate: String }
	type Subscription { changed(after: String, pad: Int): String fails: String }`

// A wire is a server of sockets over a schema of its own and a log in memory.
type wire struct {
	*WebSocket
	url     string
	log     *wireLog
	hub     *hub.Hub
	all     *hub.Broadcasts
	drain   context.CancelFunc
	sockets sync.WaitGroup
	gate    chan struct{} // a field gate waits for it
	gated   chan struct{} // has one for each field gate that began
}

// newWire starts a server. change may set bounds before it does.
func newWire(t *testing.T, change func(*WebSocket)) *wire {
	t.Helper()
	log := &wireLog{}
	changes := hub.New(log, slog.New(slog.DiscardHandler))
	w := &wire{log: log, hub: changes, all: hub.NewBroadcasts(changes), gate: make(chan struct{}), gated: make(chan struct{}, 1000)}
	draining, drain := context.WithCancel(context.Background())
	w.drain = drain
	identify := func(context.Context) (Identity, error) {
		same := func(ctx context.Context) context.Context { return ctx }
		return Identity{Scope: "s", User: "u", Shared: same, Own: same}, nil
	}
	w.WebSocket = &WebSocket{
		Engine:      NewEngine(w.all, identify, graphql.DefaultErrorPresenter),
		Init:        wireInit,
		InitTimeout: wirePatience, Stall: wirePatience, PingInterval: wirePatience,
		AllowOrigin: func(_ *http.Request, origin string) bool { return origin == "https://ours.example" },
		Draining:    draining, Sockets: &w.sockets,
	}
	if change != nil {
		change(w.WebSocket)
	}
	server := httptest.NewServer(w.handler())
	w.url = "ws" + strings.TrimPrefix(server.URL, "http")
	t.Cleanup(func() {
		drain()
		w.sockets.Wait()
		server.Close()
	})
	return w
}

func (w *wire) handler() http.Handler {
	exec := executor.New(w)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) { w.Do(out, r, exec) })
}

// wireInit lets everybody in but those whose payload says otherwise.
func wireInit(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
	switch payload["as"] {
	case "nobody":
		return nil, time.Time{}, errors.New("nobody may come in")
	case "expired":
		return ctx, time.Now(), nil
	case "panic":
		panic("in Init")
	}
	return ctx, time.Now().Add(time.Hour), nil
}

// commit appends a change to the log and announces it.
func (w *wire) commit() {
	w.hub.Announce(w.log.commit())
}

func (w *wire) Schema() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Input: wireSchema})
}

func (w *wire) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// Exec runs the one field of an operation.
func (w *wire) Exec(ctx context.Context) graphql.ResponseHandler {
	opCtx := graphql.GetOperationContext(ctx)
	field := opCtx.Operation.SelectionSet[0].(*ast.Field)
	arguments := field.ArgumentMap(opCtx.Variables)
	if opCtx.Operation.Operation == ast.Subscription {
		return w.subscribe(ctx, field.Name, arguments)
	}
	return graphql.OneShot(w.answer(ctx, field, arguments))
}

func (w *wire) answer(ctx context.Context, field *ast.Field, arguments map[string]any) *graphql.Response {
	value := arguments["text"]
	switch field.Name {
	case "panic":
		panic("in a query")
	case "large":
		bytes, _ := arguments["bytes"].(int64)
		value = strings.Repeat("x", int(bytes))
	case "gate":
		w.gated <- struct{}{}
		select {
		case <-w.gate:
		case <-ctx.Done():
			return &graphql.Response{Errors: gqlerror.List{{Message: ctx.Err().Error()}}}
		}
		value = "through"
	}
	data, _ := json.Marshal(map[string]any{field.Alias: value})
	return &graphql.Response{Data: data}
}

func (w *wire) subscribe(ctx context.Context, name string, arguments map[string]any) graphql.ResponseHandler {
	feed, err := hub.FeedFrom(ctx)
	if err != nil || name == "fails" {
		graphql.AddErrorf(ctx, "this subscription fails")
		return nil
	}
	pad, _ := arguments["pad"].(int64)
	var pushed *collab.Change
	feed.Changes(hub.ChangeFeed{
		OrgID: "acme", Matches: func(*collab.Change) bool { return true },
		Push: func(c *collab.Change) { pushed = c },
	})
	return func(context.Context) *graphql.Response {
		data := fmt.Appendf(nil, `{"changed":"%d:%s"}`, pushed.Cursor.Position, strings.Repeat("x", int(pad)))
		return &graphql.Response{Data: data}
	}
}

// wireLog is the log of one organization.
type wireLog struct {
	mu      sync.Mutex
	changes []*collab.Change
}

func (l *wireLog) commit() *collab.Change {
	l.mu.Lock()
	defer l.mu.Unlock()
	change := &collab.Change{OrgID: "acme", Cursor: collab.Cursor{Epoch: 1, Position: int64(len(l.changes)) + 1}}
	l.changes = append(l.changes, change)
	return change
}

func (l *wireLog) head() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.changes))
}

func (l *wireLog) Heads(context.Context, []collab.ID) (map[collab.ID]collab.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return map[collab.ID]collab.Head{"acme": {Cursor: collab.Cursor{Epoch: 1, Position: int64(len(l.changes))}, Oldest: 1}}, nil
}

func (l *wireLog) Changes(_ context.Context, _ collab.ID, after int64, limit int) ([]*collab.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*collab.Change(nil), l.changes[after:min(after+int64(limit), int64(len(l.changes)))]...), nil
}

// A caller is a client that says what it is told to, byte by byte.
type caller struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

// call opens a socket that offers protocols.
func (w *wire) call(t *testing.T, protocols ...string) *caller {
	t.Helper()
	c, _ := w.shake(t, ws.Dialer{Protocols: protocols})
	return c
}

// shake opens a socket, and returns which protocol the server chose.
func (w *wire) shake(t *testing.T, dialer ws.Dialer) (*caller, string) {
	t.Helper()
	conn, early, handshake, err := dialer.Dial(t.Context(), w.url)
	if err != nil {
		t.Fatal(err)
	}
	c := &caller{t: t, conn: conn, in: bufio.NewReader(conn)}
	if early != nil {
		c.in = early
	}
	_ = conn.SetDeadline(time.Now().Add(wirePatience))
	t.Cleanup(func() { _ = conn.Close() })
	return c, handshake.Protocol
}

// enter opens a socket of graphql-transport-ws and signs in.
func (w *wire) enter(t *testing.T) *caller {
	t.Helper()
	c := w.call(t, modern.name)
	c.say(`{"type":"connection_init"}`)
	c.want(`{"type":"connection_ack"}`)
	return c
}

// frame sends one frame.
func (c *caller) frame(f ws.Frame) {
	c.t.Helper()
	if err := ws.WriteFrame(c.conn, ws.MaskFrame(f)); err != nil {
		c.t.Fatal(err)
	}
}

// say sends a message.
func (c *caller) say(message string) {
	c.t.Helper()
	c.frame(ws.NewTextFrame([]byte(message)))
}

// raw sends bytes as they are.
func (c *caller) raw(bytes ...byte) {
	c.t.Helper()
	if _, err := c.conn.Write(bytes); err != nil {
		c.t.Fatal(err)
	}
}

// hear returns the next frame.
func (c *caller) hear() ws.Frame {
	c.t.Helper()
	f, err := readFrame(c.in)
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

// text returns the next message.
func (c *caller) text() string {
	c.t.Helper()
	for {
		switch f := c.hear(); f.Header.OpCode {
		case ws.OpText:
			return string(f.Payload)
		case ws.OpClose:
			code, reason := closing(f)
			c.t.Fatalf("closed with %d %s", code, reason)
		}
	}
}

// want reads a message, which has to be the given one.
func (c *caller) want(message string) {
	c.t.Helper()
	if got := c.text(); !sameJSON(got, message) {
		c.t.Fatalf("got %.300s, want %s", got, message)
	}
}

// wantClose reads until the server closes the connection, with nothing after, and
// checks with which code. No stream may be said to have ended.
func (c *caller) wantClose(want ws.StatusCode) (reason string) {
	c.t.Helper()
	for {
		f := c.hear()
		if f.Header.OpCode == ws.OpText && strings.Contains(string(f.Payload), `"complete"`) {
			c.t.Errorf("the server said that an operation ended: %s", f.Payload)
		}
		if f.Header.OpCode != ws.OpClose {
			continue
		}
		code, reason := closing(f)
		if code != want {
			c.t.Errorf("closed with %d %s, want %d", code, reason, want)
		}
		_ = ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewCloseFrame(f.Payload)))
		if _, err := io.ReadAll(c.in); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
			c.t.Errorf("after the close frame: %v", err)
		}
		return reason
	}
}

// readFrame reads a frame of the server.
func readFrame(from io.Reader) (ws.Frame, error) {
	header, err := ws.ReadHeader(from)
	if err != nil {
		return ws.Frame{}, err
	}
	if header.Masked || header.Length > 1<<23 {
		return ws.Frame{}, fmt.Errorf("the server sent a frame with the header %+v", header)
	}
	payload := make([]byte, header.Length)
	_, err = io.ReadFull(from, payload)
	return ws.Frame{Header: header, Payload: payload}, err
}

func closing(f ws.Frame) (ws.StatusCode, string) {
	if len(f.Payload) < 2 {
		return ws.StatusNoStatusRcvd, ""
	}
	return ws.StatusCode(binary.BigEndian.Uint16(f.Payload)), string(f.Payload[2:])
}

// subscribe begins an operation.
func (c *caller) subscribe(id, query string) {
	c.t.Helper()
	c.say(subscribeMessage("subscribe", id, query))
}

func subscribeMessage(kind, id, query string) string {
	encoded, _ := json.Marshal(map[string]any{"id": id, "type": kind, "payload": map[string]any{"query": query}})
	return string(encoded)
}

// position reads the next event of a subscription and returns its position.
func (c *caller) position(id string) (position int64) {
	c.t.Helper()
	var got struct {
		ID, Type string
		Payload  struct{ Data struct{ Changed string } }
	}
	text := c.text()
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Sscanf(got.Payload.Data.Changed, "%d:", &position); err != nil || got.ID != id || got.Type != "next" && got.Type != "data" {
		c.t.Fatalf("got %.200s, want the next event of %s", text, id)
	}
	return position
}

// within waits until something is so.
func within(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(wirePatience); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it did not come about that %s", what)
		}
	}
}

func sameJSON(a, b string) bool {
	var one, other any
	if json.Unmarshal([]byte(a), &one) != nil || json.Unmarshal([]byte(b), &other) != nil {
		return false
	}
	left, _ := json.Marshal(one)
	right, _ := json.Marshal(other)
	return bytes.Equal(left, right)
}

// texts returns the next messages, in any order.
func (c *caller) texts(n int) map[string]bool {
	c.t.Helper()
	got := make(map[string]bool)
	for range n {
		got[c.text()] = true
	}
	return got
}

func wantSame(t *testing.T, got, want map[string]bool) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func cursorAt(position int64) string { return collab.Cursor{Epoch: 1, Position: position}.String() }

// empty checks that nothing is left of the connections.
func (w *wire) empty(t *testing.T) {
	t.Helper()
	within(t, "nothing is left", func() bool {
		stats := w.all.Stats()
		return stats.Broadcasts == 0 && stats.Members == 0 && w.hub.Stats().Rings == 0
	})
}

// dialRaw opens a TCP connection to the server.
func dialRaw(t *testing.T, w *wire) *caller {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(wirePatience))
	t.Cleanup(func() { _ = conn.Close() })
	return &caller{t: t, conn: conn, in: bufio.NewReader(conn)}
}

// upgrade asks for a socket and returns the status of the answer. A connection
// that is refused has to be closed.
func upgrade(t *testing.T, w *wire, header http.Header) int {
	t.Helper()
	c := dialRaw(t, w)
	request, err := http.NewRequest(http.MethodGet, "http"+strings.TrimPrefix(w.url, "ws"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-Websocket-Protocol": {modern.name},
	}
	maps.Copy(request.Header, header)
	if err := request.Write(c.conn); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(c.in, request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusUpgradeRequired {
		if _, err := io.ReadAll(c.in); err != nil {
			t.Errorf("the connection stays open: %v", err)
		}
	}
	return response.StatusCode
}

// decodeStrictly decodes JSON of which nothing is unknown or left over.
func decodeStrictly(encoded []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}
