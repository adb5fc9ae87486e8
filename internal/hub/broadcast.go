package hub

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

const (
	// keptEvents and keptBytes bound the events that a broadcast keeps for members that are a little
	// behind. A low value makes those members read the log. A high value makes each broadcast cost memory.
	keptEvents = 256
	keptBytes  = 1 << 20
	// maxBatch bounds the waiting events that are rendered before they are delivered in one write. A high
	// value delays the first of them.
	maxBatch = 16
	// maxBatchBytes bounds them in bytes. The event that exceeds the bound is the last one.
	maxBatchBytes = 64 << 10
)

// A broadcast is one execution of an operation for all of its members. It renders each event once.
// A member is a cursor: it gets the rendered events after the cursor. Where the broadcast does not
// reach back that far, the member has an execution of its own until the two meet.
type broadcast struct {
	all    *Broadcasts
	key    string
	start  Start
	ctx    context.Context // ends with the last member
	cancel context.CancelFunc

	ready chan struct{} // closed when the broadcast runs or failed

	feed           *ChangeFeed
	operation      string // its name, for operators
	execution      Execution
	source         source
	opened         time.Time // measure ignores changes that were committed before
	scopeCheckedAt int64     // the execution knows all changes of access up to this position

	// busySince is the time since began at which run turned to the events that it renders or delivers now; 0 for none.
	busySince atomic.Int64

	joined int      // members, and subscribers that are joining; guarded by Broadcasts.mu
	owner  fair.Key // the only person among its members; zero if it is shared; guarded by Broadcasts.mu

	// mu guards what follows, and what Member says. Members' sinks are called while it is held;
	// it is locked after Broadcasts.mu, before Hub.mu, socket.mu and operation.mu.
	mu sync.Mutex
	// live are the members that receive each event at once.
	live []*Member
	// events are the kept events, in the order of the log. They include every event after floor.
	events []Event
	bytes  int
	floor  int64
	epoch  uint32
	// user is the person of its newest member. several reports whether other people have members, too.
	user    collab.ID
	several bool
	// scopeChanges are the newest changes that altered access, all of those after floor.
	scopeChanges []scopeChange
	// scopesMetAt is the position of the newest change of access that the broadcast has met.
	scopesMetAt int64
	// erasures is the ring's count of erasures when events were last checked against it.
	erasures int
	// moved is closed when there are more events, or the broadcast ends; nil if nobody waits.
	moved chan struct{}
	// ended is the error that ended the broadcast; nil while it goes on.
	ended error
}

// open begins the execution at its first member's cursor, if the changes after it are in memory or few, so that
// the member needs no execution of its own; otherwise at the ring's head. It does not begin later, or it
// would miss changes of access after that head.
func (b *broadcast) open(after *collab.Cursor) error {
	err := b.begin()
	if err != nil {
		return err
	}
	if b.source, err = b.all.hub.openShared(b.ctx, b.feed, after); err != nil {
		b.execution.Close()
		return err
	}
	b.feed.source = b.source
	b.opened = time.Now()
	reached := b.source.reached()
	b.floor, b.epoch = reached.Position, reached.Epoch
	return nil
}

