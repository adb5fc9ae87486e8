package collab

import (
	"context"
	"time"
)

const (
	// pruneEvery is how often an instance looks for what is too old.
	pruneEvery = time.Hour
	// pruneBatch is how many changes are pruned in one transaction. More, and
	// SQLite's writers wait for longer; fewer, and a large log takes long.
	pruneBatch = 500
)

// Prune lets go of all changes that are older than a time, together with what goes
// with them, and returns how many changes there were.
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

// Retain prunes at once, and then every hour, until ctx ends. A store that is away
// is tried again the next time. Any number of instances may do so.
func (s *Service) Retain(ctx context.Context, retention time.Duration) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		pruned, err := s.Prune(ctx, retention)
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
