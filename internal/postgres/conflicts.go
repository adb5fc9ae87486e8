package postgres

import (
	"context"

	"tandem/internal/collab"
)

// Conflicts returns those of the ids that are there, with their entities.
func (s *Store) Conflicts(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]*collab.Conflict, error) {
	q := selectConflicts(scope.OrgID)
	addConflicts(q, scope)
	q.add(" AND c.id = ANY(?)", list(ids))
	return collectByID(ctx, s.forOrg(scope.OrgID), q, scanWholeConflict, func(c *collab.Conflict) collab.ID { return c.ID })
}

// ListConflicts returns conflicts with their entities, newest first.
func (s *Store) ListConflicts(ctx context.Context, scope collab.Scope, query collab.ConflictQuery) ([]*collab.Conflict, error) {
	q := selectConflicts(scope.OrgID)
	addConflicts(q, scope)
	addConflictFilter(q, query)
	if query.After != nil {
		q.add(" AND (c.detected_at, c.id) < (?, ?)", query.After.Time, query.After.ID)
	}
	q.add(" ORDER BY c.detected_at DESC, c.id DESC LIMIT ?", constant(query.Limit))
	return collect(ctx, s.forOrg(scope.OrgID), q, scanWholeConflict)
}

// CountConflicts counts the conflicts of a query.
func (s *Store) CountConflicts(ctx context.Context, scope collab.Scope, query collab.ConflictQuery) (int, error) {
	q := newQuery("SELECT COUNT(*)")
	addConflicts(q, scope)
	addConflictFilter(q, query)
	return count(ctx, s.forOrg(scope.OrgID), q)
}

// addConflicts adds the conflicts, as c, and their entities, as e.
func addConflicts(q *query, scope collab.Scope) {
	q.add(" FROM conflicts c JOIN entities e ON e.org_id = c.org_id AND e.id = c.entity_id WHERE c.org_id = ?", scope.OrgID)
	addVisibleOf(q, scope, "c.entity_id")
}

// addConflictFilter narrows c to what the query asks for.
func addConflictFilter(q *query, query collab.ConflictQuery) {
	equal(q, "c.entity_id", query.EntityID)
	switch {
	case query.Open == nil:
	case *query.Open:
		q.add(" AND c.resolution IS NULL")
	default:
		q.add(" AND c.resolution IS NOT NULL")
	}
}
