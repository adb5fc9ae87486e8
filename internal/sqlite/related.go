package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// RelatedEntities returns the entities of several customers, each in the query's order.
func (s *Store) RelatedEntities(ctx context.Context, scope collab.Scope, customerIDs []collab.ID, query collab.EntityQuery) (map[collab.ID][]collab.Entity, error) {
	order := orderOf(query)
	q := selectEntities(scope.OrgID).
		add(", e.customer_id FROM (SELECT e.*, ROW_NUMBER() OVER (PARTITION BY e.customer_id ORDER BY " + order.by() + ") AS place")
	addEntities(q, scope)
	addFilter(q, query)
	addVisibleOf(q, scope, "e.customer_id")
	order.addAfter(q, query.After)
	q.add(" AND e.customer_id IN (SELECT value FROM json_each(?))) e WHERE e.place <= ? ORDER BY e.place", list(customerIDs), query.Limit)
	related := make(map[collab.ID][]collab.Entity, len(customerIDs))
	err := forEachRow(ctx, s.readers, q, func(r row) error {
		var customerID collab.ID
		e, err := scanEntity(r, &customerID)
		if err != nil {
			return err
		}
		related[customerID] = append(related[customerID], e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return related, nil
}

// CountRelated counts the entities of a type by customer.
func (s *Store) CountRelated(ctx context.Context, scope collab.Scope, customerIDs []collab.ID, t collab.EntityType) (map[collab.ID]int, error) {
	q := newQuery("SELECT e.customer_id, COUNT(*)")
	addEntities(q, scope)
	addVisibleOf(q, scope, "e.customer_id")
	q.add(" AND e.type = ? AND e.customer_id IN (SELECT value FROM json_each(?)) GROUP BY e.customer_id", t, list(customerIDs))
	return countByID(ctx, s.readers, q)
}
