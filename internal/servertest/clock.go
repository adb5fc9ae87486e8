package servertest

import (
	"sync"
	"testing"
	"time"
)

// A Clock is that of an instance, for server.Options. It goes on from the time that a test sets.
type Clock struct {
	t testing.TB

	mu    sync.Mutex // guards ahead
	ahead time.Duration
}

// NewClock returns a clock that begins as Set sets it.
func NewClock(t testing.TB, zone, wall string) *Clock {
	t.Helper()
	c := &Clock{t: t}
	c.Set(zone, wall)
	return c
}

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Set moves the clock on to the next moment at which clocks in a zone show a time of day, HH:MM.
func (c *Clock) Set(zone, wall string) {
	c.t.Helper()
	in, err := time.LoadLocation(zone)
	if err != nil {
		c.t.Fatal(err)
	}
	at, err := time.Parse("15:04", wall)
	if err != nil {
		c.t.Fatal(err)
	}
	shown := c.Now().In(in)
	year, month, day := shown.Date()
	next := time.Date(year, month, day, at.Hour(), at.Minute(), 0, 0, in)
	if !next.After(shown) {
		next = next.AddDate(0, 0, 1)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = time.Until(next)
}

// Forward moves the clock on.
func (c *Clock) Forward(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += by
}
