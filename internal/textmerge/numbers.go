package textmerge

import (
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// numbers gives equal tokens equal numbers, from 0. It is a hash table of our own, since looking tokens up is most of the
// work of a merge. It grows with the number of different tokens, which is small in most texts, so it stays in the
// processor's caches.
type numbers struct {
	count int
	seed  maphash.Seed
	seeds [2]uint64
	slots []slot
	long  []string
}

// A slot holds the key of a token and 1 + its number, which is 0 in an empty slot. A long token also has 1 + its index in
// numbers.long.
type slot struct {
	key          uint64
	number, long int32
}

// of returns the numbers of a text's tokens. It reuses out.
func (n *numbers) of(text string, ends, out []int32) []int32 {
	out = slices.Grow(out[:0], len(ends)-1)[:len(ends)-1]
	start := int(ends[0])
	for i, end := range ends[1:] {
		if 2*n.count >= len(n.slots) {
			n.grow()
		}
		end := int(end)
		switch size := end - start; {
		case size >= 8:
			out[i] = n.ofLong(text[start:end])
		case start+8 <= len(text):
			out[i] = n.ofShort(eight(text[start:start+8])<<(64-8*size) | uint64(size)) // #nosec G115 -- from 1 to 7
		default:
			var last [8]byte
			copy(last[:], text[start:end])
			out[i] = n.ofShort(eight(string(last[:]))<<(64-8*size) | uint64(size)) // #nosec G115 -- from 1 to 7
		}
		start = end
	}
	return out
}

// eight returns eight bytes as a number.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// ofShort returns the number of a token of fewer than eight bytes. Its key is its bytes, with their count in the lowest
// byte, so no key is 0.
func (n *numbers) ofShort(key uint64) int32 {
	for at := n.first(key); ; at++ {
		s := &n.slots[at&(len(n.slots)-1)]
		if s.key == key {
			return s.number - 1
		}
		if s.number == 0 {
			*s = slot{key: key, number: n.next()}
			return s.number - 1
		}
	}
}

// ofLong returns the number of a longer token. The lowest byte of its key is 0, unlike that of any short token.
func (n *numbers) ofLong(token string) int32 {
	key := maphash.String(n.seed, token) &^ 0xff
	for at := n.first(key); ; at++ {
		s := &n.slots[at&(len(n.slots)-1)]
		switch {
		case s.number == 0:
			n.long = append(n.long, token)
			*s = slot{key: key, number: n.next(), long: place(len(n.long))}
			return s.number - 1
		case s.key == key && n.long[s.long-1] == token:
			return s.number - 1
		}
	}
}

// next returns 1 + the number of a new token.
func (n *numbers) next() int32 {
	n.count++
	return place(n.count)
}

// first returns where the search for a key begins. The seeds are random, so nobody can choose tokens that collide.
func (n *numbers) first(key uint64) int {
	high, low := bits.Mul64(key^n.seeds[0], n.seeds[1])
	return int(high ^ low) // #nosec G115 -- any bits will do
}

func (n *numbers) grow() {
	before := n.slots
	if before == nil {
		n.seed, n.seeds = maphash.MakeSeed(), [2]uint64{rand.Uint64(), rand.Uint64() | 1} // #nosec G404 -- of ChaCha8
	}
	n.slots = make([]slot, max(64, 4*len(before)))
	for _, s := range before {
		if s.number == 0 {
			continue
		}
		at := n.first(s.key)
		for n.slots[at&(len(n.slots)-1)].number != 0 {
			at++
		}
		n.slots[at&(len(n.slots)-1)] = s
	}
}
