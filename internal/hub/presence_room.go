package hub

import (
	"context"
	"sync"
	"time"

	"tandem/internal/collab"
)

// A room is what this instance knows of a room that it has subscriptions to, or
// clients in.
type room struct {
	id collab.Room
	// calls keeps the store's calls about a client in order: it is shared by
	// those that make clients enter, and held alone by those that renew them.
	calls sync.RWMutex

	// Guarded by Rooms.mu.
	subscriptions int
	clients       map[clientKey]*client
	beating       bool // there is a task that beats
	releasing     bool // there is a task that lets go of who left
	awaited       bool // there is a read to come
	reading       bool // there is a read under way
	begun         int  // how many reads began
	begunAt       time.Time

	mu      sync.Mutex // guards all below
	done    int        // the last read that ended, counted like begun
	roster  []*collab.PresenceUser
	version int                    // counts the visible changes of the roster
	update  *collab.PresenceUpdate // from the version before
	// snapshot is the roster as those who come are told it; nil until somebody
	// does. It and update are shared by all who are told the same.
	snapshot *collab.PresenceUpdate
	read     chan struct{} // closed after the next read
	changed  chan struct{} // closed with the next version
}

// enter returns the room, open. r.mu is held.
func (r *Rooms) enter(id collab.Room) *room {
	if r.open[id] == nil {
		r.open[id] = &room{
			id:      id,
			clients: make(map[clientKey]*client),
			read:    make(chan struct{}),
			changed: make(chan struct{}),
		}
	}
	return r.open[id]
}

// leave closes the room if nobody needs it any more. r.mu is held.
func (r *Rooms) leave(room *room) {
	if room.subscriptions == 0 && len(room.clients) == 0 {
		delete(r.open, room.id)
	}
}

// read has the room read after a delay, if anybody listens. One that is yet to
// begin will do; while one is under way, the next is at least a window later.
// r.mu is held.
func (r *Rooms) read(room *room, delay time.Duration) {
	if room.subscriptions == 0 || room.awaited {
		return
	}
	room.awaited = true
	if !room.reading {
		r.schedule(room, delay)
	}
}

func (r *Rooms) schedule(room *room, delay time.Duration) {
	delay = max(delay, time.Until(r.settled))
	r.later(delay, func(ctx context.Context) { r.readNow(ctx, room) })
}

func (r *Rooms) readNow(ctx context.Context, room *room) {
	began := time.Now()
	r.mu.Lock()
	room.awaited, room.reading = false, true
	room.begun++
	room.begunAt = began
	read := room.begun
	r.mu.Unlock()

	present, err := r.presences.Present(ctx, room.id)
	r.note(ctx, began, err)
	if err == nil {
		room.take(read, collab.Roster(present))
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		room.remember(present)
	}
	room.reading = false
	if room.awaited {
		r.schedule(room, presenceWindow)
	}
}

// take takes over a roster that was read.
func (room *room) take(read int, roster []*collab.PresenceUser) {
	room.mu.Lock()
	defer room.mu.Unlock()
	update := collab.RosterChange(room.id.ID, room.roster, roster)
	room.done, room.roster, room.snapshot = read, roster, nil
	close(room.read)
	room.read = make(chan struct{})
	if update.Empty() {
		return
	}
	room.version++
	room.update = update
	close(room.changed)
	room.changed = make(chan struct{})
}

// A RoomSubscription tells who is in a room. It is no more than the roster that
// its reader was told of last, so one that is slow is told the difference to
// that, and nothing is kept for it meanwhile. One goroutine may use it at a time.
type RoomSubscription struct {
	room  *room
	ended <-chan struct{}
	woken chan struct{} // has one when the subscriber's access was altered

	// Guarded by room.mu, with what the room has to tell: an update and a change of
	// access are put in order by it.
	altered bool // Next is to return ErrScopeChanged
	missed  bool // changes of access may have been missed, and no more will be heard of

	began   int // reads that began before the subscription
	started bool
	version int
	roster  []*collab.PresenceUser
}

// Subscribe opens a subscription to who is in a room, until ctx ends.
func (r *Rooms) Subscribe(ctx context.Context, id collab.Room) *RoomSubscription {
	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.enter(id)
	room.subscriptions++
	context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		room.subscriptions--
		r.leave(room)
	})
	r.read(room, presenceWindow-time.Since(room.begunAt))
	return &RoomSubscription{room: room, ended: ctx.Done(), woken: make(chan struct{}, 1), began: room.begun}
}

// Next waits for the next update. The first has a snapshot of the room that was
// read after Subscribe, so who entered before is in it. The others have what is
// different from what was told before, which is always something. While the
// store is away, Next waits. It ends with ctx, or with the subscription's context.
//
// After a change of the subscriber's access it returns ErrScopeChanged once, before
// anything that the room has to tell: a person who lost access hears of nobody else.
func (s *RoomSubscription) Next(ctx context.Context) (*collab.PresenceUpdate, error) {
	for {
		update, moved, err := s.room.tell(s)
		if update != nil || err != nil {
			return update, err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.woken:
		case <-s.ended:
			return nil, context.Canceled
		}
	}
}

// alter has Next return ErrScopeChanged, now or when it is called. missed says that
// this is the last time, since the subscriber's access is watched no longer.
func (s *RoomSubscription) alter(missed bool) {
	s.room.mu.Lock()
	s.altered, s.missed = true, s.missed || missed
	s.room.mu.Unlock()
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Missed reports whether changes of the subscriber's access may have been missed.
func (s *RoomSubscription) Missed() bool {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	return s.missed
}

// tell returns what the subscription was not told yet, or what to wait for.
func (room *room) tell(s *RoomSubscription) (*collab.PresenceUpdate, <-chan struct{}, error) {
	room.mu.Lock()
	defer room.mu.Unlock()
	var update *collab.PresenceUpdate
	switch {
	case s.altered:
		s.altered = false
		return nil, nil, ErrScopeChanged
	case !s.started && room.done <= s.began:
		return nil, room.read, nil
	case !s.started:
		if room.snapshot == nil {
			room.snapshot = &collab.PresenceUpdate{Room: room.id.ID, Snapshot: room.roster, TotalCount: len(room.roster)}
		}
		update = room.snapshot
	case s.version == room.version:
		return nil, room.changed, nil
	case s.version == room.version-1:
		update = room.update
	default:
		update = collab.RosterChange(room.id.ID, s.roster, room.roster)
	}
	s.started, s.version, s.roster = true, room.version, room.roster
	if update.Empty() { // somebody came and went
		return nil, room.changed, nil
	}
	return update, nil, nil
}
