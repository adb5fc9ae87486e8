package memory

import (
	"context"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"tandem/internal/collab"
)

// maxLimited is how many keys are counted. Fewer, and a crowd makes the counts of
// others begin anew; more costs memory, about 200 bytes each.
const maxLimited = 100_000

// Limits is the collab.Limits of a single instance. When there are too many keys,
// those that were not used for longest are forgotten.
type Limits struct {
	now func() time.Time

	mu sync.Mutex // guards what follows; innermost
	// free holds when nothing of a key's burst is used any more.
	free *simplelru.LRU[collab.LimitKey, time.Time]
}

// NewLimits returns a Limits that has counted nothing, and takes the time from now.
func NewLimits(now func() time.Time) *Limits {
	free, _ := simplelru.NewLRU[collab.LimitKey, time.Time](maxLimited, nil) // an error is for a size below 1
	return &Limits{now: now, free: free}
}

// Take counts n more of a key, or returns after how long there is room for them.
func (l *Limits) Take(_ context.Context, key collab.LimitKey, limit collab.Limit, n int) time.Duration {
	if limit.Off() {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	free, known := l.free.Get(key)
	if !known || free.Before(now) {
		free = now
	}
	needed := time.Duration(min(n, limit.Burst)) * limit.Every
	if wait := free.Add(needed).Sub(now) - time.Duration(limit.Burst)*limit.Every; wait > 0 {
		return wait
	}
	l.free.Add(key, free.Add(time.Duration(n)*limit.Every))
	return 0
}
