package redis_test

import (
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/redis"
)

func TestPresences(t *testing.T) {
	url := testURL(t)
	collabtest.Presences(t, func(t *testing.T, now func() time.Time) collab.Presences {
		return redis.NewPresences(connect(t, url), now)
	})
}

func TestPresencesOfTwo(t *testing.T) {
	url := testURL(t)
	collabtest.PresencesOfTwo(t, func(t *testing.T, now func() time.Time) (a, b collab.Presences) {
		return redis.NewPresences(connect(t, url), now), redis.NewPresences(connect(t, url), now)
	})
}
