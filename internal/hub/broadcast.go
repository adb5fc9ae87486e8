package hub

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

const (
	// keptEvents and keptBytes bound what a broadcast keeps for members that are
	// a little behind. Fewer, and they read the log; more, and each broadcast
	// costs memory.
	keptEvents = 256
	keptBytes  = 1 << 20
	// together is how many events that wait are rendered before they are
	// delivered, so that a member gets them in one write. More, and the first of
	// them comes late.
	together = 16
	// togetherBytes bounds them in bytes, beyond the event that exceeds it.
	togetherBytes = 64 << 10
)

// A broadcast is one execution of an operation for all of its members. It
// renders each event once. A member is a cursor: what it is given are the
// rendered events after it, and where the broadcast does not reach back to, an
// execution of the member's own, until the two meet.
type broadcast struct {
	all    *Broadcasts
	key    string
	start  Start
	ctx    context.Context // ends with the last member
	cancel context.CancelFunc

	ready chan struct{} // closed when the broadcast runs or failed

	feed      *ChangeFeed
	execution Execution
	source    source
	opened    time.Time // what was committed before was not waited for here
	judged    int64     // what altered access up to here is counted in what the execution found out

	joined int      // how many are members, or about to be; guarded by Broadcasts.mu
	owner  fair.Key // the person whose alone it is; zero for a shared one; guarded by Broadcasts.mu

	mu sync.Mutex // guards what follows, and what Member says
	// live are the members that are handed each event at once.
	live []*Member
	// events are the newest, in the order of the log. Every event after floor is in it.
	events []Event
	bytes  int
	floor  int64
	epoch  uint32
	// user is whose its newest member is; several tells that some are others'.
	user    collab.ID
	several bool
	// turns are the newest changes that altered access, all of those after floor.
	turns []turn
	// erasures is how many erasures the ring had heard of when events were looked at.
	erasures int
	// moved is closed when there are more events, or the broadcast ends; nil if nobody waits.
	moved chan struct{}
	// ended says why the broadcast can't go on; nil while it does.
	ended error
}

// open begins the execution: where its first member is, if what comes after is
// at hand, so that the member needs no execution of its own; else at the ring's head. It does
// not begin later, or it would not meet changes of access that come after that head.
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

// await waits until the broadcast runs or failed. Where it runs already, the
// context is not asked for a channel, which each member would keep.
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
	var held *collab.Change // read already, and not rendered
	for {
		change := held
		if change == nil {
			var err error
			if change, err = b.source.next(b.ctx); err != nil {
				b.end(err)
				return
			}
		}
		if change.Regards != nil {
			b.turn(change)
		}
		pause.wait(b.ctx)
		var batch []Event
		var of []*collab.Change
		if batch, of, held = b.gather(change); b.ctx.Err() != nil {
			b.end(b.ctx.Err())
			return
		}
		if len(batch) > 0 {
			began := time.Now()
			b.deliver(batch)
			pause.after(began)
			b.measure(of)
			b.all.trim()
		}
	}
}

// gather renders the events of a change and of those that need not be waited for.
// It ends before one that alters access, which it returns: that one may be for
// other members than those before it.
func (b *broadcast) gather(change *collab.Change) (batch []Event, of []*collab.Change, held *collab.Change) {
	for bytes := 0; ; {
		if b.feed.tells(change) {
			event, err := b.all.render(b.ctx, b.on(), b.feed, b.execution, change)
			if err != nil { // the last member left
				return nil, nil, nil
			}
			of, batch = append(of, change), append(batch, event)
			bytes += event.size()
		}
		if len(batch) == together || bytes >= togetherBytes {
			return batch, of, nil
		}
		if change = b.source.ready(); change == nil || change.Regards != nil {
			return batch, of, change
		}
	}
}

// position is where in the log a change is. The cursor of one that was folded
// may be before it; its snapshot's is not.
func position(change *collab.Change) int64 {
	if change.Snapshot != nil {
		return change.Snapshot.Common().Cursor.Position
	}
	return change.Cursor.Position
}

// deliver keeps events and hands them to the live members. A member that can't
// take them stays behind, and goes on by itself when it can.
func (b *broadcast) deliver(batch []Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.keep(batch)
	if b.moved != nil {
		close(b.moved)
		b.moved = nil
	}
	for i := len(b.live) - 1; i >= 0; i-- { // backwards, since a member that falls behind leaves
		if m := b.live[i]; !m.take(batch) {
			b.retire(m)
		}
	}
	b.all.executions.Add(int64(len(batch)))
}

// enlist makes a member live.
func (b *broadcast) enlist(m *Member) {
	b.all.live.Add(1)
	m.liveAt = len(b.live)
	b.live = append(b.live, m)
}

// retire makes a member live no more.
func (b *broadcast) retire(m *Member) {
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

// keep appends events and lets go of the oldest.
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
}

// after returns the events after a position; floor must be at or before it.
func (b *broadcast) after(position int64) []Event {
	i := len(b.events)
	for i > 0 && b.events[i-1].Position > position {
		i--
	}
	return b.events[i:]
}

// end tells all members why the broadcast can't go on.
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
