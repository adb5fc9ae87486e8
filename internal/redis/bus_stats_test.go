package redis_test

import (
	"context"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

// An announcement that does not reach Redis is counted, since its caller is not told.
func TestLostAnnouncementsAreCounted(t *testing.T) {
	t.Parallel()
	bus := newBus(t, "redis://127.0.0.1:1")
	for range 3 {
		if err := bus.Announce(t.Context(), &collab.Change{OrgID: "acme"}); err != nil {
			t.Fatal(err)
		}
	}
	eventually.Is(t, "three lost announcements are counted", bus.Lost, 3)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if bus.Ping(ctx) == nil {
		t.Error("a Redis that is away answers")
	}
}
