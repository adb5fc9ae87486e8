package presence

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

// A client is present through this instance.
type client struct {
	// shown is the presence when it was last read, with which the client is put back if the store loses it.
	shown collab.Presence
	// holds counts the subscriptions that keep it present. At 0 the client is released.
	holds int
	// clean reports whether the last of these subscriptions was ended on purpose.
	clean bool
}

type clientKey struct{ userID, clientID collab.ID }

func keyOf(p collab.Presence) clientKey { return clientKey{p.UserID, p.ClientID} }

// Enter makes a client present until leave is called; after several calls for one client, until the last leave.
// leave(true) means that the client left on purpose: it leaves at once. leave(false) means that its connection
// broke: it stays for collab.PresenceGrace, and longer if it reconnects meanwhile, to any instance. leave does
// not wait for the store.
//
// An unavailable store is not an error: the client becomes present once the store is available.
func (r *Rooms) Enter(ctx context.Context, id collab.Room, p collab.Presence, patch collab.PresencePatch) (leave func(clean bool), err error) {
	if err := patch.Check(); err != nil {
		return nil, err
	}
	room, c := r.hold(id, p, patch)
	var once sync.Once
	leave = func(clean bool) {
		once.Do(func() { r.release(room, c, clean) })
	}
	began := time.Now()
	room.calls.RLock()
	err = r.presences.Enter(ctx, id, p, patch, collab.PresenceTTL)
	room.calls.RUnlock()
	r.recordCall(ctx, began, err)
	if ctx.Err() != nil {
		leave(true)
		return nil, ctx.Err()
	}
	if errors.Is(err, collab.ErrTooManyClients) {
		leave(true)
		return nil, err
	}
	return leave, nil
}

// hold counts one more subscription that keeps the client present.
func (r *Rooms) hold(id collab.Room, p collab.Presence, patch collab.PresencePatch) (*room, *client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.openRoom(id)
	key := keyOf(p)
	c := room.clients[key]
	if c == nil {
		c = &client{shown: p}
		room.clients[key] = c
	}
	c.shown.Name, c.shown.Avatar = p.Name, p.Avatar
	c.shown.PresenceState = patch.Over(c.shown.PresenceState)
	c.holds++
	return room, c
}

// release ends one hold. After the last one it removes the client from the store.
func (r *Rooms) release(room *room, c *client, clean bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.holds--
	c.clean = clean
	if c.holds > 0 || room.releasing {
		return
	}
	room.releasing = true
	r.enqueue(func(ctx context.Context) { r.removeReleased(ctx, room) })
}

// removeReleased removes the released clients of a room from the store. A client that is held again before it runs
// stays. A client that is held again while it runs enters afterwards, since Enter waits for room.calls; so no
// client is held and released meanwhile, and a client without holds at the end has left the store.
func (r *Rooms) removeReleased(ctx context.Context, room *room) {
	room.calls.Lock()
	defer room.calls.Unlock()
	r.mu.Lock()
	room.releasing = false
	gone := room.clientsWhere(func(c *client) bool { return c.holds == 0 && c.clean })
	broken := room.clientsWhere(func(c *client) bool { return c.holds == 0 && !c.clean })
	r.mu.Unlock()

	r.renew(ctx, room, gone, 0)
	r.renew(ctx, room, broken, collab.PresenceGrace)
	if ctx.Err() != nil {
		return // stop releases them
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range slices.Concat(gone, broken) {
		if key := keyOf(p); room.clients[key].holds == 0 {
			delete(room.clients, key)
		}
	}
	r.closeIfUnused(room)
	if len(broken) > 0 {
		r.enqueueAfter(collab.PresenceGrace+presenceWindow, func(ctx context.Context) { r.sweep(ctx, room.id) })
	}
}

// sweep makes the store remove clients whose grace period is over, so that subscribers learn of it before the
// next beat.
func (r *Rooms) sweep(ctx context.Context, id collab.Room) {
	began := time.Now()
	_, err := r.presences.Present(ctx, id)
	r.recordCall(ctx, began, err)
}

// beatAll beats for all clients, and reads all rooms in case hints were lost. It skips a room whose last beat has
// not ended, because the store is unavailable.
func (r *Rooms) beatAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, room := range r.open {
		if !room.beating {
			room.beating = true
			r.enqueue(func(ctx context.Context) { r.beat(ctx, room) })
		}
	}
}

func (r *Rooms) beat(ctx context.Context, room *room) {
	room.calls.Lock()
	defer room.calls.Unlock()
	r.mu.Lock()
	held := room.clientsWhere(func(c *client) bool { return c.holds > 0 })
	r.mu.Unlock()

	r.renew(ctx, room, held, collab.PresenceTTL)

	r.mu.Lock()
	defer r.mu.Unlock()
	room.beating = false
	r.requestRead(room, 0)
}

// stop returns the last tasks, which release all clients as if their connections had broken.
func (r *Rooms) stop() []task {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	var tasks []task
	for _, room := range r.open {
		tasks = append(tasks, func(ctx context.Context) {
			room.calls.Lock()
			defer room.calls.Unlock()
			r.mu.Lock()
			all := room.clientsWhere(func(c *client) bool { return c.holds > 0 || !c.clean })
			gone := room.clientsWhere(func(c *client) bool { return c.holds == 0 && c.clean })
			r.mu.Unlock()
			r.renew(ctx, room, all, collab.PresenceGrace)
			r.renew(ctx, room, gone, 0)
		})
	}
	return tasks
}

// renew renews clients in the store. room.calls is held.
func (r *Rooms) renew(ctx context.Context, room *room, clients []collab.Presence, ttl time.Duration) {
	if len(clients) == 0 {
		return
	}
	began := time.Now()
	r.recordCall(ctx, began, r.presences.Renew(ctx, room.id, clients, ttl))
}

// clientsWhere returns the presences of the clients that match. Rooms.mu is held.
func (room *room) clientsWhere(matches func(*client) bool) (chosen []collab.Presence) {
	for _, c := range room.clients {
		if matches(c) {
			chosen = append(chosen, c.shown)
		}
	}
	return chosen
}

// remember updates what the clients of this instance show. They may have changed it through another instance.
// Rooms.mu is held.
func (room *room) remember(present []collab.Presence) {
	for _, p := range present {
		if c := room.clients[keyOf(p)]; c != nil {
			c.shown = p
		}
	}
}
