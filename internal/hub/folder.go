package hub

import (
	"context"
	"errors"
	"slices"
	"time"

	"tandem/internal/collab"
)

// The bounds of maxPerSecond: a change in an hour, and as often as anybody can tell apart.
const (
	minPerSecond = 1.0 / 3600
	maxPerSecond = 1000
)

const (
	// maxWaiting and maxWaitingBytes bound the folds that wait for the end of a
	// window. A folder that has as many reads no further until then, and loses
	// nothing: the log keeps what it did not read.
	maxWaiting      = 64
	maxWaitingBytes = 256 << 10
	// fullPoll is how often a folder that reads no further looks whether somebody's
	// access changed, which does not wait for the window.
	fullPoll = time.Second
)

// A Folder reads a subscription at a bounded rate: in each window of time it
// yields at most one change of an entity. What comes in between is folded into
// one change, which is yielded when the window ends. Positions stay in order, so
// a change of an entity that was not yielded yet also waits if an older one of
// another entity does.
//
// A change that alters access is yielded twice. At once, with its Regards, as a turn: the follower that
// reads the folder finds out what its person may see, and tells nobody of it. And as an event without
// Regards, which waits and is folded like all others, so that changes of access do not raise the rate.
type Folder struct {
	source  *Subscription
	matches func(*collab.Change) bool
	window  time.Duration
	turned  int64 // the newest change of access that was yielded as a turn

	until   time.Time          // when the open window ends; zero: none is open
	yielded map[collab.ID]bool // entities that had their change in this window
	waiting []*fold
	bytes   int     // of what waits
	flushed []*fold // what waited, in order; not yielded yet
}

// A fold is the changes of one entity that wait, as one.
type fold struct {
	first  int64 // position of the first of them
	change *collab.Change
}

// NewFolder returns a folder of the changes that match. perSecond is how many
// changes of one entity it yields at most in a second, from one an hour to 1000;
// anything else is a BadInput error.
func NewFolder(source *Subscription, perSecond float64, matches func(*collab.Change) bool) (*Folder, error) {
	if !(perSecond >= minPerSecond && perSecond <= maxPerSecond) { // so written, NaN is refused too
		return nil, collab.Errorf(collab.BadInput, "maxPerSecond must be above 0 (at least one an hour) and at most %d", maxPerSecond)
	}
	window := time.Duration(float64(time.Second) / perSecond)
	return &Folder{source: source, matches: matches, window: window}, nil
}

// Next waits for the next change.
func (f *Folder) Next(ctx context.Context) (*collab.Change, error) {
	for {
		if change := f.Ready(); change != nil {
			return change, nil
		}
		if turn := f.turnAhead(); turn != nil {
			return turn, nil
		}
		change, err := f.read(ctx)
		switch {
		case err != nil:
			return nil, err
		case change == nil && f.over():
			f.endWindow()
		case change == nil: // it is full
		case change.Regards != nil:
			f.turn(change)
		case !f.matches(change):
		case f.mayPass(change):
			f.yielded[change.EntityID] = true
			return change, nil
		default:
			f.wait(change)
		}
	}
}

// turn makes ready the turn at a change, and has its event pass or wait. One that erases somebody
// comes after all that waits, which may have been read before.
func (f *Folder) turn(change *collab.Change) {
	if change.Erases() {
		f.sort()
		f.flush(len(f.waiting))
	}
	at := change.Cursor.Position
	f.turned = max(f.turned, at)
	f.flushed = append(f.flushed, &fold{first: at, change: change})
	if !f.matches(change) {
		return
	}
	event := *change
	event.Regards = nil
	if !f.mayPass(&event) {
		f.wait(&event)
		return
	}
	f.yielded[event.EntityID] = true
	f.flushed = append(f.flushed, &fold{first: at, change: &event})
}

// turnAhead returns a turn for everybody if the folder reads no further for now, and somebody's access
// was altered after the place where it is; else nil. A follower that finds out what its person may see counts all
// changes of access that this instance knows of, so the one that was not read need not be at hand.
func (f *Folder) turnAhead() *collab.Change {
	if !f.full() {
		return nil
	}
	at := f.source.ring.altered()
	if at <= max(f.source.cursor.Position, f.turned) {
		return nil
	}
	f.turned = at
	return &collab.Change{
		OrgID: f.source.ring.orgID, Cursor: collab.Cursor{Epoch: f.source.cursor.Epoch, Position: at},
		Type: collab.ChangeAccess, Regards: &collab.Regards{Others: collab.EffectScope},
	}
}

