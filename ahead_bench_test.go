package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/jackc/pgx/v5"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/postgres"
	"tandem/internal/sqlite"
)

// BenchmarkBackfill is how fast a subscription to the activity of an organization
// catches up over a socket, without and with fields that are loaded.
func BenchmarkBackfill(b *testing.B) {
	fields := map[string]string{"plain": "", "entity": "entity { id }", "actor": "actor { id name }", "both": "userName entity { id } actor { id }"}
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			store, database := benchStore(b, name)
			at, claims, beginning := benchServer(b, store)
			if database != "" {
				analyze(b, database)
			}
			for name, fields := range fields {
				b.Run(name, func(b *testing.B) {
					used := measureCPU(b, database)
					backfill(b, at, claims, beginning, fields)
					b.ReportMetric(float64(used.used(b).Microseconds())/float64(backfilled*b.N), "cpu-µs/event")
				})
			}
		})
	}
}

const backfilled = 3000 // changes

// benchServer serves an organization of its own with a log of changes.
func benchServer(b *testing.B, store collab.Store) (address string, claims collab.Claims, beginning collab.Cursor) {
	b.Helper()
	app := newApp(settings{AuthSecrets: []string{secret}, ConnectionInitTimeout: patience}, store, unlinked(), slog.New(slog.DiscardHandler))
	server := httptest.NewServer(app.handler(b.Context(), new(sync.WaitGroup)))
	b.Cleanup(server.Close)
	running, stop := context.WithCancel(context.Background())
	b.Cleanup(stop)
	app.bus.Listen(running, app.hub.Announce)
	go app.hub.Run(running)
	claims = collab.Claims{OrganizationID: collab.ID(fmt.Sprint("bench-", time.Now().UnixNano())), UserID: "ada", Name: "Ada", Role: collab.RoleMember}
	viewer, err := app.service.Admit(b.Context(), claims)
	if err != nil {
		b.Fatal(err)
	}
	heads, err := store.Heads(b.Context(), []collab.ID{claims.OrganizationID})
	if err != nil {
		b.Fatal(err)
	}
	beginning = heads[claims.OrganizationID].Cursor
	for i := range backfilled {
		if _, err := app.service.Create(b.Context(), viewer, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": fmt.Sprint("Customer ", i)}}); err != nil {
			b.Fatal(err)
		}
	}
	return server.URL, claims, beginning
}

// backfill follows the log from its beginning to its end, again and again.
func backfill(b *testing.B, address string, claims collab.Claims, beginning collab.Cursor, fields string) {
	token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(claims, time.Now().Add(time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	conn, _, err := websocket.Dial(b.Context(), "ws"+strings.TrimPrefix(address, "http")+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	say := func(format string, args ...any) {
		if err := conn.Write(b.Context(), websocket.MessageText, fmt.Appendf(nil, format, args...)); err != nil {
			b.Fatal(err)
		}
	}
	read := func() {
		if _, _, err := conn.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	say(`{"type":"connection_init","payload":{"authorization":"Bearer %s"}}`, token)
	read()
	for b.Loop() {
		say(`{"id":"1","type":"subscribe","payload":{"query":"subscription { activity(after: \"%s\") { cursor %s } }"}}`, beginning, fields)
		for range backfilled {
			read()
		}
		say(`{"id":"1","type":"complete"}`)
	}
	b.ReportMetric(float64(backfilled*b.N)/b.Elapsed().Seconds(), "events/s")
}

// benchStore opens an empty store. database is its URL, where it is a process of its own.
func benchStore(b *testing.B, name string) (store collab.Store, database string) {
	b.Helper()
	var err error
	if name == "postgres" {
		database = benchDatabase(b)
		store, err = postgres.Open(b.Context(), database)
	} else {
		store, err = sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "tandem.db"))
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(store.Close)
	return store, database
}

// analyze has Postgres count its rows, as it does by itself about a minute after many were written.
func analyze(b *testing.B, database string) {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), database)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(b.Context()) }()
	if _, err := conn.Exec(b.Context(), "ANALYZE"); err != nil {
		b.Fatal(err)
	}
}

// benchDatabase makes a database.
func benchDatabase(b *testing.B) string {
	b.Helper()
	server := os.Getenv("TEST_POSTGRES_URL")
	conn, err := pgx.Connect(b.Context(), server)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close(b.Context()) }()
	name := "bench_" + strings.ToLower(rand.Text())
	if _, err := conn.Exec(b.Context(), "CREATE DATABASE "+name); err != nil {
		b.Fatal(err)
	}
	database, err := url.Parse(server)
	if err != nil {
		b.Fatal(err)
	}
	database.Path = "/" + name
	return database.String()
}
