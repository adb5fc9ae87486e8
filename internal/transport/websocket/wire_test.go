package websocket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/engine"
	"tandem/internal/eventually"
	"tandem/internal/hub"
	"tandem/internal/transport"
)

// wirePatience bounds every wait of a test. It is only ever used up by a failure.
const wirePatience = 5 * time.Minute

const wireSchema = `
	directive @perViewer on FIELD_DEFINITION
	directive @resume on ARGUMENT_DEFINITION
	type Query { echo(text: String): String gate: String panic: String large(bytes: Int!): String }
	type Mutation { set(text: String): String gate: String }
	type Subscription { changed(after: String @resume, pad: Int): String fails: String }`

// A wire is a server of sockets over a schema of its own and a log in memory.
type wire struct {
	*Server
	url     string
	log     *wireLog
	hub     *hub.Hub
	all     *hub.Broadcasts
	drain   context.CancelFunc
	sockets sync.WaitGroup
	gate    chan struct{} // a field gate waits for it
	gated   chan struct{} // has one for each field gate that began
}

// noCaches are the caches of a server that identifies everybody as the same person.
type noCaches struct{}

func (noCaches) InvalidateCaches(*collab.Change)  {}
func (noCaches) InvalidateOrganization(collab.ID) {}

// newWire starts a server. change may set bounds before it does.
func newWire(t *testing.T, change func(*Server)) *wire {
	t.Helper()
	log := &wireLog{}
	changes := hub.New(log, noCaches{}, slog.New(slog.DiscardHandler), hub.Options{})
	w := &wire{log: log, hub: changes, all: hub.NewBroadcasts(changes, hub.BroadcastOptions{}), gate: make(chan struct{}), gated: make(chan struct{}, 1000)}
	draining, drain := context.WithCancel(context.Background())
	w.drain = drain
	running, stop := context.WithCancel(context.Background())
	go changes.Run(running) // it finds what was announced before a topic followed its log
	identify := func(context.Context) (engine.Identity, error) {
		same := func(ctx context.Context) context.Context { return ctx }
		return engine.Identity{Scope: "s", User: "u", Org: "acme", Shared: same, Own: same}, nil
	}
	w.Server = &Server{
		Engine: engine.New(engine.Config{Broadcasts: w.all, Identify: identify, Present: graphql.DefaultErrorPresenter}), Stats: &transport.Stats{},
		Init:        wireInit,
		InitTimeout: wirePatience, Stall: wirePatience, PingInterval: wirePatience,
		AllowOrigin: func(_ *http.Request, origin string) bool { return origin == "https://ours.example" },
		Draining:    draining, Sockets: &w.sockets,
	}
	if change != nil {
		change(w.Server)
	}
	server := httptest.NewServer(w.handler())
	w.url = "ws" + strings.TrimPrefix(server.URL, "http")
	t.Cleanup(func() {
		drain()
		w.sockets.Wait()
		server.Close()
		stop()
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

func (l *wireLog) EntityAndAccessChanges(ctx context.Context, orgID, entityID collab.ID, after int64, limit int) ([]*collab.Change, error) {
	all, err := l.Changes(ctx, orgID, after, math.MaxInt32)
	all = slices.DeleteFunc(all, func(c *collab.Change) bool { return c.EntityID != entityID && c.AccessEffects == nil })
	return all[:min(limit, len(all))], err
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

func cursorAt(position int64) string { return collab.Cursor{Epoch: 1, Position: position}.String() }

// empty checks that nothing is left of the connections.
func (w *wire) empty(t *testing.T) {
	t.Helper()
	eventually.True(t, "nothing is left", func() bool {
		stats := w.all.Stats()
		return stats.Broadcasts == 0 && stats.Members == 0 && w.hub.Stats().Rings == 0
	})
}
