package collab

import (
	"sync"
	"time"
)

const (
	// recentTTL is how long something is believed to be as it was read. What is
	// heard of a change counts at once; a change whose announcement was lost
	// counts after this time.
	recentTTL = time.Second
	// maxRecent bounds how much is kept. A full cache begins anew, which costs
	// each of its entries one read.
	maxRecent = 10_000
)

// recent keeps what was read lately, for clients that ask much and for events
// that come fast. Its values are shared: nobody modifies them.
type recent[K comparable, V any] struct {
	mu   sync.Mutex
	kept map[K]recentEntry[V]
}

type recentEntry[V any] struct {
	value V
	read  time.Time
}

func (c *recent[K, V]) get(key K, now time.Time) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.kept[key]
	return entry.value, ok && now.Sub(entry.read) < recentTTL
}

// put keeps a value that was read at a time.
func (c *recent[K, V]) put(key K, value V, read time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= maxRecent {
		c.kept = make(map[K]recentEntry[V])
	}
	c.kept[key] = recentEntry[V]{value, read}
}

func (c *recent[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, key)
}
