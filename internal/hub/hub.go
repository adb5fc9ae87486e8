package hub

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

const (
	// compareEvery is how often the rings are compared with the log. It bounds
	// how late a change is whose announcement was lost.
	compareEvery = time.Second
	// readTimeout bounds one read of the log, so that a database that hangs is
	// an error to be met again rather than a wait without end.
	readTimeout = 10 * time.Second
	// maxCatchUps bounds how many subscriptions read the log at the same time.
	// Without it, a crowd that returns at once would take all of the database's
	// connections from the writes.
	maxCatchUps = 8
	// maxCatchUpsOfOneOrg is how many of them are of one organization: the others
	// are left for those of which few return.
	maxCatchUpsOfOneOrg = 6
	// complainEvery is how often reads that fail are logged, while Run says that
	// the log is away at all.
	complainEvery = 10 * time.Second
)

// A Log is what the hub reads: a part of collab.LogReader.
type Log interface {
	Heads(ctx context.Context, orgIDs []collab.ID) (map[collab.ID]collab.Head, error)
	Changes(ctx context.Context, orgID collab.ID, after int64, limit int) ([]*collab.Change, error)
	EntityAndAccessChanges(ctx context.Context, orgID, entityID collab.ID, after int64, limit int) ([]*collab.Change, error)
}

// A Hub keeps the rings of the organizations that have subscriptions.
type Hub struct {
	// Altered, if set, is told of each change that alters somebody's access, before
	// any subscription is. It must be quick: what is believed of people is forgotten
	// there, so that a request that the change causes is told the truth.
	Altered func(*collab.Change)
	// Unheard, if set, is told of each organization that the hub begins to follow: until then
	// changes of access may have been missed, so nothing that was read before may be believed.
	// It must be quick.
	Unheard func(orgID collab.ID)

	// RingBytes bounds, in bytes, the newest changes that are kept of all organizations together,
	// but for the newest one of each. Fewer, and subscriptions that are a little slow read the log;
	// more, and busy organizations take the memory of the instance. 0 is no bound.
	RingBytes int64

	ringBytes atomic.Int64 // what is kept of all of them

	log      Log
	logger   *slog.Logger
	heads    *heads
	catchUps *fair.Queue // subscriptions that read the log

	filled, caughtUp atomic.Int64
	// alterations counts the changes of access that rings got.
	alterations atomic.Int64
	complained  atomic.Int64 // when, counted from began; 0 is never

	mu    sync.Mutex // guards rings, and the followers of each
	rings map[collab.ID]*ring
}

// New returns a hub that reads from log. It needs Announce to be called for
// committed changes, and Run for those that are not announced.
func New(log Log, logger *slog.Logger) *Hub {
	return &Hub{
		log:      log,
		logger:   logger,
		heads:    &heads{log: log},
		catchUps: fair.New(fair.Limits{Total: maxCatchUps, PerOrg: maxCatchUpsOfOneOrg}),
		rings:    make(map[collab.ID]*ring),
	}
}

// Announce takes note of a committed change. It never blocks. Changes may come
// in any order, more than once, or not at all.
func (h *Hub) Announce(change *collab.Change) {
	h.mu.Lock()
	r := h.rings[change.OrgID]
	h.mu.Unlock()
	if r != nil {
		r.hear(change)
	}
}

// Run compares the rings with the log, for what nobody announced, until ctx ends.
func (h *Hub) Run(ctx context.Context) {
	tick := time.NewTicker(compareEvery)
	defer tick.Stop()
	away := false
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		err := h.compare(ctx, away)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !away:
			h.logger.Warn("the log can't be read; subscriptions wait for it", "error", err)
		case err == nil && away:
			h.logger.Info("the log can be read again")
		}
		away = err != nil
	}
}

