package hub

import (
	"cmp"
	"slices"
	"time"

	"tandem/internal/collab"
)

// A RingView describes a ring to operators.
type RingView struct {
	OrgID     collab.ID
	Followers int
	// Changes and Bytes are those that the ring keeps in memory.
	Changes, Bytes int
	// Head is the position up to which subscriptions have the log. Missing counts the positions after it that were
	// announced, and which the ring has yet to receive or to read.
	Head, Missing int64
}

// Inspect returns at most most rings, first by how many changes they miss, then by their followers.
func (h *Hub) Inspect(most int) []RingView {
	h.mu.Lock()
	rings := make([]*ring, 0, len(h.rings))
	views := make([]RingView, 0, len(h.rings))
	for id, r := range h.rings {
		rings = append(rings, r)
		views = append(views, RingView{OrgID: id, Followers: r.followers})
	}
	h.mu.Unlock()
	for i, r := range rings {
		r.view(&views[i])
	}
	slices.SortFunc(views, func(a, b RingView) int {
		return cmp.Or(cmp.Compare(b.Missing, a.Missing), cmp.Compare(b.Followers, a.Followers), cmp.Compare(a.OrgID, b.OrgID))
	})
	return views[:min(most, len(views))]
}

func (r *ring) view(into *RingView) {
	r.mu.Lock()
	defer r.mu.Unlock()
	into.Changes, into.Bytes, into.Head, into.Missing = len(r.changes), r.bytes, r.head, r.known-r.head
}

// A BroadcastView describes a broadcast to operators.
type BroadcastView struct {
	OrgID collab.ID
	// Operation is the name of the operation, or its field if it has none.
	Operation string
	// Members are the subscriptions that share it. Live ones are handed each event at once; the others ask for it, as
	// streams do, or catch up.
	Members, Live int
	// Events and Bytes are those that it keeps for members that are a little behind.
	Events, Bytes int
	// Busy is for how long it has rendered and delivered its present events, and waited for its turn to render them; 0 while
	// it waits for events, or pauses after a large delivery.
	Busy time.Duration
}

// Inspect returns at most most broadcasts, first by how long they have been busy, then by their members.
func (all *Broadcasts) Inspect(most int) []BroadcastView {
	type inspected struct {
		*broadcast
		BroadcastView
	}
	now := time.Since(began)
	all.mu.Lock()
	found := make([]inspected, 0, len(all.byKey))
	for _, b := range all.byKey {
		found = append(found, inspected{b, BroadcastView{Members: b.joined, Busy: b.busyFor(now)}})
	}
	all.mu.Unlock()
	slices.SortFunc(found, func(a, b inspected) int {
		return cmp.Or(cmp.Compare(b.Busy, a.Busy), cmp.Compare(b.Members, a.Members), cmp.Compare(a.key, b.key))
	})
	views := []BroadcastView{}
	for _, one := range found {
		if len(views) == most {
			break
		}
		if one.view(&one.BroadcastView) {
			views = append(views, one.BroadcastView)
		}
	}
	return views
}

// busyFor returns BroadcastView.Busy at a time since began.
func (b *broadcast) busyFor(now time.Duration) time.Duration {
	since := time.Duration(b.busySince.Load())
	if since == 0 {
		return 0
	}
	return max(1, now-since)
}

// view reports false for a broadcast that does not run yet, or failed to begin.
func (b *broadcast) view(into *BroadcastView) bool {
	select {
	case <-b.ready:
	default:
		return false
	}
	if b.feed == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	into.OrgID, into.Operation = b.feed.OrgID, b.operation
	into.Live, into.Events, into.Bytes = len(b.live), len(b.events), b.bytes
	return true
}
