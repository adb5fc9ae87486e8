package hub

import (
	"context"
	"fmt"

	"tandem/internal/collab"
)

// Subscribe opens a subscription to an organization's changes after a cursor. Without a cursor it begins
// with the next change. If the log can't be read after the cursor, Subscribe or Next returns a
// RESYNC_REQUIRED error.
func (h *Hub) Subscribe(ctx context.Context, orgID collab.ID, after *collab.Cursor) (*Subscription, error) {
	if after != nil {
		if r := h.followIfCovered(orgID, *after); r != nil {
			return newSubscription(h, r, *after), nil
		}
	}
	head, found, err := h.heads.of(ctx, orgID)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("subscribe: organization %q has no log", orgID)
	case after == nil:
		after = &head.Cursor
	}
	if err := head.Check(*after); err != nil {
		return nil, err
	}
	return newSubscription(h, h.followOrCreate(orgID, head), *after), nil
}

// Follow makes the hub follow an organization until release is called, and returns once the ring has
// reached the cursor. With nil it returns at once if the organization is followed already.
//
// While an organization is followed, every change of access invalidates the caches before the ring's
// head moves past it, and older values were dropped when the hub began to follow. So a person's access
// that is read after Follow returned holds at the ring's head or later, which is the cursor or
// later. That is why a subscription begins under Follow.
//
// The error is RESYNC_REQUIRED if the log can't be read after the cursor.
func (h *Hub) Follow(ctx context.Context, orgID collab.ID, after *collab.Cursor) (release func(), err error) {
	r, err := h.follow(ctx, orgID, after)
	if err != nil {
		return nil, err
	}
	return func() { h.unfollow(r) }, nil
}

// follow is Follow, and returns the ring, for which the caller has to call unfollow.
func (h *Hub) follow(ctx context.Context, orgID collab.ID, after *collab.Cursor) (*ring, error) {
	if after == nil {
		if r := h.followExisting(orgID); r != nil {
			return r, nil
		}
	}
	sub, err := h.Subscribe(ctx, orgID, after)
	if err != nil {
		return nil, err
	}
	if err := sub.ring.await(ctx, sub.cursor.Position); err != nil {
		sub.Close()
		return nil, err
	}
	return sub.ring, nil
}

// ringHead returns the newest position of an organization's log that this instance has, or 0 if nobody
// follows the organization.
func (h *Hub) ringHead(orgID collab.ID) int64 {
	if head := h.ringCursor(orgID); head != nil {
		return head.Position
	}
	return 0
}

// ringCursor returns the newest cursor of an organization's log that this instance has, or nil if nobody
// follows the organization.
func (h *Hub) ringCursor(orgID collab.ID) *collab.Cursor {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil {
		return nil
	}
	head, _ := r.positions()
	return &head
}

// ringErasures returns the number of erasures that this instance has received while it followed the
// organization.
func (h *Hub) ringErasures(orgID collab.ID) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil {
		return 0
	}
	return r.erased()
}

// lastConcern is that of the ring of a feed's organization.
func (h *Hub) lastConcern(feed *ChangeFeed, userID collab.ID, after int64) int64 {
	if feed.Concerns == nil {
		return 0
	}
	h.mu.Lock()
	r := h.rings[feed.OrgID]
	h.mu.Unlock()
	if r == nil {
		return 0
	}
	return r.lastConcern(after, func(c *collab.Change) bool { return feed.concerns(c, userID) })
}

// covers reports whether the organization has a ring with all changes after a cursor.
func (h *Hub) covers(orgID collab.ID, after collab.Cursor) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	return r != nil && r.reaches(after)
}

// check returns a RESYNC_REQUIRED error if the log can't be read after a cursor.
func (h *Hub) check(ctx context.Context, orgID collab.ID, after collab.Cursor) error {
	if h.covers(orgID, after) {
		return nil
	}
	head, _, err := h.heads.of(ctx, orgID)
	if err != nil {
		return err
	}
	return head.Check(after)
}

// followIfCovered follows the organization's ring if it has all changes after the cursor. A client that
// returns to a busy organization then reads nothing from the database.
func (h *Hub) followIfCovered(orgID collab.ID, after collab.Cursor) *ring {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil || !r.reaches(after) {
		return nil
	}
	r.followers++
	return r
}

// followExisting follows the organization's ring, if there is one.
func (h *Hub) followExisting(orgID collab.ID) *ring {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil || !r.alive() {
		return nil
	}
	r.followers++
	return r
}

// followOrCreate follows the organization's ring for a log with this head, and creates the ring if necessary.
func (h *Hub) followOrCreate(orgID collab.ID, head collab.Head) *ring {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil || !r.compare(head) {
		r = newRing(h, orgID, head)
		h.rings[orgID] = r
		h.caches.InvalidateOrganization(orgID) // with h.mu held, so that nobody follows the ring before
	}
	r.followers++
	return r
}

// unfollow ends one use of a ring. The last one stops the ring.
func (h *Hub) unfollow(r *ring) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.followers--
	if r.followers > 0 {
		return
	}
	r.stop()
	if h.rings[r.orgID] == r { // it may have been replaced with its log
		delete(h.rings, r.orgID)
	}
}
