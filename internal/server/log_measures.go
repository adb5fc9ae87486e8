package server

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/metrics"
)

// logStatsKept is how long figures of the log are served before they are read again. A low value reads rows of every
// organization at each scrape of each instance. A high value shows old figures.
const logStatsKept = time.Minute

// logStats are the figures of the log that were read last.
type logStats struct {
	mu     sync.Mutex // guards the fields below, and is held while they are read
	stats  collab.LogStats
	readAt time.Time
}

// get returns figures that are not older than logStatsKept.
func (l *logStats) get(ctx context.Context, store collab.Store) (collab.LogStats, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.readAt.IsZero() && time.Since(l.readAt) < logStatsKept {
		return l.stats, nil
	}
	stats, err := store.LogStats(ctx)
	if err == nil {
		l.stats, l.readAt = stats, time.Now()
	}
	return stats, err
}

// readLog reads the size of the log, and what waits in it. If the store does not answer, the scrape lacks it.
func (s *Server) readLog(ctx context.Context, set metrics.Set) {
	stats, err := s.logStats.get(ctx, s.Store)
	if err != nil {
		return
	}
	age := 0.0
	if !stats.Oldest.IsZero() {
		age = max(0, s.Service.Now().Sub(stats.Oldest.Time).Seconds())
	}
	set("tandem_log_changes", float64(stats.Changes))
	set("tandem_log_oldest_seconds", age)
	set("tandem_conflicts_open", float64(stats.OpenConflicts))
	set("tandem_database_bytes", float64(stats.Bytes))
	readRows(set, stats.Rows)
}

// readRows reads whether the space of the log is used again, if the store has to see to that.
func readRows(set metrics.Set, rows *collab.LogRows) {
	if rows == nil {
		return
	}
	set("tandem_log_rows", float64(rows.Live), "live")
	set("tandem_log_rows", float64(rows.Dead), "dead")
	vacuumed := 0.0
	if !rows.Vacuumed.IsZero() {
		vacuumed = float64(rows.Vacuumed.Unix())
	}
	set("tandem_log_vacuumed_timestamp_seconds", vacuumed)
}

// pruning is what an instance deleted from the log because of its age.
type pruning struct {
	changes atomic.Int64
	done    atomic.Int64 // when it last found no more, in seconds since 1970
}

// count counts an attempt to prune.
func (p *pruning) count(changes int, err error) {
	p.changes.Add(int64(changes))
	if err == nil {
		p.done.Store(time.Now().Unix())
	}
}

// readRetention reads how far the log is pruned.
func (s *Server) readRetention(set metrics.Set) {
	days := s.settings.Retention
	if days <= 0 {
		return
	}
	set("tandem_retention_seconds", (time.Duration(days) * config.Day).Seconds())
	set("tandem_retention_pruned_changes_total", float64(s.meters.pruned.changes.Load()))
	set("tandem_retention_last_success_timestamp_seconds", float64(s.meters.pruned.done.Load()))
}

// readKeys reads how current the keys of the identity provider are.
func (s *Server) readKeys(set metrics.Set) {
	if s.verifier.Keys == nil {
		return
	}
	known, age := s.verifier.Keys.Stats()
	set("tandem_signing_keys", float64(known))
	set("tandem_signing_keys_age_seconds", age.Seconds())
}
