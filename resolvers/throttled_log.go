package resolvers

import (
	"log/slog"
	"sync"
	"time"
)

// logEvery is the shortest interval between two log lines about a cause that many requests may meet at once, such
// as an unavailable database.
const logEvery = 10 * time.Second

// A throttledLog logs a cause once in logEvery, rather than for every request.
type throttledLog struct {
	log *slog.Logger

	mu    sync.Mutex // guards what follows
	last  time.Time
	since int // causes since last that were not logged
}

// add logs a cause, or counts it for the next log line.
func (c *throttledLog) add(message string, cause error, attributes ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.last) >= logEvery {
		c.log.Warn(message, append(attributes, "error", cause, "before", c.since)...)
		c.last, c.since = now, 0
		return
	}
	c.since++
}
