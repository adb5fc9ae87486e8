package stream

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/engine"
	"tandem/internal/hub"
	"tandem/internal/transport"
)

// An idle stream shows that it lives, and one with events needs not.
func TestKeepAlive(t *testing.T) {
	tests := []struct {
		name   string
		format format
		every  time.Duration
		alive  string
	}{
		{"event stream", sse{}, 12 * time.Second, ":\n\n"},
		{"event stream with pings", sse{ping: true}, 12 * time.Second, "event: ping\ndata:\n\n"},
		{"multipart", multipart{}, 5 * time.Second, "\r\nContent-Type: application/json\r\n\r\n{}\r\n--graphql"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := httptest.NewRecorder()
				s := newHTTPStream(w, test.format, time.Minute, "", func() {})
				w.Body.Reset()
				body := func() string {
					s.mu.Lock()
					defer s.mu.Unlock()
					return w.Body.String()
				}
				time.Sleep(test.every - time.Millisecond)
				s.send([]byte("event"))
				time.Sleep(test.every - time.Millisecond)
				synctest.Wait()
				if got := body(); got != "event" {
					t.Errorf("too early: %q", got)
				}
				time.Sleep(2 * test.every)
				synctest.Wait()
				if got := body(); got != "event"+test.alive+test.alive {
					t.Errorf("got %q", got)
				}
				s.close()
				time.Sleep(time.Hour)
				if s.send([]byte("late")) || strings.Contains(body(), "late") {
					t.Error("it is sent to after its handler returned")
				}
			})
		})
	}
}

// A reader that stands still for the stall time is given up.
func TestStalledReader(t *testing.T) {
	t.Parallel()
	const stall = 300 * time.Millisecond
	over := make(chan time.Duration, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lost := make(chan struct{})
		s := newHTTPStream(w, sse{}, stall, "", func() { close(lost) })
		defer s.close()
		event := bytes.Repeat([]byte("x"), 1<<20)
		began := time.Now()
		for s.send(event) {
			began = time.Now()
		}
		<-lost
		over <- time.Since(began)
	}))
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	select {
	case took := <-over:
		if took < stall {
			t.Errorf("given up after %v", took)
		}
	case <-time.After(time.Minute):
		t.Fatal("the stream stands still")
	}
}

// The kernel's buffer for a stalled reader is bounded, and a reader that is gone is noticed.
func TestStreamBoundsItsConnection(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		(&Streams{Stall: 30 * time.Second}).boundConn(r)
		raw, err := r.Context().Value(connKey{}).(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Error(err)
			return
		}
		_ = raw.Control(func(fd uintptr) {
			kept, err := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF)
			if err != nil || kept > 2*transport.KernelBuffer { // the kernel doubles what it is asked for
				t.Errorf("the kernel keeps %d bytes: %v", kept, err)
			}
			if runtime.GOOS != "linux" {
				return
			}
			after, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, 0x12)
			if err != nil || after != 30_000 {
				t.Errorf("the kernel gives up after %d ms: %v", after, err)
			}
		})
	}))
	server.Config.ConnContext = WithConn
	server.Start()
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
}

func TestReservationExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		draining, drain := context.WithCancel(t.Context())
		defer drain()
		single := &SingleConnection{Streams: &Streams{
			Engine: &engine.Engine{}, Stats: &transport.Stats{}, Stall: time.Minute, Draining: draining,
			Bearer: func(context.Context) (string, time.Time) { return "ada", time.Now().Add(time.Hour) },
		}}
		ask := func(method, token string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, "/", nil)
			r.Header.Set(streamToken, token)
			w := httptest.NewRecorder()
			single.Do(w, r, nil)
			return w
		}
		token := ask(http.MethodPut, "").Body.String()
		if got := ask(http.MethodPut, token).Code; got != http.StatusConflict {
			t.Errorf("got %d before it expired", got)
		}
		time.Sleep(reservationTime + time.Second)
		synctest.Wait()
		if got := ask(http.MethodDelete, token).Code; got != http.StatusNotFound {
			t.Errorf("got %d after it expired", got)
		}
		if len(single.streams) != 0 || len(single.of) != 0 || single.waiting != 0 {
			t.Errorf("it is kept: %+v", single.streams)
		}
	})
}

func TestEventOfAStream(t *testing.T) {
	t.Parallel()
	at := hub.Event{Position: 1, Payload: []byte(`{"data":1}`)}
	id := "id: " + at.Cursor.String() + "\n"
	tests := []struct {
		name string
		got  []byte
		want string
	}{
		{"with the cursor of its change", sse{}.event(nil, at), "event: next\n" + id + "data: {\"data\":1}\n\n"},
		{"without a change", sse{}.event(nil, hub.Event{Payload: at.Payload}), "event: next\ndata: {\"data\":1}\n\n"},
		{"that could not be rendered, so nobody resumes after it",
			sse{}.event(nil, hub.Event{Position: 1, Failed: true, Payload: []byte(`{"errors":[],"data":null}`)}),
			"event: next\ndata: {\"errors\":[],\"data\":null}\n\n"},
		{"with line breaks", sse{}.event(nil, hub.Event{Payload: []byte("{\r\n\"data\":1}")}), "event: next\ndata: {  \"data\":1}\n\n"},
		{"of one operation of many", sse{operation: `"a"`}.event(nil, at), "event: next\ndata: {\"id\":\"a\",\"payload\":{\"data\":1}}\n\n"},
		{"end of one of many", sse{operation: `"a"`}.complete(nil), "event: complete\ndata: {\"id\":\"a\"}\n\n"},
		{"in a part", multipart{}.event(nil, at), "\r\nContent-Type: application/json\r\n\r\n{\"payload\":{\"data\":1}}\r\n--graphql"},
		{"failure in a part", multipart{}.failed(nil, gqlerror.List{{Message: "m", Locations: []gqlerror.Location{{Line: 1}}}}),
			"\r\nContent-Type: application/json\r\n\r\n{\"payload\":null,\"errors\":[{\"message\":\"m\"}]}\r\n--graphql--\r\n"},
	}
	for _, test := range tests {
		if string(test.got) != test.want {
			t.Errorf("an event %s: got %q, want %q", test.name, test.got, test.want)
		}
	}
}
