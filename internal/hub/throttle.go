package hub

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"tandem/internal/collab"
)

// The bounds of maxPerSecond: one change an hour, and more changes than a person can distinguish.
const (
	minPerSecond = 1.0 / 3600
	maxPerSecond = 1000
)

const (
	// maxWaiting and maxWaitingBytes bound the coalesced changes that wait for the end of a window. A
	// throttle that has that many stops reading until then. It loses nothing: the log has the rest.
	maxWaiting      = 64
	maxWaitingBytes = 256 << 10
	// fullPoll is the interval at which a throttle that has stopped reading checks for changes of access,
	// which do not wait for the window.
	fullPoll = time.Second
)

// A Throttle reads a subscription at a bounded rate: in each window of time it yields at most one
// change of an entity. It coalesces the changes in between into one change, which it yields when
// the window ends. Positions stay in order, so a change of an entity that was not yielded yet also
// waits if an older one of another entity does.
//
// A change of access is yielded twice: at once with its AccessEffects, as a scope change, on which its
// reader only finds out what the person may see; and as an event without AccessEffects, which waits and
// is coalesced like all others, so that changes of access do not raise the rate.
type Throttle struct {
	source         *Subscription
	show           func(*collab.Change) *collab.Change
	window         time.Duration
	scopeChangedAt int64 // the newest change of access that was yielded as a scope change

	until   time.Time          // the end of the open window; zero if none is open
	yielded map[collab.ID]bool // the entities with a change in this window
	waiting []*coalesced
	bytes   int          // of waiting
	flushed []*coalesced // ready to be yielded, in order
}

// A coalesced has the waiting changes of one entity, as one change.
type coalesced struct {
	first  int64 // position of the first of them
	change *collab.Change
}

// NewThrottle returns a throttle of the changes that match. perSecond bounds the changes of one entity per
// second, from one an hour to 1000; anything else is a BadInput error.
func NewThrottle(source *Subscription, perSecond float64, matches func(*collab.Change) bool) (*Throttle, error) {
	feed := ChangeFeed{Matches: matches}
	return newThrottle(source, perSecond, feed.show)
}

// newThrottle returns a throttle of the changes as show returns them.
func newThrottle(source *Subscription, perSecond float64, show func(*collab.Change) *collab.Change) (*Throttle, error) {
	if !(perSecond >= minPerSecond && perSecond <= maxPerSecond) { // so written, NaN is refused too
		return nil, collab.Errorf(collab.BadInput, "maxPerSecond must be from 1/3600 (one an hour) to %d", maxPerSecond)
	}
	window := time.Duration(float64(time.Second) / perSecond)
	return &Throttle{source: source, show: show, window: window}, nil
}

// Next waits for the next change.
func (f *Throttle) Next(ctx context.Context) (*collab.Change, error) {
	for {
		if change := f.Ready(); change != nil {
			return change, nil
		}
		if change := f.scopeChangeAhead(); change != nil {
			return change, nil
		}
		change, err := f.read(ctx)
		switch {
		case err != nil:
			return nil, err
		case change == nil && f.windowEnded():
			f.endWindow()
		case change == nil: // the throttle is full
		case change.AccessEffects != nil:
			f.changeScope(change)
		default:
			if shown := f.show(change); shown != nil {
				f.add(shown, change.Cursor.Position)
			}
		}
	}
}

// changeScope makes a scope change ready, and its event too, unless that has to wait. A change that erases a
// person comes after all waiting changes.
func (f *Throttle) changeScope(change *collab.Change) {
	if change.Erases() {
		f.sort()
		f.flush(len(f.waiting))
	}
	at := change.Cursor.Position
	f.scopeChangedAt = max(f.scopeChangedAt, at)
	f.flushed = append(f.flushed, &coalesced{first: at, change: change})
	shown := f.show(change)
	if shown == nil {
		return
	}
	event := *shown
	event.AccessEffects = nil
	f.add(&event, at)
}

// add makes an event ready, unless it has to wait. first is the position of its change.
func (f *Throttle) add(event *collab.Change, first int64) {
	if !f.mayPass(event) {
		f.hold(event)
		return
	}
	f.yielded[event.EntityID] = true
	f.flushed = append(f.flushed, &coalesced{first: first, change: event})
}

// offer adds events of a scope change that was yielded last, which are for the reader only.
func (f *Throttle) offer(events []*collab.Change) {
	for _, event := range events {
		f.add(event, position(event))
	}
}

// scopeChangeAhead returns a scope change for everybody if the throttle has stopped reading, and access
// changed after its position; otherwise nil. The subscriber then identifies its person by all changes of
// access that this instance knows, so the change itself is not needed.
func (f *Throttle) scopeChangeAhead() *collab.Change {
	if !f.full() {
		return nil
	}
	at := f.source.ring.lastAccessChange()
	if at <= max(f.source.cursor.Position, f.scopeChangedAt) {
		return nil
	}
	f.scopeChangedAt = at
	return &collab.Change{
		OrgID: f.source.ring.orgID, Cursor: collab.Cursor{Epoch: f.source.cursor.Epoch, Position: at},
		Type: collab.ChangeAccess, AccessEffects: &collab.AccessEffects{Others: collab.EffectScope},
	}
}

