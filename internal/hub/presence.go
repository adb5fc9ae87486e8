package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tandem/internal/collab"
)

const (
	// presenceWindow is how long changes of a room are collected before they are
	// told. Longer, and people look slow; shorter, and a crowd that comes in at
	// once is told of one by one.
	presenceWindow = 50 * time.Millisecond
	// presenceSettle is how long rooms are not read after hints were lost, for
	// the store may have been lost with them. Within that time all instances put
	// back their clients, and nobody sees them leave and join.
	presenceSettle = time.Second
	// presenceCalls bounds how many calls to the store are under way at a time.
	presenceCalls = 16
	// presenceFarewell bounds how long Run takes to let go of everybody.
	presenceFarewell = 2 * time.Second
)

// Rooms makes the clients of this instance's connections present, and hands the
// rosters of rooms to its subscriptions.
//
// What a room's subscribers are told of is the difference between two reads of
// the room, so a lost hint is healed by the next read, and there is one of those
// after each beat. However many subscribers a room has, it is read once for all.
//
// Locks are taken in this order: room.calls, Rooms.mu, room.mu. Only room.calls is
// held while the store is called.
type Rooms struct {
	presences collab.Presences
	log       *slog.Logger
	wake      chan struct{} // has one when there are tasks

	mu      sync.Mutex // guards all below, and what room says
	open    map[collab.Room]*room
	tasks   []task
	stopped bool
	settled time.Time // no room is read before
	awayAt  time.Time // since when the store is away; zero: it is there
}

// A task is a call to the store, for Run to make.
type task func(ctx context.Context)

// NewRooms returns Rooms without subscriptions and clients. It needs Run.
func NewRooms(presences collab.Presences, log *slog.Logger) *Rooms {
	return &Rooms{
		presences: presences,
		log:       log,
		wake:      make(chan struct{}, 1),
		open:      make(map[collab.Room]*room),
	}
}

// Run beats for the clients and reads the rooms until ctx ends. It returns when
// all that it started has ended; the clients that are then left stay for
// collab.PresenceGrace, in which they can come back through another instance.
func (r *Rooms) Run(ctx context.Context) {
	crew := crew{slots: make(chan struct{}, presenceCalls)}
	r.presences.Watch(ctx, r.hinted)
	beat := time.NewTicker(collab.PresenceBeat)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			r.beatAll()
		case <-r.wake:
			crew.perform(ctx, r.takeTasks())
		case <-ctx.Done():
			farewell, cancel := context.WithTimeout(context.WithoutCancel(ctx), presenceFarewell)
			defer cancel()
			crew.perform(farewell, r.stop())
			crew.Wait()
			return
		}
	}
}

// A crew performs tasks at the same time, but not too many.
type crew struct {
	sync.WaitGroup
	slots chan struct{}
}

func (c *crew) perform(ctx context.Context, tasks []task) {
	for _, t := range tasks {
		c.slots <- struct{}{}
		c.Go(func() {
			defer func() { <-c.slots }()
			t(ctx)
		})
	}
}

// do has Run perform a task. r.mu is held.
func (r *Rooms) do(t task) {
	if r.stopped {
		return
	}
	r.tasks = append(r.tasks, t)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// later is do after a delay. r.mu may be held.
func (r *Rooms) later(delay time.Duration, t task) {
	time.AfterFunc(delay, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.do(t)
	})
}

func (r *Rooms) takeTasks() []task {
	r.mu.Lock()
	defer r.mu.Unlock()
	tasks := r.tasks
	r.tasks = nil
	return tasks
}

// hinted takes note that a room changed. It never blocks.
func (r *Rooms) hinted(id collab.Room) {
	if id == (collab.Room{}) {
		r.resume()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if room := r.open[id]; room != nil {
		r.read(room, presenceWindow)
	}
}

// resume goes on after hints were lost: with a beat, which puts back who was lost too.
func (r *Rooms) resume() {
	r.mu.Lock()
	if len(r.open) > 0 {
		r.settled = time.Now().Add(presenceSettle)
	}
	r.mu.Unlock()
	r.beatAll()
}

// note takes note of how a call to the store ended that began at a time. An
// outage is logged once, when it begins and when it ends. A call that began
// before it was noticed does not end it.
func (r *Rooms) note(ctx context.Context, began time.Time, err error) {
	if ctx.Err() != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch away := !r.awayAt.IsZero(); {
	case err != nil && !away:
		r.awayAt = time.Now()
		r.log.Warn("presence is away; who is in a room stays as it was", "error", err)
	case err == nil && away && began.After(r.awayAt):
		r.awayAt = time.Time{}
		r.log.Info("presence is back")
	}
}
