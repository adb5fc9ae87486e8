package postgres

import (
	"context"

	"tandem/internal/collab"
)

// RelatedEntities returns the entities of several customers, each in the query's order.
func (s *Store) RelatedEntities(ctx context.Context, scope collab.Scope, customerIDs []collab.ID, query collab.EntityQuery) (map[collab.ID][]collab.Entity, error) {
	order := orderOf(query)
	q := selectEntities(scope.OrgID).
		add(", e.customer_id FROM (SELECT DISTINCT unnest(?::text[]) AS id) of, LATERAL (SELECT e.*", list(customerIDs))
	addEntities(q, scope)
	addFilter(q, query)
	addVisibleOf(q, scope, "e.customer_id")
	order.addAfter(q, query.After)
	q.add(" AND e.customer_id = of.id ORDER BY "+order.by()+" LIMIT ?) e ORDER BY "+order.by(), constant(query.Limit))
	return late(ctx, s, scope.OrgID, func(ctx context.Context, s *Store) (map[collab.ID][]collab.Entity, error) {
		related := make(map[collab.ID][]collab.Entity, len(customerIDs))
		err := forEachRow(ctx, s.forOrg(scope.OrgID), q, func(r row) error {
			var customerID collab.ID
			e, err := scanEntity(r, &customerID)
			if err != nil {
				return err
			}
			related[customerID] = append(related[customerID], e)
			return nil
		})
		return related, err
	})
}

// CountRelated counts the entities of a type by customer.
func (s *Store) CountRelated(ctx context.Context, scope collab.Scope, customerIDs []collab.ID, t collab.EntityType) (map[collab.ID]int, error) {
	q := newQuery("SELECT e.customer_id, COUNT(*)")
	addEntities(q, scope)
	addVisibleOf(q, scope, "e.customer_id")
	q.add(" AND e.type = ? AND e.customer_id = ANY(?) GROUP BY e.customer_id", t, list(customerIDs))
	return late(ctx, s, scope.OrgID, func(ctx context.Context, s *Store) (map[collab.ID]int, error) {
		return countByID(ctx, s.forOrg(scope.OrgID), q)
	})
}
