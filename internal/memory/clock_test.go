package memory_test

import (
	"testing"
	"time"
	"unsafe"

	"tandem/internal/collab"
	"tandem/internal/memory"
)

// A wallClock is moved against the monotonic clock, as NTP or an operator moves it.
type wallClock struct {
	began       time.Time
	elapsed, by time.Duration
}

func newWallClock() *wallClock { return &wallClock{began: time.Now()} }

// now is a time that has elapsed by the monotonic clock, and was moved by the wall clock.
// Package time can't make one: the first word of a Time is seconds above 30 bits of nanoseconds.
func (c *wallClock) now() time.Time {
	t := c.began.Add(c.elapsed)
	*(*uint64)(unsafe.Pointer(&t)) += uint64(int64(c.by/time.Second)) << 30
	return t
}

// movements are what may happen to a wall clock while the program runs.
var movements = map[string]time.Duration{"an hour ahead": time.Hour, "an hour back": -time.Hour}

func TestMovedClockOfTheTest(t *testing.T) {
	for _, by := range movements {
		clock := newWallClock()
		before := clock.now()
		clock.by, clock.elapsed = by, time.Second
		after := clock.now()
		if after.Sub(before) != time.Second || after.Round(0).Sub(before.Round(0)) != by+time.Second {
			t.Errorf("the clock was moved by %v from %v to %v", by, before, after)
		}
	}
}

// A person who is present stays present for the usual time, however the wall clock is set.
func TestPresenceUnderMovedClock(t *testing.T) {
	for name, by := range movements {
		t.Run(name, func(t *testing.T) {
			clock := newWallClock()
			presences, room := memory.NewPresences(clock.now), collab.Room{OrgID: "acme", ID: "lobby"}
			present := func() int {
				t.Helper()
				list, err := presences.Present(t.Context(), room)
				if err != nil {
					t.Fatal(err)
				}
				return len(list)
			}
			const ttl = 30 * time.Second
			if err := presences.Enter(t.Context(), room, collab.Presence{UserID: "ann", ClientID: "tab"}, collab.PresencePatch{}, ttl); err != nil {
				t.Fatal(err)
			}
			clock.by = by
			clock.elapsed = ttl - time.Second
			if present() != 1 {
				t.Error("who is there is gone")
			}
			clock.elapsed = ttl + time.Second
			if present() != 0 {
				t.Error("who is gone is there")
			}
		})
	}
}

// A limit is used up and comes back as ever, however the wall clock is set.
func TestLimitUnderMovedClock(t *testing.T) {
	for name, by := range movements {
		t.Run(name, func(t *testing.T) {
			clock := newWallClock()
			limits := memory.NewLimits(clock.now)
			take := func() time.Duration {
				return limits.Take(t.Context(), collab.LimitKey{What: "test", Who: "ann"}, collab.Limit{Burst: 1, Every: time.Minute}, 1)
			}
			if wait := take(); wait != 0 {
				t.Errorf("the first waits for %v", wait)
			}
			clock.by = by
			if wait := take(); wait != time.Minute {
				t.Errorf("the second waits for %v, want a minute", wait)
			}
			clock.elapsed = time.Minute
			if wait := take(); wait != 0 {
				t.Errorf("after a minute it waits for %v", wait)
			}
		})
	}
}