// await waits until the broadcast runs or has failed. If it runs already, await does not call ctx.Done, which
// would allocate a channel for each member.
func (b *broadcast) await(ctx context.Context) error {
	select {
	case <-b.ready:
		return nil
	default:
	}
	select {
	case <-b.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run renders events and delivers them until the broadcast ends.
func (b *broadcast) run() {
	defer b.execution.Close()
	defer b.source.close()
	defer func() {
		if cause := recover(); cause != nil {
			b.end(fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
		}
	}()
	var pause fanOutPause
	var held *collab.Change // read, and not rendered yet
	for {
		change := held
		if change == nil {
			var err error
			if change, err = b.source.next(b.ctx); err != nil {
				b.end(err)
				return
			}
		}
		if change.AccessEffects != nil {
			b.changeScopes(change)
		}
		pause.wait(b.ctx)
		var batch []Event
		var of []*collab.Change
		turned := time.Now()
		if batch, of, held = b.gather(change); b.ctx.Err() != nil {
			b.end(b.ctx.Err())
			return
		}
		if len(batch) > 0 {
			started := time.Now()
			b.deliver(batch)
			pause.after(started)
			b.measure(of)
			b.trace(of, turned)
			b.all.trim()
		}
		b.busySince.Store(0)
	}
}

// gather renders the events of a change and of further changes that are ready. It stops at a change of
// access, which it returns: that change may have other receivers than the changes before it.
func (b *broadcast) gather(change *collab.Change) (batch []Event, of []*collab.Change, held *collab.Change) {
	var grant *fair.Grant
	defer func() { grant.Release() }()
	for bytes := 0; ; {
		if shown := b.feed.event(change); shown != nil {
			if grant == nil {
				b.busySince.Store(int64(time.Since(began)))
				var err error
				if grant, err = b.all.renders.Acquire(b.ctx, b.renderKey(), 1); err != nil { // the last member left
					return nil, nil, nil
				}
			}
			if event, is := render(b.ctx, b.feed, b.execution, shown); is {
				of, batch = append(of, change), append(batch, event)
				bytes += event.size()
			}
		}
		if len(batch) == maxBatch || bytes >= maxBatchBytes {
			return batch, of, nil
		}
		if change = b.source.ready(); change == nil || change.AccessEffects != nil {
			return batch, of, change
		}
	}
}

// position returns the position of a change. The cursor of a coalesced change may be earlier; that of its
// snapshot is not.
func position(change *collab.Change) int64 {
	if change.Placed != nil {
		return change.Placed.At
	}
	if change.Snapshot != nil {
		return change.Snapshot.Common().Cursor.Position
	}
	return change.Cursor.Position
}

// deliver keeps events and passes them to the live members. A member that can't accept them falls behind, and
// continues with Next when it can.
func (b *broadcast) deliver(batch []Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(batch)
	if b.moved != nil {
		close(b.moved)
		b.moved = nil
	}
	for i := len(b.live) - 1; i >= 0; i-- { // backwards, since a member that falls behind leaves
		if m := b.live[i]; !m.offer(batch) {
			b.removeLive(m)
		}
	}
	b.all.executions.Add(int64(len(batch)))
}

// addLive makes a member live. b.mu is held.
func (b *broadcast) addLive(m *Member) {
	b.all.live.Add(1)
	m.liveAt = len(b.live)
	b.live = append(b.live, m)
}

// removeLive removes a member from the live ones, if it is one. b.mu is held.
func (b *broadcast) removeLive(m *Member) {
	if m.liveAt == notLive {
		return
	}
	b.all.live.Add(-1)
	last := len(b.live) - 1
	b.live[m.liveAt] = b.live[last]
	b.live[m.liveAt].liveAt = m.liveAt
	b.live[last] = nil
	b.live = b.live[:last]
	m.liveAt = notLive
}

// keep adds events to the kept ones, and drops the oldest. b.mu is held.
func (b *broadcast) keep(batch []Event) {
	b.events = append(b.events, batch...)
	for i := range batch {
		b.count(batch[i].size())
	}
	most, left := b.mayKeep(), len(b.events)
	b.drop(func() bool {
		left--
		return left >= keptEvents || b.bytes > most && left >= len(batch)
	})
	b.dropOutdated()
}

// dropOutdated drops the kept events up to the last one that a later event outdates. b.mu is held.
func (b *broadcast) dropOutdated() {
	if b.feed.Subject == nil {
		return
	}
	later := make(map[collab.ID]bool)
	for i, event := range slices.Backward(b.events) {
		if later[event.subject] {
			left := i + 1
			b.drop(func() bool {
				left--
				return left >= 0
			})
			return
		}
		if event.subject != "" {
			later[event.subject] = true
		}
	}
}

// after returns the events after a position, which is not before floor. b.mu is held.
func (b *broadcast) after(position int64) []Event {
	i := len(b.events)
	for i > 0 && b.events[i-1].Position > position {
		i--
	}
	return b.events[i:]
}

// end ends the broadcast with an error for all members.
func (b *broadcast) end(err error) {
	b.all.forget(b)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = err
	b.drop(func() bool { return true })
	if b.moved != nil {
		close(b.moved)
		b.moved = nil
	}
	b.all.live.Add(-int64(len(b.live)))
	for _, m := range b.live {
		m.liveAt = notLive
		m.sink.End(err)
	}
	b.live = nil
}
