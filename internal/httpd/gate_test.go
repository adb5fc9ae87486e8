package httpd

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/internal/transport"
)

// A gateTest is a gate, and what it told.
type gateTest struct {
	*Gate
	refused []string
}

func newGateTest(connections, perPerson int) *gateTest {
	g := &gateTest{}
	g.Gate = &Gate{
		Connections: connections, PerPerson: perPerson,
		Refused: func(reason string) { g.refused = append(g.refused, reason) },
	}
	return g
}

// answer returns how the gate answers a request of a connection.
func (g *gateTest) answer(ctx context.Context, upgrade string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/graphql", nil).WithContext(ctx)
	if upgrade != "" {
		r.Header.Set("Upgrade", upgrade)
	}
	w := httptest.NewRecorder()
	g.guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })).ServeHTTP(w, r)
	return w.Result()
}

// connect opens a connection, and returns the context of its requests.
func (g *gateTest) connect() context.Context {
	conn, _ := net.Pipe()
	ctx := g.ConnContext(context.Background(), conn)
	g.ConnState(conn, http.StateNew)
	return ctx
}

// turn has the connection of a context change its state.
func (g *gateTest) turn(ctx context.Context, states ...http.ConnState) {
	for _, state := range states {
		g.ConnState(ctx.Value(connectionKey{}).(*connection).conn, state)
	}
}

// signedIn opens a connection that has signed in, and whose request is under way.
func (g *gateTest) signedIn() context.Context {
	ctx := g.connect()
	g.turn(ctx, http.StateActive)
	g.signIn(ctx)
	return ctx
}

// open reports which of some connections are.
func open(connections ...context.Context) (out []bool) {
	for _, ctx := range connections {
		conn := ctx.Value(connectionKey{}).(*connection).conn
		_ = conn.SetReadDeadline(time.Now())
		_, err := conn.Read(make([]byte, 1))
		out = append(out, errors.Is(err, os.ErrDeadlineExceeded))
	}
	return out
}

func wantRefused(t *testing.T, response *http.Response) {
	t.Helper()
	after, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if response.StatusCode != http.StatusServiceUnavailable || err != nil || after < 1 || after > 10 {
		t.Errorf("status %d, Retry-After %q", response.StatusCode, response.Header.Get("Retry-After"))
	}
}

func TestGateBoundsConnections(t *testing.T) {
	t.Parallel()
	g := newGateTest(2, 0)
	one, two := g.signedIn(), g.signedIn()
	three := g.connect()
	if response := g.answer(three, ""); response.Header.Get("Connection") != "close" {
		t.Error("the connection is kept")
	} else {
		wantRefused(t, response)
	}
	wantRefused(t, g.answer(two, "websocket")) // there is no room for a socket as long as there are three
	for _, kept := range []context.Context{one, two} {
		if status := g.answer(kept, "").StatusCode; status != http.StatusTeapot {
			t.Errorf("a connection that was there before got %d", status)
		}
	}
	g.turn(one, http.StateClosed)
	if status := g.answer(three, "").StatusCode; status != http.StatusTeapot {
		t.Errorf("got %d, although another connection made room", status)
	}
	g.turn(two, http.StateHijacked)
	if g.Open() != 2 || g.HTTP() != 1 {
		t.Errorf("%d open, of them %d HTTP", g.Open(), g.HTTP())
	}
	if !slices.Equal(g.refused, []string{refusedFull, refusedFull}) {
		t.Errorf("refused for %v", g.refused)
	}
}

// A full instance closes the connections that it can best do without: connections that never signed
// in before idle ones, the oldest first, and none with a request under way.
func TestFullGateMakesRoom(t *testing.T) {
	t.Parallel()
	g := newGateTest(4, 0)
	stranger, resting, working, socket := g.connect(), g.signedIn(), g.signedIn(), g.connect()
	g.turn(resting, http.StateIdle)
	g.turn(socket, http.StateActive, http.StateHijacked)
	all := []context.Context{stranger, resting, working, socket}
	for i, want := range [][]bool{
		{false, true, true, true}, {false, true, true, false}, {false, false, true, false}, {false, false, true, false},
	} {
		ctx := g.signedIn()
		if got := open(all...); !slices.Equal(got, want) {
			t.Errorf("after %d more: open are %v, want %v", i+1, got, want)
		}
		status := g.answer(ctx, "").StatusCode
		if i < 3 && status != http.StatusTeapot || i == 3 && status != http.StatusServiceUnavailable {
			t.Errorf("connection %d got %d", i+1, status)
		}
	}
	if g.Open() != 5 {
		t.Errorf("%d open, want 5", g.Open())
	}
	g.turn(stranger, http.StateClosed)
	g.turn(resting, http.StateClosed)
	g.closed(socket.Value(connectionKey{}).(*connection).conn)
	if g.Open() != 5 {
		t.Errorf("%d open after those that were told to go are closed, want 5", g.Open())
	}
}

// One address has a part of the connections before it signs in, whether a proxy says so or the
// connection itself; the oldest has to go, and who has signed in counts no more.
func TestGateBoundsStrangersOfAnAddress(t *testing.T) {
	t.Parallel()
	g := newGateTest(1000, 0)
	peer := ""
	g.Address = func(net.Addr) string { return peer }
	first, second := g.connect(), g.connect() // by a proxy
	g.setAddress(first, "192.0.2.1")
	peer = "192.0.2.1"
	member := g.signedIn()
	for range maxAnonymous(1000) - 1 {
		g.connect()
	}
	if got := open(first, second, member); !slices.Equal(got, []bool{true, true, true}) {
		t.Errorf("open are %v, and as many as may be", got)
	}
	g.setAddress(second, "192.0.2.1")
	if got := open(first, second, member); !slices.Equal(got, []bool{false, true, true}) {
		t.Errorf("open are %v, want the oldest to be closed", got)
	}
	peer = "192.0.2.2"
	other := g.connect()
	if got := open(second, other); !slices.Equal(got, []bool{true, true}) {
		t.Errorf("open are %v, although another address came", got)
	}
}

func TestGateShedsWhenOverloaded(t *testing.T) {
	t.Parallel()
	g := newGateTest(100, 0)
	overload, value := measured(true)
	g.Overload = overload
	value.Store(101)
	wantRefused(t, g.answer(g.connect(), "websocket"))
	if _, err := g.reserveStream(context.Background()); err == nil {
		t.Error("a stream was let in")
	}
	if status := g.answer(g.connect(), "").StatusCode; status != http.StatusTeapot {
		t.Errorf("a request got %d", status)
	}
	if !slices.Equal(g.refused, []string{CauseMemory, CauseMemory}) {
		t.Errorf("refused for %v", g.refused)
	}
}

func TestGateBoundsPeople(t *testing.T) {
	t.Parallel()
	g := newGateTest(100, 2)
	leave, err := g.reserve("ada")
	_, errTwo := g.reserve("ada")
	_, errBen := g.reserve("ben")
	if err != nil || errTwo != nil || errBen != nil {
		t.Fatal(err, errTwo, errBen)
	}
	_, err = g.reserve("ada")
	busy, is := errors.AsType[*transport.Busy](err)
	if !is || busy.Code != "LIMIT_EXCEEDED" || !strings.Contains(busy.Message, "at most 2") {
		t.Errorf("got %v", err)
	}
	leave()
	if leave, err = g.reserve("ada"); err != nil {
		t.Error("no room, although one left")
	}
	leave()
	if len(g.people.inUse) != 2 || g.people.inUse["ada"] != 1 {
		t.Errorf("counts are %v", g.people.inUse)
	}
}
