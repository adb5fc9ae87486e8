package redis_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/collab"
	"tandem/internal/redis"
)

// An announcement that does not reach Redis is counted, since its caller is not told.
func TestLostAnnouncementsAreCounted(t *testing.T) {
	t.Parallel()
	client := goredis.NewClient(&goredis.Options{Addr: "127.0.0.1:1", MaxRetries: -1, DialerRetries: 1})
	t.Cleanup(func() { _ = client.Close() })
	bus := redis.NewBus(client, slog.New(slog.DiscardHandler))
	for range 3 {
		if err := bus.Announce(t.Context(), &collab.Change{OrgID: "acme"}); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); bus.Stats().Lost != 3; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d are counted, want 3", bus.Stats().Lost)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if bus.Ping(ctx) == nil {
		t.Error("a Redis that is away answers")
	}
}
