package postgres

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// LogStats returns figures of the logs of all organizations, and of the database.
func (s *Store) LogStats(ctx context.Context) (collab.LogStats, error) {
	var stats collab.LogStats
	rows := &collab.LogRows{}
	q := newQuery(`SELECT s.total, s.since, s.undecided, pg_database_size(current_database()), pg_stat_get_live_tuples(t.log), pg_stat_get_dead_tuples(t.log),
		GREATEST(pg_stat_get_last_vacuum_time(t.log), pg_stat_get_last_autovacuum_time(t.log)) FROM log_stats() s, to_regclass('log') AS t (log)`)
	err := forEachRow(ctx, s.forOrg(noTenant), q, func(r row) error {
		var oldest, vacuumed *time.Time
		err := r.Scan(&stats.Changes, &oldest, &stats.OpenConflicts, &stats.Bytes, &rows.Live, &rows.Dead, &vacuumed)
		if oldest != nil {
			stats.Oldest = collab.At(*oldest)
		}
		if vacuumed != nil {
			rows.Vacuumed = collab.At(*vacuumed)
		}
		stats.Rows = rows
		return err
	})
	return stats, err
}
