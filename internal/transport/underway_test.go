package transport

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/gzhttp"

	"tandem/internal/eventually"
	"tandem/internal/fair"
)

// Over HTTP, a request waits before its body is read, until answers that are not
// read are at their end, whether they are compressed or not.
func TestUnreadHTTPAnswersDelayRequests(t *testing.T) {
	t.Parallel()
	compress, err := gzhttp.NewWrapper()
	if err != nil {
		t.Fatal(err)
	}
	for name, encoding := range map[string]string{"plain": "", "compressed": "Accept-Encoding: gzip\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testUnreadHTTPAnswers(t, encoding, func(h http.Handler) http.Handler { return compress(h) })
		})
	}
}

func testUnreadHTTPAnswers(t *testing.T, header string, compress func(http.Handler) http.Handler) {
	const answer, requests = 16 << 20, 20 // more than the kernel takes
	payload := make([]byte, answer)
	_, _ = rand.NewChaCha8([32]byte{}).Read(payload) // hard to compress
	u := NewUnderway(0, 0, 4<<20, func(context.Context) fair.Key { return fair.Key{Org: "acme", Person: "ada"} })
	var begun atomic.Int32
	server := httptest.NewServer(u.Handler(compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun.Add(1)
		WriteJSON(w, r, http.StatusOK, payload)
	}))))
	defer server.Close()
	conns := make([]net.Conn, requests)
	for i := range conns {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"+header+"\r\n")
		conns[i] = conn
	}
	eventually.True(t, "as many as may run have run, and the others wait", func() bool {
		held, waiting := u.Stats()
		return waiting >= requests-OperationsUnderWay && held >= int64(Copies*(requests-waiting)*answer)
	})
	if n := begun.Load(); n > OperationsUnderWay {
		t.Errorf("%d requests were begun, want at most %d", n, OperationsUnderWay)
	}
	var reading sync.WaitGroup
	for i, conn := range conns {
		reading.Go(func() {
			if n, err := io.Copy(io.Discard, conn); err != nil || n < answer/2 {
				t.Errorf("answer %d had %d bytes, %v", i, n, err)
			}
		})
	}
	reading.Wait()
}
