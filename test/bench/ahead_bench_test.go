package bench_test

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/jackc/pgx/v5"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// BenchmarkCatchUp measures how fast a subscription to the activity or the customers of an organization catches up over a
// socket, without and with fields that are loaded.
func BenchmarkCatchUp(b *testing.B) {
	fields := map[string]string{"plain": "", "entity": "entity { id }", "actor": "actor { id name }", "both": "entity { id } actor { id name }", "all": "userName entity { id } actor { id name }"}
	operations := map[string]string{
		"changed":          `customerChanged(after: \"%s\") { cursor customer { id } actor { id name } }`,
		"changed-filtered": `customerChanged(filter: {status: [LEAD]}, after: \"%s\") { cursor customer { id } actor { id name } }`,
	}
	for name, fields := range fields {
		operations[name] = `activity(after: \"%s\") { cursor ` + fields + ` }`
	}
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			settings, database := benchSettings(b, name)
			at := servertest.Start(b, settings)
			claims, beginning := fillLog(b, at.Server)
			if database != "" {
				analyze(b, database)
			}
			for name, operation := range operations {
				b.Run(name, func(b *testing.B) {
					used := measureCPU(b, database)
					backfill(b, at.URL, claims, fmt.Sprintf(operation, beginning))
					b.ReportMetric(float64(used.used(b).Microseconds())/float64(backfilled*b.N), "cpu-µs/event")
				})
			}
		})
	}
}

const backfilled = 3000 // changes

// fillLog creates an organization with a log of changes.
func fillLog(b *testing.B, s *server.Server) (claims collab.Claims, beginning collab.Cursor) {
	b.Helper()
	claims = collab.Claims{OrganizationID: collab.ID(fmt.Sprint("bench-", time.Now().UnixNano())), UserID: "ada", Name: "Ada", Role: collab.RoleMember}
	viewer, err := s.Service.Admit(b.Context(), claims)
	if err != nil {
		b.Fatal(err)
	}
	heads, err := s.Store.Heads(b.Context(), []collab.ID{claims.OrganizationID})
	if err != nil {
		b.Fatal(err)
	}
	beginning = heads[claims.OrganizationID].Cursor
	for i := range backfilled {
		if _, err := s.Service.Create(b.Context(), viewer, collab.Create{Type: collab.TypeCustomer, Document: collab.Patch{"name": fmt.Sprint("Customer ", i)}}); err != nil {
			b.Fatal(err)
		}
	}
	return claims, beginning
}

// backfill follows the log with a subscription, again and again.
func backfill(b *testing.B, address string, claims collab.Claims, subscription string) {
	token, err := auth.NewVerifier([]string{servertest.Secret}, "", "", time.Now).Sign(claims, time.Now().Add(time.Hour))
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
		say(`{"id":"1","type":"subscribe","payload":{"query":"subscription { %s }"}}`, subscription)
		for range backfilled {
			read()
		}
		say(`{"id":"1","type":"complete"}`)
	}
	b.ReportMetric(float64(backfilled*b.N)/b.Elapsed().Seconds(), "events/s")
}

// benchSettings name an empty database. database is its URL, if it is a separate process.
func benchSettings(b *testing.B, name string) (settings map[string]string, database string) {
	b.Helper()
	if name == "postgres" {
		database = benchDatabase(b)
		return map[string]string{"DATABASE_URL": database}, database
	}
	return servertest.Embedded(b), ""
}

// analyze makes Postgres collect the statistics that it collects by itself about a minute after many rows were
// written.
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

// benchDatabase creates a database.
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