// Ready returns the next change if it is in memory, or nil.
func (f *Throttle) Ready() *collab.Change {
	if len(f.flushed) == 0 {
		return nil
	}
	change := f.flushed[0].change
	f.flushed = f.flushed[1:]
	return change
}

// Ahead returns the changes that Ready would return, the next one first.
func (f *Throttle) Ahead() []*collab.Change {
	changes := make([]*collab.Change, len(f.flushed))
	for i, flushed := range f.flushed {
		changes[i] = flushed.change
	}
	return changes
}

// Reached returns a cursor up to which every change was yielded, by itself or coalesced.
func (f *Throttle) Reached() collab.Cursor {
	reached := f.source.Cursor()
	for _, waiting := range slices.Concat(f.flushed, f.waiting) {
		reached.Position = min(reached.Position, waiting.first-1)
	}
	return reached
}

// Close closes the subscription.
func (f *Throttle) Close() { f.source.Close() }

// read waits for a change until the open window ends, or at most for fullPoll if the throttle is full. Then it
// returns nil.
func (f *Throttle) read(ctx context.Context) (*collab.Change, error) {
	if f.until.IsZero() {
		return f.source.Next(ctx)
	}
	if f.full() {
		if time.Until(f.until) > fullPoll {
			f.source.dropAhead()
		}
		sleep(ctx, min(time.Until(f.until), fullPoll))
		return nil, ctx.Err()
	}
	waiting, cancel := context.WithDeadline(ctx, f.until)
	defer cancel()
	change, err := f.source.nextWithin(ctx, waiting)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, nil
	}
	return change, err
}

// full reports whether the throttle must not read until the window ends.
func (f *Throttle) full() bool {
	return len(f.waiting) >= maxWaiting || f.bytes >= maxWaitingBytes
}

// windowEnded reports whether the open window has ended.
func (f *Throttle) windowEnded() bool { return !f.until.IsZero() && !time.Now().Before(f.until) }

// mayPass reports whether a change need not wait, and opens a window if none is open.
func (f *Throttle) mayPass(change *collab.Change) bool {
	if f.until.IsZero() {
		f.openWindow()
	}
	return len(f.waiting) == 0 && !f.yielded[change.EntityID]
}

func (f *Throttle) openWindow() {
	f.until = time.Now().Add(f.window)
	f.yielded = map[collab.ID]bool{}
}

// hold adds a change to those that wait for the end of the window. It is coalesced only with a change that ends
// at the version where it begins: the person may not see the versions between.
func (f *Throttle) hold(change *collab.Change) {
	for _, waiting := range f.waiting {
		if waiting.change.EntityID == change.EntityID && waiting.change.EntityVersion == change.FromVersion() {
			f.bytes -= waiting.change.Size()
			waiting.change = collab.Fold(waiting.change, change)
			f.bytes += waiting.change.Size()
			return
		}
	}
	f.bytes += change.Size()
	f.waiting = append(f.waiting, &coalesced{first: position(change), change: change})
}

// endWindow makes waiting changes ready, in the order of the log, up to a second change of one entity, which
// waits for another window.
func (f *Throttle) endWindow() {
	if len(f.waiting) == 0 {
		f.until = time.Time{}
		return
	}
	f.sort()
	f.openWindow()
	count := 0
	for count < len(f.waiting) && !f.yielded[f.waiting[count].change.EntityID] {
		f.yielded[f.waiting[count].change.EntityID] = true
		count++
	}
	f.flush(count)
}

// sort puts the waiting changes in the order of the log.
func (f *Throttle) sort() {
	slices.SortFunc(f.waiting, func(a, b *coalesced) int {
		return cmp.Compare(position(a.change), position(b.change))
	})
}

// flush makes the first count waiting changes ready. They are sorted.
//
// The cursor of a change promises that no earlier change follows. Coalesced changes overlap, so flush moves
// each cursor back before the first part of every change that is yielded later. A client that resumes there
// may receive a part again, and loses nothing.
func (f *Throttle) flush(count int) {
	reached := f.source.cursor.Position
	for i, waiting := range slices.Backward(f.waiting) {
		if i < count {
			change := *waiting.change
			change.Cursor.Position = min(reached, change.Cursor.Position)
			f.flushed = append(f.flushed, &coalesced{first: waiting.first, change: &change})
			f.bytes -= waiting.change.Size()
		}
		reached = min(reached, waiting.first-1)
	}
	slices.Reverse(f.flushed)
	f.waiting = slices.Delete(f.waiting, 0, count)
}
