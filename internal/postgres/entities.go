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
	return collectByID(ctx, s.forOrg(scope.OrgID), q, scanOneEntity, entityID)
}

// EntitiesAtHead returns entities, and the head of the log in the same state.
func (s *Store) EntitiesAtHead(ctx context.Context, scope collab.Scope, ids []collab.ID) (head collab.Head, found []collab.Entity, err error) {
	q := selectEntities(scope.OrgID).add(" FROM entities e WHERE e.org_id = ?", scope.OrgID)
	addVisible(q, scope, "e")
	among(q, "e.id", append([]collab.ID{}, ids...))
	err = s.forOrg(scope.OrgID).query(ctx, queryHead(scope.OrgID, &head), batchQuery{q.add(" ORDER BY e.id"), scanAll(&found, scanOneEntity)})
	return head, found, err
}

// ListEntities returns entities in the query's order.
func (s *Store) ListEntities(ctx context.Context, scope collab.Scope, query collab.EntityQuery) ([]collab.Entity, error) {
	return late(ctx, s, scope.OrgID, func(ctx context.Context, s *Store) ([]collab.Entity, error) { return s.list(ctx, scope, query) })
}

func (s *Store) list(ctx context.Context, scope collab.Scope, query collab.EntityQuery) ([]collab.Entity, error) {
	plan := search.NewPlan(scope, query)
	if query.IsDirect() || !plan.Narrows {
		var found []collab.Entity
		err := s.forOrg(scope.OrgID).query(ctx, listing(query, &found, listInOrder(scope, query)...)...)
		return found, err
	}
	return s.listFound(ctx, scope, query, plan)
}

// CountEntities counts the entities of a query.
func (s *Store) CountEntities(ctx context.Context, scope collab.Scope, query collab.EntityQuery) (collab.Count, error) {
	return late(ctx, s, scope.OrgID, func(ctx context.Context, s *Store) (collab.Count, error) { return s.count(ctx, scope, query) })
}

func (s *Store) count(ctx context.Context, scope collab.Scope, query collab.EntityQuery) (collab.Count, error) {
	if query.IsDirect() {
		n, err := count(ctx, s.forOrg(scope.OrgID), countInOrder(scope, query))
		return collab.CountUpTo(n), err
	}
	return s.countFound(ctx, scope, query, search.NewPlan(scope, query))
}

// ListAndCountEntities lists and counts the entities of a query.
func (s *Store) ListAndCountEntities(ctx context.Context, scope collab.Scope, query collab.EntityQuery) (found []collab.Entity, total collab.Count, err error) {
	found, err = late(ctx, s, scope.OrgID, func(ctx context.Context, s *Store) (found []collab.Entity, err error) {
		found, total, err = s.listAndCount(ctx, scope, query)
		return found, err
	})
	return found, total, err
}

func (s *Store) listAndCount(ctx context.Context, scope collab.Scope, query collab.EntityQuery) ([]collab.Entity, collab.Count, error) {
	if !query.IsDirect() {
		found, total, done, err := s.listAndCountExpected(ctx, scope, query, search.NewPlan(scope, query))
		if err != nil || done {
			return found, total, err
		}
	}
	found, err := s.list(ctx, scope, query)
	if err != nil || query.IsWhole(found) {
		return found, collab.Count{N: len(found), IsExact: true}, err
	}
	total, err := s.count(ctx, scope, query)
	return found, total, err
}

// addEntities adds the entities that are there, as e. Every read of entities as
// they are now goes through here.
func addEntities(q *query, scope collab.Scope) {
	q.add(" FROM entities e WHERE e.org_id = ? AND e.deleted_at IS NULL", scope.OrgID)
	addVisible(q, scope, "e")
}

// addListed adds the entities of which a query lists some, as e.
func addListed(q *query, scope collab.Scope, query collab.EntityQuery) {
	if !query.Deleted {
		addEntities(q, scope)
		return
	}
	q.add(" FROM entities e WHERE e.org_id = ? AND e.deleted_at IS NOT NULL", scope.OrgID)
	addVisible(q, scope, "e")
}

// addFilter narrows e to what the query asks for, whatever the customer.
func addFilter(q *query, query collab.EntityQuery) {
	q.add(" AND e.type = ?", query.Type)
	among(q, "e.id", query.IDs)
	among(q, "e.status", query.Status)
	equal(q, "e.owner_id", query.OwnerID)
	addOwners(q, query)
	if query.Search != "" {
		q.add(" AND strpos(e.search, ?) > 0", collab.FoldText(query.Search))
	}
	if query.Tag != nil {
		q.add(" AND e.data -> 'fields' -> 'tags' @> to_jsonb(?::text)", *query.Tag)
	}
	addAnyIn(q, "tags", query.Tags)
	addPeople(q, query)
	addRange(q, "e.starts_at", query.StartsAfter, query.StartsBefore)
	addRange(q, "e.created_at", query.CreatedAfter, query.CreatedBefore)
	addRange(q, "e.updated_at", query.UpdatedAfter, query.UpdatedBefore)
}

