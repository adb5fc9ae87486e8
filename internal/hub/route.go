package hub

import (
	"context"
	"slices"

	"tandem/internal/collab"
)

// inboxSize bounds the changes that wait for one route. A route that has more is
// behind, and reads on as a plain subscription.
const inboxSize = 256

// inboxBytes bounds them in bytes, and so those that are read from the log for one route.
const inboxBytes = 2 << 20

// A route is a subscription to the changes of one entity. It yields just those and all that
// alter somebody's access, so that an organization's other changes cost it nothing: with a
// thousand subscribers of a thousand entities, a change wakes one of them. It yields changes of
// access wherever it reads, from the ring, from the log or as they come: its readers rely on
// meeting every one after the place where they began.
type route struct {
	sub      *Subscription // holds the ring, and reads on where the route can't
	entityID collab.ID
	wake     chan struct{} // has one when there is something in the inbox, or the ring ended

	// inbox is guarded by the ring's lock. Every change of the entity or of access that
	// the ring got since the route was opened is in it or was yielded.
	inbox []*collab.Change
	bytes int  // of the inbox
	full  bool // the inbox overflowed: the route is plain from its cursor on
}

// openRoute turns a subscription into a route. What the ring no longer has is
// read from the log, for this entity alone: who comes back to one customer need
// not read what happened to all others meanwhile. It returns nil where a route is
// of no use, or the log can't be read for it; then the subscription is as it was, and says what is wrong.
func (h *Hub) openRoute(ctx context.Context, sub *Subscription, entityID collab.ID) *route {
	rt := &route{sub: sub, entityID: entityID, wake: make(chan struct{}, 1)}
	head, behind, ok := rt.enlist()
	switch {
	case !ok:
		return nil
	case !behind:
		return rt
	}
	changes, err := h.entityChanges(ctx, sub.ring.orgID, entityID, sub.cursor)
	if err != nil || len(changes) > inboxSize || !fits(changes, inboxBytes) {
		rt.delist()
		return nil
	}
	rt.prefill(changes, head)
	return rt
}

// enlist puts the route on the ring's list, with what the ring has for it. behind
// tells that the ring lacks what came between the cursor and its head; ok is false
// for a ring that ended, or is behind the cursor itself.
func (rt *route) enlist() (head int64, behind, ok bool) {
	r := rt.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	position := rt.sub.cursor.Position
	if r.ended != nil || position > r.head {
		return 0, false, false
	}
	behind = position < r.beginning()
	if !behind {
		for _, change := range r.changes[position-r.beginning():] {
			if change.EntityID == rt.entityID || change.Regards != nil {
				rt.put(change)
			}
		}
	}
	if r.routes == nil {
		r.routes = make(map[collab.ID][]*route)
	}
	r.routes[rt.entityID] = append(r.routes[rt.entityID], rt)
	return r.head, behind, true
}

// prefill puts what was read from the log in front of what came since the route
// was enlisted, when the ring was at head.
func (rt *route) prefill(changes []*collab.Change, head int64) {
	for len(changes) > 0 && changes[len(changes)-1].Cursor.Position > head {
		changes = changes[:len(changes)-1] // it is in the inbox too
	}
	r := rt.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	rt.inbox = slices.Concat(changes, rt.inbox)
	for _, change := range changes {
		rt.bytes += change.Size()
	}
}

// deliver puts a change into the inboxes of its entity's routes, and one that
// alters access into all: their readers may have to stop. It is called within update.
func (r *ring) deliver(change *collab.Change) {
	if change.Regards == nil {
		for _, rt := range r.routes[change.EntityID] {
			rt.deliver(change)
		}
		return
	}
	for _, routes := range r.routes {
		for _, rt := range routes {
			rt.deliver(change)
		}
	}
}

// deliver puts a change into the inbox. It is called within update.
func (rt *route) deliver(change *collab.Change) {
	if len(rt.inbox) >= inboxSize || rt.bytes >= inboxBytes { // what was read from the log may be more than that by itself
		rt.full = true
	}
	if !rt.full {
		rt.put(change)
	}
	rt.rouse()
}

// put appends a change to the inbox. The ring's lock is held.
func (rt *route) put(change *collab.Change) {
	rt.inbox = append(rt.inbox, change)
	rt.bytes += change.Size()
}

// rouse wakes the route, if it sleeps.
func (rt *route) rouse() {
	select {
	case rt.wake <- struct{}{}:
	default:
	}
}

// next waits for the next change of the entity.
func (rt *route) next(ctx context.Context) (*collab.Change, error) {
	for {
		change, plain, err := rt.take()
		if change != nil || err != nil {
			return change, err
		}
		if plain {
			return rt.sub.Next(ctx)
		}
		select {
		case <-rt.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// ready is next for a change that need not be waited for; nil if there is none.
func (rt *route) ready() *collab.Change {
	change, plain, _ := rt.take()
	if plain {
		return rt.sub.Ready()
	}
	return change
}

// ahead returns changes that ready would return, the next one first.
func (rt *route) ahead() []*collab.Change {
	r := rt.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(rt.inbox[:min(catchUpPage, len(rt.inbox))])
}

// take takes a change out of the inbox. plain tells that the inbox is empty and
// has lost what came after it.
func (rt *route) take() (change *collab.Change, plain bool, err error) {
	r := rt.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case len(rt.inbox) > 0:
		change = rt.inbox[0]
		rt.inbox[0] = nil
		rt.inbox = rt.inbox[1:]
		rt.bytes -= change.Size()
		rt.sub.cursor = change.Cursor
		return change, false, nil
	case rt.full:
		return nil, true, nil
	}
	return nil, false, r.ended
}

// reached is a position up to which every change of the entity was yielded.
func (rt *route) reached() collab.Cursor {
	r := rt.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	reached := rt.sub.cursor
	if !rt.full && len(rt.inbox) == 0 {
		reached.Position = max(reached.Position, r.head)
	}
	return reached
}

// close ends the route and its subscription.
func (rt *route) close() {
	rt.delist()
	rt.sub.Close()
}

// delist takes the route off the ring's list.
func (rt *route) delist() {
	r := rt.sub.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	routes := r.routes[rt.entityID]
	if i := slices.Index(routes, rt); i >= 0 {
		routes = slices.Delete(routes, i, i+1)
	}
	if len(routes) == 0 {
		delete(r.routes, rt.entityID)
	} else {
		r.routes[rt.entityID] = routes
	}
}
