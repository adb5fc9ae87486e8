package hub

import (
	"time"

	"tandem/internal/collab"
)

// began is what times are counted from that are kept for long: a number takes a
// third of a time.
var began = time.Now()

// measure tells how long events took that have just been delivered: once for
// each, however many members got it. What was committed before the broadcast
// opened was not waited for here.
func (b *broadcast) measure(delivered []*collab.Change) {
	if b.all.Delivered == nil {
		return
	}
	now := time.Now()
	for _, change := range delivered {
		heard := b.source.since(change)
		if heard > 0 && change.OccurredAt.After(b.opened) {
			b.all.Delivered(now.Sub(change.OccurredAt.Time), heard)
		}
	}
}

// since returns how long ago this instance learned of the change at a position;
// 0 if that is not known any more.
func (r *ring) since(position int64) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := position - r.beginning() - 1
	if i < 0 || i >= int64(len(r.heard)) || r.heard[i] == 0 {
		return 0
	}
	return time.Since(began) - r.heard[i]
}

func (p plain) since(c *collab.Change) time.Duration { return p.ring.since(c.Cursor.Position) }

func (rt *route) since(c *collab.Change) time.Duration { return rt.sub.ring.since(c.Cursor.Position) }

// since tells nothing: a fold is late on purpose.
func (f folded) since(*collab.Change) time.Duration { return 0 }
