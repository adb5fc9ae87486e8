package httpd

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/transport"
)

// A gateTest is a gate, and what it told.
type gateTest struct {
	*Gate
	sockets int
	refused []string
}

func newGateTest(connections, perPerson int) *gateTest {
	g := &gateTest{}
	g.Gate = &Gate{
		Connections: connections, PerPerson: perPerson,
		Sockets: func() int { return g.sockets },
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

func (g *gateTest) connect() context.Context {
	ctx := g.ConnContext(context.Background(), nil)
	g.ConnState(nil, http.StateNew)
	return ctx
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
	one, two := g.connect(), g.connect()
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
	g.ConnState(nil, http.StateClosed)
	if status := g.answer(three, "").StatusCode; status != http.StatusTeapot {
		t.Errorf("got %d, although another connection made room", status)
	}
	g.ConnState(nil, http.StateHijacked)
	g.sockets++
	if g.Open() != 2 || g.HTTP() != 1 {
		t.Errorf("%d open, of them %d HTTP", g.Open(), g.HTTP())
	}
	if !slices.Equal(g.refused, []string{refusedFull, refusedFull}) {
		t.Errorf("refused for %v", g.refused)
	}
}

func TestGateShedsWhenOverloaded(t *testing.T) {
	t.Parallel()
	g := newGateTest(100, 0)
	overload, value := measured(true)
	g.Overload = overload
	value.Store(101)
	wantRefused(t, g.answer(g.connect(), "websocket"))
	if _, err := g.admit(context.Background()); err == nil {
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
	leave, err := g.enter("ada")
	_, errTwo := g.enter("ada")
	_, errBen := g.enter("ben")
	if err != nil || errTwo != nil || errBen != nil {
		t.Fatal(err, errTwo, errBen)
	}
	_, err = g.enter("ada")
	busy, is := errors.AsType[*transport.Busy](err)
	if !is || busy.Code != "LIMIT_EXCEEDED" || !strings.Contains(busy.Message, "at most 2") {
		t.Errorf("got %v", err)
	}
	leave()
	if leave, err = g.enter("ada"); err != nil {
		t.Error("no room, although one left")
	}
	leave()
	if len(g.people.taken) != 2 || g.people.taken["ada"] != 1 {
		t.Errorf("counts are %v", g.people.taken)
	}
}
