package hub

import (
	"slices"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
)

const (
	// recent is how many changes a ring has at least, once it had as many and they are not
	// too large; it has up to twice as many. Fewer, and subscriptions that are only a
	// little slow read the log; more, and each organization costs memory.
	recent = 256
	// ringBytes bounds the changes of one ring, in bytes. Fewer, and an organization with
	// long texts reads the log more often; more, and a few such organizations take the memory.
	ringBytes = 4 << 20
)

// A tail is the newest changes of a log that are kept in memory: consecutive, and the newest
// one always. What is beyond its bounds is dropped, the oldest first.
type tail struct {
	changes []*collab.Change
	// heard says of each change when this instance learned of it, in time since
	// began; 0 for one that was read from the log by a subscription.
	heard []time.Duration
	sizes []int // of each change, in bytes
	bytes int   // their sum

	all  *atomic.Int64 // counts the bytes of all tails of an instance; nil once released
	most int64         // bounds all; 0 is no bound
}

// push appends the change after the newest one.
func (t *tail) push(change *collab.Change, heard time.Duration) {
	if len(t.changes) >= 2*recent {
		t.drop(recent)
	}
	size := change.Size()
	t.changes, t.heard, t.sizes = append(t.changes, change), append(t.heard, heard), append(t.sizes, size)
	t.count(size)
	for len(t.changes) > 1 && t.full() {
		t.drop((len(t.changes) + 1) / 2)
	}
}

// full reports whether the tail, or all tails together, have more bytes than they may.
func (t *tail) full() bool {
	return t.bytes > ringBytes || t.most > 0 && t.all != nil && t.all.Load() > t.most
}

// prepend puts older changes in front, if there is room for all of them.
func (t *tail) prepend(changes []*collab.Change) {
	sizes, sum := make([]int, len(changes)), 0
	for i, change := range changes {
		sizes[i] = change.Size()
		sum += sizes[i]
	}
	if t.bytes+sum > ringBytes || t.full() {
		return
	}
	t.changes = slices.Concat(changes, t.changes)
	t.heard = slices.Concat(make([]time.Duration, len(changes)), t.heard)
	t.sizes = slices.Concat(sizes, t.sizes)
	t.count(sum)
}

// drop lets go of the n oldest changes.
func (t *tail) drop(n int) {
	dropped := 0
	for _, size := range t.sizes[:n] {
		dropped += size
	}
	t.changes = slices.Delete(t.changes, 0, n)
	t.heard = slices.Delete(t.heard, 0, n)
	t.sizes = slices.Delete(t.sizes, 0, n)
	t.count(-dropped)
}

// count adds to the bytes of the tail.
func (t *tail) count(bytes int) {
	t.bytes += bytes
	if t.all != nil {
		t.all.Add(int64(bytes))
	}
}

// release has the tail count no more among all.
func (t *tail) release() {
	if t.all != nil {
		t.all.Add(-int64(t.bytes))
		t.all = nil
	}
}
