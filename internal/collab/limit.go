package collab

import (
	"context"
	"time"
)

// A Limit is how often something may be done: Burst times at once, and once more
// for each Every that has passed since. The zero Limit allows everything.
type Limit struct {
	Every time.Duration
	Burst int
}

// Off reports whether the limit allows everything.
func (l Limit) Off() bool { return l.Every <= 0 || l.Burst <= 0 }

// A LimitKey names what is counted, and of whom. Who may be any text.
type LimitKey struct{ What, Who string }

// Limits counts what people and addresses do, so that nobody does it too often.
// Counts are hints: they may be lost, and then begin anew. Where they can't be
// reached, each instance goes by what it has seen itself, so that an outage
// neither lets everything through nor stops everybody. So there is no error.
type Limits interface {
	// Take counts n more of a key and returns 0; or, where the limit has no room
	// for all of them, counts none and returns after how long it will have. An n
	// above the burst counts as the burst, or it could never be had. A key is
	// always used with the same limit.
	Take(ctx context.Context, key LimitKey, limit Limit, n int) (retryAfter time.Duration)
}
