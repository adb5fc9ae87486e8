package operations_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// A person over their limit gets an error on the socket; the others are not affected.
func TestConnectionsOfOnePerson(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["MAX_CONNECTIONS_PER_PERSON"] = "2"
	at := servertest.Start(t, settings)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	first := ada.Connect()
	ada.Connect()
	third := &servertest.Socket{T: t, Conn: servertest.Dial(t, at)}
	third.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + ada.Token}})
	if code := third.CloseCode(); code != 1013 {
		t.Errorf("closed with %d, want 1013", code)
	}
	servertest.Join(t, at, "acme", "ben", collab.RoleMember).Connect()
	servertest.Join(t, at, "other", "ada", collab.RoleMember).Connect()
	_ = first.Conn.Close(websocket.StatusNormalClosure, "")
	eventually.True(t, "there is room for another once one left", func() bool {
		s := &servertest.Socket{T: t, Conn: servertest.Dial(t, at)}
		s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer " + ada.Token}})
		message, err := s.Conn.Next(servertest.Patience)
		return err == nil && strings.Contains(string(message), "connection_ack")
	})
}

// refusedSocket opens a socket that is refused, and returns the answer.
func refusedSocket(t *testing.T, at *servertest.Instance) *http.Response {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(at.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err == nil {
		_ = conn.CloseNow()
		return nil
	}
	return response
}

func TestConnectionsInTotal(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["MAX_CONNECTIONS"] = "3"
	at := servertest.Start(t, settings)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	open := []*servertest.Socket{ada.Connect(), ada.Connect(), ada.Connect()}
	response := refusedSocket(t, at)
	if response == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Fatalf("got %v, want 503 and Retry-After", response)
	}
	if status, _ := servertest.Get(t, at.URL+"/healthz"); status != http.StatusOK {
		t.Errorf("alive says %d", status)
	}
	open[0].Write(servertest.Object{"type": "ping"})
	open[0].Read().At("type").Is(`"pong"`)
}

// Connections that never sign in, whether they ask for a socket or for nothing, keep nobody out of a full
// instance: there is always room for the next client that does sign in.
func TestSilentConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["MAX_CONNECTIONS"], settings["CONNECTION_INIT_TIMEOUT"] = "20", "1h"
	at := servertest.Start(t, settings)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	first := ada.Connect()
	for range 30 {
		silent, err := net.Dial("tcp", strings.TrimPrefix(at.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = silent.Close() })
		servertest.Dial(t, at)
	}
	for range 17 {
		ada.Connect()
	}
	ada.Ask(servertest.WhoAmI, nil)
	first.Write(servertest.Object{"type": "ping"})
	first.Read().At("type").Is(`"pong"`)
}

// Before sign-in one address may use an eighth of the connections; the oldest is closed for a new one.
func TestSilentConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["MAX_CONNECTIONS"], settings["CONNECTION_INIT_TIMEOUT"], settings["TRUSTED_PROXIES"] = "1000", "1h", "none"
	at := servertest.Start(t, settings)
	first := servertest.Dial(t, at)
	member := servertest.Join(t, at, "acme", "ada", collab.RoleMember).Connect()
	for range 125 {
		servertest.Dial(t, at)
	}
	ctx, cancel := context.WithTimeout(t.Context(), servertest.Patience)
	defer cancel()
	if _, _, err := first.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("the oldest is still open: %v", err)
	}
	member.Write(servertest.Object{"type": "ping"})
	member.Read().At("type").Is(`"pong"`)
}

// A request that arrives too slowly is cut off; a response that is sent slowly is not.
func TestSlowRequestsAndLongStreams(t *testing.T) {
	t.Parallel()
	const limit = 500 * time.Millisecond
	at := servertest.StartWith(t, nil, server.Options{ReadTime: limit})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	streams := []*servertest.Response{
		ada.Stream("text/event-stream", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]}),
		ada.Stream(`multipart/mixed;subscriptionSpec="1.0"`, servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]}),
	}

	began := time.Now() // the server's limit begins when it accepts the connection
	slow, err := net.Dial("tcp", strings.TrimPrefix(at.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	_, _ = slow.Write([]byte("POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ada.Token +
		"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"))
	_ = slow.SetReadDeadline(time.Now().Add(servertest.Patience))
	answer, _ := io.ReadAll(slow)
	if took := time.Since(began); took < limit || took > servertest.Patience/2 || !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
		t.Errorf("after %v: %s", took, answer)
	}

	ada.Update(customer, 1, servertest.Object{"name": "late"})
	for _, s := range streams { // they are older than the limit
		if !strings.Contains(servertest.ReadUntil(t, s.Body, "late"), "late") {
			t.Error("a stream did not live on")
		}
		_ = s.Body.Close()
	}
}

// An overloaded instance serves its existing clients, and accepts no others until it has had some calm seconds.
func TestOverloadSheds(t *testing.T) {
	t.Parallel()
	var load atomic.Int64
	at := servertest.StartWith(t, nil, server.Options{Load: func() float64 { return float64(load.Load()) / 100 }})
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	s := ada.Connect()
	customer := ada.Create(servertest.Object{"name": "v1"})
	s.Subscribe("1", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	load.Store(101)
	if response := refusedSocket(t, at); response == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Fatalf("a socket got %v, want 503 and Retry-After", response)
	}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, at.URL+"/graphql?query="+
		"subscription%7BcustomerChanged%7Bversion%7D%7D", nil)
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+ada.Token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("a stream got %d", response.StatusCode)
	}
	ada.Update(customer, 1, servertest.Object{"name": "v2"}) // and existing subscriptions continue
	s.Next("1").At("customerChanged.version").Is(`2`)
	load.Store(0)
	began := time.Now()
	eventually.True(t, "somebody is let in again", func() bool { return refusedSocket(t, at) == nil })
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("they were let in again after %v", took)
	}
}
