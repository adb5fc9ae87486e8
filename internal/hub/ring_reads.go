package hub

import (
	"context"
	"slices"

	"tandem/internal/collab"
)

// after returns the change after a position. If the change does not exist yet, after returns a channel
// that is closed when it may. If the ring no longer has the change, after returns neither.
func (r *ring) after(position int64) (*collab.Change, <-chan struct{}, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil {
		return nil, nil, r.ended
	}
	if position >= r.head {
		if r.moved == nil {
			r.moved = make(chan struct{})
		}
		return nil, r.moved, nil
	}
	if position < r.beginning() {
		return nil, nil, nil
	}
	return r.changes[position-r.beginning()], nil, nil
}

// await waits until the ring has reached a position.
func (r *ring) await(ctx context.Context, position int64) error {
	for {
		head, _ := r.positions()
		_, moved, err := r.after(head.Position)
		if err != nil || head.Position >= position {
			return err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ready returns the change after a position if the ring has it, or nil.
func (r *ring) ready(position int64) *collab.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil || position >= r.head || position < r.beginning() {
		return nil
	}
	return r.changes[position-r.beginning()]
}

// stretch returns at most most of the ring's changes after a position.
func (r *ring) stretch(position int64, most int) []*collab.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil || position >= r.head || position < r.beginning() {
		return nil
	}
	changes := r.changes[position-r.beginning():]
	return slices.Clone(changes[:min(most, len(changes))])
}

// reaches reports whether the ring has, or will have, all changes after a cursor.
func (r *ring) reaches(c collab.Cursor) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended == nil && c.Epoch == r.epoch && c.Position >= r.beginning() && c.Position <= r.known
}

// lacks returns the number of changes between a position and the ring's beginning, and whether the ring is
// so short that they should be prepended.
func (r *ring) lacks(position int64) (int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	gap := r.beginning() - position
	return int(gap), len(r.changes) < recent && r.bytes < ringBytes/2 && gap > 0 && gap <= recent
}

// prepend puts changes that a subscription read from the log in front of the ring's own, if they
// belong there and the ring is short. The next client that returns after the same interruption then
// finds them in the ring. The changes are consecutive, and of the ring's epoch like all its
// subscriptions. erasures is the ring's count when they were read: if it has moved, they are stale
// and dropped.
func (r *ring) prepend(changes []*collab.Change, erasures int) {
	if len(changes) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	older := r.beginning() - changes[0].Cursor.Position + 1
	if erasures != r.erasures || older < 1 || older > int64(len(changes)) || len(r.changes) >= recent {
		return
	}
	r.tail.prepend(changes[:older])
}

// beginning returns the position after which the ring has all changes. r.mu is held.
func (r *ring) beginning() int64 { return r.head - int64(len(r.changes)) }

// erased returns how many erasures the ring has received.
func (r *ring) erased() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.erasures
}
