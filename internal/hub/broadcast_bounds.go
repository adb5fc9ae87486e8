package hub

import (
	"context"
	"runtime"
	"slices"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// Bounds of the renders under way, by the number of processors: of an instance, an organization and a person. A
// low value delays events that wait for the database. A high value delays the events of others.
const (
	rendersPerProcessor       = 16
	orgRendersPerProcessor    = 4
	personRendersPerProcessor = 1
)

// newRenders returns the queue of an instance's renders.
func newRenders() *fair.Queue {
	n := int64(runtime.GOMAXPROCS(0))
	return fair.New(fair.Limits{
		Total: rendersPerProcessor * n, PerOrg: orgRendersPerProcessor * n, PerPerson: personRendersPerProcessor * n,
	})
}

const (
	// Bounds of the members that catch up at the same time, of an instance, an organization and a person.
	// Each holds a page of the log. A low value makes clients wait that reconnect together. A high value
	// takes memory.
	maxCatchUpsInAll    = 128
	maxCatchUpsOfOrg    = 64
	maxCatchUpsOfPerson = 8
	// maxThrottledOfOrg and maxThrottledOfPerson bound the members that catch up at a bounded rate. Each may
	// wait an hour for the end of its window, with up to maxWaitingBytes of coalesced changes, so they take no
	// place of other members, and those of one organization none of another's.
	maxThrottledOfOrg    = 128
	maxThrottledOfPerson = 32
)

func newCatchUps() *fair.Queue {
	return fair.New(fair.Limits{Total: maxCatchUpsInAll, PerOrg: maxCatchUpsOfOrg, PerPerson: maxCatchUpsOfPerson})
}

func newThrottledCatchUps() *fair.Queue {
	return fair.New(fair.Limits{PerOrg: maxThrottledOfOrg, PerPerson: maxThrottledOfPerson})
}

// render renders the event of a change, and reports whether it is one: a resolver may leave it out. The caller
// holds a grant of Broadcasts.renders, one for all events that it renders together.
func render(ctx context.Context, feed *ChangeFeed, execution Execution, change *collab.Change) (event Event, is bool) {
	feed.current = change
	feed.skipped.Store(false)
	feed.Push(change)
	payload, failed := execution.Render(ctx)
	var subject collab.ID
	if feed.Subject != nil {
		subject = feed.Subject(change)
	}
	return Event{
		Position: position(change), Cursor: change.Cursor, about: feed.about(change), leaves: change.Leaves(), subject: subject,
		Payload: payload, Failed: failed, Encoding: &Encoding{},
	}, !feed.skipped.Load()
}

// renderKey returns the key of a broadcast's renders: that of its only person, or of its organization if it has
// several.
func (b *broadcast) renderKey() fair.Key {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.several {
		return fair.Key{Org: string(b.feed.OrgID)}
	}
	return fair.Key{Org: string(b.feed.OrgID), Person: string(b.user)}
}

// weightBytes is the number of bytes of document and variables that count as one more broadcast: the data to
// execute them takes many times as much.
const weightBytes = 2 << 10

// weight returns how much a broadcast counts in the quota of its person.
func (b *broadcast) weight() int { return 1 + len(b.key)/weightBytes }

// countFor counts a new broadcast in a person's quota, and reports whether there is room. Broadcasts.mu is held.
func (all *Broadcasts) countFor(b *broadcast, who fair.Key) bool {
	if all.options.MaxPerPerson <= 0 {
		return true
	}
	if all.owned[who]+b.weight() > all.options.MaxPerPerson {
		return false
	}
	b.owner = who
	all.owned[who] += b.weight()
	return true
}

// uncount removes a broadcast from its person's quota, because it is shared or has ended. Broadcasts.mu is held.
func (all *Broadcasts) uncount(b *broadcast) {
	if b.owner == (fair.Key{}) {
		return
	}
	if all.owned[b.owner] -= b.weight(); all.owned[b.owner] == 0 {
		delete(all.owned, b.owner)
	}
	b.owner = fair.Key{}
}

// count adds to the bytes of kept events.
func (b *broadcast) count(more int) {
	b.bytes += more
	b.all.kept.Add(int64(more))
}

// mayKeep returns the bytes of events that a broadcast may keep: fewer if all broadcasts together keep many.
// b.mu is held.
func (b *broadcast) mayKeep() int {
	most := b.all.options.KeptBytes
	switch kept := b.all.kept.Load(); {
	case most <= 0 || kept < most/2:
		return keptBytes
	default:
		return min(keptBytes, int(most/max(1, b.all.number.Load())/2))
	}
}

// trim drops events if all broadcasts together keep too many bytes. Each broadcast keeps an equal share.
// Members that are behind read the log instead.
func (all *Broadcasts) trim() {
	if all.options.KeptBytes <= 0 || all.kept.Load() <= all.options.KeptBytes {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	share := int(all.options.KeptBytes) / max(1, len(all.byKey)) / 2
	for _, b := range all.byKey {
		b.mu.Lock()
		b.drop(func() bool { return b.bytes > share })
		b.mu.Unlock()
	}
}

// drop removes the oldest events while more returns true. b.mu is held.
func (b *broadcast) drop(more func() bool) {
	dropped := 0
	for dropped < len(b.events) && more() {
		b.count(-b.events[dropped].size())
		b.floor = b.events[dropped].Position
		dropped++
	}
	b.events = slices.Delete(b.events, 0, dropped)
}

// size returns the approximate memory of an event, with its Encoding.
func (e *Event) size() int { return 2*len(e.Payload) + 256 }
