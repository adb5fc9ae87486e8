package redis_test

import (
	"log/slog"
	"os"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/redis"
)

func TestBus(t *testing.T) {
	url := testURL(t)
	collabtest.Bus(t, func(t *testing.T) (a, b collab.Bus) {
		return newBus(t, url), newBus(t, url)
	})
}

// The bus ignores messages that are not announcements, and announcements in the format of another
// release.
func TestBusIgnoresForeignMessages(t *testing.T) {
	url := testURL(t)
	client := connect(t, url)
	a, b := newBus(t, url), newBus(t, url)
	heard := listen(t, b, "passes-over")
	hear(t, a, heard, "passes-over")
	for _, nonsense := range []string{
		"", " ", "nonsense", "A {", `A {"orgId":"passes-over"}`, `A {"cursor":"01","orgId":"passes-over"}`,
		`A {"orgId":"passes-over","entityType":"SHIP","snapshot":{}}`, "A [1,2]", "A null", "A null\x00",
	} {
		if err := client.Publish(t.Context(), "tandem:0:changes", nonsense).Err(); err != nil {
			t.Fatal(err)
		}
	}
	hear(t, a, heard, "passes-over")
}

// testURL returns the URL of the Redis that the tests may use.
func testURL(t *testing.T) string {
	t.Helper()
	url := os.Getenv("TEST_REDIS_URL")
	if url == "" {
		t.Fatal("TEST_REDIS_URL is not set; run it with scripts/with-services go test ./...")
	}
	return url
}

func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	client, err := redis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// newBus returns the bus of an instance of its own.
func newBus(t *testing.T, url string) *redis.Bus {
	t.Helper()
	return redis.NewBus(connect(t, url), slog.New(slog.DiscardHandler))
}

// listen returns the changes of one organization that a bus delivers, while the channel has room.
// Others may use the same Redis.
func listen(t *testing.T, bus *redis.Bus, org collab.ID) <-chan *collab.Change {
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

// hear announces until it is heard, and returns how long that took.
func hear(t *testing.T, from *redis.Bus, heard <-chan *collab.Change, org collab.ID) time.Duration {
	t.Helper()
	began := time.Now()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	timeout := time.After(patience)
	change := &collab.Change{OrgID: org, Type: collab.ChangeMember, ActorID: collab.NewID("hear", began)}
	announce(t, from, change)
	for {
		select {
		case c := <-heard:
			if c.ActorID == change.ActorID {
				return time.Since(began)
			}
		case <-again.C:
			announce(t, from, change)
		case <-timeout:
			t.Fatal("nothing is heard")
		}
	}
}

func announce(t *testing.T, from *redis.Bus, change *collab.Change) {
	t.Helper()
	if err := from.Announce(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}
