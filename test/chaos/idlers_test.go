package chaos

import (
	crand "crypto/rand"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/coder/websocket"

	"tandem/internal/collab"
	"tandem/internal/eventually"
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
	connectIdlers(t, s, "http://"+network.Address, http.DefaultClient)
	closed := s.idlersClosed(t, "1006")
	network.Silence(systemtest.ToServer, systemtest.FromServer)
	return closed
}

// idlersClosed returns a function that waits until the second instance has closed as many sockets more as there are idlers, with
// a code.
func (s *system) idlersClosed(t *testing.T, code string) (wait func()) {
	t.Helper()
	closed := func() float64 {
		_, scrape := servertest.Get(t, s.instances[1].metrics)
		return max(0, servertest.Value(scrape, `tandem_connections_closed_total{code="`+code+`",protocol="graphql-transport-ws"}`))
	}
	before := closed()
	return func() {
		t.Helper()
		eventually.True(t, "the instance closes the connections with "+code, func() bool { return closed() >= before+idlers })
	}
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
// their connections when a write has made no progress for 30 s; the kernel may still take a little at the end of the first 30 s.
func readNothing(t *testing.T, s *system) func() {
	const more = `subscription ($after: Cursor) { activity(after: $after) { id cursor type action entityType entityId entityVersion timestamp
		changes { field oldValue newValue } actor { id name role } entity { id version ... on Customer { name createdAt updatedAt } } } }`
	closed := s.idlersClosed(t, "1013")
	for _, conn := range connectIdlers(t, s, s.instances[1].direct, small) {
		for range 20 {
			ask := systemtest.Object{"id": crand.Text(), "type": "subscribe", "payload": systemtest.Object{"query": more,
				"variables": systemtest.Object{"after": s.load.begin}}}
			if err := conn.Write(t.Context(), websocket.MessageText, encode(ask)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return closed
}
