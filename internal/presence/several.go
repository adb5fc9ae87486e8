package presence

import (
	"context"
	"errors"
	"sync"

	"tandem/internal/collab"
)

// MaxWatched bounds the rooms that one person watches through subscriptions to several rooms on this instance, each
// counted once for each subscription. A low value rejects lists of records in many tabs. A high value lets one person
// make the instance read many rooms with every beat.
const MaxWatched = 2000

// errTooManyWatched rejects a subscription that would exceed MaxWatched.
var errTooManyWatched = collab.Errorf(collab.LimitExceeded, "a person may watch at most %d rooms; complete some subscriptions first", MaxWatched)

// A Several has the updates of several rooms for one subscriber, who is in none of them. The first update of each room
// has a snapshot, and no room has a second update before all have a first. One goroutine at a time may use it, except
// for accessChanged.
type Several struct {
	rooms *Rooms
	ctx   context.Context
	woken chan struct{} // has an element when a room was read, or access has changed
	last  int           // the index of the room of the last update

	mu      sync.Mutex // guards watched; locked before room.mu
	watched []*watched
}

// watched is one of the rooms.
type watched struct {
	*Subscription
	id     collab.Room
	cancel context.CancelFunc
}

// An Update is an update of one of several rooms.
type Update struct {
	Index  int // of the room
	Room   collab.Room
	Update *collab.PresenceUpdate
}

// SubscribeSeveral opens a subscription of a person to several rooms, until ctx ends.
func (r *Rooms) SubscribeSeveral(ctx context.Context, userID collab.ID, ids []collab.Room) (*Several, error) {
	key := personKey{ids[0].OrgID, userID}
	if !r.watch(key, len(ids)) {
		return nil, errTooManyWatched
	}
	context.AfterFunc(ctx, func() { r.watch(key, -len(ids)) })
	s := &Several{rooms: r, ctx: ctx, woken: make(chan struct{}, 1), watched: make([]*watched, len(ids))}
	for i, id := range ids {
		s.watched[i] = s.subscribe(id)
	}
	return s, nil
}

// watch counts n more rooms of a person, or reports that there would be too many.
func (r *Rooms) watch(key personKey, n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n > 0 && r.watching[key]+n > MaxWatched {
		return false
	}
	if r.watching[key] += n; r.watching[key] == 0 {
		delete(r.watching, key)
	}
	return true
}

func (s *Several) subscribe(id collab.Room) *watched {
	ctx, cancel := context.WithCancel(s.ctx)
	w := &watched{Subscription: s.rooms.subscribe(ctx, id, s.woken), id: id, cancel: cancel}
	signal(s.woken) // it may have been read already
	return w
}

// Place makes the rooms those of ids, which have the same order. A room that is another one now begins with a snapshot;
// the others continue.
func (s *Several) Place(ids []collab.Room) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, id := range ids {
		if s.watched[i].id != id {
			s.watched[i].cancel()
			s.watched[i] = s.subscribe(id)
		}
	}
}

// Next waits for the next update of a room. After a change of the subscriber's access it returns ErrAccessChanged once,
// before any other update.
func (s *Several) Next(ctx context.Context) (*Update, error) {
	for {
		update, err := s.ready()
		if update != nil || err != nil {
			return update, err
		}
		select {
		case <-s.woken:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-s.ctx.Done():
			return nil, context.Canceled
		}
	}
}

// ready returns an update that waits, beginning with the room after the last one, so that no room keeps others waiting.
func (s *Several) ready() (*Update, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, begun := range []bool{false, true} {
		waiting := false
		for n := range s.watched {
			i := (s.last + 1 + n) % len(s.watched)
			w := s.watched[i]
			if w.started != begun {
				continue
			}
			update, _, err := w.room.updateFor(w.Subscription)
			if errors.Is(err, ErrAccessChanged) {
				s.resume()
				return nil, err
			}
			if update != nil {
				s.last = i
				return &Update{Index: i, Room: w.id, Update: update}, nil
			}
			waiting = true
		}
		if !begun && waiting {
			return nil, nil
		}
	}
	return nil, nil
}

// resume forgets the changes of access that ErrAccessChanged reports. s.mu is held.
func (s *Several) resume() {
	for _, w := range s.watched {
		w.room.mu.Lock()
		w.interrupted = false
		w.room.mu.Unlock()
	}
}

// accessChanged makes Next return ErrAccessChanged. missed means that changes may have been missed, and nobody reports
// later ones.
func (s *Several) accessChanged(missed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.watched {
		w.accessChanged(missed)
	}
	signal(s.woken)
}

// Missed reports whether changes of the subscriber's access may have been missed.
func (s *Several) Missed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watched[0].Missed()
}

// A SeveralFeed has the updates of several rooms for one subscriber.
type SeveralFeed struct {
	OrgID, UserID collab.ID // of the subscriber
	Updates       *Several
	// Place places the person in the rooms that they belong in now. The error is for the client.
	Place func(context.Context) error
	// Push passes an update to the execution, which renders it before the next one.
	Push func(*Update)
}

// Person returns the ids of the subscriber's organization and person.
func (f *SeveralFeed) Person() (orgID, userID collab.ID) { return f.OrgID, f.UserID }

// AccessChanged makes Updates.Next return ErrAccessChanged. A nil change means that changes may have been missed,
// and that AccessChanged is not called again.
func (f *SeveralFeed) AccessChanged(change *collab.Change) { f.Updates.accessChanged(change == nil) }
