package live_test

import (
	"crypto/rand"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

func TestTwoInstances(t *testing.T) {
	t.Parallel()
	testTwoInstances(t, servertest.Shared(t))
}

// A transaction pooler gives each transaction another session.
func TestTwoInstancesBehindPooler(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	database, err := url.Parse(settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	pooler, err := url.Parse(servertest.Service(t, "TEST_PGBOUNCER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	database.Host = pooler.Host
	settings["DATABASE_URL"] = database.String()
	testTwoInstances(t, settings)
}

func testTwoInstances(t *testing.T, settings map[string]string) {
	var one, two *servertest.Instance
	var starting sync.WaitGroup // at the same time, so that their migrations collide
	starting.Go(func() { one = servertest.Start(t, settings) })
	starting.Go(func() { two = servertest.Start(t, settings) })
	starting.Wait()

	org := rand.Text()
	ada, ben := servertest.Join(t, one, org, "ada", collab.RoleMember), servertest.Join(t, two, org, "ben", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	follower := ben.Connect()
	follower.Subscribe("1", servertest.CustomerChanged, servertest.Object{"id": customer["id"]})
	rooms := ben.Connect()
	rooms.Subscribe("p", `subscription { presence(room: "r", clientId: "b") { snapshot { id } joined { id name } left totalCount } }`, nil)
	rooms.Next("p").Is(`{"presence": {"snapshot": [{"id": "ben"}], "joined": [], "left": [], "totalCount": 1}}`)

	// The test can't see whether the subscription has started; a change that it misses comes with the resume
	// below.
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	resumed := ben.Connect()
	resumed.Subscribe("2", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	for version := 2; version <= 20; version++ {
		if version > 2 {
			writer := []*servertest.Person{ada, ben}[version%2]
			writer.Update(customer, version-1, servertest.Object{"name": "x" + strings.Repeat("y", version)})
		}
		event := resumed.Next("2").At("customerChanged")
		event.At("version").Is(strconv.Itoa(version))
		event.At("customer.version").Is(strconv.Itoa(version))
	}

	ada.Connect().Subscribe("p", `subscription { presence(room: "r", clientId: "a") { totalCount } }`, nil)
	rooms.Next("p").Is(`{"presence": {"snapshot": null, "joined": [{"id": "ada", "name": "Ada"}], "left": [], "totalCount": 2}}`)
}

// An instance that never announces stands for one that dies between commit and announcement: the others find its
// changes in the log.
func TestChangeWithoutAnnouncement(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	listening := servertest.Start(t, settings)
	silent := servertest.Start(t, map[string]string{"DATABASE_URL": settings["DATABASE_URL"]})
	org := rand.Text()
	ada := servertest.Join(t, silent, org, "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	follower := ada.On(listening).Connect()
	follower.Subscribe("1", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	for version := 2; version <= 4; version++ {
		ada.Update(customer, version-1, servertest.Object{"name": strings.Repeat("x", version)})
		follower.Next("1").At("customerChanged.version").Is(strconv.Itoa(version))
	}
}

// A drain closes sockets so that their clients come back, and never sends the end of a stream.
func TestDrain(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	s := servertest.Join(t, at, "acme", "ada", collab.RoleMember).Connect()
	s.Subscribe("1", servertest.CustomerChanged, nil)
	at.Drain(t)
	if code := s.CloseCode(); code != 1012 {
		t.Errorf("closed with %d, want 1012", code)
	}
}

func TestBadTokenClosesWith4403(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	s := &servertest.Socket{T: t, Conn: servertest.Dial(t, at)}
	s.Write(servertest.Object{"type": "connection_init", "payload": servertest.Object{"authorization": "Bearer nonsense"}})
	if code := s.CloseCode(); code != 4403 {
		t.Errorf("closed with %d, want 4403", code)
	}
}

func TestResyncRequired(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	s := servertest.Join(t, at, "acme", "ada", collab.RoleMember).Connect()
	s.Subscribe("1", servertest.CustomerChanged, servertest.Object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
	message := s.Read()
	message.At("type").Is(`"error"`)
	servertest.Want(t, "code", message.At("payload").Code(), "RESYNC_REQUIRED")
}
