package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"tandem/internal/collab"
)

// Presences is the collab.Presences of a single instance.
type Presences struct {
	now func() time.Time

	mu       sync.Mutex // guards what follows; innermost: watchers are called without it
	rooms    map[collab.Room]*room
	sweptAt  time.Time // when all rooms were last swept
	watchers map[*watcher]struct{}
}

type watcher struct {
	ctx     context.Context
	changed func(collab.Room)
}

// NewPresences returns a Presences without anybody in it, which takes the time from now.
func NewPresences(now func() time.Time) *Presences {
	return &Presences{
		now:      now,
		rooms:    make(map[collab.Room]*room),
		sweptAt:  now(),
		watchers: make(map[*watcher]struct{}),
	}
}

// Enter makes the client present for ttl.
func (p *Presences) Enter(_ context.Context, id collab.Room, given collab.Presence, patch collab.PresencePatch, ttl time.Duration) error {
	var err error
	p.visit(id, func(r *room, now time.Time) bool {
		if r.full(keyOf(given)) {
			err = collab.ErrTooManyClients
			return false
		}
		return r.enter(given, patch, now, ttl)
	})
	return err
}

// Update lays patch over what the client shows, and reports whether the client was there.
func (p *Presences) Update(_ context.Context, id collab.Room, userID, clientID collab.ID, patch collab.PresencePatch) (there bool, _ error) {
	p.visit(id, func(r *room, now time.Time) (changed bool) {
		c := r.clients[clientKey{userID, clientID}]
		there = c != nil
		return there && c.show(c.Presence, patch, now)
	})
	return there, nil
}

// Renew makes clients present for ttl from now.
func (p *Presences) Renew(_ context.Context, id collab.Room, clients []collab.Presence, ttl time.Duration) error {
	p.visit(id, func(r *room, now time.Time) (changed bool) {
		for _, given := range clients {
			changed = r.renew(given, now, ttl) || changed
		}
		return changed
	})
	return nil
}

// Leave takes the client out of the room, and reports whether it was there.
func (p *Presences) Leave(_ context.Context, id collab.Room, userID, clientID collab.ID) (there bool, _ error) {
	p.visit(id, func(r *room, now time.Time) bool {
		there = r.leave(clientKey{userID, clientID}, now)
		return there
	})
	return there, nil
}

// LeaveAll takes all of a person's clients out of all rooms of the organization.
func (p *Presences) LeaveAll(_ context.Context, orgID, userID collab.ID) error {
	for _, id := range p.roomsOf(orgID) {
		p.visit(id, func(r *room, now time.Time) (changed bool) {
			for key := range r.clients {
				changed = key.userID == userID && r.leave(key, now) || changed
			}
			return changed
		})
	}
	return nil
}

// Rooms returns the rooms that the person, or these of their clients, may be in now.
func (p *Presences) Rooms(_ context.Context, orgID, userID collab.ID, clients ...collab.ID) (ids []collab.ID, _ error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, r := range p.rooms {
		if id.OrgID == orgID && r.has(userID, clients) {
			ids = append(ids, id.ID)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Present returns the clients that are in the room now, ordered by person and client.
func (p *Presences) Present(_ context.Context, id collab.Room) (present []collab.Presence, _ error) {
	p.visit(id, func(r *room, _ time.Time) bool {
		present = make([]collab.Presence, 0, len(r.clients))
		for _, c := range r.clients {
			present = append(present, c.Presence)
		}
		return false
	})
	slices.SortFunc(present, func(a, b collab.Presence) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.ClientID, b.ClientID))
	})
	return present, nil
}

// Watch calls changed after each visible change, until ctx ends. Nothing is lost
// here, so it calls changed with the zero Room only once, before it returns.
func (p *Presences) Watch(ctx context.Context, changed func(collab.Room)) {
	w := &watcher{ctx, changed}
	p.mu.Lock()
	p.watchers[w] = struct{}{}
	p.mu.Unlock()
	context.AfterFunc(ctx, func() {
		p.mu.Lock()
		delete(p.watchers, w)
		p.mu.Unlock()
	})
	w.tell(collab.Room{})
}

func (w *watcher) tell(id collab.Room) {
	if w.ctx.Err() == nil {
		w.changed(id)
	}
}

// visit calls do with the room, swept of its dead. do reports whether it changed
// something that others see.
func (p *Presences) visit(id collab.Room, do func(r *room, now time.Time) (changed bool)) {
	p.mu.Lock()
	now := p.now()
	r := p.rooms[id]
	if r == nil {
		r = newRoom()
		p.rooms[id] = r
	}
	died := r.sweep(now)
	changed := do(r, now) || died
	if r.empty() {
		delete(p.rooms, id)
	}
	changes := p.sweep(now)
	if changed {
		changes = append(changes, id)
	}
	watchers := slices.Collect(maps.Keys(p.watchers))
	p.mu.Unlock()
	for _, w := range watchers {
		for _, id := range changes {
			w.tell(id)
		}
	}
}

// sweep goes through all rooms once in a while, so that nothing is left of those
// that nobody visits any more. It returns the rooms in which somebody died.
func (p *Presences) sweep(now time.Time) (died []collab.Room) {
	if now.Sub(p.sweptAt) < collab.PresenceTTL {
		return nil
	}
	p.sweptAt = now
	for id, r := range p.rooms {
		if r.sweep(now) {
			died = append(died, id)
		}
		if r.empty() {
			delete(p.rooms, id)
		}
	}
	return died
}

func (p *Presences) roomsOf(orgID collab.ID) (ids []collab.Room) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.rooms {
		if id.OrgID == orgID {
			ids = append(ids, id)
		}
	}
	return ids
}
