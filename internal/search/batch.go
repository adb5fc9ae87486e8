package search

import (
	"cmp"
	"slices"

	"tandem/internal/collab"
)

// A Document is the index's record of an entity.
type Document struct {
	ID     collab.ID
	Type   collab.EntityType
	Number int
	Source string
}

// A Place identifies a stored chunk of a bitmap.
type Place struct {
	Type collab.EntityType
	Key  string
	At   int
}

// A Batch has the changes of the index for some entities.
type Batch struct {
	// Documents are the new and changed documents; one without a source is removed.
	Documents []Document
	add       map[Place][]int
	remove    map[Place][]int
}

// NewBatch compares entities with their documents in the index, where they have one.
// next is the next free number of each type.
func NewBatch(entities []collab.Entity, kept map[collab.ID]Document, next map[collab.EntityType]int) *Batch {
	b := &Batch{add: map[Place][]int{}, remove: map[Place][]int{}}
	for _, e := range entities {
		r, source := e.Common(), Source(e)
		old, known := kept[r.ID]
		if old.Source == source {
			continue
		}
		d := Document{ID: r.ID, Type: r.Type, Number: old.Number, Source: source}
		if !known {
			d.Number = next[r.Type]
			next[r.Type]++
		}
		b.Documents = append(b.Documents, d)
		b.compare(d, keysOf(old.Source), keysOf(source))
	}
	return b
}

// compare records the keys that a document loses and gains. Both lists are sorted.
func (b *Batch) compare(d Document, old, now []string) {
	number := d.Number % ChunkSize
	note := func(changes map[Place][]int, key string) {
		place := Place{d.Type, key, d.Number / ChunkSize}
		changes[place] = append(changes[place], number)
	}
	for _, key := range old {
		if _, stays := slices.BinarySearch(now, key); !stays {
			note(b.remove, key)
		}
	}
	for _, key := range now {
		if _, was := slices.BinarySearch(old, key); !was {
			note(b.add, key)
		}
	}
}

// Places returns the chunks that change, always in the same order.
func (b *Batch) Places() []Place {
	var places []Place
	for place := range b.add {
		places = append(places, place)
	}
	for place := range b.remove {
		if b.add[place] == nil {
			places = append(places, place)
		}
	}
	slices.SortFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Key, b.Key), cmp.Compare(a.At, b.At))
	})
	return places
}

// Apply returns the new content of a place with its old content; an empty one is removed.
func (b *Batch) Apply(place Place, kept []byte) []byte {
	c := decode(kept)
	for _, n := range b.remove[place] {
		c.remove(n)
	}
	for _, n := range b.add[place] {
		c.add(n)
	}
	return c.encode()
}
