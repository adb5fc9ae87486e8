package websocket

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"tandem/internal/eventually"
	"tandem/internal/transport"
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
	w := newWire(t, func(t *Server) { t.Stats.Ended = ended.add })
	stats := w.Stats
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
	in.wantClose(transport.CloseTwoInits)
	_ = waiting.conn.Close()
	none := w.call(t)
	none.wantClose(transport.CloseNoProtocol)
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
	w := newWire(t, func(t *Server) {
		t.Init = func(ctx context.Context, _ map[string]any) (context.Context, time.Time, error) {
			return ctx, time.Time{}, &transport.Busy{Code: "LIMIT_EXCEEDED", Message: "you have enough"}
		}
	})
	c := w.call(t, modern.name)
	c.say(`{"type":"connection_init"}`)
	if reason := c.wantClose(transport.CloseTryAgain); reason != "you have enough" {
		t.Errorf("the reason is %q", reason)
	}
}

// The count of each delivery has to cost next to nothing.
func BenchmarkSentBytes(b *testing.B) {
	var stats transport.Stats
	b.RunParallel(func(pb *testing.PB) {
		sent := stats.Begin(modern.name)
		for pb.Next() {
			sent.Add(555)
		}
	})
}
