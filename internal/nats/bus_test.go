package nats_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/eventually"
	"tandem/internal/nats"
	"tandem/internal/natstest"
)

func TestBus(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	collabtest.Bus(t, func(t *testing.T) (a, b collab.Bus) {
		return newBus(t, server.URL()), newBus(t, server.URL())
	})
}

// Organizations have subjects of their own, whatever their ids are.
func TestSubjectsOfOrganizations(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	for _, org := range []collab.ID{"acme", "a.b", ">", "*", "a b", "Müller", "%2E", "_", "-"} {
		hear(t, a, listen(t, b, org), org)
	}
}

// Installations with different subjects share a NATS, and hear nothing of each other.
func TestSubjectsApart(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	settings := nats.Settings{URL: server.URL(), Subject: "other.crm"}
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	other := nats.NewBus(connect(t, settings), slog.New(slog.DiscardHandler))
	heard, apart := listen(t, b, "acme"), listen(t, other, "acme")
	hear(t, other, apart, "acme")
	hear(t, a, heard, "acme")
	for len(apart) > 0 {
		<-apart // of the other bus's own
	}
	hear(t, a, heard, "acme")
	if len(apart) > 0 {
		t.Error("an announcement under another subject is heard")
	}
}

// The bus ignores messages that are not announcements, and announcements in the format of another release.
func TestBusIgnoresForeignMessages(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	client := connect(t, nats.Settings{URL: server.URL(), Subject: "tandem"})
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	heard := listen(t, b, "passes-over")
	hear(t, a, heard, "passes-over")
	for _, nonsense := range []string{"", " ", "nonsense", "A {", `A {"orgId":"passes-over"}`, "A [1,2]", "A null\x00"} {
		if err := client.Publish("tandem.changes.passes-over", []byte(nonsense)); err != nil {
			t.Fatal(err)
		}
	}
	hear(t, a, heard, "passes-over")
}

// A change that is larger than NATS accepts is lost alone, and counted.
func TestTooLargeChangeIsLostAlone(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "max_payload: 64KB")
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	heard := listen(t, b, "large")
	hear(t, a, heard, "large")
	announce(t, a, &collab.Change{OrgID: "large", Type: collab.ChangeMember, ActorID: "large", Metadata: collab.JSON(`"` + strings.Repeat("x", 100_000) + `"`)})
	hear(t, a, heard, "large")
	eventually.Is(t, "one announcement is lost", a.Lost, 1)
	if err := a.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func connect(t *testing.T, settings nats.Settings) *nats.Connection {
	t.Helper()
	connection, err := nats.Open(t.Context(), settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(connection.Close)
	return connection
}

// newBus returns the bus of an instance of its own.
func newBus(t *testing.T, url string) *nats.Bus {
	t.Helper()
	return nats.NewBus(connect(t, nats.Settings{URL: url, Subject: "tandem"}), slog.New(slog.DiscardHandler))
}

// listen returns the changes of one organization that a bus delivers, while the channel has room.
func listen(t *testing.T, bus *nats.Bus, org collab.ID) <-chan *collab.Change {
	heard := make(chan *collab.Change, 1<<12)
	bus.Listen(t.Context(), func(c *collab.Change) {
		if c.OrgID != org {
			return
		}
		select {
		case heard <- c:
		default:
		}
	})
	return heard
}

// patience bounds a wait. Only a failure uses it up.
const patience = time.Minute

// hear announces until it is heard.
func hear(t *testing.T, from *nats.Bus, heard <-chan *collab.Change, org collab.ID) {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	timeout := time.After(patience)
	change := &collab.Change{OrgID: org, Type: collab.ChangeMember, ActorID: collab.NewID("hear", time.Now())}
	announce(t, from, change)
	for {
		select {
		case c := <-heard:
			if c.ActorID == change.ActorID {
				return
			}
		case <-again.C:
			announce(t, from, change)
		case <-timeout:
			t.Fatal("nothing is heard")
		}
	}
}

func announce(t *testing.T, from *nats.Bus, change *collab.Change) {
	t.Helper()
	if err := from.Announce(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}