// compare asks for the heads of all rings at once. It asks nothing if there is no ring,
// unless always is set: then it finds out whether the log can be read.
func (h *Hub) compare(ctx context.Context, always bool) error {
	h.mu.Lock()
	rings := make([]*ring, 0, len(h.rings))
	orgIDs := make([]collab.ID, 0, len(h.rings))
	for orgID, r := range h.rings {
		rings = append(rings, r)
		orgIDs = append(orgIDs, orgID)
	}
	h.mu.Unlock()
	if len(rings) == 0 && !always {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	heads, err := h.log.Heads(ctx, orgIDs)
	if err != nil {
		return err
	}
	for _, r := range rings {
		if head, ok := heads[r.orgID]; ok {
			r.compare(head)
		}
	}
	return nil
}

// Subscribe opens a subscription to an organization's changes after a cursor.
// Without one, it is to what is committed from now on. A cursor that the log
// can't be read after is a RESYNC_REQUIRED error, at once or from Next.
func (h *Hub) Subscribe(ctx context.Context, orgID collab.ID, after *collab.Cursor) (*Subscription, error) {
	if after != nil {
		if r := h.join(orgID, *after); r != nil {
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
	return newSubscription(h, h.open(orgID, head), *after), nil
}

// Follow has the hub follow an organization until release is called, and returns once it has
// come to the cursor; nil is wherever it is.
//
// While an organization is followed, every change of access passes Altered before the ring's
// head moves past it, and what was believed before is forgotten (Unheard). So what is read or
// believed of a person's access after Follow returned holds at the ring's head or later, which
// is the cursor or later. A subscription begins under Follow, for that reason.
//
// The error is RESYNC_REQUIRED if the log can't be read after the cursor.
func (h *Hub) Follow(ctx context.Context, orgID collab.ID, after *collab.Cursor) (release func(), err error) {
	r, err := h.follow(ctx, orgID, after)
	if err != nil {
		return nil, err
	}
	return func() { h.leave(r) }, nil
}

// follow is Follow, and returns the ring that the caller has to leave.
func (h *Hub) follow(ctx context.Context, orgID collab.ID, after *collab.Cursor) (*ring, error) {
	if after == nil {
		if r := h.joinAnywhere(orgID); r != nil {
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

// ringHead is the newest position that this instance has of an organization's
// log, 0 if nobody follows it. What commits later is after it.
func (h *Hub) ringHead(orgID collab.ID) int64 {
	if head := h.ringCursor(orgID); head != nil {
		return head.Position
	}
	return 0
}

// ringCursor is the newest place in an organization's log that this instance has, or nil if nobody follows it.
func (h *Hub) ringCursor(orgID collab.ID) *collab.Cursor {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil {
		return nil
	}
	head, _ := r.reach()
	return &head
}

// ringErasures is how many erasures this instance heard of while it followed the
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

// near reports whether a ring has all that comes after a cursor.
func (h *Hub) near(orgID collab.ID, after collab.Cursor) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	return r != nil && r.reaches(after)
}

// check returns a RESYNC_REQUIRED error if the log can't be read after a cursor.
func (h *Hub) check(ctx context.Context, orgID collab.ID, after collab.Cursor) error {
	if h.near(orgID, after) {
		return nil
	}
	head, _, err := h.heads.of(ctx, orgID)
	if err != nil {
		return err
	}
	return head.Check(after)
}

// join follows the organization's ring if it has all that comes after the
// cursor, so that returning to a busy organization asks nothing of the log.
func (h *Hub) join(orgID collab.ID, after collab.Cursor) *ring {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil || !r.reaches(after) {
		return nil
	}
	r.followers++
	return r
}

// joinAnywhere follows the organization's ring, if there is one.
func (h *Hub) joinAnywhere(orgID collab.ID) *ring {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil || !r.alive() {
		return nil
	}
	r.followers++
	return r
}

// open follows the organization's ring for a log with this head, making the ring if need be.
func (h *Hub) open(orgID collab.ID, head collab.Head) *ring {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rings[orgID]
	if r == nil || !r.compare(head) {
		r = newRing(h, orgID, head)
		h.rings[orgID] = r
		if h.Unheard != nil {
			h.Unheard(orgID) // with mu held, so that nobody follows the ring before
		}
	}
	r.followers++
	return r
}

// leave ends what join or open began. The last one out closes the ring.
func (h *Hub) leave(r *ring) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r.followers--
	if r.followers > 0 {
		return
	}
	r.stop()
	if h.rings[r.orgID] == r { // a ring whose log was replaced made room for another
		delete(h.rings, r.orgID)
	}
}

// changes reads the log for a subscription that is behind.
func (h *Hub) changes(ctx context.Context, orgID collab.ID, after int64, limit int) ([]*collab.Change, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return h.log.Changes(ctx, orgID, after, limit)
}

// catchUp waits until it is an organization's turn to read the log.
func (h *Hub) catchUp(ctx context.Context, orgID collab.ID) (*fair.Grant, error) {
	return h.catchUps.Acquire(ctx, fair.Key{Org: string(orgID)}, 1)
}

// entityChanges reads what a route yields after a cursor, when it is its turn: one
// change more than an inbox takes, at most. A log that was pruned after its head was read
// shows no hole among the changes of one entity, so the head is checked again.
func (h *Hub) entityChanges(ctx context.Context, orgID, entityID collab.ID, after collab.Cursor) ([]*collab.Change, error) {
	turn, err := h.catchUp(ctx, orgID)
	if err != nil {
		return nil, err
	}
	defer turn.Release()
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	changes, err := h.log.EntityAndAccessChanges(ctx, orgID, entityID, after.Position, inboxSize+1)
	if err != nil {
		return nil, err
	}
	head, _, err := h.heads.of(ctx, orgID)
	if err != nil {
		return nil, err
	}
	return changes, head.Check(after)
}

// complain logs a read of the log that will be tried again; once in a while,
// since an outage meets everybody who reads.
func (h *Hub) complain(orgID collab.ID, err error) {
	now, last := int64(time.Since(began)), h.complained.Load()
	if (last == 0 || now-last >= int64(complainEvery)) && h.complained.CompareAndSwap(last, now) {
		h.logger.Warn("changes can't be read from the log; trying again", "org", orgID, "error", err)
	}
}

// Stats are measures of a hub.
type Stats struct {
	Rings    int   // organizations that are followed now
	Filled   int64 // changes that rings took from the log, not from an announcement
	CaughtUp int64 // changes that subscriptions behind their ring took from the log
}

// Stats returns the measures until now.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{Rings: len(h.rings), Filled: h.filled.Load(), CaughtUp: h.caughtUp.Load()}
}
