package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// LogStats returns figures of the logs of all organizations, and of the database. A log has no gaps, so its ends
// tell how many changes it has.
func (s *Store) LogStats(ctx context.Context) (collab.LogStats, error) {
	var stats collab.LogStats
	q := newQuery(`SELECT COALESCE(SUM(o.head - l.position + 1), 0), MIN(l.occurred_at),
		(SELECT COUNT(*) FROM conflicts c WHERE c.resolution IS NULL),
		(SELECT p.page_count * z.page_size FROM pragma_page_count() p, pragma_page_size() z)
		FROM organizations o JOIN log l ON l.org_id = o.id
		AND l.position = (SELECT MIN(f.position) FROM log f WHERE f.org_id = o.id)`)
	err := forEachRow(ctx, s.readers, q, func(r row) error {
		var oldest *int64
		err := r.Scan(&stats.Changes, &oldest, &stats.OpenConflicts, &stats.Bytes)
		if oldest != nil {
			stats.Oldest = at(*oldest)
		}
		return err
	})
	return stats, err
}
