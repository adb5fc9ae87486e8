package hub

import (
	"context"
	"slices"

	"tandem/internal/collab"
)

// inboxSize bounds the changes in the inbox of one reader. A reader whose inbox overflows goes on as a
// Subscription.
const inboxSize = 256

// inboxBytes bounds the inbox in bytes, and also the changes that are read from the log for one reader.
const inboxBytes = 2 << 20

// An entityReader is a subscription to the changes of one entity, and to changes of access. The
// organization's other changes cost it nothing: with a thousand subscribers of a thousand entities, a change
// wakes one of them. It yields every change of access after its cursor, whether it reads from the ring, from
// the log or live; its callers rely on that.
type entityReader struct {
	sub      *Subscription // follows the ring, and yields the changes after an overflow
	entityID collab.ID
	wake     chan struct{} // has an element when the inbox has changes, or the ring ended

	// inbox is guarded by the ring's lock. Every change of the entity or of access that the ring has
	// received since the reader was opened is in the inbox or was yielded.
	inbox []*collab.Change
	bytes int  // of the inbox
	full  bool // the inbox overflowed: after it, sub yields the changes
}

// openEntityReader turns a subscription into a reader of one entity. From the log, it reads the changes of
// this entity alone: a client that returns to one customer does not read the changes of all others. It
// returns nil if there are too many such changes, or the log can't be read; the subscription is then
// unchanged, and will return the error itself.
func (h *Hub) openEntityReader(ctx context.Context, sub *Subscription, entityID collab.ID) *entityReader {
	er := &entityReader{sub: sub, entityID: entityID, wake: make(chan struct{}, 1)}
	head, behind, ok := er.register()
	switch {
	case !ok:
		return nil
	case !behind:
		return er
	}
	changes, err := h.entityChanges(ctx, sub.ring.orgID, entityID, sub.cursor)
	if err != nil || len(changes) > inboxSize || !fits(changes, inboxBytes) {
		er.unregister()
		return nil
	}
	er.prefill(changes, head)
	return er
}

// register adds the reader to the ring, and the ring's changes to the inbox. behind reports that the ring
// lacks changes after the cursor. ok is false for a ring that has ended, or that has not reached the cursor.
func (er *entityReader) register() (head int64, behind, ok bool) {
	r := er.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	position := er.sub.cursor.Position
	if r.ended != nil || position > r.head {
		return 0, false, false
	}
	behind = position < r.beginning()
	if !behind {
		for _, change := range r.changes[position-r.beginning():] {
			if change.EntityID == er.entityID || change.AccessEffects != nil {
				er.put(change)
			}
		}
	}
	if r.readers == nil {
		r.readers = make(map[collab.ID][]*entityReader)
	}
	r.readers[er.entityID] = append(r.readers[er.entityID], er)
	return r.head, behind, true
}

// prefill puts changes from the log in front of the inbox. head was the ring's head when the reader was
// registered.
func (er *entityReader) prefill(changes []*collab.Change, head int64) {
	for len(changes) > 0 && changes[len(changes)-1].Cursor.Position > head {
		changes = changes[:len(changes)-1] // the inbox has it too
	}
	r := er.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	er.inbox = slices.Concat(changes, er.inbox)
	for _, change := range changes {
		er.bytes += change.Size()
	}
}

// deliver adds a change to the inboxes of its entity's readers, and a change of access to all inboxes: it
// may affect any subscriber. It is called within mutate.
func (r *ring) deliver(change *collab.Change) {
	if change.AccessEffects == nil {
		for _, er := range r.readers[change.EntityID] {
			er.deliver(change)
		}
		return
	}
	for _, readers := range r.readers {
		for _, er := range readers {
			er.deliver(change)
		}
	}
}

// deliver adds a change to the inbox, unless it is full. It is called within mutate.
func (er *entityReader) deliver(change *collab.Change) {
	if len(er.inbox) >= inboxSize || er.bytes >= inboxBytes { // prefill may exceed the bounds by itself
		er.full = true
	}
	if !er.full {
		er.put(change)
	}
	er.signal()
}

// put appends a change to the inbox. The ring's lock is held.
func (er *entityReader) put(change *collab.Change) {
	er.inbox = append(er.inbox, change)
	er.bytes += change.Size()
}

// signal wakes the reader.
func (er *entityReader) signal() {
	select {
	case er.wake <- struct{}{}:
	default:
	}
}

// next waits for the next change of the entity.
func (er *entityReader) next(ctx context.Context) (*collab.Change, error) {
	for {
		change, overflowed, err := er.dequeue()
		if change != nil || err != nil {
			return change, err
		}
		if overflowed {
			return er.sub.Next(ctx)
		}
		select {
		case <-er.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// ready returns the next change if it is in memory, or nil.
func (er *entityReader) ready() *collab.Change {
	change, overflowed, _ := er.dequeue()
	if overflowed {
		return er.sub.Ready()
	}
	return change
}

// ahead returns changes that ready would return, the next one first.
func (er *entityReader) ahead() []*collab.Change {
	r := er.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(er.inbox[:min(catchUpPage, len(er.inbox))])
}

// dequeue removes the next change from the inbox. overflowed reports that the inbox is empty, and sub yields
// the changes from here on.
func (er *entityReader) dequeue() (change *collab.Change, overflowed bool, err error) {
	r := er.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case len(er.inbox) > 0:
		change = er.inbox[0]
		er.inbox[0] = nil
		er.inbox = er.inbox[1:]
		er.bytes -= change.Size()
		er.sub.cursor = change.Cursor
		return change, false, nil
	case er.full:
		return nil, true, nil
	}
	return nil, false, r.ended
}

// reached returns a cursor up to which all changes of the entity were yielded.
func (er *entityReader) reached() collab.Cursor {
	r := er.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	reached := er.sub.cursor
	if !er.full && len(er.inbox) == 0 {
		reached.Position = max(reached.Position, r.head)
	}
	return reached
}

// close ends the reader and its subscription.
func (er *entityReader) close() {
	er.unregister()
	er.sub.Close()
}

// unregister removes the reader from the ring.
func (er *entityReader) unregister() {
	r := er.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	readers := r.readers[er.entityID]
	if i := slices.Index(readers, er); i >= 0 {
		readers = slices.Delete(readers, i, i+1)
	}
	if len(readers) == 0 {
		delete(r.readers, er.entityID)
	} else {
		r.readers[er.entityID] = readers
	}
}
