package postgres

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// LogStats returns figures of the logs of all organizations, and of the database.
func (s *Store) LogStats(ctx context.Context) (collab.LogStats, error) {
	var stats collab.LogStats
	q := newQuery("SELECT s.total, s.since, s.undecided, pg_database_size(current_database()) FROM log_stats() s")
	err := forEachRow(ctx, s.forOrg(noTenant), q, func(r row) error {
		var oldest *time.Time
		err := r.Scan(&stats.Changes, &oldest, &stats.OpenConflicts, &stats.Bytes)
		if oldest != nil {
			stats.Oldest = collab.At(*oldest)
		}
		return err
	})
	return stats, err
}
