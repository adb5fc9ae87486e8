package security_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// A client that sends its headers byte by byte is cut off, also before an upgrade to a socket, and others are
// served meanwhile.
func TestSlowHeadersAreCutOff(t *testing.T) {
	t.Parallel()
	const limit = 500 * time.Millisecond
	at := servertest.StartWith(t, nil, server.Options{ReadHeaderTime: limit})
	var slow sync.WaitGroup
	for _, request := range []string{
		"GET /graphql HTTP/1.1\r\nHost: x\r\n", "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", "",
	} {
		slow.Go(func() {
			began := time.Now() // before the server's clock begins
			conn, err := net.Dial("tcp", strings.TrimPrefix(at.URL, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, request)
			go func() {
				pace := time.NewTicker(20 * time.Millisecond)
				defer pace.Stop()
				for range pace.C { // until it is cut off
					if _, err := io.WriteString(conn, "x"); err != nil {
						return
					}
				}
			}()
			_ = conn.SetReadDeadline(began.Add(servertest.Patience))
			_, _ = io.ReadAll(conn)
			if took := time.Since(began); took < limit || took > servertest.Patience/2 {
				t.Errorf("%q was cut off after %v", request, took)
			}
		})
	}
	servertest.Join(t, at, "acme", "ada", collab.RoleMember).Ask(servertest.Who, nil)
	slow.Wait()
}

// A request that is larger than any client needs is refused before it has been read to its end.
func TestGiantRequestsAreRefused(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	head := "Host: x\r\nAuthorization: Bearer " + ada.Token + "\r\n"
	kind := "Content-Type: application/json\r\n"
	for name, tc := range map[string]struct {
		request, endless string
		status           int
	}{
		"a body that says so":  {"POST /graphql HTTP/1.1\r\n" + head + kind + "Content-Length: 1099511627776\r\n\r\n", strings.Repeat(" ", 0x1000), http.StatusRequestEntityTooLarge},
		"a body without end":   {"POST /graphql HTTP/1.1\r\n" + head + kind + "Transfer-Encoding: chunked\r\n\r\n", "1000\r\n" + strings.Repeat(" ", 0x1000) + "\r\n", http.StatusRequestEntityTooLarge},
		"of an event stream":   {"POST /graphql HTTP/1.1\r\n" + head + kind + "Accept: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", "1000\r\n" + strings.Repeat(" ", 0x1000) + "\r\n", http.StatusRequestEntityTooLarge},
		"of a single stream":   {"POST /graphql/stream HTTP/1.1\r\n" + head + kind + "Transfer-Encoding: chunked\r\n\r\n", "1000\r\n" + strings.Repeat(" ", 0x1000) + "\r\n", http.StatusRequestEntityTooLarge},
		"a URL":                {"GET /graphql?query=", strings.Repeat("x", 0x1000), http.StatusRequestHeaderFieldsTooLarge},
		"a header":             {"GET /graphql HTTP/1.1\r\n" + head + "X: ", strings.Repeat("x", 0x1000), http.StatusRequestHeaderFieldsTooLarge},
		"headers":              {"GET /graphql HTTP/1.1\r\n" + head, "X: " + strings.Repeat("x", 1000) + "\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"a cookie":             {"GET /graphql HTTP/1.1\r\nHost: x\r\nCookie: authjs.session-token=", strings.Repeat("x", 0x1000), http.StatusRequestHeaderFieldsTooLarge},
		"trailers behind it":   {"POST /graphql HTTP/1.1\r\n" + head + kind + "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: " + strings.Repeat("x", 1000) + "\r\n", http.StatusBadRequest},
		"extensions of chunks": {"POST /graphql HTTP/1.1\r\n" + head + kind + "Transfer-Encoding: chunked\r\n\r\n1;", strings.Repeat("x", 0x1000), http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", strings.TrimPrefix(ada.At.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(servertest.Patience))
			go func() {
				_, _ = io.WriteString(conn, tc.request)
				for range 64 << 20 / len(tc.endless) { // 64 MiB, few of which are accepted
					if _, err := io.WriteString(conn, tc.endless); err != nil {
						return
					}
				}
			}()
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			servertest.Want(t, "status", fmt.Sprint(answer.StatusCode), fmt.Sprint(tc.status))
		})
	}
}
