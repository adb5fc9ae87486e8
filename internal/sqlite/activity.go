package sqlite

import (
	"context"

	"tandem/internal/collab"
)

// Activity returns changes that are activity, newest first.
func (s *Store) Activity(ctx context.Context, scope collab.Scope, query collab.ActivityQuery) ([]*collab.Change, error) {
	q := selectChanges(scope.OrgID, "NULL").add(" FROM ")
	if query.Feed.Type == collab.FeedCustomer {
		addCustomerFeed(q, scope, query)
	} else {
		q.add("log l WHERE l.org_id = ?", scope.OrgID)
		if actors, kinds := query.Actors(), query.Kinds(); actors != nil || kinds != nil {
			addFirst(q, scope, actors, kinds, query.Limit, "DESC", func() { addActivity(q, scope, query) })
		}
		addFeed(q, scope, query.Feed)
		addActivity(q, scope, query)
	}
	q.add(" ORDER BY l.position DESC LIMIT ?", query.Limit)
	return collect(ctx, s.readers, q, scanChange(scope.OrgID))
}

// addCustomerFeed adds the newest rows of a customer's feed as l. They are read
// in two ranges of two indexes, each in the order of positions, where one range
// with an OR would sort everything that ever happened to the customer.
func addCustomerFeed(q *query, scope collab.Scope, query collab.ActivityQuery) {
	q.add("(SELECT * FROM (SELECT l.* FROM log l WHERE l.org_id = ? AND l.customer_id = ?", scope.OrgID, query.Feed.EntityID)
	addVisibleOf(q, scope, "l.customer_id")
	addActivity(q, scope, query)
	q.add(` ORDER BY l.position DESC LIMIT ?) AS here
		UNION ALL SELECT * FROM (SELECT l.* FROM log l WHERE l.org_id = ? AND l.prior_customer_id = ?
		AND l.customer_id IS DISTINCT FROM l.prior_customer_id`, query.Limit, scope.OrgID, query.Feed.EntityID)
	addVisibleOf(q, scope, "l.prior_customer_id")
	addActivity(q, scope, query)
	q.add(" ORDER BY l.position DESC LIMIT ?) AS gone) AS l", query.Limit)
}

// Histories returns the activity of several entities, each newest first.
func (s *Store) Histories(ctx context.Context, scope collab.Scope, entityIDs []collab.ID, query collab.ActivityQuery) (map[collab.ID][]*collab.Change, error) {
	q := selectChanges(scope.OrgID, "NULL").
		add(" FROM (SELECT l.*, ROW_NUMBER() OVER (PARTITION BY l.entity_id ORDER BY l.position DESC) AS place FROM log l WHERE l.org_id = ?", scope.OrgID)
	addFeed(q, scope, query.Feed)
	addActivity(q, scope, query)
	q.add(" AND l.entity_id IN (SELECT value FROM json_each(?))) l WHERE l.place <= ? ORDER BY l.position DESC", list(entityIDs), query.Limit)
	histories := make(map[collab.ID][]*collab.Change, len(entityIDs))
	err := forEachRow(ctx, s.readers, q, func(r row) error {
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

// addFeed narrows l to a feed.
func addFeed(q *query, scope collab.Scope, feed collab.ActivityFeed) {
	switch feed.Type {
	case collab.FeedUser:
		q.add(" AND l.actor_id = ?", feed.EntityID)
	case collab.FeedCustomer:
		q.add(" AND (l.customer_id = ?", feed.EntityID)
		addVisibleOf(q, scope, "l.customer_id")
		q.add(" OR l.prior_customer_id = ?", feed.EntityID)
		addVisibleOf(q, scope, "l.prior_customer_id")
		q.add(")")
	}
}

// addActivity narrows l to what the query asks for and the scope sees.
func addActivity(q *query, scope collab.Scope, query collab.ActivityQuery) {
	addVisibleChange(q, scope)
	filter := query.Filter
	q.add(" AND l.type IN (SELECT value FROM json_each(?))", list(filter.ActivityTypes()))
	oneOf(q, "l.entity_type", filter.EntityTypes)
	oneOf(q, "l.entity_id", filter.EntityIDs)
	oneOf(q, "l.actor_id", filter.UserIDs)
	if filter.OnlyFirst() {
		q.add(" AND NOT l.follows")
	}
	addTimes(q, scope.OrgID, filter)
	if query.Before > 0 {
		q.add(" AND l.position < ?", query.Before)
	}
}

// outOfTime is how many rows of a log may lie between one and where its time belongs: positions are in
// the order of commits, times by a clock that may be set.
const outOfTime = 256

// addTimes narrows l to a stretch of time. The positions at its ends are looked up, so that
// nothing outside is read. The + keeps l from being read by its times, which are not the order asked for.
func addTimes(q *query, orgID collab.ID, filter collab.ActivityFilter) {
	if filter.Since != nil {
		q.add(` AND +l.occurred_at >= ? AND l.position >= (SELECT MIN(t.position) FROM
			(SELECT t.position FROM log t WHERE t.org_id = ? AND t.occurred_at >= ? ORDER BY t.occurred_at, t.position LIMIT ?) AS t)`,
			*filter.Since, orgID, *filter.Since, outOfTime)
	}
	if filter.Until != nil {
		q.add(` AND +l.occurred_at < ? AND l.position <= (SELECT MAX(t.position) FROM
			(SELECT t.position FROM log t WHERE t.org_id = ? AND t.occurred_at < ? ORDER BY t.occurred_at DESC, t.position DESC LIMIT ?) AS t)`,
			*filter.Until, orgID, *filter.Until, outOfTime)
	}
}
