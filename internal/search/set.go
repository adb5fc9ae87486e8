package search

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

const (
	// ChunkSize is the range of numbers of a chunk. Larger chunks cost more to rewrite
	// for each change; smaller ones are more rows to read for each search.
	ChunkSize = 8192
	// bitmapSize is the size in bytes of a chunk with a bit for every number. If a list of the
	// numbers, two bytes each, is shorter, the chunk is stored as the list.
	bitmapSize = ChunkSize / 8
)

// A chunk is the set of numbers in one chunk, relative to its first.
type chunk [ChunkSize / 64]uint64

// decode reads the stored form of a chunk.
func decode(kept []byte) *chunk {
	c := new(chunk)
	if len(kept) == bitmapSize {
		for i := range c {
			c[i] = binary.LittleEndian.Uint64(kept[8*i:])
		}
		return c
	}
	for i := 0; i+1 < len(kept); i += 2 {
		c.add(int(binary.LittleEndian.Uint16(kept[i:])) % ChunkSize)
	}
	return c
}

// encode returns the stored form of a chunk; nil for an empty one.
func (c *chunk) encode() []byte {
	if n := c.count(); 2*n < bitmapSize {
		kept := make([]byte, 0, 2*n)
		for n := range c.all {
			kept = binary.LittleEndian.AppendUint16(kept, uint16(n))
		}
		return kept
	}
	kept := make([]byte, 0, bitmapSize)
	for _, word := range c {
		kept = binary.LittleEndian.AppendUint64(kept, word)
	}
	return kept
}

func (c *chunk) add(n int)    { c[n/64] |= 1 << (n % 64) }
func (c *chunk) remove(n int) { c[n/64] &^= 1 << (n % 64) }

func (c *chunk) count() (n int) {
	for _, word := range c {
		n += bits.OnesCount64(word)
	}
	return n
}

// all yields the numbers in their order.
func (c *chunk) all(yield func(int) bool) {
	for i, word := range c {
		for ; word != 0; word &= word - 1 {
			if !yield(64*i + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}

// A set is a set of numbers, by chunk.
type set map[int]*chunk

func (s set) count() (n int) {
	for _, c := range s {
		n += c.count()
	}
	return n
}

func (s set) add(n int) {
	if s[n/ChunkSize] == nil {
		s[n/ChunkSize] = new(chunk)
	}
	s[n/ChunkSize].add(n % ChunkSize)
}

func (s set) remove(n int) {
	if c := s[n/ChunkSize]; c != nil {
		c.remove(n % ChunkSize)
	}
}

// numbers returns the numbers of the set, in ascending order.
func (s set) numbers() []int {
	var numbers []int
	for at, c := range s {
		for n := range c.all {
			numbers = append(numbers, at*ChunkSize+n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// both returns the intersection of a and b; neither changes.
func both(a, b set) set {
	result := make(set, min(len(a), len(b)))
	for at, c := range a {
		if other := b[at]; other != nil {
			merged := new(chunk)
			for i := range c {
				merged[i] = c[i] & other[i]
			}
			result[at] = merged
		}
	}
	return result
}

// either returns the union of a and b; neither changes.
func either(a, b set) set {
	result := make(set, max(len(a), len(b)))
	for _, s := range []set{a, b} {
		for at, c := range s {
			if result[at] == nil {
				result[at] = new(chunk)
			}
			for i := range c {
				result[at][i] |= c[i]
			}
		}
	}
	return result
}

// without returns the difference of a and b; neither changes.
func without(a, b set) set {
	result := make(set, len(a))
	for at, c := range a {
		rest, other := *c, b[at]
		if other != nil {
			for i := range rest {
				rest[i] &^= other[i]
			}
		}
		result[at] = &rest
	}
	return result
}
