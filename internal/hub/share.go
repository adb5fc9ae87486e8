package hub

import (
	"context"
	"runtime"
	"slices"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// Renders under way are bounded by the processors, since more would only wait for
// each other: those of an organization, and fewer those of one person. More at a
// time, and others wait longer; fewer, and events that wait for the database take
// longer.
const (
	rendersPerProcessor       = 16
	orgRendersPerProcessor    = 4
	personRendersPerProcessor = 1
)

// newRenders returns the queue of all renders of an instance.
func newRenders() *fair.Queue {
	n := int64(runtime.GOMAXPROCS(0))
	return fair.New(fair.Limits{
		Total: rendersPerProcessor * n, PerOrg: orgRendersPerProcessor * n, PerPerson: personRendersPerProcessor * n,
	})
}

const (
	// maxCatchUpsInAll, maxCatchUpsOfOrg and maxCatchUpsOfPerson bound the members
	// that read what they missed at the same time, since each holds a page of the
	// log. Fewer, and a crowd that returns at once waits longer.
	maxCatchUpsInAll    = 128
	maxCatchUpsOfOrg    = 64
	maxCatchUpsOfPerson = 8
)

func newCatchUps() *fair.Queue {
	return fair.New(fair.Limits{Total: maxCatchUpsInAll, PerOrg: maxCatchUpsOfOrg, PerPerson: maxCatchUpsOfPerson})
}

// render makes the event of a change, when it is the turn of who it is for.
func (all *Broadcasts) render(ctx context.Context, who fair.Key, feed *ChangeFeed, execution Execution, change *collab.Change) (Event, error) {
	turn, err := all.renders.Acquire(ctx, who, 1)
	if err != nil {
		return Event{}, err
	}
	defer turn.Release()
	feed.current = change
	feed.Push(change)
	return Event{Position: position(change), Cursor: change.Cursor, about: feed.about(change), Payload: execution.Render(ctx), Form: &Form{}}, nil
}

// on is on whose behalf a broadcast renders: its organization's, or the person's
// who is its only one.
func (b *broadcast) on() fair.Key {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.several {
		return fair.Key{Org: string(b.feed.OrgID)}
	}
	return fair.Key{Org: string(b.feed.OrgID), Person: string(b.user)}
}

// weightBytes is how many bytes of document and variables count as one broadcast
// more: what it keeps to execute them takes many times as much.
const weightBytes = 2 << 10

// weight is how much a broadcast counts among those of its person.
func (b *broadcast) weight() int { return 1 + len(b.key)/weightBytes }

// own counts a broadcast as one that a person began, and reports whether they may
// begin another one. Broadcasts.mu is held.
func (all *Broadcasts) own(b *broadcast, who fair.Key) bool {
	if all.MaxPerPerson <= 0 {
		return true
	}
	if all.owned[who]+b.weight() > all.MaxPerPerson {
		return false
	}
	b.owner = who
	all.owned[who] += b.weight()
	return true
}

// disown ends what own began: the broadcast is shared, or over. Broadcasts.mu is held.
func (all *Broadcasts) disown(b *broadcast) {
	if b.owner == (fair.Key{}) {
		return
	}
	if all.owned[b.owner] -= b.weight(); all.owned[b.owner] == 0 {
		delete(all.owned, b.owner)
	}
	b.owner = fair.Key{}
}

// count adds to what all broadcasts keep, in bytes.
func (b *broadcast) count(more int) {
	b.bytes += more
	b.all.kept.Add(int64(more))
}

// mayKeep is how many bytes of events a broadcast may keep: fewer when all of them
// together keep much. b.mu is held.
func (b *broadcast) mayKeep() int {
	most := b.all.KeptBytes
	switch kept := b.all.kept.Load(); {
	case most <= 0 || kept < most/2:
		return keptBytes
	default:
		return min(keptBytes, int(most/max(1, b.all.number.Load())/2))
	}
}

// trim has broadcasts let go of events when all of them together keep too many
// bytes. Each keeps an equal share. Members that are behind read the log instead.
func (all *Broadcasts) trim() {
	if all.KeptBytes <= 0 || all.kept.Load() <= all.KeptBytes {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	share := int(all.KeptBytes) / max(1, len(all.byKey)) / 2
	for _, b := range all.byKey {
		b.mu.Lock()
		b.drop(func() bool { return b.bytes > share })
		b.mu.Unlock()
	}
}

// drop lets go of the oldest events while it is told to. b.mu is held.
func (b *broadcast) drop(more func() bool) {
	dropped := 0
	for dropped < len(b.events) && more() {
		b.count(-b.events[dropped].size())
		b.floor = b.events[dropped].Position
		dropped++
	}
	b.events = slices.Delete(b.events, 0, dropped)
}

// size is about how many bytes an event takes, its other form included.
func (e *Event) size() int { return 2*len(e.Payload) + 256 }
