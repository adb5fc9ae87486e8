package resolvers

import (
	"log/slog"
	"sync"
	"time"
)

// complainEvery is how often a cause is logged that many may meet at once, as
// when the database is away.
const complainEvery = 10 * time.Second

// complaints log once in a while what would otherwise be logged by everybody.
type complaints struct {
	log *slog.Logger

	mu    sync.Mutex // guards what follows
	last  time.Time
	since int // how many were not logged since
}

// add logs a cause, or counts it for the next time.
func (c *complaints) add(message string, cause error, attributes ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.last) >= complainEvery {
		c.log.Warn(message, append(attributes, "error", cause, "before", c.since)...)
		c.last, c.since = now, 0
		return
	}
	c.since++
}