// Ready returns the next change if it need not be waited for, or else nil.
func (f *Folder) Ready() *collab.Change {
	if len(f.flushed) == 0 {
		return nil
	}
	change := f.flushed[0].change
	f.flushed = f.flushed[1:]
	return change
}

// Ahead returns the changes that Ready would return, the next one first.
func (f *Folder) Ahead() []*collab.Change {
	changes := make([]*collab.Change, len(f.flushed))
	for i, flushed := range f.flushed {
		changes[i] = flushed.change
	}
	return changes
}

// Reached is a position such that every change up to it was yielded, by itself
// or in a fold.
func (f *Folder) Reached() collab.Cursor {
	reached := f.source.Cursor()
	for _, waiting := range slices.Concat(f.flushed, f.waiting) {
		reached.Position = min(reached.Position, waiting.first-1)
	}
	return reached
}

// Close closes the subscription behind it.
func (f *Folder) Close() { f.source.Close() }

// read waits for a change until the open window ends, or, if the folder is full, for no longer than
// fullPoll; then it returns nil.
func (f *Folder) read(ctx context.Context) (*collab.Change, error) {
	if f.until.IsZero() {
		return f.source.Next(ctx)
	}
	if f.full() {
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

// full reports whether the folder has to read no further until the window ends.
func (f *Folder) full() bool {
	return len(f.waiting) >= maxWaiting || f.bytes >= maxWaitingBytes
}

// over reports whether the open window has ended.
func (f *Folder) over() bool { return !f.until.IsZero() && !time.Now().Before(f.until) }

// mayPass reports whether a change need not wait, and opens a window if none is open.
func (f *Folder) mayPass(change *collab.Change) bool {
	if f.until.IsZero() {
		f.openWindow()
	}
	return len(f.waiting) == 0 && !f.yielded[change.EntityID]
}

func (f *Folder) openWindow() {
	f.until = time.Now().Add(f.window)
	f.yielded = map[collab.ID]bool{}
}

// wait adds a change to what is yielded at the end of the window. It is folded only into one that
// ends where it begins: versions between them may not be seen.
func (f *Folder) wait(change *collab.Change) {
	for _, waiting := range f.waiting {
		if waiting.change.EntityID == change.EntityID && waiting.change.EntityVersion == change.FromVersion() {
			f.bytes -= waiting.change.Size()
			waiting.change = collab.Fold(waiting.change, change)
			f.bytes += waiting.change.Size()
			return
		}
	}
	f.bytes += change.Size()
	f.waiting = append(f.waiting, &fold{first: change.Cursor.Position, change: change})
}

// endWindow makes ready what waits, in the order of the log: up to the second fold of one entity,
// which waits for another window.
func (f *Folder) endWindow() {
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

// sort puts what waits in the order of the log.
func (f *Folder) sort() {
	slices.SortFunc(f.waiting, func(a, b *fold) int {
		return int(a.change.Cursor.Position - b.change.Cursor.Position)
	})
}

// flush makes ready the first of what waits, which is sorted.
//
// The cursor of a change promises that nothing before it is still to come. A
// fold ends later than it begins, so folds overlap: the cursor of each is moved
// back before the first change of all that are yielded after it. Who resumes in
// between two of them may see a part again, and loses nothing.
func (f *Folder) flush(count int) {
	reached := f.source.cursor.Position
	for i, waiting := range slices.Backward(f.waiting) {
		if i < count {
			change := *waiting.change
			change.Cursor.Position = min(reached, change.Cursor.Position)
			f.flushed = append(f.flushed, &fold{first: waiting.first, change: &change})
			f.bytes -= waiting.change.Size()
		}
		reached = min(reached, waiting.first-1)
	}
	slices.Reverse(f.flushed)
	f.waiting = slices.Delete(f.waiting, 0, count)
}
