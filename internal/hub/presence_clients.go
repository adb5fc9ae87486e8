package hub

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

// A client is one that this instance keeps present.
type client struct {
	// given is what it showed when it was last read: what it is put back with
	// if the store loses it.
	given collab.Presence
	// holds counts the subscriptions that make it present. At 0 it is let go of.
	holds int
	// clean reports whether the last one of these ended as its client wanted.
	clean bool
}

type clientKey struct{ userID, clientID collab.ID }

func keyOf(p collab.Presence) clientKey { return clientKey{p.UserID, p.ClientID} }

// Enter makes a client present and keeps it so until leave is called; with
// several calls for one client, until the last leave. leave(true) says that the
// client wanted to leave: it does so at once. leave(false) says that its
// connection broke: it stays for collab.PresenceGrace, and longer if it comes
// back meanwhile, through whichever instance. leave does not wait for the store.
//
// A store that is away is no error, since the client is there once it is back.
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
	r.note(ctx, began, err)
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

// hold counts one more subscription that makes the client present.
func (r *Rooms) hold(id collab.Room, p collab.Presence, patch collab.PresencePatch) (*room, *client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.enter(id)
	key := keyOf(p)
	c := room.clients[key]
	if c == nil {
		c = &client{given: p}
		room.clients[key] = c
	}
	c.given.Name, c.given.Avatar = p.Name, p.Avatar
	c.given.PresenceState = patch.Over(c.given.PresenceState)
	c.holds++
	return room, c
}

// release is the opposite of hold.
func (r *Rooms) release(room *room, c *client, clean bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.holds--
	c.clean = clean
	if c.holds > 0 || room.releasing {
		return
	}
	room.releasing = true
	r.do(func(ctx context.Context) { r.letGo(ctx, room) })
}

// letGo lets go of the clients that nobody holds any more, all at once. Who is
// held again before is kept, and who is held again meanwhile enters afterwards:
// room.calls sees to that. For the same reason nobody is held and released again
// meanwhile, and a client that is not held at the end has been let go of.
func (r *Rooms) letGo(ctx context.Context, room *room) {
	room.calls.Lock()
	defer room.calls.Unlock()
	r.mu.Lock()
	room.releasing = false
	gone := room.some(func(c *client) bool { return c.holds == 0 && c.clean })
	broken := room.some(func(c *client) bool { return c.holds == 0 && !c.clean })
	r.mu.Unlock()

	r.renew(ctx, room, gone, 0)
	r.renew(ctx, room, broken, collab.PresenceGrace)
	if ctx.Err() != nil {
		return // stop lets go of them
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range slices.Concat(gone, broken) {
		if key := keyOf(p); room.clients[key].holds == 0 {
			delete(room.clients, key)
		}
	}
	r.leave(room)
	if len(broken) > 0 {
		r.later(collab.PresenceGrace+presenceWindow, func(ctx context.Context) { r.sweep(ctx, room.id) })
	}
}

// sweep finds those whose grace is over, so that everybody is told of it now and
// not with the next beat.
func (r *Rooms) sweep(ctx context.Context, id collab.Room) {
	began := time.Now()
	_, err := r.presences.Present(ctx, id)
	r.note(ctx, began, err)
}

// beatAll beats for all clients, and has all rooms read, for hints that got lost.
// A room whose last beat has not ended yet, because the store is away, is left out.
func (r *Rooms) beatAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, room := range r.open {
		if !room.beating {
			room.beating = true
			r.do(func(ctx context.Context) { r.beat(ctx, room) })
		}
	}
}

func (r *Rooms) beat(ctx context.Context, room *room) {
	room.calls.Lock()
	defer room.calls.Unlock()
	r.mu.Lock()
	held := room.some(func(c *client) bool { return c.holds > 0 })
	r.mu.Unlock()

	r.renew(ctx, room, held, collab.PresenceTTL)

	r.mu.Lock()
	defer r.mu.Unlock()
	room.beating = false
	r.read(room, 0)
}

// stop returns the last tasks: to let go of all clients, as if their connections had broken.
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
			all := room.some(func(c *client) bool { return c.holds > 0 || !c.clean })
			gone := room.some(func(c *client) bool { return c.holds == 0 && c.clean })
			r.mu.Unlock()
			r.renew(ctx, room, all, collab.PresenceGrace)
			r.renew(ctx, room, gone, 0)
		})
	}
	return tasks
}

// renew calls the store. room.calls is held.
func (r *Rooms) renew(ctx context.Context, room *room, clients []collab.Presence, ttl time.Duration) {
	if len(clients) == 0 {
		return
	}
	began := time.Now()
	r.note(ctx, began, r.presences.Renew(ctx, room.id, clients, ttl))
}

// some returns the clients that which chooses. Rooms.mu is held.
func (room *room) some(which func(*client) bool) (chosen []collab.Presence) {
	for _, c := range room.clients {
		if which(c) {
			chosen = append(chosen, c.given)
		}
	}
	return chosen
}

// remember keeps what the clients of this instance show, which may have been
// changed through another one. Rooms.mu is held.
func (room *room) remember(present []collab.Presence) {
	for _, p := range present {
		if c := room.clients[keyOf(p)]; c != nil {
			c.given = p
		}
	}
}
