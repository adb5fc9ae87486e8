package postgres

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
		switch actors, kinds := query.Actors(), query.Kinds(); {
		case !s.indexed.Load():
		case actors != nil:
			addFirstOfActors(q, scope, query, actors)
		case kinds != nil:
			addFirst(q, scope, kinds, constant(query.Limit), "DESC", func() { addActivity(q, scope, query) })
		}
		addFeed(q, scope, query.Feed)
		addActivity(q, scope, query)
	}
	q.add(" ORDER BY l.position DESC LIMIT ?", constant(query.Limit))
	return late(ctx, s, scope.OrgID, func(ctx context.Context, s *Store) ([]*collab.Change, error) {
		return collect(ctx, s.forOrg(scope.OrgID), q, scanChange(scope.OrgID))
	})
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
		AND l.customer_id IS DISTINCT FROM l.prior_customer_id`, constant(query.Limit), scope.OrgID, query.Feed.EntityID)
	addVisibleOf(q, scope, "l.prior_customer_id")
	addActivity(q, scope, query)
	q.add(" ORDER BY l.position DESC LIMIT ?) AS gone) AS l", constant(query.Limit))
}

// Histories returns the activity of several entities, each newest first.
func (s *Store) Histories(ctx context.Context, scope collab.Scope, entityIDs []collab.ID, query collab.ActivityQuery) (map[collab.ID][]*collab.Change, error) {
	q := selectChanges(scope.OrgID, "NULL").
		add(" FROM (SELECT DISTINCT unnest(?::text[]) AS id) of, LATERAL (SELECT l.* FROM log l WHERE l.org_id = ?", list(entityIDs), scope.OrgID)
	addFeed(q, scope, query.Feed)
	addActivity(q, scope, query)
	q.add(" AND l.entity_id = of.id ORDER BY l.position DESC LIMIT ?) l ORDER BY l.position DESC", constant(query.Limit))
	return late(ctx, s, scope.OrgID, func(ctx context.Context, s *Store) (map[collab.ID][]*collab.Change, error) {
		histories := make(map[collab.ID][]*collab.Change, len(entityIDs))
		err := forEachRow(ctx, s.forOrg(scope.OrgID), q, func(r row) error {
			c, err := scanChange(scope.OrgID)(r)
			if err != nil {
				return err
			}
			histories[c.EntityID] = append(histories[c.EntityID], c)
			return nil
		})
		return histories, err
	})
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
	q.add(" AND l.type = ANY(?)", list(filter.ActivityTypes()))
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
// the order of commits, times by the clocks of several instances.
const outOfTime = 256

// oldestSince and newestBefore are the positions at the ends of a stretch of time; their arguments are
// the organization, the time, and outOfTime. They are NULL where it has nothing.
const (
	oldestSince = `(SELECT MIN(t.position) FROM
		(SELECT t.position FROM log t WHERE t.org_id = ? AND t.occurred_at >= ? ORDER BY t.occurred_at, t.position LIMIT ?) AS t)`
	newestBefore = `(SELECT MAX(t.position) FROM
		(SELECT t.position FROM log t WHERE t.org_id = ? AND t.occurred_at < ? ORDER BY t.occurred_at DESC, t.position DESC LIMIT ?) AS t)`
)

// addFirstOfActors narrows l to the newest changes of each kind of each of some actors, by the index
// of those, which has GREATEST(position, 0); see its migration. Row-level security lets an index compare
// only by functions that tell nothing of other rows, of which this is one.
func addFirstOfActors(q *query, scope collab.Scope, query collab.ActivityQuery, actors []collab.ID) {
	entityTypes, types := columnsOf(query.Filter.Kinds())
	q.add(` AND l.position = ANY(ARRAY(SELECT first.position FROM unnest(?::text[]) AS a (id), unnest(?::text[], ?::text[]) AS k (entity_type, type),
		LATERAL (SELECT l.position FROM log l WHERE l.org_id = ? AND l.actor_id = a.id AND l.entity_type = k.entity_type AND l.type = k.type`,
		list(actors), entityTypes, types, scope.OrgID)
	addActivity(q, scope, query)
	if query.Before > 0 {
		q.add(" AND GREATEST(l.position, 0) < ?", query.Before)
	}
	if since := query.Filter.Since; since != nil {
		q.add(" AND GREATEST(l.position, 0) >= "+oldestSince, scope.OrgID, *since, constant(outOfTime))
	}
	if until := query.Filter.Until; until != nil {
		q.add(" AND GREATEST(l.position, 0) <= "+newestBefore, scope.OrgID, *until, constant(outOfTime))
	}
	q.add(" ORDER BY GREATEST(l.position, 0) DESC LIMIT ?) AS first))", constant(query.Limit))
}

// addTimes narrows l to a stretch of time. The positions at its ends are looked up, so that
// nothing outside is read.
func addTimes(q *query, orgID collab.ID, filter collab.ActivityFilter) {
	if filter.Since != nil {
		q.add(" AND l.occurred_at >= ? AND l.position >= "+oldestSince, *filter.Since, orgID, *filter.Since, constant(outOfTime))
	}
	if filter.Until != nil {
		q.add(" AND l.occurred_at < ? AND l.position <= "+newestBefore, *filter.Until, orgID, *filter.Until, constant(outOfTime))
	}
}
