package collabtest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/internal/collab"
)

// Limits holds a collab.Limits to its contract. open returns one that takes the
// time from now, and has counted nothing of a new organization.
func Limits(t *testing.T, open func(t *testing.T, now func() time.Time) collab.Limits) {
	for _, test := range []struct {
		name string
		run  func(*limitStage)
	}{
		{"Take/BurstAndNoMore", limitBurst},
		{"Take/OneMoreForEachInterval", limitRefills},
		{"Take/NeverMoreThanBurst", limitRests},
		{"Take/RefusalsAreFree", limitRefusalsAreFree},
		{"Take/SeveralAllOrNone", limitTakesSeveral},
		{"Take/MoreThanBurstCountsInFull", limitTakesTooMany},
		{"Take/ReturnsWait", limitWaits},
		{"Take/KeysAreApart", limitKeysAreApart},
		{"Take/KeysAreAnyText", limitKeysAreAnyText},
		{"Take/NoLimitAllowsEverything", limitOff},
		{"Take/ConcurrentCallsShareBurst", limitCrowd},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newClock()
			test.run(&limitStage{t, c, open(t, c.now), collab.LimitKey{What: "test", Who: string(collab.NewID("org", time.Now()))}})
		})
	}
}

// LimitsOfTwo holds the collab.Limits of two instances, which share what they
// count, to what they owe each other.
func LimitsOfTwo(t *testing.T, open func(t *testing.T, now func() time.Time) (a, b collab.Limits)) {
	t.Run("Take/CountsForTheOther", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		a, b := open(t, c.now)
		key := collab.LimitKey{What: "test", Who: string(collab.NewID("org", time.Now()))}
		one, two := &limitStage{t, c, a, key}, &limitStage{t, c, b, key}
		for range 3 {
			one.wantTaken(five, 1)
		}
		two.wantTaken(five, 2)
		one.wantRefused(five, 1)
		two.wantRefused(five, 1)
		c.pass(time.Second)
		two.wantTaken(five, 1)
		one.wantRefused(five, 1)
	})
	t.Run("Take/AllowsNoMoreTogether", func(t *testing.T) {
		t.Parallel()
		c := newClock()
		a, b := open(t, c.now)
		key := collab.LimitKey{What: "test", Who: string(collab.NewID("org", time.Now()))}
		hundred := collab.Limit{Every: time.Second, Burst: 100}
		taken := 0
		for range 100 {
			for _, limits := range []collab.Limits{a, b} {
				if limits.Take(t.Context(), key, hundred, 1) == 0 {
					taken++
				}
			}
		}
		if taken != 100 {
			t.Errorf("%d were allowed, want 100", taken)
		}
	})
}

// five are allowed at once, and one a second.
var five = collab.Limit{Every: time.Second, Burst: 5}

// A limitStage is a Limits, and a key of its own.
type limitStage struct {
	*testing.T
	*clock
	limits collab.Limits
	key    collab.LimitKey
}

func (s *limitStage) take(limit collab.Limit, n int) time.Duration {
	return s.limits.Take(s.Context(), s.key, limit, n)
}

func (s *limitStage) wantTaken(limit collab.Limit, n int) {
	s.Helper()
	if wait := s.take(limit, n); wait != 0 {
		s.Fatalf("%d were refused for %v", n, wait)
	}
}

// wantRefused makes sure that n are refused, and returns for how long.
func (s *limitStage) wantRefused(limit collab.Limit, n int) time.Duration {
	s.Helper()
	wait := s.take(limit, n)
	if wait <= 0 {
		s.Fatalf("%d were allowed", n)
	}
	return wait
}

func limitBurst(s *limitStage) {
	for range 5 {
		s.wantTaken(five, 1)
	}
	s.wantRefused(five, 1)
}

func limitRefills(s *limitStage) {
	s.wantTaken(five, 5)
	for range 3 {
		s.pass(999 * time.Millisecond)
		s.wantRefused(five, 1)
		s.pass(time.Millisecond)
		s.wantTaken(five, 1)
		s.wantRefused(five, 1)
	}
}

func limitRests(s *limitStage) {
	s.wantTaken(five, 3)
	s.pass(24 * time.Hour)
	s.wantTaken(five, 5)
	s.wantRefused(five, 1)
}

func limitRefusalsAreFree(s *limitStage) {
	s.wantTaken(five, 5)
	for range 20 {
		s.wantRefused(five, 1)
	}
	s.pass(time.Second)
	s.wantTaken(five, 1)
}

func limitTakesSeveral(s *limitStage) {
	s.wantTaken(five, 3)
	s.wantRefused(five, 3)
	s.wantTaken(five, 2)
	s.wantRefused(five, 1)
}

func limitTakesTooMany(s *limitStage) {
	s.wantTaken(five, 20)
	if wait := s.wantRefused(five, 1); wait != 16*time.Second {
		s.Errorf("after 20, the wait is %v, want 16 s", wait)
	}
	s.pass(16 * time.Second)
	s.wantTaken(five, 1)
	s.wantRefused(five, 20)
	s.pass(5 * time.Second)
	s.wantTaken(five, 20)
}

func limitWaits(s *limitStage) {
	s.wantTaken(five, 5)
	s.pass(300 * time.Millisecond)
	wait := s.wantRefused(five, 2)
	if wait != 1700*time.Millisecond {
		s.Errorf("the wait is %v, want 1.7 s", wait)
	}
	s.pass(wait)
	s.wantTaken(five, 2)
}

func limitKeysAreApart(s *limitStage) {
	s.wantTaken(five, 5)
	s.wantRefused(five, 1)
	other := *s
	other.key.Who += "2"
	other.wantTaken(five, 5)
	other = *s
	other.key.What = "others"
	other.wantTaken(five, 5)
}

func limitKeysAreAnyText(s *limitStage) {
	who := s.key.Who
	for _, text := range []string{"", ":", "}", "{", "\x00", "ü \n", `"`, "%7D", "a}b{c"} {
		s.key.Who = who + text
		s.wantTaken(five, 5)
		s.wantRefused(five, 1)
	}
}

func limitOff(s *limitStage) {
	for _, limit := range []collab.Limit{{}, {Every: time.Second}, {Burst: 1}} {
		s.wantTaken(limit, 1000)
		s.wantTaken(limit, 1000)
	}
}

func limitCrowd(s *limitStage) {
	hundred := collab.Limit{Every: time.Second, Burst: 100}
	var taken atomic.Int64
	var crowd sync.WaitGroup
	for range 8 {
		crowd.Go(func() {
			for range 50 {
				if s.take(hundred, 1) == 0 {
					taken.Add(1)
				}
			}
		})
	}
	crowd.Wait()
	if taken.Load() != 100 {
		s.Errorf("%d were allowed, want 100", taken.Load())
	}
}
