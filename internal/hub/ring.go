package hub

import (
	"context"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

// patience is how long a hole may stay open before the log is read. Writers
// of one organization announce in any order, so most holes close by
// themselves, and reading sooner would be for nothing. It is how late a
// change is whose announcement was lost, if a later one was not.
const patience = 20 * time.Millisecond

var (
	errReplaced = collab.Errorf(collab.ResyncRequired, "the log was replaced; fetch afresh")
	errPruned   = collab.Errorf(collab.ResyncRequired, "the log no longer reaches back to this cursor; fetch afresh")
)

// A ring is the newest stretch of one organization's log.
type ring struct {
	hub       *Hub
	orgID     collab.ID
	epoch     uint32
	followers int // guarded by Hub.mu

	ctx   context.Context // ends when the ring closes
	close context.CancelFunc

	mu sync.Mutex // guards what follows
	// tail ends at head.
	tail
	head int64
	// alteredAt is the position of the newest change that altered somebody's access.
	alteredAt int64
	// erasures counts the erasures that the ring heard of. What was read of the log
	// before one of them may have what is erased by now.
	erasures int
	// known is the newest position that was heard of: head or later. Whatever
	// is between them is a hole, or set aside.
	known int64
	// aside are changes that were announced before the ones between head and
	// them, at most recent after head and ringBytes in all.
	aside      map[int64]*collab.Change
	asideBytes int
	// filling tells that a goroutine sees to the hole.
	filling bool
	// routes are the subscriptions to single entities.
	routes map[collab.ID][]*route
	// moved is closed when head moves or the ring ends; nil if nobody waits.
	moved chan struct{}
	// ended says why the ring can't go on; nil while it does.
	ended error
}

// newRing returns a ring for a log with this head. It reads the log at once, for
// what was committed since the head was read, and was announced while there was
// no ring to hear it.
func newRing(h *Hub, orgID collab.ID, head collab.Head) *ring {
	ctx, cancel := context.WithCancel(context.Background())
	r := &ring{
		hub: h, orgID: orgID, epoch: head.Epoch, ctx: ctx, close: cancel,
		head: head.Position, known: head.Position, filling: true,
		tail: tail{all: &h.ringBytes, most: h.RingBytes},
	}
	go r.fill()
	return r
}

// stop ends what the ring does by itself, and lets its changes count no more.
func (r *ring) stop() {
	r.close()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release()
}

// hear takes note of an announced change.
func (r *ring) hear(change *collab.Change) {
	r.update(func() {
		// A change of another epoch is of another log, however near its position.
		if change.Cursor.Epoch == r.epoch {
			r.known = max(r.known, change.Cursor.Position)
			r.add(change)
		}
	})
}

// compare takes note of how far the log reaches. It reports false if the log is
// not the ring's any more.
func (r *ring) compare(head collab.Head) bool {
	r.update(func() {
		switch {
		case head.Epoch != r.epoch:
			r.ended = errReplaced
		case head.Oldest-1 > r.head:
			r.ended = errPruned
		default:
			r.known = max(r.known, head.Position)
			r.prune(head.Oldest)
		}
	})
	return r.alive()
}

// prune drops the changes before a position, which the log has no more. It is
// called within update.
func (r *ring) prune(oldest int64) {
	if drop := oldest - 1 - r.beginning(); drop > 0 {
		r.drop(int(drop))
	}
}

// update makes a change under the lock, then wakes who waits for it and has the
// hole filled, if there is one. All that moves head, known or ended is done in
// it. Those who wait are woken after the lock is free, since they take it next.
func (r *ring) update(change func()) {
	r.mu.Lock()
	head := r.head
	change()
	var moved chan struct{}
	if r.head != head || r.ended != nil {
		moved, r.moved = r.moved, nil
	}
	if r.ended != nil {
		for _, routes := range r.routes {
			for _, rt := range routes {
				rt.rouse()
			}
		}
	}
	if r.known > r.head && r.ended == nil && !r.filling {
		r.filling = true
		go r.mend()
	}
	r.mu.Unlock()
	if moved != nil {
		close(moved)
	}
}

// add appends the change if it is the next one, and then those that waited for
// it. One that comes too early is set aside. It is called within update.
func (r *ring) add(change *collab.Change) {
	position := change.Cursor.Position
	switch {
	case position <= r.head:
		return
	case position > r.head+1:
		r.setAside(change)
		return
	}
	now := time.Since(began)
	for change != nil {
		r.push(change, now)
		r.head++
		if change.Erases() {
			r.erase()
		}
		if change.Regards != nil {
			r.alteredAt = change.Cursor.Position
			r.hub.alter(change)
		}
		r.deliver(change)
		change = r.fetch(r.head + 1)
	}
}

// setAside keeps a change that came too early, if there is room for it; else it is read from the
// log. It is called within update.
func (r *ring) setAside(change *collab.Change) {
	position, size := change.Cursor.Position, change.Size()
	if position > r.head+recent || r.aside[position] != nil || r.asideBytes+size > ringBytes {
		return
	}
	if r.aside == nil {
		r.aside = make(map[int64]*collab.Change)
	}
	r.aside[position] = change
	r.asideBytes += size
}

// fetch returns the change at a position if it was set aside, or nil. It is called within update.
func (r *ring) fetch(position int64) *collab.Change {
	change := r.aside[position]
	if change != nil {
		delete(r.aside, position)
		r.asideBytes -= change.Size()
	}
	return change
}

// erase drops all changes before the one that was just appended, which erased
// somebody: a subscription that is behind reads them from the log, as they are now. What waits
// in routes is on its way, has people by their ids only, and is left alone. It is
// called within update.
func (r *ring) erase() {
	r.erasures++
	r.drop(len(r.changes) - 1)
}

// after returns the change after a position. If it is not there yet, after
// returns a channel that is closed when there may be more. If the ring no longer
// has it, after returns neither.
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

// await waits until the ring has come to a position.
func (r *ring) await(ctx context.Context, position int64) error {
	for {
		head, _ := r.reach()
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

// ready returns the change after a position if the ring has it, or else nil.
func (r *ring) ready(position int64) *collab.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil || position >= r.head || position < r.beginning() {
		return nil
	}
	return r.changes[position-r.beginning()]
}

// stretch returns the changes after a position that the ring has, at most so many.
func (r *ring) stretch(position int64, most int) []*collab.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended != nil || position >= r.head || position < r.beginning() {
		return nil
	}
	changes := r.changes[position-r.beginning():]
	return slices.Clone(changes[:min(most, len(changes))])
}

// reaches reports whether the ring has, or will have, all that comes after a cursor.
func (r *ring) reaches(c collab.Cursor) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended == nil && c.Epoch == r.epoch && c.Position >= r.beginning() && c.Position <= r.known
}

