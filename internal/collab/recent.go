package collab

import (
	"hash/maphash"
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
	// recentMarks is how many counters of forgetting there are. Keys that share one
	// are now and then read once more than they had to be.
	recentMarks = 256
)

// recent keeps what was read lately, for clients that ask much and for events
// that come fast. Its values are shared: nobody modifies them.
//
// What is forgotten while it is being read may have been read as it was before.
// So a reader takes the mark of the key before it reads, and what it read is not
// kept if the mark is another one by then.
type recent[K comparable, V any] struct {
	mu   sync.Mutex // guards all below
	kept map[K]recentEntry[V]
	seed maphash.Seed
	// marks count how often keys were forgotten, each counter for some of them.
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

// mark is taken before a value is read that is to be put.
func (c *recent[K, V]) mark(key K) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.counter(key)
}

// put keeps a value that was read at a time, if its key was not forgotten since
// the mark was taken.
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

// forgetAll forgets every key that of is true for, and whatever is being read.
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

// counter is the one that counts for a key. c.mu is held.
func (c *recent[K, V]) counter(key K) *uint64 {
	if c.seed == (maphash.Seed{}) {
		c.seed = maphash.MakeSeed()
	}
	return &c.marks[maphash.Comparable(c.seed, key)%recentMarks]
}
