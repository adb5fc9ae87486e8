package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tandem/internal/eventually"
	"tandem/internal/hub"
)

// An ending is what Stats told of a connection that ended.
type ending struct {
	protocol, code string
	open           time.Duration
}

// endings collects them.
type endings struct {
	mu  sync.Mutex
	all []ending
}

func (e *endings) add(protocol, code string, open time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, ending{protocol, code, open})
}

// codes returns protocol and code of each, sorted.
func (e *endings) codes() (codes []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, one := range e.all {
		codes = append(codes, one.protocol+" "+one.code)
	}
	slices.Sort(codes)
	return codes
}

func TestStatsOfSockets(t *testing.T) {
	t.Parallel()
	ended := &endings{}
	w := newWire(t, func(t *WebSocket) { t.Engine.Stats.Ended = ended.add })
	stats := w.Engine.Stats
	in := w.enter(t)
	waiting := w.call(t, legacy.name)
	eventually.True(t, "two are open", func() bool { return stats.Sockets() == 2 })
	snapshot := stats.Snapshot()
	if snapshot.Open[modern.name] != 1 || snapshot.Open[legacy.name] != 1 || snapshot.Handshakes != 1 {
		t.Errorf("got %+v", snapshot)
	}
	before := snapshot.Sent
	in.say(`{"type":"ping"}`)
	in.want(`{"type":"pong"}`)
	if sent := stats.Snapshot().Sent - before; sent != int64(len(appendFrame(nil, ws.OpText, []byte(`{"type":"pong"}`)))) {
		t.Errorf("a pong counts %d bytes", sent)
	}
	in.say(`{"type":"connection_init"}`) // a second one
	in.wantClose(closeTwoInits)
	_ = waiting.conn.Close()
	none := w.call(t)
	none.wantClose(closeNoProtocol)
	odd := w.enter(t)
	odd.frame(ws.NewCloseFrame(ws.NewCloseFrameBody(4999, "made up")))
	want := []string{"graphql-transport-ws 4429", "graphql-transport-ws other", "graphql-ws 1006", "none 4406"}
	eventually.True(t, fmt.Sprint("the endings are ", want), func() bool { return slices.Equal(ended.codes(), want) })
	if stats.Sockets() != 0 || stats.Handshakes() != 0 {
		t.Errorf("%d open, %d handshakes", stats.Sockets(), stats.Handshakes())
	}
	for _, one := range ended.all {
		if one.open <= 0 || one.open > wirePatience {
			t.Errorf("%s was open for %v", one.protocol, one.open)
		}
	}
}

// A person who has too many connections is told so in a way that clients come back after.
func TestBusyClosesWith1013(t *testing.T) {
	t.Parallel()
	w := newWire(t, func(t *WebSocket) {
		t.Init = func(ctx context.Context, _ map[string]any) (context.Context, time.Time, error) {
			return ctx, time.Time{}, &Busy{Code: "LIMIT_EXCEEDED", Message: "you have enough"}
		}
	})
	c := w.call(t, modern.name)
	c.say(`{"type":"connection_init"}`)
	if reason := c.wantClose(closeTryAgain); reason != "you have enough" {
		t.Errorf("the reason is %q", reason)
	}
}

func TestStreamsAskForRoom(t *testing.T) {
	t.Parallel()
	ended := &endings{}
	left := 0
	e := &Engine{Stats: &Stats{Ended: ended.add}, Admit: func(context.Context) (func(), error) { return func() { left++ }, nil }}
	recorder := httptest.NewRecorder()
	w, end, ok := e.openStream(recorder, httptest.NewRequest(http.MethodGet, "/", nil), protocolSSE)
	if !ok || e.Stats.Snapshot().Open[protocolSSE] != 1 || e.Stats.Sockets() != 0 {
		t.Fatal("the stream is not open")
	}
	_, _ = w.Write([]byte("12345"))
	if err := http.NewResponseController(w).Flush(); err != nil {
		t.Errorf("the writer can't be flushed: %v", err)
	}
	end(errDraining)
	if got := ended.codes(); !slices.Equal(got, []string{"sse 1012"}) || left != 1 || e.Stats.Snapshot().Sent != 5 {
		t.Errorf("ended with %v, left %d times, sent %d", got, left, e.Stats.Snapshot().Sent)
	}

	e.Admit = func(context.Context) (func(), error) {
		return nil, &Busy{Code: "UNAVAILABLE", Message: "full", After: 7 * time.Second}
	}
	recorder = httptest.NewRecorder()
	if _, _, ok := e.openStream(recorder, httptest.NewRequest(http.MethodGet, "/", nil), protocolSSE); ok {
		t.Fatal("the stream was let in")
	}
	if recorder.Code != http.StatusServiceUnavailable || recorder.Header().Get("Retry-After") != "7" ||
		recorder.Body.String() != `{"errors":[{"message":"full","extensions":{"code":"UNAVAILABLE"}}]}` {
		t.Errorf("got %d, %v, %s", recorder.Code, recorder.Header(), recorder.Body)
	}
}

func TestStreamCodes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cause error
		want  string
	}{
		{nil, "1000"}, {errClosed, "1000"}, {context.Canceled, "1001"}, {hub.ErrConnectionLost, "1006"},
		{errDraining, "1012"}, {errExpired, "4403"}, {errors.New("something else"), "1000"},
	} {
		if got := CodeLabel(streamCode(test.cause)); got != test.want {
			t.Errorf("%v: got %s, want %s", test.cause, got, test.want)
		}
	}
}

// What is counted for each delivery has to cost next to nothing.
func BenchmarkSentBytes(b *testing.B) {
	var stats Stats
	b.RunParallel(func(pb *testing.PB) {
		sent := stats.begin(modern.name)
		for pb.Next() {
			sent.Add(555)
		}
	})
}
