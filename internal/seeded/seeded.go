// Package seeded gives randomized tests numbers that can be drawn again.
package seeded

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Variable is the environment variable with the seed of every test that takes one.
const Variable = "TEST_SEED"

// A Seed is where a test's random numbers come from.
type Seed uint64

// New returns the seed in TEST_SEED, or one of its own for each run. A test that fails says how to run it with the same
// seed again.
func New(t testing.TB) Seed {
	t.Helper()
	return Or(t, Seed(rand.Uint64()))
}

// Or returns the seed in TEST_SEED, or a fixed one, for a test that needs what its steps meet.
func Or(t testing.TB, fixed Seed) Seed {
	t.Helper()
	seed := uint64(fixed)
	if given := os.Getenv(Variable); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatalf("%s: %v", Variable, err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s=%d draws the same random numbers", Variable, seed)
		}
	})
	return Seed(seed)
}

// Rand returns a stream of numbers. Goroutines that run at the same time take one each, so that none depends on the order
// in which they run.
func (s Seed) Rand(stream int) *rand.Rand { return rand.New(rand.NewPCG(uint64(s), uint64(stream))) }
