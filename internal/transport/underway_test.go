package transport

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"tandem/internal/eventually"
	"tandem/internal/fair"
)

type personKey struct{}

// boundedWire is a wire on which the operations of one person may take so many
// bytes. A client says who it is in its payload.
func boundedWire(t *testing.T, perPerson int64) *wire {
	t.Helper()
	return newWire(t, func(s *WebSocket) {
		s.Engine.Underway = NewUnderway(0, 0, perPerson, func(ctx context.Context) fair.Key {
			person, _ := ctx.Value(personKey{}).(string)
			return fair.Key{Org: "acme", Person: person}
		})
		s.Init = func(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
			return context.WithValue(ctx, personKey{}, payload["as"]), time.Now().Add(time.Hour), nil
		}
	})
}

func (w *wire) enterAs(t *testing.T, person string) *caller {
	t.Helper()
	c := w.call(t, modern.name)
	c.say(`{"type":"connection_init","payload":{"as":"` + person + `"}}`)
	c.want(`{"type":"connection_ack"}`)
	return c
}

// Answers that a person does not read hold back that person's next operations, on
// all of their connections, and nobody else's.
func TestUnreadAnswersHoldBackTheNext(t *testing.T) {
	t.Parallel()
	const answer, operations = 3_000_000, 30
	w := boundedWire(t, 4<<20)
	callers := []*caller{w.enterAs(t, "ada"), w.enterAs(t, "ada")}
	for i := range operations {
		callers[i%2].subscribe(fmt.Sprint(i), fmt.Sprintf(`{ large(bytes: %d) }`, answer))
	}
	eventually.True(t, "as many as may run have run, and the others wait", func() bool {
		held, waiting := w.Engine.Underway.queue.Stats()
		return waiting >= operations-operationsUnderWay && held >= int64(copies*(operations-waiting)*answer)
	})
	ben := w.enterAs(t, "ben")
	ben.subscribe("1", echoA)
	ben.want(nextOne)
	var reading sync.WaitGroup
	for _, c := range callers {
		reading.Go(func() {
			for answers := 0; answers < operations/2; {
				f, err := readFrame(c.in)
				if err != nil {
					t.Errorf("after %d answers: %v", answers, err)
					return
				}
				if len(f.Payload) > answer {
					answers++
				}
			}
		})
	}
	reading.Wait()
	eventually.True(t, "nothing is counted any more", func() bool {
		held, waiting := w.Engine.Underway.queue.Stats()
		return held == 0 && waiting == 0
	})
}

// A large message waits for its turn before it is read, compressed or not.
func TestLargeMessagesWaitBeforeTheyAreRead(t *testing.T) {
	t.Parallel()
	w := boundedWire(t, 4<<20)
	large := subscribeMessage("subscribe", "1", `{ gate }`+strings.Repeat(" ", largeMessage))
	for range largeUnderWay {
		w.enterAs(t, "ada").say(large)
		<-w.gated
	}
	late := w.enterAs(t, "ada")
	late.say(large)
	eventually.True(t, "another one waits", func() bool {
		_, waiting := w.Engine.Underway.queue.Stats()
		return waiting == 1
	})
	w.enterAs(t, "ben").say(large)
	<-w.gated // Ben need not wait
	w.gate <- struct{}{}
	<-w.gated
	close(w.gate)
	late.want(`{"id":"1","type":"next","payload":{"data":{"gate":"through"}}}`)
}

// A client that is gone does not wait any longer.
func TestWaitingEndsWithItsConnection(t *testing.T) {
	t.Parallel()
	w := boundedWire(t, 4<<20)
	large := subscribeMessage("subscribe", "1", `{ gate }`+strings.Repeat(" ", largeMessage))
	for range largeUnderWay {
		w.enterAs(t, "ada").say(large)
		<-w.gated
	}
	waits := func(n int) {
		t.Helper()
		eventually.True(t, fmt.Sprint(n, " wait"), func() bool {
			_, waiting := w.Engine.Underway.queue.Stats()
			return waiting == n
		})
	}
	c := w.enterAs(t, "ada")
	c.subscribe("small", `{ gate }`)
	waits(1)
	c.say(`{"id":"small","type":"complete"}`)
	waits(0)
	c.say(large)
	waits(1)
	w.drain()
	waits(0)
	close(w.gate)
}

// Over HTTP, a request waits before its body is read, until answers that are not
// read are at their end, whether they are compressed or not.
func TestUnreadHTTPAnswersHoldBackTheNext(t *testing.T) {
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
		writeJSON(w, r, http.StatusOK, payload)
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
		held, waiting := u.queue.Stats()
		return waiting >= requests-operationsUnderWay && held >= int64(copies*(requests-waiting)*answer)
	})
	if n := begun.Load(); n > operationsUnderWay {
		t.Errorf("%d requests were begun, want at most %d", n, operationsUnderWay)
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
