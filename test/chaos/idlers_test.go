package chaos

import (
	"context"
	crand "crypto/rand"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/collab"
	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

// idlers are how many clients misbehave at once.
const idlers = 10

// connectIdlers connects clients of the load's organization to the second instance, by a URL. They begin at the beginning.
func connectIdlers(t *testing.T, s *system, url string, client *http.Client) (conns []*websocket.Conn) {
	t.Helper()
	token := systemtest.Sign(s.load.org, "idler", "Idler", collab.RoleMember)
	for range idlers {
		f := &follower{token: token, query: everything, client: client, variables: systemtest.Object{"after": s.load.begin}}
		conn, err := f.connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.CloseNow() })
		conns = append(conns, conn)
	}
	return conns
}

// dieSilently cuts clients off for good: no packet tells the instance that they are gone. It closes their connections when
// nothing has arrived for 24 s.
func dieSilently(t *testing.T, s *system) func() {
	network := systemtest.StartLink(t, strings.TrimPrefix(s.instances[1].direct, "http://"))
	before := s.sockets(t)
	connectIdlers(t, s, "http://"+network.Address, http.DefaultClient)
	if got := s.sockets(t); got < before+idlers {
		t.Fatalf("%v sockets are open, want %d more than %v", got, idlers, before)
	}
	network.Silence(systemtest.ToServer, systemtest.FromServer)
	return func() {
		if got := s.sockets(t); got > before+idlers/2 {
			t.Errorf("%v sockets are open after the clients died; there were %v before", got, before)
		}
	}
}

// sockets returns how many sockets the second instance has open.
func (s *system) sockets(t *testing.T) float64 {
	t.Helper()
	_, scrape := servertest.Get(t, s.instances[1].metrics)
	return servertest.Value(scrape, `tandem_connections{protocol="graphql-transport-ws"}`)
}

// small makes the kernel keep little of what a client does not read.
var small = &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
	var err error
	if e := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 32<<10) }); e != nil {
		return e
	}
	return err
}}).DialContext}}

// readNothing connects clients that ask for everything from the beginning, many times, and read nothing. The instance closes
// their connections when a write has made no progress for 30 s.
func readNothing(t *testing.T, s *system) func() {
	const more = `subscription ($after: Cursor) { activity(after: $after) { id cursor type action entityType entityId entityVersion timestamp
		changes { field oldValue newValue } actor { id name role } entity { id version ... on Customer { name createdAt updatedAt } } } }`
	conns := connectIdlers(t, s, s.instances[1].direct, small)
	for _, conn := range conns {
		for range 20 {
			ask := systemtest.Object{"id": crand.Text(), "type": "subscribe", "payload": systemtest.Object{"query": more,
				"variables": systemtest.Object{"after": s.load.begin}}}
			if err := conn.Write(t.Context(), websocket.MessageText, encode(ask)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return func() {
		for _, conn := range conns {
			wantClosed(t, conn)
		}
	}
}

// wantClosed reads what the kernel has kept, after which the connection has to end.
func wantClosed(t *testing.T, conn *websocket.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), healTime)
	defer cancel()
	for began := time.Now(); ; {
		if _, _, err := conn.Read(ctx); err != nil {
			if ctx.Err() != nil {
				t.Errorf("the instance still serves a client that read nothing, %v later", time.Since(began))
			}
			return
		}
	}
}
