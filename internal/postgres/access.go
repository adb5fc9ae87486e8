package postgres

import (
	"context"

	"tandem/internal/collab"
)

// addVisible narrows a row of the entities to what the scope sees. Every read of
// what a scope may see goes through here, or through addVisibleOf.
func addVisible(q *query, scope collab.Scope, row string) {
	if !scope.All {
		q.add(" AND (" + row + ".visibility <> 'RESTRICTED'")
		addInsiders(q, scope, row)
		q.add(")")
	}
}

// addVisibleOf narrows a row that is about an entity, whose id is in a column, to
// what the scope sees; NULL is about none. It looks through the restricted entities
// only, which are few.
func addVisibleOf(q *query, scope collab.Scope, column string) {
	if !scope.All {
		q.add(" AND NOT EXISTS (SELECT 1")
		addHidden(q, scope)
		q.add(" AND h.id = " + column + ")")
	}
}

// addHidden adds the entities that the scope does not see, as h.
func addHidden(q *query, scope collab.Scope) {
	q.add(" FROM entities h WHERE h.org_id = ? AND h.visibility = 'RESTRICTED' AND NOT (FALSE", scope.OrgID)
	addInsiders(q, scope, "h")
	q.add(")")
}

// addInsiders adds, to a condition that is to be met by one of several, that the
// scope is that of somebody who sees the entity though it is restricted.
func addInsiders(q *query, scope collab.Scope, row string) {
	if scope.UserID != "" {
		q.add(" OR "+row+".created_by = ? OR "+row+".owner_id IS NOT DISTINCT FROM ? OR "+row+".id IN"+
			" (SELECT g.entity_id FROM grants g WHERE g.org_id = ? AND g.user_id = ?)",
			scope.UserID, scope.UserID, scope.OrgID, scope.UserID)
	}
}

// addVisibleChange narrows a row l of the log to what the scope sees: its entity
// may be seen now, and its audience has the scope.
func addVisibleChange(q *query, scope collab.Scope) {
	addVisibleOf(q, scope, "l.entity_id")
	switch {
	case scope.All:
	case scope.UserID == "":
		q.add(" AND l.audience IS NULL")
	default:
		q.add(" AND (l.audience IS NULL OR l.audience @> to_jsonb(?::text))", scope.UserID)
	}
}

// Hidden returns those of the ids that are of entities which the scope does not see.
func (s *Store) Hidden(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]bool, error) {
	hidden := make(map[collab.ID]bool)
	if scope.All {
		return hidden, nil
	}
	q := newQuery("SELECT h.id")
	addHidden(q, scope)
	q.add(" AND h.id = ANY(?)", list(ids))
	err := each(ctx, s.in(scope.OrgID), q, func(r row) error {
		var id collab.ID
		err := r.Scan(&id)
		hidden[id] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	return hidden, nil
}

// Grants returns the levels of a person's grants, by entity.
func (s *Store) Grants(ctx context.Context, orgID, userID collab.ID, entityIDs []collab.ID) (map[collab.ID]collab.AccessLevel, error) {
	levels := make(map[collab.ID]collab.AccessLevel)
	q := newQuery("SELECT g.entity_id, g.level FROM grants g WHERE g.org_id = ? AND g.user_id = ?", orgID, userID).
		add(" AND g.entity_id = ANY(?)", list(entityIDs))
	err := each(ctx, s.in(orgID), q, func(r row) error {
		var id collab.ID
		var level collab.AccessLevel
		err := r.Scan(&id, &level)
		levels[id] = level
		return err
	})
	if err != nil {
		return nil, err
	}
	return levels, nil
}
