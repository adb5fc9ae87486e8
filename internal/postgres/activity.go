package postgres

import (
	"context"
	"slices"

	"tandem/internal/collab"
)

// Activity returns changes that are activity, newest first.
func (s *Store) Activity(ctx context.Context, scope collab.Scope, query collab.ActivityQuery) ([]*collab.Change, error) {
	q := selectChanges(scope.OrgID, "NULL")
	addFeed(q, scope, query.Feed)
	addActivity(q, query)
	q.add(" ORDER BY l.position DESC LIMIT ?", query.Limit)
	return collect(ctx, s.pool, q, scanChange(scope.OrgID))
}

// Histories returns the activity of several entities, each newest first.
func (s *Store) Histories(ctx context.Context, scope collab.Scope, entityIDs []collab.ID, query collab.ActivityQuery) (map[collab.ID][]*collab.Change, error) {
	q := selectChanges(scope.OrgID, "NULL").
		add(" FROM (SELECT DISTINCT unnest(?::text[]) AS id) of, LATERAL (SELECT l.*", list(entityIDs))
	addFeed(q, scope, query.Feed)
	addActivity(q, query)
	q.add(" AND l.entity_id = of.id ORDER BY l.position DESC LIMIT ?) l ORDER BY l.position DESC", query.Limit)
	histories := make(map[collab.ID][]*collab.Change, len(entityIDs))
	err := each(ctx, s.pool, q, func(r row) error {
		c, err := scanChange(scope.OrgID)(r)
		if err != nil {
			return err
		}
		histories[c.EntityID] = append(histories[c.EntityID], c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return histories, nil
}

// addFeed adds the rows of a feed as l. Those of a customer are read in two
// ranges of two indexes, each in the order of positions, where a plain OR would
// have to sort everything that ever happened to the customer.
func addFeed(q *query, scope collab.Scope, feed collab.ActivityFeed) {
	switch feed.Type {
	case collab.FeedUser:
		q.add(" FROM log l WHERE l.org_id = ? AND l.actor_id = ?", scope.OrgID, feed.EntityID)
	case collab.FeedCustomer:
		q.add(` FROM (
			SELECT * FROM log WHERE org_id = ? AND customer_id = ?
			UNION ALL
			SELECT * FROM log WHERE org_id = ? AND prior_customer_id = ? AND customer_id IS DISTINCT FROM prior_customer_id
			) l WHERE TRUE`, scope.OrgID, feed.EntityID, scope.OrgID, feed.EntityID)
	default:
		q.add(" FROM log l WHERE l.org_id = ?", scope.OrgID)
	}
}

// addActivity narrows l to what the query asks for.
func addActivity(q *query, query collab.ActivityQuery) {
	filter := query.Filter
	types := collab.ActivityTypes
	if len(filter.Types) > 0 {
		types = slices.DeleteFunc(slices.Clone(filter.Types), func(t collab.ChangeType) bool {
			return !slices.Contains(collab.ActivityTypes, t)
		})
	}
	q.add(" AND l.type = ANY(?)", list(types))
	oneOf(q, "l.entity_type", filter.EntityTypes)
	oneOf(q, "l.entity_id", filter.EntityIDs)
	oneOf(q, "l.actor_id", filter.UserIDs)
	if filter.Since != nil {
		q.add(" AND l.occurred_at >= ?", *filter.Since)
	}
	if filter.Until != nil {
		q.add(" AND l.occurred_at < ?", *filter.Until)
	}
	if query.Before > 0 {
		q.add(" AND l.position < ?", query.Before)
	}
}
