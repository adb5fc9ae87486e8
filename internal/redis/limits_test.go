package redis_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/eventually"
	"tandem/internal/memory"
	"tandem/internal/redis"
	"tandem/internal/redistest"
)

func newLimits(client *redis.Client, now func() time.Time) *redis.Limits {
	alone := memory.NewLimits(time.Now)
	if now != nil {
		alone = memory.NewLimits(now)
	}
	return redis.NewLimits(client, alone, slog.New(slog.DiscardHandler), now)
}

func TestLimits(t *testing.T) {
	url := testURL(t)
	collabtest.Limits(t, func(t *testing.T, now func() time.Time) collab.Limits { return newLimits(connect(t, url), now) })
}

func TestLimitsOfTwo(t *testing.T) {
	url := testURL(t)
	collabtest.LimitsOfTwo(t, func(t *testing.T, now func() time.Time) (a, b collab.Limits) {
		return newLimits(connect(t, url), now), newLimits(connect(t, url), now)
	})
}

// A person far under the limit is counted without a round trip each, and one who
// comes closer is counted exactly. Without a clock of a test, it is Redis's.
func TestLimitsTakeAhead(t *testing.T) {
	client := connect(t, testURL(t))
	limits := newLimits(client, nil)
	key := collab.LimitKey{What: "test", Who: string(collab.NewID("org", time.Now()))}
	limit := collab.Limit{Every: time.Hour, Burst: 100}
	name := "tandem:limit:test:" + key.Who
	used := func() time.Duration {
		micros, err := client.Get(t.Context(), name).Int64()
		must(t, err)
		return time.UnixMicro(micros).Sub(client.Time(t.Context()).Val()).Round(time.Hour)
	}
	for range 6 {
		limits.Take(t.Context(), key, limit, 1)
	}
	if got := used(); got != 6*time.Hour {
		t.Errorf("after 6, %v are counted", got)
	}
	limits.Take(t.Context(), key, limit, 1)
	if got := used(); got != 12*time.Hour {
		t.Errorf("after 7, %v are counted, want those taken ahead too", got)
	}
	for range 93 {
		if wait := limits.Take(t.Context(), key, limit, 1); wait != 0 {
			t.Fatalf("refused for %v", wait)
		}
	}
	if wait := limits.Take(t.Context(), key, limit, 1); wait <= 0 || wait > time.Hour {
		t.Errorf("after all, the wait is %v", wait)
	}
	if expiry := client.PTTL(t.Context(), name).Val(); expiry < 99*time.Hour || expiry > 101*time.Hour {
		t.Errorf("it expires after %v", expiry)
	}
}

// While Redis is away an instance goes by what it sees itself; it neither lets
// everything through nor stops everybody, and does not wait for each.
func TestLimitsWithoutRedis(t *testing.T) {
	server := redistest.Start(t)
	limits := newLimits(connect(t, server.URL()), nil)
	limit := collab.Limit{Every: time.Hour, Burst: 10}
	key := collab.LimitKey{What: "test", Who: strings.Repeat("x", 10)}
	must(t, waited(limits.Take(t.Context(), key, limit, 10)))
	server.Kill()
	began := time.Now()
	for range 10 {
		must(t, waited(limits.Take(t.Context(), key, limit, 1)))
	}
	if limits.Take(t.Context(), key, limit, 1) <= 0 {
		t.Error("without Redis there is no limit")
	}
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("11 counts took %v", took)
	}
	server.Start()
	client, again := connect(t, server.URL()), collab.LimitKey{What: "test", Who: "again"}
	eventually.True(t, "the count is shared again", func() bool {
		limits.Take(t.Context(), again, limit, 1)
		return client.Exists(t.Context(), "tandem:limit:test:again").Val() > 0
	})
}

// waited makes an error of a wait.
func waited(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	return collab.Errorf(collab.LimitExceeded, "refused for %v", wait)
}
