package hub

import (
	"time"

	"tandem/internal/collab"
)

// began is the origin of stored times: a duration takes a third of the memory of a time.
var began = time.Now()

// measure reports the latency of events that have just been delivered, once for each event. It ignores changes
// from before the broadcast opened, whose age says nothing about its speed.
func (b *broadcast) measure(delivered []*collab.Change) {
	if b.all.options.Delivered == nil {
		return
	}
	now := time.Now()
	for _, change := range delivered {
		heard := b.source.since(change)
		if heard > 0 && change.OccurredAt.After(b.opened) {
			b.all.options.Delivered(now.Sub(change.OccurredAt.Time), heard)
		}
	}
}

// trace reports the delivery of changes that are part of a trace. Like measure it ignores changes from before the broadcast
// opened.
func (b *broadcast) trace(delivered []*collab.Change, turned time.Time) {
	for _, change := range delivered {
		if change.Trace != "" && b.all.options.Traced != nil && change.OccurredAt.After(b.opened) {
			b.all.options.Traced(change, b.operation, b.liveMembers(), turned)
		}
	}
}

func (b *broadcast) liveMembers() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.live)
}

// since returns how long ago this instance learned of the change at a position; 0 if that is no
// longer known.
func (r *ring) since(position int64) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := position - r.beginning() - 1
	if i < 0 || i >= int64(len(r.learnedAt)) || r.learnedAt[i] == 0 {
		return 0
	}
	return time.Since(began) - r.learnedAt[i]
}

func (p logReader) since(c *collab.Change) time.Duration { return p.ring.since(c.Cursor.Position) }

func (er *entityReader) since(c *collab.Change) time.Duration {
	return er.sub.ring.since(c.Cursor.Position)
}

// since returns 0: a throttle delays changes on purpose.
func (f throttledReader) since(*collab.Change) time.Duration { return 0 }
