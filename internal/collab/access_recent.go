package collab

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	// recentTTL is how long a cached value is used without reading it again. An announced change
	// applies at once; a change whose announcement was lost applies after this time.
	recentTTL = time.Second
	// maxRecent bounds the number of entries. A full cache is emptied, which costs each of its
	// entries one read.
	maxRecent = 10_000
	// recentMarks is the number of invalidation counters. Keys that share a counter are
	// occasionally read once more than necessary.
	recentMarks = 256
)

// recent caches values that were read recently, for clients that send many requests and for
// frequent events. Its values are shared: nobody modifies them.
//
// A value that is forgotten while it is being read may be stale. So a reader takes the mark of the
// key before it reads, and the value is not kept if the mark has changed meanwhile.
type recent[K comparable, V any] struct {
	mu   sync.Mutex // guards what follows; innermost
	kept map[K]recentEntry[V]
	seed maphash.Seed
	// marks count how often keys were forgotten; each counter serves several keys.
	marks [recentMarks]uint64
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

// mark returns the mark of a key, to be taken before reading a value for put.
func (c *recent[K, V]) mark(key K) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.counter(key)
}

// put keeps a value that was read at a time, unless its key was forgotten since the mark was taken.
func (c *recent[K, V]) put(key K, value V, read time.Time, mark uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *c.counter(key) != mark {
		return
	}
	if c.kept == nil || len(c.kept) >= maxRecent {
		c.kept = make(map[K]recentEntry[V])
	}
	c.kept[key] = recentEntry[V]{value, read}
}

func (c *recent[K, V]) forget(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.counter(key)++
	delete(c.kept, key)
}

// forgetAll forgets every key for which of is true, and every value that is being read.
func (c *recent[K, V]) forgetAll(of func(K) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.marks {
		c.marks[i]++
	}
	for key := range c.kept {
		if of(key) {
			delete(c.kept, key)
		}
	}
}

// counter returns the counter of a key. c.mu is held.
func (c *recent[K, V]) counter(key K) *uint64 {
	if c.seed == (maphash.Seed{}) {
		c.seed = maphash.MakeSeed()
	}
	return &c.marks[maphash.Comparable(c.seed, key)%recentMarks]
}
