package presence

import (
	"context"
	"errors"
	"sync"
	"time"

	"tandem/internal/collab"
)

// A room is a room in which this instance has subscriptions or clients.
type room struct {
	id collab.Room
	// calls keeps the store's calls about a client in order. It is held for reading by calls that make
	// clients enter, and for writing by calls that renew or remove clients.
	calls sync.RWMutex

	// Guarded by Rooms.mu.
	subscriptions int
	clients       map[clientKey]*client
	beating       bool // a beat is queued or under way
	releasing     bool // a removal of released clients is queued
	awaited       bool // a read is requested
	reading       bool // a read is under way
	begun         int  // the number of reads that began
	begunAt       time.Time

	mu      sync.Mutex // guards what follows, and what Subscription says; innermost
	done    int        // the number of the last read that ended
	roster  []*collab.PresenceUser
	version int                    // counts the visible changes of the roster
	update  *collab.PresenceUpdate // from the version before
	// snapshot is the roster as the first update of new subscribers; nil until there is one. Subscribers
	// share it and update.
	snapshot *collab.PresenceUpdate
	read     chan struct{} // closed after the next read
	// wakes has the channels of subscriptions to several rooms, which are signalled after each read.
	wakes   map[*Subscription]chan struct{}
	changed chan struct{} // closed with the next version
}

// openRoom returns a room, and opens it if necessary. r.mu is held.
func (r *Rooms) openRoom(id collab.Room) *room {
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

// closeIfUnused closes a room without subscriptions and clients. r.mu is held.
func (r *Rooms) closeIfUnused(room *room) {
	if room.subscriptions == 0 && len(room.clients) == 0 {
		delete(r.open, room.id)
	}
}

// requestRead reads the room after a delay, if it has subscriptions. A requested read that has not begun is
// enough; after a read that is under way, the next one begins at least a window later. r.mu is held.
func (r *Rooms) requestRead(room *room, delay time.Duration) {
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
	r.enqueueAfter(delay, func(ctx context.Context) { r.readNow(ctx, room) })
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
	r.recordCall(ctx, began, err)
	if err == nil {
		room.setRoster(read, collab.Roster(present))
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

// setRoster sets the roster to the result of a read.
func (room *room) setRoster(read int, roster []*collab.PresenceUser) {
	room.mu.Lock()
	defer room.mu.Unlock()
	update := collab.RosterChange(room.id.ID, room.roster, roster)
	room.done, room.roster, room.snapshot = read, roster, nil
	close(room.read)
	room.read = make(chan struct{})
	for _, woken := range room.wakes {
		signal(woken)
	}
	if update.Empty() {
		return
	}
	room.version++
	room.update = update
	close(room.changed)
	room.changed = make(chan struct{})
}

// ErrAccessChanged interrupts a subscription to a room when its person's access has changed. The subscriber checks
// whether the person still belongs in the room, and continues or leaves.
var ErrAccessChanged = errors.New("what the person may see has changed")

// A Subscription yields updates of a room. It keeps only the roster that its reader saw last: a slow reader gets
// the difference from that, and nothing is queued. One goroutine at a time may use it.
type Subscription struct {
	room  *room
	ended <-chan struct{}
	woken chan struct{} // has an element when the subscriber's access has changed

	// Guarded by room.mu, which also orders updates and changes of access.
	interrupted bool // Next has to return ErrAccessChanged
	missed      bool // changes of access may have been missed

	began   int // the number of reads that began before the subscription
	started bool
	version int
	roster  []*collab.PresenceUser
}

// Subscribe opens a subscription to who is in a room, until ctx ends.
func (r *Rooms) Subscribe(ctx context.Context, id collab.Room) *Subscription {
	return r.subscribe(ctx, id, nil)
}

// subscribe is Subscribe. If wakes is not nil, it is signalled after each read of the room.
func (r *Rooms) subscribe(ctx context.Context, id collab.Room, wakes chan struct{}) *Subscription {
	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.openRoom(id)
	room.subscriptions++
	s := &Subscription{room: room, ended: ctx.Done(), woken: make(chan struct{}, 1), began: room.begun}
	if wakes != nil {
		room.wake(s, wakes)
	}
	context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		room.wake(s, nil)
		room.subscriptions--
		r.closeIfUnused(room)
	})
	r.requestRead(room, presenceWindow-time.Since(room.begunAt))
	return s
}

// wake has a channel signalled after each read, until it is called with nil.
func (room *room) wake(s *Subscription, woken chan struct{}) {
	room.mu.Lock()
	defer room.mu.Unlock()
	if woken == nil {
		delete(room.wakes, s)
		return
	}
	if room.wakes == nil {
		room.wakes = make(map[*Subscription]chan struct{})
	}
	room.wakes[s] = woken
}

// signal wakes the reader of a channel with room for one element.
func signal(woken chan struct{}) {
	select {
	case woken <- struct{}{}:
	default:
	}
}

// Next waits for the next update. The first has a snapshot of the room that was read after Subscribe, so it
// includes everybody who entered before. The others have the difference from the update before, and are never
// empty. Next waits while the store is unavailable. It ends with ctx, or with the subscription's context.
//
// After a change of the subscriber's access it returns ErrAccessChanged once, before any other update: a person
// who lost access sees no later update.
func (s *Subscription) Next(ctx context.Context) (*collab.PresenceUpdate, error) {
	for {
		update, moved, err := s.room.updateFor(s)
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

// accessChanged makes Next return ErrAccessChanged, now or when it is called. missed means that changes may have
// been missed, and nobody reports later ones.
func (s *Subscription) accessChanged(missed bool) {
	s.room.mu.Lock()
	s.interrupted, s.missed = true, s.missed || missed
	s.room.mu.Unlock()
	signal(s.woken)
}

// Missed reports whether changes of the subscriber's access may have been missed.
func (s *Subscription) Missed() bool {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	return s.missed
}

// updateFor returns the update that a subscription lacks, or a channel to wait for.
func (room *room) updateFor(s *Subscription) (*collab.PresenceUpdate, <-chan struct{}, error) {
	room.mu.Lock()
	defer room.mu.Unlock()
	var update *collab.PresenceUpdate
	switch {
	case s.interrupted:
		s.interrupted = false
		return nil, nil, ErrAccessChanged
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
	if update.Empty() { // the changes since then cancel out
		return nil, room.changed, nil
	}
	return update, nil, nil
}
