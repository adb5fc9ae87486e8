package memory_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/memory"
)

func TestLimits(t *testing.T) {
	collabtest.Limits(t, func(_ *testing.T, now func() time.Time) collab.Limits { return memory.NewLimits(now) })
}

// Memory is bounded: with too many buckets, the longest idle ones are forgotten.
func TestLimitsForgetTheIdle(t *testing.T) {
	t.Parallel()
	at := time.Now()
	limits := memory.NewLimits(func() time.Time { return at })
	once := collab.Limit{Every: time.Hour, Burst: 1}
	take := func(who string) time.Duration {
		return limits.Take(t.Context(), collab.LimitKey{What: "test", Who: who}, once, 1)
	}
	take("idle")
	take("busy")
	for i := range 99_999 {
		take(fmt.Sprint(i))
		if take("busy") == 0 {
			t.Fatal("a bucket in use was forgotten")
		}
	}
	if take("idle") != 0 {
		t.Error("an idle bucket was kept, although there were too many")
	}
}
