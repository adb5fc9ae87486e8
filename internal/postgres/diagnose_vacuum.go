package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/diagnosis"
)

// Autovacuum begins at a twentieth of the log. More than mostDead of it means that vacuums can't remove what was pruned. A
// log with fewer than leastDead such rows is too small to tell.
const (
	mostDead  = 0.25
	leastDead = 10_000
)

// A vacuumState is what one query tells about the vacuums of the log.
type vacuumState struct {
	on         bool
	live, dead int64
}

const readVacuum = `SELECT current_setting('autovacuum')::boolean AND COALESCE((SELECT o.option_value::boolean
	FROM pg_class c, pg_options_to_table(c.reloptions) o WHERE c.oid = to_regclass('log') AND o.option_name = 'autovacuum_enabled'), TRUE), COALESCE(SUM(s.n_live_tup), 0)::bigint, COALESCE(SUM(s.n_dead_tup), 0)::bigint
	FROM pg_stat_user_tables s WHERE s.relid = to_regclass('log')`

// diagnoseVacuum reports whether the space of pruned changes is used again.
func diagnoseVacuum(ctx context.Context, report *diagnosis.Report, pool *pgxpool.Pool) {
	var state vacuumState
	if err := pool.QueryRow(ctx, readVacuum).Scan(&state.on, &state.live, &state.dead); err != nil {
		report.Fail("the statistics of the log can't be read: %s", err)
		return
	}
	state.diagnose(report)
}

func (s vacuumState) diagnose(report *diagnosis.Report) {
	if !s.on {
		report.Warn("autovacuum is off, so the log grows although it is pruned; set autovacuum = on in postgresql.conf, and run ALTER TABLE log RESET (autovacuum_enabled)")
	}
	if all := s.live + s.dead; s.dead >= leastDead && float64(s.dead) > mostDead*float64(all) {
		report.Warn("of %d rows of the log %d are deleted and take up space; end transactions that have been open for hours, drop replication slots that nobody reads, "+
			"and see autovacuum in the log of Postgres", all, s.dead)
	}
}
