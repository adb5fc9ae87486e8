package collabtest

import (
	"testing"

	"tandem/internal/collab"
)

// BenchmarkWrite measures updates of one entity, one after the other.
func BenchmarkWrite(b *testing.B, store collab.Store) {
	c := found(b, store)
	id := c.create(call("counted", nil))
	decide := c.editing(collab.ChangeUpdate, countUp)
	b.ReportAllocs()
	for b.Loop() {
		c.write(collab.Intent{EntityID: id}, decide)
	}
}

// BenchmarkChanges measures reading a page of 100 changes of the log.
func BenchmarkChanges(b *testing.B, store collab.Store) {
	const page = 100
	c := found(b, store)
	id := c.create(customer("Acme"))
	for range 2 * page {
		c.edit(id, func(e collab.Entity) { e.(*collab.Customer).Notes = new(awkwardText) })
	}
	b.ReportAllocs()
	for b.Loop() {
		if got := must(store.Changes(b.Context(), c.id, page, page))(b); len(got) != page {
			b.Fatalf("a page of %d has %d", page, len(got))
		}
	}
}
