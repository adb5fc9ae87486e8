package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/httpd"
	"tandem/internal/sqlite"
)

// Over its limit a person is told so on the socket; the others are not met by it.
func TestConnectionsOfOnePerson(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["MAX_CONNECTIONS_PER_PERSON"] = "2"
	at := start(t, settings)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	first := ada.connect()
	ada.connect()
	third := &socket{t: t, conn: dial(t, at)}
	third.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + ada.token}})
	if code := third.closeCode(); code != 1013 {
		t.Errorf("closed with %d, want 1013", code)
	}
	join(t, at, "acme", "ben", collab.RoleMember).connect()
	join(t, at, "other", "ada", collab.RoleMember).connect()
	_ = first.conn.Close(websocket.StatusNormalClosure, "")
	eventually.True(t, "there is room for another once one left", func() bool {
		s := &socket{t: t, conn: dial(t, at)}
		s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + ada.token}})
		message, err := s.conn.next(patience)
		return err == nil && strings.Contains(string(message), "connection_ack")
	})
}

// refusedSocket opens a socket that is refused, and returns the answer.
func refusedSocket(t *testing.T, at *instance) *http.Response {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(at.url, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err == nil {
		_ = conn.CloseNow()
		return nil
	}
	return response
}

func TestConnectionsInTotal(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["MAX_CONNECTIONS"] = "3"
	at := start(t, settings)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	open := []*socket{ada.connect(), ada.connect(), ada.connect()}
	response := refusedSocket(t, at)
	if response == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Fatalf("got %v, want 503 and Retry-After", response)
	}
	if status, _ := get(t, at.url+"/healthz"); status != http.StatusOK {
		t.Errorf("alive says %d", status)
	}
	open[0].write(object{"type": "ping"})
	want(t, "type", open[0].read()["type"], "pong")
}

// Connections that never sign in, whether they ask for a socket or for nothing, keep nobody out of a full
// instance: there is always room for the next who does.
func TestSilentConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["MAX_CONNECTIONS"], settings["CONNECTION_INIT_TIMEOUT"] = "20", "1h"
	at := start(t, settings)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	first := ada.connect()
	for range 30 {
		silent, err := net.Dial("tcp", strings.TrimPrefix(at.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = silent.Close() })
		dial(t, at)
	}
	for range 17 {
		ada.connect()
	}
	ada.ask(whoAmI, nil)
	first.write(object{"type": "ping"})
	want(t, "type", first.read()["type"], "pong")
}

// One address has an eighth of the connections before it signs in; the oldest has to go.
func TestSilentConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["MAX_CONNECTIONS"], settings["CONNECTION_INIT_TIMEOUT"], settings["TRUSTED_PROXIES"] = "1000", "1h", "none"
	at := start(t, settings)
	first := dial(t, at)
	member := join(t, at, "acme", "ada", collab.RoleMember).connect()
	for range 125 {
		dial(t, at)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, _, err := first.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("the oldest is still open: %v", err)
	}
	member.write(object{"type": "ping"})
	want(t, "type", member.read()["type"], "pong")
}

// wiredServer is an app on a database of its own, and its server, not started yet.
func wiredServer(t *testing.T) (*app, *httptest.Server) {
	t.Helper()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "tandem.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	log := slog.New(slog.DiscardHandler)
	a := newApp(settings{AuthSecrets: []string{secret}, ConnectionInitTimeout: patience}, store, unlinked(), log)
	a.bus.Listen(t.Context(), a.hub.Announce)
	server := httptest.NewUnstartedServer(nil)
	server.Config = a.newServer(nil)
	t.Cleanup(server.Close)
	return a, server
}

// What arrives too slowly is cut off; what is sent slowly is not.
func TestSlowRequestsAndLongStreams(t *testing.T) {
	t.Parallel()
	app, server := wiredServer(t)
	const limit = 500 * time.Millisecond
	server.Config.ReadTimeout = limit
	server.Config.Handler = app.handler(t.Context(), new(sync.WaitGroup))
	server.Start()
	at := &instance{url: server.URL}
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	streams := []*response{
		ada.stream("text/event-stream", customerChanged, object{"after": customer["cursor"]}),
		ada.stream(`multipart/mixed;subscriptionSpec="1.0"`, customerChanged, object{"after": customer["cursor"]}),
	}

	slow, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	began := time.Now()
	_, _ = slow.Write([]byte("POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ada.token +
		"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"))
	_ = slow.SetReadDeadline(time.Now().Add(patience))
	answer, _ := io.ReadAll(slow)
	if took := time.Since(began); took < limit || took > patience/2 || !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
		t.Errorf("after %v: %s", took, answer)
	}

	ada.update(customer, 1, object{"name": "late"})
	for _, s := range streams { // which are older than the limit
		if !strings.Contains(readUntil(t, s.Body, "late"), "late") {
			t.Error("a stream did not live on")
		}
		_ = s.Body.Close()
	}
}

// readUntil reads until a text came, or nothing more does.
func readUntil(t *testing.T, from io.Reader, text string) (read string) {
	t.Helper()
	buffer := make([]byte, 4096)
	for !strings.Contains(read, text) {
		n, err := from.Read(buffer)
		read += string(buffer[:n])
		if err != nil {
			t.Errorf("%v after %q", err, read)
			return read
		}
	}
	return read
}

// An instance with too much to do serves those it has, and takes nobody else
// until it has had some calm seconds.
func TestOverloadSheds(t *testing.T) {
	t.Parallel()
	app, server := wiredServer(t)
	var load atomic.Int64
	app.gate.Overload = httpd.NewOverload(app.log, httpd.Measure{
		Name: httpd.CauseLatency, Value: func() float64 { return float64(load.Load()) }, Bound: 100, Instant: true,
	})
	go app.gate.Overload.Run(t.Context())
	server.Config.Handler = app.handler(t.Context(), new(sync.WaitGroup))
	server.Start()

	at := &instance{url: server.URL}
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	s := ada.connect()
	customer := ada.create(object{"name": "v1"})
	s.subscribe("1", customerChanged, object{"after": customer["cursor"]})
	load.Store(101)
	if response := refusedSocket(t, at); response == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Fatalf("a socket got %v, want 503 and Retry-After", response)
	}
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, at.url+"/graphql?query="+
		"subscription%7BcustomerChanged%7Bversion%7D%7D", nil)
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+ada.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("a stream got %d", response.StatusCode)
	}
	ada.update(customer, 1, object{"name": "v2"}) // and what is there goes on
	want(t, "version", s.next("1")["customerChanged"].(object)["version"], 2)
	load.Store(0)
	began := time.Now()
	eventually.True(t, "somebody is let in again", func() bool { return refusedSocket(t, at) == nil })
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("they were let in again after %v", took)
	}
}
