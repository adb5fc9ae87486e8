package hub

import (
	"slices"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
)

const (
	// A ring keeps at least the newest recent changes, and at most twice as many, unless they are too
	// large. A low value makes slightly slow subscriptions read the log. A high value makes each
	// organization cost memory.
	recent = 256
	// ringBytes bounds the changes of one ring, in bytes. A low value makes an organization with
	// long texts read the log more often. A high value lets a few such organizations take the
	// memory.
	ringBytes = 4 << 20
)

// A tail has the newest changes of a log, without gaps. Beyond its bounds it drops the oldest changes, but
// never the newest one.
type tail struct {
	changes []*collab.Change
	// learnedAt has the time since began at which this instance learned of each change; 0 for a change
	// that a subscription read from the log.
	learnedAt []time.Duration
	sizes     []int // of each change, in bytes
	bytes     int   // their sum

	all  *atomic.Int64 // counts the bytes of all tails of an instance; nil once released
	most int64         // bounds all; 0 sets no bound
}

// push appends the change after the newest one.
func (t *tail) push(change *collab.Change, heard time.Duration) {
	if len(t.changes) >= 2*recent {
		t.drop(recent)
	}
	size := change.Size()
	t.changes, t.learnedAt, t.sizes = append(t.changes, change), append(t.learnedAt, heard), append(t.sizes, size)
	t.count(size)
	for len(t.changes) > 1 && t.full() {
		t.drop((len(t.changes) + 1) / 2)
	}
}

// full reports whether the tail, or all tails together, exceed their bound of bytes.
func (t *tail) full() bool {
	return t.bytes > ringBytes || t.most > 0 && t.all != nil && t.all.Load() > t.most
}

// prepend adds older changes, if there is room for all of them.
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
	t.learnedAt = slices.Concat(make([]time.Duration, len(changes)), t.learnedAt)
	t.sizes = slices.Concat(sizes, t.sizes)
	t.count(sum)
}

// drop removes the n oldest changes.
func (t *tail) drop(n int) {
	dropped := 0
	for _, size := range t.sizes[:n] {
		dropped += size
	}
	t.changes = slices.Delete(t.changes, 0, n)
	t.learnedAt = slices.Delete(t.learnedAt, 0, n)
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

// release removes the tail from the count of all tails.
func (t *tail) release() {
	if t.all != nil {
		t.all.Add(-int64(t.bytes))
		t.all = nil
	}
}
