package search

import (
	"sync"

	"tandem/internal/collab"
)

// cachedBytes bounds the bitmaps that a store keeps in memory. With a lower bound, common searches
// read them from the database each time.
const cachedBytes = 32 << 20

// A Cache keeps recently read bitmaps. Each belongs to one position of the index, and
// every change of the index moves the position, so a changed bitmap is never used. The zero
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

// A version is the state of the index from which a bitmap was read.
type version struct {
	epoch    uint32
	position int64
}

// Fill adds the cached bitmaps of a plan to a reading, and returns the keys of the others. An
// unusable index needs none.
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

// Expect returns a reading with the cached bitmaps of a plan, without pending entities and grants.
// It equals a reading from the store while the index does not change. It is nil unless all of the
// bitmaps are cached, with the same version.
func (c *Cache) Expect(orgID collab.ID, t collab.EntityType, plan Plan) *Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	expected := plan.NewReading()
	expected.bitmaps, expected.HasAllKeys = map[string]set{}, true
	for i, key := range plan.Keys() {
		found, kept := c.kept[cacheKey{orgID, t, key}]
		if i == 0 {
			expected.Epoch, expected.Position = found.at.epoch, found.at.position
		}
		if !kept || found.at != expected.version() {
			return nil
		}
		expected.bitmaps[key] = found.members
	}
	return expected
}

// Keep caches the bitmaps of keys that were read to complete a reading.
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

// drop removes a bitmap, if it is there. c.mu is held.
func (c *Cache) drop(at cacheKey) {
	if found, kept := c.kept[at]; kept {
		c.bytes -= cachedSize(at, found.members)
		delete(c.kept, at)
	}
}

// cachedSize returns the approximate size of a bitmap in memory, in bytes.
func cachedSize(at cacheKey, members set) int {
	const entry = 200
	return entry + len(at.orgID) + len(at.key) + len(members)*(bitmapSize+entry/4)
}