// lacks returns how many changes are between a position and the ring's
// beginning, if the ring is short and they would make it longer.
func (r *ring) lacks(position int64) (int, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	gap := r.beginning() - position
	return int(gap), len(r.changes) < recent && r.bytes < ringBytes/2 && gap > 0 && gap <= recent
}

// lend puts changes that a subscription read from the log in front of the ring's
// own, if they belong there and the ring is short. Who returns next, from the
// same interruption, then finds them in the ring. The changes are consecutive,
// and of the ring's epoch as all its subscriptions are. They were read when there
// were so many erasures; after another one they are not as the log has them.
func (r *ring) lend(changes []*collab.Change, erasures int) {
	if len(changes) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	older := r.beginning() - changes[0].Cursor.Position + 1
	if erasures != r.erasures || older < 1 || older > int64(len(changes)) || len(r.changes) >= recent {
		return
	}
	r.prepend(changes[:older])
}

// beginning is the position that the ring can be read after. It is called with mu held.
func (r *ring) beginning() int64 { return r.head - int64(len(r.changes)) }

// erased returns how many erasures the ring heard of.
func (r *ring) erased() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.erasures
}

// altered returns the position of the newest change that altered somebody's access,
// 0 for none that the ring had.
func (r *ring) altered() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.alteredAt
}

func (r *ring) alive() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended == nil
}
