package hub

import (
	"context"
	"sync"
	"time"

	"tandem/internal/collab"
)

// gapTimeout is how long a gap may stay open before the log is read. Writers of one organization
// announce in any order, so most gaps close by themselves. It is also the delay of a change whose
// announcement was lost while a later one arrived.
const gapTimeout = 20 * time.Millisecond

var (
	errReplaced = collab.Errorf(collab.ResyncRequired, "the log was replaced; fetch afresh")
	errPruned   = collab.Errorf(collab.ResyncRequired, "the log no longer reaches back to this cursor; fetch afresh")
)

// A ring is the newest part of one organization's log, in memory.
type ring struct {
	hub       *Hub
	orgID     collab.ID
	epoch     uint32
	followers int // guarded by Hub.mu

	ctx   context.Context // ends when the ring closes
	close context.CancelFunc

	mu sync.Mutex // guards what follows; locked after Hub.mu and broadcast.mu, before recent.mu
	// tail ends at head.
	tail
	head int64
	// accessChangedAt is the position of the newest change that altered somebody's access. accessAnnouncedAt is that of
	// the newest announced one, which may be after head.
	accessChangedAt, accessAnnouncedAt int64
	// erasures counts the erasures that the ring has received. Changes that were read from the log
	// before the latest one may contain what is erased by now.
	erasures int
	// known is the newest announced position: head or later. Positions between them are a gap, or
	// in outOfOrder.
	known int64
	// outOfOrder are changes that were announced before older ones. Their positions are at most recent
	// after head, and they take at most ringBytes.
	outOfOrder      map[int64]*collab.Change
	outOfOrderBytes int
	// filling reports whether a goroutine fills the gap.
	filling bool
	// readers are the subscriptions to single entities.
	readers map[collab.ID][]*entityReader
	// moved is closed when head moves or the ring ends; nil if nobody waits.
	moved chan struct{}
	// ended is the error that ended the ring; nil while it goes on.
	ended error
}

// newRing returns a ring for a log with this head. It reads the log at once, for changes that were
// announced after the head was read and before the ring existed.
func newRing(h *Hub, orgID collab.ID, head collab.Head) *ring {
	ctx, cancel := context.WithCancel(context.Background())
	r := &ring{
		hub: h, orgID: orgID, epoch: head.Epoch, ctx: ctx, close: cancel,
		head: head.Position, known: head.Position, filling: true,
		tail: tail{all: &h.allRingBytes, most: h.options.RingBytes},
	}
	go r.fill()
	return r
}

// stop ends the ring's goroutine, and removes its changes from the count of all rings.
func (r *ring) stop() {
	r.close()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release()
}

// announce adds an announced change.
func (r *ring) announce(change *collab.Change) {
	r.mutate(func() {
		// A change of another epoch belongs to another log.
		if change.Cursor.Epoch == r.epoch {
			r.known = max(r.known, change.Cursor.Position)
			if change.AccessEffects != nil {
				r.accessAnnouncedAt = max(r.accessAnnouncedAt, change.Cursor.Position)
			}
			r.add(change)
		}
	})
}

// compare updates the ring with the head of its log. It reports false if the log was replaced, or pruned
// past the ring.
func (r *ring) compare(head collab.Head) bool {
	r.mutate(func() {
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

// prune drops changes that were pruned from the log. It is called within mutate.
func (r *ring) prune(oldest int64) {
	if drop := oldest - 1 - r.beginning(); drop > 0 {
		r.drop(int(drop))
	}
}

// mutate calls change with r.mu held, then wakes waiters, and starts to fill the gap if there is one.
// Everything that moves head, known or ended runs in it. It wakes waiters after it has unlocked r.mu, since
// they lock it next.
func (r *ring) mutate(change func()) {
	r.mu.Lock()
	head := r.head
	change()
	var moved chan struct{}
	if r.head != head || r.ended != nil {
		moved, r.moved = r.moved, nil
	}
	if r.ended != nil {
		for _, readers := range r.readers {
			for _, reader := range readers {
				reader.signal()
			}
		}
	}
	if r.known > r.head && r.ended == nil && !r.filling {
		r.filling = true
		go r.fillLater()
	}
	r.mu.Unlock()
	if moved != nil {
		close(moved)
	}
}

// add appends the change if it is the next one, and then the changes in outOfOrder that follow. It adds a
// change that comes too early to outOfOrder. It is called within mutate.
func (r *ring) add(change *collab.Change) {
	position := change.Cursor.Position
	switch {
	case position <= r.head:
		return
	case position > r.head+1:
		r.keepOutOfOrder(change)
		return
	}
	now := time.Since(began)
	for change != nil {
		r.push(change, now)
		r.head++
		if change.Erases() {
			r.erase()
		}
		if change.AccessEffects != nil {
			r.accessChangedAt = change.Cursor.Position
			r.hub.applyAccessChange(change)
		}
		r.deliver(change)
		change = r.takeOutOfOrder(r.head + 1)
	}
}

// keepOutOfOrder keeps a change that came too early, if there is room for it; otherwise it is read
// from the log later. It is called within mutate.
func (r *ring) keepOutOfOrder(change *collab.Change) {
	position, size := change.Cursor.Position, change.Size()
	if position > r.head+recent || r.outOfOrder[position] != nil || r.outOfOrderBytes+size > ringBytes {
		return
	}
	if r.outOfOrder == nil {
		r.outOfOrder = make(map[int64]*collab.Change)
	}
	r.outOfOrder[position] = change
	r.outOfOrderBytes += size
}

// takeOutOfOrder removes the change at a position from outOfOrder, and returns it or nil. It is called
// within mutate.
func (r *ring) takeOutOfOrder(position int64) *collab.Change {
	change := r.outOfOrder[position]
	if change != nil {
		delete(r.outOfOrder, position)
		r.outOfOrderBytes -= change.Size()
	}
	return change
}

// erase drops all changes before the newest one, which erased a person. A subscription that is behind
// reads them again from the log, without personal data. Changes in inboxes stay: they refer to people by
// id only. It is called within mutate.
func (r *ring) erase() {
	r.erasures++
	r.drop(len(r.changes) - 1)
}

// alive reports whether the ring goes on.
func (r *ring) alive() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended == nil
}
