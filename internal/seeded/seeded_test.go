package seeded_test

import (
	"fmt"
	"testing"

	"tandem/internal/seeded"
)

// attempt is a test that may fail, and keeps what it logs.
type attempt struct {
	testing.TB
	failed   bool
	logged   string
	cleanups []func()
}

func (a *attempt) Helper()                         {}
func (a *attempt) Failed() bool                    { return a.failed }
func (a *attempt) Cleanup(f func())                { a.cleanups = append(a.cleanups, f) }
func (a *attempt) Logf(format string, args ...any) { a.logged += fmt.Sprintf(format, args...) }

func (a *attempt) end() {
	for _, f := range a.cleanups {
		f()
	}
}

func TestFailuresNameTheirSeed(t *testing.T) {
	t.Setenv(seeded.Variable, "")
	bad, good := &attempt{TB: t, failed: true}, &attempt{TB: t}
	seed := seeded.New(bad)
	seeded.New(good)
	bad.end()
	good.end()
	if want := fmt.Sprintf("TEST_SEED=%d draws the same random numbers", seed); bad.logged != want || good.logged != "" {
		t.Errorf("logged %q and %q, want %q and nothing", bad.logged, good.logged, want)
	}
}

// A fixed seed holds unless another one is given.
func TestFixedSeed(t *testing.T) {
	for given, want := range map[string]seeded.Seed{"": 7, "9": 9} {
		t.Setenv(seeded.Variable, given)
		if got := seeded.Or(t, 7); got != want {
			t.Errorf("with %q, it is %d", given, got)
		}
	}
}

func TestSeedReplays(t *testing.T) {
	t.Setenv(seeded.Variable, "18446744073709551615")
	draw := func(stream int) (drawn [5]uint64) {
		r := seeded.New(t).Rand(stream)
		for i := range drawn {
			drawn[i] = r.Uint64()
		}
		return drawn
	}
	first, again, other := draw(1), draw(1), draw(2)
	if first != again || first == other {
		t.Errorf("drew %v, then %v, and of another stream %v", first, again, other)
	}
}
