package collab

import (
	"context"
	"time"
)

// A Limit is how often something may be done: Burst times at once, and once more after each Every.
// The zero Limit allows everything.
type Limit struct {
	Every time.Duration
	Burst int
}

// Off reports whether the limit allows everything.
func (l Limit) Off() bool { return l.Every <= 0 || l.Burst <= 0 }

// A LimitKey names what is counted, and for whom. Its field Who may be any text.
type LimitKey struct{ What, Who string }

// Limits counts the actions of people and addresses, so that nobody acts too often. Counts are
// hints: they may be lost, and then start again at zero. If they can't be reached, each instance
// uses its own counts, so that an outage neither lets everything through nor stops everybody. So
// there is no error.
type Limits interface {
	// Take counts n more for a key and returns 0. If the limit has no room for all of them, it
	// counts none and returns how long to wait until it has. An n above the burst needs room for a
	// whole burst, since it could never fit otherwise, and counts in full: the next one waits for all
	// of it. A key is always used with the same limit.
	Take(ctx context.Context, key LimitKey, limit Limit, n int) (retryAfter time.Duration)
}
