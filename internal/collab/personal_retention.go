package collab

import (
	"context"
	"time"
)

const (
	// pruneEvery is how often an instance looks for changes that are too old.
	pruneEvery = time.Hour
	// pruneBatch is how many changes are pruned in one transaction. A high value makes SQLite's
	// writers wait longer; with a low value, pruning a large log takes long.
	pruneBatch = 500
)

// Prune deletes all changes that are older than a time, with everything that depends on them, and
// returns the number of changes.
func (s *Service) Prune(ctx context.Context, retention time.Duration) (int, error) {
	before := At(s.now().Add(-retention))
	for total := 0; ; {
		pruned, err := s.store.Prune(ctx, before, pruneBatch)
		total += pruned
		if err != nil || pruned == 0 {
			return total, err
		}
	}
}

// Retain prunes at once, and then every hour, until ctx ends. If the store is unavailable, it tries
// again the next time. Any number of instances may do so.
func (s *Service) Retain(ctx context.Context, retention time.Duration) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		pruned, err := s.Prune(ctx, retention)
		s.counts.pruned(pruned, err)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Warn("the log can't be pruned; trying again in an hour", "error", err)
		case pruned > 0:
			s.log.Info("the log was pruned", "changes", pruned)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
