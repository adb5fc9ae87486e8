package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// Comments returns those of the ids that are there.
func (s *Store) Comments(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]*collab.Comment, error) {
	q := newQuery("SELECT " + commentColumns)
	addComments(q, scope)
	q.add(" AND c.id IN (SELECT value FROM json_each(?))", list(ids))
	return collectByID(ctx, s.readers, q, scanComment, func(c *collab.Comment) collab.ID { return c.ID })
}

// EntityComments returns the comments of several entities, each oldest first.
func (s *Store) EntityComments(ctx context.Context, scope collab.Scope, entityIDs []collab.ID, after *collab.SortKey, limit int) (map[collab.ID][]*collab.Comment, error) {
	q := newQuery("SELECT " + commentColumns + " FROM (SELECT c.*, ROW_NUMBER() OVER (PARTITION BY c.entity_id ORDER BY c.created_at, c.id) AS place")
	addComments(q, scope)
	if after != nil {
		q.add(" AND (c.created_at, c.id) > (?, ?)", after.Time, after.ID)
	}
	q.add(" AND c.entity_id IN (SELECT value FROM json_each(?))) c WHERE c.place <= ? ORDER BY c.place", list(entityIDs), limit)
	comments := make(map[collab.ID][]*collab.Comment, len(entityIDs))
	err := forEachRow(ctx, s.readers, q, func(r row) error {
		c, err := scanComment(r)
		if err != nil {
			return err
		}
		comments[c.EntityID] = append(comments[c.EntityID], c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return comments, nil
}

// CountComments counts comments by entity.
func (s *Store) CountComments(ctx context.Context, scope collab.Scope, entityIDs []collab.ID) (map[collab.ID]int, error) {
	q := newQuery("SELECT c.entity_id, COUNT(*)")
	addComments(q, scope)
	q.add(" AND c.entity_id IN (SELECT value FROM json_each(?)) GROUP BY c.entity_id", list(entityIDs))
	return countByID(ctx, s.readers, q)
}

// addComments adds the comments that are there, as c: those of entities that
// are there. With a deleted entity its comments go, and come back if it does.
func addComments(q *query, scope collab.Scope) {
	q.add(` FROM comments c JOIN entities e ON e.org_id = c.org_id AND e.id = c.entity_id AND e.deleted_at IS NULL
		WHERE c.org_id = ?`, scope.OrgID)
	addVisible(q, scope, "e")
}
