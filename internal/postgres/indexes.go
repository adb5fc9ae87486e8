package postgres

import (
	"context"
	"errors"
)

// laterIndexes are indexes of large tables, by their names. A migration creates them where the
// tables are empty. On large tables that would lock the tables until the index is built, so the
// first instance creates them concurrently.
var laterIndexes = []struct{ name, make string }{
	{"entities_by_position", "CREATE INDEX CONCURRENTLY IF NOT EXISTS entities_by_position ON entities (org_id, position)"},
	{"entities_by_start", "CREATE INDEX CONCURRENTLY IF NOT EXISTS entities_by_start ON entities (org_id, type, starts_at) WHERE starts_at IS NOT NULL"},
	{"entities_bin", "CREATE INDEX CONCURRENTLY IF NOT EXISTS entities_bin ON entities (org_id, type, updated_at, id) WHERE deleted_at IS NOT NULL"},
	{"entities_in_time", "CREATE INDEX CONCURRENTLY IF NOT EXISTS entities_in_time ON entities (org_id, type, starts_at, id) WHERE deleted_at IS NULL"},
	{"entities_by_amount", "CREATE INDEX CONCURRENTLY IF NOT EXISTS entities_by_amount ON entities (org_id, type, amount, id) WHERE deleted_at IS NULL"},
	{"log_by_kind", "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_by_kind ON log (org_id, entity_type, type, position)"},
	{"log_by_actor_kind", "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_by_actor_kind ON log (org_id, actor_id, entity_type, type, GREATEST(position, 0))"},
	{"log_by_time", "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_by_time ON log (org_id, occurred_at, position)"},
	{"log_access", "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_access ON log (org_id, position) WHERE regards IS NOT NULL"},
	{"notifications_by_entity", "CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_by_entity ON notifications (org_id, entity_id, created_at) WHERE read_at IS NULL"},
	{"notifications_marked", "CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_marked ON notifications (org_id, user_id, marked) WHERE marked > 0"},
	{"notifications_snoozed", "CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_snoozed ON notifications (org_id, user_id, snoozed_until) WHERE snoozed_until IS NOT NULL"},
	{"notifications_about", "CREATE INDEX CONCURRENTLY IF NOT EXISTS notifications_about ON notifications (org_id, entity_id, user_id, position)"},
	{"log_access_by_entity", "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_access_by_entity ON log (org_id, entity_id, position) WHERE regards IS NOT NULL"},
	{"jobs_by_ready", "CREATE INDEX CONCURRENTLY IF NOT EXISTS jobs_by_ready ON jobs (ready_at, kind) WHERE pending"},
	{"jobs_by_host", "CREATE INDEX CONCURRENTLY IF NOT EXISTS jobs_by_host ON jobs (org_id, kind, host, due_at)"},
	{"inboxes_by_sequence", "CREATE INDEX CONCURRENTLY IF NOT EXISTS inboxes_by_sequence ON inboxes (org_id, sequence, user_id)"},
}

// makeIndexes creates the missing indexes. It recreates an index that an instance began and did not
// finish, and calls did with the name of each that it created.
func (s *Store) makeIndexes(ctx context.Context, did func(name string)) error {
	if s.indexed.Load() {
		return nil
	}
	for _, index := range laterIndexes {
		isThere, err := s.hasIndex(ctx, index.name)
		if err != nil {
			return err
		}
		if isThere {
			continue
		}
		if err := s.dropAbandoned(ctx, index.name); err != nil {
			return err
		}
		if _, err := s.pool.Exec(ctx, index.make); err != nil {
			return fault(ctx, err)
		}
		if isThere, err = s.hasIndex(ctx, index.name); err != nil || !isThere {
			return errors.Join(err, errBeingMade)
		}
		did(index.name)
	}
	s.indexed.Store(true)
	return nil
}

// findIndexes notes whether all indexes are there.
func (s *Store) findIndexes(ctx context.Context) error {
	if s.indexed.Load() {
		return nil
	}
	for _, index := range laterIndexes {
		if isThere, err := s.hasIndex(ctx, index.name); err != nil || !isThere {
			return err
		}
	}
	s.indexed.Store(true)
	return nil
}

// errBeingMade tells that another instance is making an index.
var errBeingMade = errors.New("postgres: another instance is making an index")

// hasIndex reports whether an index is there and complete.
func (s *Store) hasIndex(ctx context.Context, name string) (isThere bool, err error) {
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_index i WHERE i.indexrelid = to_regclass($1) AND i.indisvalid)`, name).Scan(&isThere)
	return isThere, fault(ctx, err)
}

// dropAbandoned takes away an index that is neither complete nor being made.
func (s *Store) dropAbandoned(ctx context.Context, name string) error {
	var isAbandoned bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_index i WHERE i.indexrelid = to_regclass($1) AND NOT i.indisvalid AND NOT EXISTS
		(SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid))`, name).Scan(&isAbandoned)
	if err == nil && isAbandoned {
		_, err = s.pool.Exec(ctx, "DROP INDEX CONCURRENTLY IF EXISTS "+name)
	}
	return fault(ctx, err)
}
