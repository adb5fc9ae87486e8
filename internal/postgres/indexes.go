package postgres

import (
	"context"
	"errors"
)

// laterIndexes are indexes of large tables, by their names. A migration makes them
// where the tables are empty. Elsewhere that would lock the tables for as long as it
// takes, so they are made concurrently, by whichever instance comes first.
var laterIndexes = []struct{ name, make string }{
	{"entities_by_position", "CREATE INDEX CONCURRENTLY IF NOT EXISTS entities_by_position ON entities (org_id, position)"},
	{"entities_by_start", "CREATE INDEX CONCURRENTLY IF NOT EXISTS entities_by_start ON entities (org_id, type, starts_at) WHERE starts_at IS NOT NULL"},
	{"log_by_kind", "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_by_kind ON log (org_id, entity_type, type, position)"},
	{"log_access", "CREATE INDEX CONCURRENTLY IF NOT EXISTS log_access ON log (org_id, position) WHERE regards IS NOT NULL"},
}

// makeIndexes makes the indexes that are not there. One that was begun and not
// finished, because an instance ended, is made anew.
func (s *Store) makeIndexes(ctx context.Context) error {
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
	}
	s.indexed.Store(true)
	return nil
}

// findIndexes notes whether all indexes are there.
func (s *Store) findIndexes(ctx context.Context) error {
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
