package postgres

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// Entities returns those of the ids that are there.
func (s *Store) Entities(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]collab.Entity, error) {
	q := selectEntities(scope.OrgID)
	addEntities(q, scope)
	q.add(" AND e.id = ANY(?)", list(ids))
	return collectByID(ctx, s.in(scope.OrgID), q, scanOneEntity, entityID)
}

// ListEntities returns entities in the query's order.
func (s *Store) ListEntities(ctx context.Context, scope collab.Scope, query collab.EntityQuery) ([]collab.Entity, error) {
	plan := search.NewPlan(scope, query)
	if query.CustomerID != nil || !plan.Narrows {
		return collect(ctx, s.in(scope.OrgID), listInOrder(scope, query), scanOneEntity)
	}
	return s.listFound(ctx, scope, query, plan)
}

// CountEntities counts the entities of a query.
func (s *Store) CountEntities(ctx context.Context, scope collab.Scope, query collab.EntityQuery) (collab.Count, error) {
	if query.CustomerID != nil {
		n, err := count(ctx, s.in(scope.OrgID), countInOrder(scope, query))
		return collab.CountUpTo(n), err
	}
	return s.countFound(ctx, scope, query, search.NewPlan(scope, query))
}

// addEntities adds the entities that are there, as e. Every read of entities as
// they are now goes through here.
func addEntities(q *query, scope collab.Scope) {
	q.add(" FROM entities e WHERE e.org_id = ? AND e.deleted_at IS NULL", scope.OrgID)
	addVisible(q, scope, "e")
}

// addFilter narrows e to what the query asks for, whatever the customer.
func addFilter(q *query, query collab.EntityQuery) {
	q.add(" AND e.type = ?", query.Type)
	oneOf(q, "e.status", query.Status)
	equal(q, "e.owner_id", query.OwnerID)
	if query.Search != "" {
		q.add(" AND strpos(e.search, ?) > 0", collab.FoldText(query.Search))
	}
	if query.Tag != nil {
		q.add(" AND e.data -> 'fields' -> 'tags' @> to_jsonb(?::text)", *query.Tag)
	}
	if query.StartsAfter != nil {
		q.add(" AND e.starts_at >= ?", *query.StartsAfter)
	}
	if query.StartsBefore != nil {
		q.add(" AND e.starts_at < ?", *query.StartsBefore)
	}
}

// addCustomer narrows e to what belongs to a customer. Nothing belongs to one that
// the scope does not see. Nil does not narrow.
func addCustomer(q *query, scope collab.Scope, customerID *collab.ID) {
	if customerID != nil {
		q.add(" AND e.customer_id = ?", *customerID)
		addVisibleOf(q, scope, "e.customer_id")
	}
}

// An order is a column to sort by; the id breaks ties, in the same direction,
// so that one index serves the whole order, and one comparison the place in it.
type order struct {
	column    string
	direction string
	place     func(*collab.Place) any
}

func orderOf(o collab.EntityOrder) order {
	byTime := func(p *collab.Place) any { return p.Time }
	switch o {
	case collab.OrderUpdatedAsc:
		return order{"updated_at", "ASC", byTime}
	case collab.OrderNameAsc:
		return order{"name_key", "ASC", func(p *collab.Place) any { return p.Name }}
	case collab.OrderCreatedDesc:
		return order{"created_at", "DESC", byTime}
	}
	return order{"updated_at", "DESC", byTime}
}

// addAfter narrows e to what comes after a place. Nil does not narrow.
func (o order) addAfter(q *query, after *collab.Place) {
	if after == nil {
		return
	}
	comes := ">"
	if o.direction == "DESC" {
		comes = "<"
	}
	q.add(" AND (e."+o.column+", e.id) "+comes+" (?, ?)", o.place(after), after.ID)
}

// by is what stands after ORDER BY.
func (o order) by(table string) string {
	return table + o.column + " " + o.direction + ", " + table + "id " + o.direction
}
