package hub

import (
	"slices"

	"tandem/internal/collab"
)

// lastAccessChange returns the position of the newest change of access that the ring has received, or 0.
func (r *ring) lastAccessChange() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.accessChangedAt
}

// lastConcern returns the position of the newest change after another one that concerns a person, or 0. If the ring
// does not reach back that far, there may be one anywhere up to its head.
func (r *ring) lastConcern(after int64, concerns func(*collab.Change) bool) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if after < r.beginning() {
		return r.head
	}
	for _, change := range slices.Backward(r.changes) {
		if change.Cursor.Position <= after {
			break
		}
		if change.AccessEffects != nil && concerns(change) {
			return change.Cursor.Position
		}
	}
	return 0
}

// newestAccessChange returns the position of the newest change of access that the ring has received or that was
// announced, or 0. Writers announce in any order, so an announced one may come before older changes.
func (r *ring) newestAccessChange() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(r.accessChangedAt, r.accessAnnouncedAt)
}
