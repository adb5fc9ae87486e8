package httpd

import (
	"context"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// texts is a cache of values that were derived from texts of clients. Clients choose the length of
// their texts, so the cache is bounded by length and not only by number. It evicts the least recently
// used value first.
type texts[T any] struct {
	length        func(key string, value T) int
	longest, most int

	mu   sync.Mutex // guards what follows; innermost
	kept *simplelru.LRU[string, T]
	sum  int // of the lengths of the cached texts
}

// newTexts returns a cache of at most number values, whose texts have at most longest bytes each, and
// most bytes together.
func newTexts[T any](number, longest, most int, length func(key string, value T) int) *texts[T] {
	c := &texts[T]{length: length, longest: longest, most: most}
	// An error is for a size below 1.
	c.kept, _ = simplelru.NewLRU(number, func(key string, value T) { c.sum -= length(key, value) })
	return c
}

// Get returns the value of a key.
func (c *texts[T]) Get(_ context.Context, key string) (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Get(key)
}

// Add caches a value, unless its text is too long.
func (c *texts[T]) Add(_ context.Context, key string, value T) {
	length := c.length(key, value)
	if length > c.longest {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept.Contains(key) {
		return // it is the same
	}
	c.sum += length
	c.kept.Add(key, value)
	for c.sum > c.most {
		c.kept.RemoveOldest()
	}
}
