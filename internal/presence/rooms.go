// Package presence keeps this instance's clients present in rooms, and sends its subscribers updates of who is
// in a room.
package presence

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tandem/internal/collab"
)

const (
	// presenceWindow is how long changes of a room are collected before they are delivered. A high
	// value delays updates. A low value sends an update for each person of a crowd.
	presenceWindow = 50 * time.Millisecond
	// presenceSettle is how long rooms are not read after hints were lost, since the store may have lost
	// its clients with them. Within that time all instances put their clients back, and nobody sees them
	// leave and join.
	presenceSettle = time.Second
	// presenceCalls bounds the concurrent calls to the store.
	presenceCalls = 16
	// presenceStopTime bounds the last calls to the store when Run ends.
	presenceStopTime = 2 * time.Second
)

// Rooms keeps the clients of this instance's connections present, and sends the rosters of rooms to its
// subscriptions.
//
// An update is the difference between two reads of the room. The next read makes up for a lost hint, and each
// beat ends with a read. A room is read once for all of its subscribers.
//
// Of all mutexes, only room.calls is held during calls to the store.
type Rooms struct {
	presences collab.Presences
	log       *slog.Logger
	wake      chan struct{} // has an element when there are tasks

	mu   sync.Mutex // guards what follows, and what room says; locked after room.calls, before room.mu
	open map[collab.Room]*room
	// watching counts the rooms of subscriptions to several, by person.
	watching map[personKey]int
	tasks    []task
	stopped  bool
	settled  time.Time // no room is read before this time
	awayAt   time.Time // when the store became unavailable; zero while it is available
}

type personKey struct{ orgID, userID collab.ID }

// A task is a call to the store, which Run makes.
type task func(ctx context.Context)

// NewRooms returns Rooms. Its owner calls Run.
func NewRooms(presences collab.Presences, log *slog.Logger) *Rooms {
	return &Rooms{
		presences: presences,
		log:       log,
		wake:      make(chan struct{}, 1),
		open:      make(map[collab.Room]*room),
		watching:  make(map[personKey]int),
	}
}

// Run beats for the clients and reads the rooms until ctx ends, and returns when all of its calls have ended. The
// remaining clients stay present for collab.PresenceGrace, in which they can reconnect to another instance.
func (r *Rooms) Run(ctx context.Context) {
	pool := workerPool{slots: make(chan struct{}, presenceCalls)}
	r.presences.Watch(ctx, r.onHint)
	beat := time.NewTicker(collab.PresenceBeat)
	defer beat.Stop()
	for {
		select {
		case <-beat.C:
			r.beatAll()
		case <-r.wake:
			pool.run(ctx, r.takeTasks())
		case <-ctx.Done():
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), presenceStopTime)
			defer cancel()
			pool.run(stopping, r.stop())
			pool.Wait()
			return
		}
	}
}

// A workerPool runs tasks concurrently, as many as it has slots.
type workerPool struct {
	sync.WaitGroup
	slots chan struct{}
}

func (p *workerPool) run(ctx context.Context, tasks []task) {
	for _, t := range tasks {
		p.slots <- struct{}{}
		p.Go(func() {
			defer func() { <-p.slots }()
			t(ctx)
		})
	}
}

// enqueue passes a task to Run. r.mu is held.
func (r *Rooms) enqueue(t task) {
	if r.stopped {
		return
	}
	r.tasks = append(r.tasks, t)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// enqueueAfter is enqueue after a delay. r.mu may be held.
func (r *Rooms) enqueueAfter(delay time.Duration, t task) {
	time.AfterFunc(delay, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.enqueue(t)
	})
}

func (r *Rooms) takeTasks() []task {
	r.mu.Lock()
	defer r.mu.Unlock()
	tasks := r.tasks
	r.tasks = nil
	return tasks
}

// onHint handles the hint that a room changed, or that hints were lost. It never blocks.
func (r *Rooms) onHint(id collab.Room) {
	if id == (collab.Room{}) {
		r.resume()
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if room := r.open[id]; room != nil {
		r.requestRead(room, presenceWindow)
	}
}

// resume continues after hints were lost, with a beat that puts back clients that the store has lost.
func (r *Rooms) resume() {
	r.mu.Lock()
	if len(r.open) > 0 {
		r.settled = time.Now().Add(presenceSettle)
	}
	r.mu.Unlock()
	r.beatAll()
}

// recordCall records the result of a call to the store that began at a time. It logs the beginning and the end of
// an outage. A call from before the outage does not end it.
func (r *Rooms) recordCall(ctx context.Context, began time.Time, err error) {
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
