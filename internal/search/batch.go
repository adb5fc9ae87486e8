package search

import (
	"cmp"
	"slices"

	"tandem/internal/collab"
)

// A Document is an entity as the index has it.
type Document struct {
	ID     collab.ID
	Type   collab.EntityType
	Number int
	Source string
}

// A Place is where a chunk of a bitmap is kept.
type Place struct {
	Type collab.EntityType
	Key  string
	At   int
}

// A Batch is what some entities change in the index.
type Batch struct {
	// Documents are those that are new or changed; those without a source are gone.
	Documents []Document
	add       map[Place][]int
	remove    map[Place][]int
}

// NewBatch compares entities with the documents that the index has of some of them.
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

// compare notes which keys a document loses and which it gains. Both lists are sorted.
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

// Places are the chunks that change, in one order for everybody.
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

// Apply returns what is to be kept at a place where something was kept; empty is nothing.
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
