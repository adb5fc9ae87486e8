package collab

import (
	"context"
	"sync"
	"time"
)

const (
	// fewEntities is how many entities, in an organization or missing in its index, may be scanned
	// one by one.
	fewEntities = 256
	// indexEvery is how often this instance checks its writes.
	indexEvery = time.Second
	// indexLatest is the time after which even fewer than fewEntities are indexed.
	indexLatest = 30 * time.Second
	// sweepEvery is how often all organizations are checked, for writes of instances that ended
	// before they indexed them.
	sweepEvery = 10 * time.Minute
)

// A backlog is the writes of this instance that it has not indexed.
type backlog struct {
	mu      sync.Mutex // guards waiting
	waiting map[ID]waiting
}

type waiting struct {
	writes int
	since  time.Time
}

// add notes writes to entities of an organization.
func (b *backlog) add(orgID ID, writes int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting == nil {
		b.waiting = map[ID]waiting{}
	}
	w, ok := b.waiting[orgID]
	if !ok {
		w.since = now
	}
	w.writes += writes
	b.waiting[orgID] = w
}

// take returns the organizations that are due.
func (b *backlog) take(now time.Time) []ID {
	b.mu.Lock()
	defer b.mu.Unlock()
	var due []ID
	for orgID, w := range b.waiting {
		if w.writes >= fewEntities || now.Sub(w.since) >= indexLatest {
			due = append(due, orgID)
			delete(b.waiting, orgID)
		}
	}
	return due
}

// KeepIndexed keeps the index of lists up to date, until ctx ends. Any number of
// instances may do so.
func (s *Service) KeepIndexed(ctx context.Context) {
	tick := time.NewTicker(indexEvery)
	defer tick.Stop()
	for next := time.Now(); ctx.Err() == nil; {
		if now := time.Now(); !now.Before(next) {
			next = now.Add(s.sweep(ctx))
		}
		for _, orgID := range s.backlog.take(time.Now()) {
			s.index(ctx, orgID)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// sweep makes every organization due whose index is incomplete, and returns when to check again.
func (s *Service) sweep(ctx context.Context) time.Duration {
	orgIDs, err := s.store.Unindexed(ctx, fewEntities)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("can't tell which organizations are to be indexed; trying again in half a minute", "error", err)
		}
		return indexLatest
	}
	for _, orgID := range orgIDs {
		s.backlog.add(orgID, fewEntities, time.Now())
	}
	return sweepEvery
}

// index brings the index of an organization up to date. After a failure it is tried
// again later.
func (s *Service) index(ctx context.Context, orgID ID) {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = s.store.Index(ctx, orgID, fewEntities); err != nil && ctx.Err() == nil {
			s.log.Warn("an index can't be brought up to date; trying again in half a minute", "org", orgID, "error", err)
			s.backlog.add(orgID, 0, time.Now())
		}
	}
}
