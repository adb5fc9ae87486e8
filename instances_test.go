package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tandem/internal/collab"
)

// service returns the URL of a database or Redis that the tests may use.
func service(t *testing.T, name string) string {
	t.Helper()
	at := os.Getenv(name)
	if at == "" {
		t.Fatalf("%s is not set: run it with scripts/with-services go test ./...", name)
	}
	return at
}

// shared is the settings of instances that share a database of the test's own, and a Redis.
func shared(t *testing.T) map[string]string {
	t.Helper()
	server := service(t, "TEST_POSTGRES_URL")
	name := "tandem_" + strings.ToLower(rand.Text())
	administer(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { dropDatabase(t, server, name) })
	database, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	database.Path = "/" + name
	return map[string]string{"DATABASE_URL": database.String(), "REDIS_URL": service(t, "TEST_REDIS_URL")}
}

// administer runs a statement on a server.
func administer(t *testing.T, server, statement string) {
	t.Helper()
	onServer(t, server, func(ctx context.Context, conn *pgx.Conn) {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	})
}

// onServer does something on a connection of its own.
func onServer(t *testing.T, server string, do func(context.Context, *pgx.Conn)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	do(ctx, conn)
}

// dropDatabase drops a database. Postgres refuses WITH (FORCE) with 42501 while an autovacuum worker,
// which belongs to the superuser, is in the database, so a refusal is tried again.
func dropDatabase(t *testing.T, server, name string) {
	t.Helper()
	onServer(t, server, func(ctx context.Context, conn *pgx.Conn) {
		for {
			_, err := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			if refused, ok := errors.AsType[*pgconn.PgError](err); !ok || refused.Code != "42501" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if _, err := conn.Exec(ctx, "SELECT pg_sleep(0.05)"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTwoInstances(t *testing.T) {
	t.Parallel()
	testTwoInstances(t, shared(t))
}

// A pooler of transactions gives each transaction another session.
func TestTwoInstancesBehindPooler(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	database, err := url.Parse(settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	pooler, err := url.Parse(service(t, "TEST_PGBOUNCER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	database.Host = pooler.Host
	settings["DATABASE_URL"] = database.String()
	testTwoInstances(t, settings)
}

func testTwoInstances(t *testing.T, settings map[string]string) {
	var one, two *instance
	var starting sync.WaitGroup // together, so that their migrations meet
	starting.Go(func() { one = start(t, settings) })
	starting.Go(func() { two = start(t, settings) })
	starting.Wait()

	org := rand.Text()
	ada, ben := join(t, one, org, "ada", collab.RoleMember), join(t, two, org, "ben", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	follower := ben.connect()
	follower.subscribe("1", customerChanged, object{"id": customer["id"]})
	rooms := ben.connect()
	rooms.subscribe("p", `subscription { presence(room: "r", clientId: "b") { snapshot { id } joined { id name } left totalCount } }`, nil)
	want(t, "room", rooms.next("p")["presence"].(object)["totalCount"], 1)

	// Whether the subscription is there already can't be seen; a change that it
	// misses comes with the resume below.
	ada.update(customer, 1, object{"name": "v2"})
	resumed := ben.connect()
	resumed.subscribe("2", customerChanged, object{"after": customer["cursor"]})
	for version := 2; version <= 20; version++ {
		if version > 2 {
			writer := []*person{ada, ben}[version%2]
			writer.update(customer, version-1, object{"name": "x" + strings.Repeat("y", version)})
		}
		got := resumed.next("2")["customerChanged"].(object)
		want(t, "version", got["version"], version)
		want(t, "version of the entity", got["customer"].(object)["version"], version)
	}

	ada.connect().subscribe("p", `subscription { presence(room: "r", clientId: "a") { totalCount } }`, nil)
	joined := rooms.next("p")["presence"].(object)
	want(t, "joined", joined["joined"], []any{object{"id": "ada", "name": "Ada"}})
	want(t, "snapshot", joined["snapshot"], nil)
}

// An instance that never announces stands for one that dies between commit and
// announcement: the others find its changes in the log.
func TestChangeWithoutAnnouncement(t *testing.T) {
	t.Parallel()
	settings := shared(t)
	listening := start(t, settings)
	silent := start(t, map[string]string{"DATABASE_URL": settings["DATABASE_URL"]})
	org := rand.Text()
	ada := join(t, silent, org, "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	follower := ada.on(listening).connect()
	follower.subscribe("1", customerChanged, object{"after": customer["cursor"]})
	for version := 2; version <= 4; version++ {
		began := time.Now()
		ada.update(customer, version-1, object{"name": strings.Repeat("x", version)})
		want(t, "version", follower.next("1")["customerChanged"].(object)["version"], version)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
	}
}

// A drain closes sockets so that their clients come back, and never says that a stream ended.
func TestDrain(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	s := join(t, at, "acme", "ada", collab.RoleMember).connect()
	s.subscribe("1", customerChanged, nil)
	at.drain(t)
	if code := s.closeCode(); code != 1012 {
		t.Errorf("closed with %d, want 1012", code)
	}
}

func TestBadTokenClosesWith4403(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	s := &socket{t: t, conn: dial(t, at)}
	s.write(object{"type": "connection_init", "payload": object{"authorization": "Bearer nonsense"}})
	if code := s.closeCode(); code != 4403 {
		t.Errorf("closed with %d, want 4403", code)
	}
}

func TestResyncRequired(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	s := join(t, at, "acme", "ada", collab.RoleMember).connect()
	s.subscribe("1", customerChanged, object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
	message := s.read()
	want(t, "type", message["type"], "error")
	first := message["payload"].([]any)[0].(object)
	want(t, "code", first["extensions"].(object)["code"], "RESYNC_REQUIRED")
}
