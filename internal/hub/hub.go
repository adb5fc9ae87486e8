package hub

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

const (
	// compareEvery is the interval at which the rings are compared with the log. It bounds the delay of
	// a change whose announcement was lost.
	compareEvery = time.Second
	// readTimeout bounds one read of the log. A hanging database then causes an error and a retry.
	readTimeout = 10 * time.Second
	// maxLogReads bounds the subscriptions that read the log at the same time. Clients that reconnect
	// together would otherwise take all database connections from the writes.
	maxLogReads = 8
	// maxLogReadsOfOneOrg bounds those of one organization. The rest is for other organizations.
	maxLogReadsOfOneOrg = 6
	// logFailureEvery is the shortest interval between two log lines about failed reads. Run logs once
	// per outage, besides.
	logFailureEvery = 10 * time.Second
)

// A Log is the part of collab.LogReader that the hub reads.
type Log interface {
	Heads(ctx context.Context, orgIDs []collab.ID) (map[collab.ID]collab.Head, error)
	Changes(ctx context.Context, orgID collab.ID, after int64, limit int) ([]*collab.Change, error)
	EntityAndAccessChanges(ctx context.Context, orgID, entityID collab.ID, after int64, limit int) ([]*collab.Change, error)
}

// Caches are this instance's caches of people and their access. The hub keeps them up to date with
// the log: it invalidates them for a change before any subscription yields it, so that a request that
// the change causes reads the new state. Both methods must be quick.
type Caches interface {
	// InvalidateCaches drops the values that a change alters. It may be called twice for one change.
	InvalidateCaches(change *collab.Change)
	// InvalidateOrganization drops everything about an organization. The hub calls it when it begins
	// to follow the organization, because it may have missed changes until then.
	InvalidateOrganization(orgID collab.ID)
}

// Options are the bounds of a Hub.
type Options struct {
	// RingBytes bounds, in bytes, the changes in the rings of all organizations together, except
	// for the newest change of each. A low value makes slightly slow subscriptions read the log. A
	// high value lets busy organizations take the memory of the instance. 0 sets no bound.
	RingBytes int64
}

// A Hub keeps the rings of the organizations that have subscriptions.
type Hub struct {
	options      Options
	allRingBytes atomic.Int64 // bytes of the changes in all rings

	log      Log
	caches   Caches
	logger   *slog.Logger
	heads    *heads
	logReads *fair.Queue // subscriptions that read the log
	access   *accessWatches

	filled, caughtUp atomic.Int64
	// accessChanges counts the changes of access in all rings.
	accessChanges   atomic.Int64
	failureLoggedAt atomic.Int64 // time since began; 0 for never

	mu    sync.Mutex // guards rings, and the followers of each; locked after broadcast.mu, before ring.mu
	rings map[collab.ID]*ring
}

// New returns a hub that reads from log. Its owner calls Announce for announced changes, and Run, which
// finds the others.
func New(log Log, caches Caches, logger *slog.Logger, options Options) *Hub {
	h := &Hub{
		options:  options,
		log:      log,
		caches:   caches,
		logger:   logger,
		heads:    &heads{log: log},
		logReads: fair.New(fair.Limits{Total: maxLogReads, PerOrg: maxLogReadsOfOneOrg}),
		rings:    make(map[collab.ID]*ring),
	}
	h.access = &accessWatches{hub: h, byOrg: make(map[collab.ID]*accessWatch)}
	return h
}

// Announce adds a committed change to its ring. It never blocks. Changes may come in any order, more than
// once, or not at all.
func (h *Hub) Announce(change *collab.Change) {
	h.caches.InvalidateCaches(change)
	h.mu.Lock()
	r := h.rings[change.OrgID]
	h.mu.Unlock()
	if r != nil {
		r.announce(change)
	}
}

// Run compares the rings with the log until ctx ends, to find changes that were not announced.
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

// compare reads the heads of all rings' logs at once. Without rings it reads nothing, unless always is
// set: then it finds out whether the log can be read.
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

// changes reads a page of an organization's log.
func (h *Hub) changes(ctx context.Context, orgID collab.ID, after int64, limit int) ([]*collab.Change, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	return h.log.Changes(ctx, orgID, after, limit)
}

// awaitLogRead waits until another subscription of the organization may read the log.
func (h *Hub) awaitLogRead(ctx context.Context, orgID collab.ID) (*fair.Grant, error) {
	return h.logReads.Acquire(ctx, fair.Key{Org: string(orgID)}, 1)
}

// entityChanges reads the changes of an entity and of access after a cursor: at most one more than an
// inbox holds. If the log was pruned after its head was read, these changes show no gap, so entityChanges
// checks the head again.
func (h *Hub) entityChanges(ctx context.Context, orgID, entityID collab.ID, after collab.Cursor) ([]*collab.Change, error) {
	grant, err := h.awaitLogRead(ctx, orgID)
	if err != nil {
		return nil, err
	}
	defer grant.Release()
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

// logFailure logs a failed read that will be retried, at most once in logFailureEvery: an outage affects
// all readers.
func (h *Hub) logFailure(orgID collab.ID, err error) {
	now, last := int64(time.Since(began)), h.failureLoggedAt.Load()
	if (last == 0 || now-last >= int64(logFailureEvery)) && h.failureLoggedAt.CompareAndSwap(last, now) {
		h.logger.Warn("changes can't be read from the log; trying again", "org", orgID, "error", err)
	}
}

// Stats are figures of a hub.
type Stats struct {
	Rings    int   // organizations that are followed now
	Filled   int64 // changes that rings read from the log, because no announcement brought them
	CaughtUp int64 // changes that subscriptions behind their ring read from the log
	LogReads Turns // of subscriptions
}

// Turns are how much work of a kind runs, and how much waits for its turn.
type Turns struct{ Running, Waiting int }

func turnsOf(q *fair.Queue) Turns {
	held, waiting := q.Stats()
	return Turns{int(held), waiting}
}

// Stats returns the current figures.
func (h *Hub) Stats() Stats {
	stats := Stats{Filled: h.filled.Load(), CaughtUp: h.caughtUp.Load(), LogReads: turnsOf(h.logReads)}
	h.mu.Lock()
	defer h.mu.Unlock()
	stats.Rings = len(h.rings)
	return stats
}
