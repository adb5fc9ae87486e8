// Package model plays at random with the whole system, and holds it to docs/protocol.md: two instances of the program as it
// ships, a Postgres and a Redis, all of which may be killed. `make model` runs it for longer.
package model

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"tandem/internal/systemtest"
)

// TestModel plays rounds of seeds. MODEL_SEED names the first seed, and the only one unless MODEL_TIME says for how long to
// go on. Without either it plays some that are always the same, so that a change is judged by the same rounds as the one before,
// and a new one, which the name of its test tells.
func TestModel(t *testing.T) {
	s := startSystem(t, systemtest.Build(t, "MODEL_PROGRAM"))
	seeds := []uint64{201, 202, 204, 206, 302, 309, 317, rand.Uint64N(1_000_000)}
	first, limit := os.Getenv("MODEL_SEED"), os.Getenv("MODEL_TIME")
	if first != "" || limit != "" {
		seeds = []uint64{rand.Uint64N(1_000_000)}
	}
	if first != "" {
		seed, err := strconv.ParseUint(first, 10, 64)
		if err != nil {
			t.Fatalf("MODEL_SEED: %v", err)
		}
		seeds[0] = seed
	}
	if limit != "" {
		length, err := time.ParseDuration(limit)
		if err != nil {
			t.Fatalf("MODEL_TIME: %v; give it as 30s, 10m or 1h", err)
		}
		playFor(t, s, seeds[0], length)
		return
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { playSeed(t, s, seed) })
	}
}

// playFor plays one seed after another until the time is over.
func playFor(t *testing.T, s *system, seed uint64, length time.Duration) {
	for began := time.Now(); time.Since(began) < length; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { playSeed(t, s, seed) })
	}
}

// playSeed plays the round of a seed. The same seed plays the same schedule of operations against the same program: what
// instances and readers do beside it takes its own time, and where two answers may be given, what follows depends on which.
func playSeed(t *testing.T, s *system, seed uint64) {
	began, w := time.Now(), (*world)(nil)
	defer func() {
		if w != nil {
			w.end()
		}
		switch v := recover().(type) {
		case nil:
			t.Logf("seed %d: %d events, %d readers, %d conflicts in %v", seed, len(w.events), len(w.sessions), len(w.model.conflicts), time.Since(began).Round(time.Millisecond))
		case violation:
			t.Error(w.report(v))
		default:
			panic(v)
		}
	}()
	w = newWorld(s, seed)
	w.setUp()
	w.play()
}
