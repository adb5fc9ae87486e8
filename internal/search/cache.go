package search

import (
	"sync"

	"tandem/internal/collab"
)

// cachedBytes bounds the bitmaps that a store keeps in memory. Fewer, and common searches read
// them from the database each time.
const cachedBytes = 32 << 20

// A Cache keeps bitmaps that were read lately. Each is as it was at a position of the index, and
// every change of the index moves the position, so none is used after it has changed. The zero
// Cache is ready to use.
type Cache struct {
	mu    sync.Mutex // guards what follows
	kept  map[cacheKey]cachedBitmap
	bytes int
}

type cacheKey struct {
	orgID collab.ID
	t     collab.EntityType
	key   string
}

type cachedBitmap struct {
	at      version
	members set // nobody changes it
}

// A version is the state of the index that a bitmap was read in.
type version struct {
	epoch    uint32
	position int64
}

// Fill gives a reading the bitmaps of a plan that are kept, and returns the keys of the others.
// An index that is of no use needs none.
func (c *Cache) Fill(orgID collab.ID, t collab.EntityType, plan Plan, read *Reading) (missing []string) {
	if !read.IsUsable() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	read.bitmaps = map[string]set{}
	for _, key := range plan.Keys() {
		found, kept := c.kept[cacheKey{orgID, t, key}]
		if !kept || found.at != read.version() {
			missing = append(missing, key)
			continue
		}
		read.bitmaps[key] = found.members
	}
	return missing
}

// Keep keeps the bitmaps of keys that a reading was completed with.
func (c *Cache) Keep(orgID collab.ID, t collab.EntityType, keys []string, read *Reading) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[cacheKey]cachedBitmap{}
	}
	for _, key := range keys {
		at := cacheKey{orgID, t, key}
		c.drop(at)
		c.kept[at] = cachedBitmap{read.version(), read.bitmaps[key]}
		c.bytes += cachedSize(at, read.bitmaps[key])
	}
	for at := range c.kept { // in no order, so that no pattern of searches defeats the cache
		if c.bytes <= cachedBytes {
			return
		}
		c.drop(at)
	}
}

// drop lets go of a bitmap, if it is there. c.mu is held.
func (c *Cache) drop(at cacheKey) {
	if found, kept := c.kept[at]; kept {
		c.bytes -= cachedSize(at, found.members)
		delete(c.kept, at)
	}
}

// cachedSize is about how many bytes a bitmap takes in memory.
func cachedSize(at cacheKey, members set) int {
	const entry = 200
	return entry + len(at.orgID) + len(at.key) + len(members)*(bitmapSize+entry/4)
}