// addOwners narrows e to what some people own, or nobody.
func addOwners(q *query, query collab.EntityQuery) {
	if !query.Unowned {
		among(q, "e.owner_id", query.OwnerIDs)
		return
	}
	q.add(" AND (e.owner_id IS NULL")
	if query.OwnerIDs != nil {
		q.add(" OR e.owner_id = ANY(?)", list(query.OwnerIDs))
	}
	q.add(")")
}

// addPeople narrows e to what some people take part in, besides its owner.
func addPeople(q *query, query collab.EntityQuery) {
	if query.AttendeeIDs == nil {
		return
	}
	noun, err := collab.NounOf(query.Type)
	if err != nil || noun.People == "" {
		q.add(" AND FALSE")
		return
	}
	values := make([]string, len(query.AttendeeIDs))
	for i, id := range query.AttendeeIDs {
		values[i] = string(id)
	}
	addAnyIn(q, noun.People, values)
}

// addAnyIn narrows e to what has one of some values in a list of its document. Nil does not narrow.
func addAnyIn(q *query, field string, values []string) {
	if values != nil {
		q.add(" AND jsonb_exists_any(e.data -> 'fields' -> '"+field+"', ?::text[])", values)
	}
}

// addRange narrows to rows whose column is in a range of time: from its beginning on, and before its
// end. Nil leaves that end open.
func addRange(q *query, column string, from, before *collab.Time) {
	if from != nil {
		q.add(" AND "+column+" >= ?", *from)
	}
	if before != nil {
		q.add(" AND "+column+" < ?", *before)
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

// An order is a column of e to sort by; the id breaks ties, in the same direction, so that one index
// serves the whole order, and one comparison the place in it.
type order struct {
	column    string
	direction string
	place     func(*collab.SortKey) any
	// mayLack reports that the column may be NULL. Those rows come last in either direction.
	mayLack bool
}

func orderOf(query collab.EntityQuery) order {
	byTime := func(p *collab.SortKey) any { return p.Time }
	sorting := query.Sorting()
	o := order{column: "e.updated_at", direction: "ASC", place: byTime, mayLack: sorting.MayLack()}
	if sorting.Descending {
		o.direction = "DESC"
	}
	switch sorting.By {
	case collab.SortByCreation:
		o.column = "e.created_at"
	case collab.SortByName:
		o.column, o.place = "e.name_key", func(p *collab.SortKey) any { return p.Name }
	case collab.SortByStart:
		o.column = "e.starts_at"
	case collab.SortByAmount:
		o.column, o.place = "e.amount", func(p *collab.SortKey) any { return int64(p.Amount) }
	}
	return o
}

// addAfter narrows e to what comes after a place. Nil does not narrow.
func (o order) addAfter(q *query, after *collab.SortKey) {
	if after == nil {
		return
	}
	comes := ">"
	if o.direction == "DESC" {
		comes = "<"
	}
	switch {
	case !o.mayLack:
		q.add(" AND ("+o.column+", e.id) "+comes+" (?, ?)", o.place(after), after.ID)
	case after.IsLast:
		q.add(" AND "+o.column+" IS NULL AND e.id "+comes+" ?", after.ID)
	default:
		q.add(" AND (("+o.column+", e.id) "+comes+" (?, ?) OR "+o.column+" IS NULL)", o.place(after), after.ID)
	}
}

// by is what stands after ORDER BY.
func (o order) by() string {
	sorted := o.column + " " + o.direction + ", e.id " + o.direction
	if o.mayLack {
		return o.column + " IS NULL, " + sorted
	}
	return sorted
}

// A stretch is a part of an order that one index serves: without mayLack the whole order, otherwise
// the rows with a value, and then those without one.
type stretch struct {
	order
	lacks bool
}

// stretches returns the parts of the order after a place.
func (o order) stretches(after *collab.SortKey) []stretch {
	switch {
	case !o.mayLack:
		return []stretch{{o, false}}
	case after != nil && after.IsLast:
		return []stretch{{o, true}}
	}
	return []stretch{{o, false}, {o, true}}
}

// add narrows e to the part, after a place.
func (s stretch) add(q *query, after *collab.SortKey) {
	switch {
	case !s.mayLack:
		s.addAfter(q, after)
	case s.lacks:
		q.add(" AND " + s.column + " IS NULL")
		if after != nil && after.IsLast {
			s.addAfter(q, after)
		}
	default:
		q.add(" AND " + s.column + " IS NOT NULL")
		s.order.mayLack = false
		s.addAfter(q, after)
	}
}

// by is what stands after ORDER BY.
func (s stretch) by() string {
	if s.lacks {
		return "e.id " + s.direction
	}
	s.order.mayLack = false
	return s.order.by()
}
