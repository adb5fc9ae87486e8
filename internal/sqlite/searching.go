package sqlite

import (
	"context"
	"database/sql"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// searching runs work in one state, with what the index says about a plan.
func (s *Store) searching(ctx context.Context, scope collab.Scope, t collab.EntityType, plan search.Plan,
	work func(tx *transaction, read *search.Reading) error) error {
	tx, err := s.readers.begin(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.end()
	read := plan.NewReading()
	if err := answer(ctx, tx, reading(scope, t, read)); err != nil {
		return err
	}
	if missing := s.bitmaps.Fill(scope.OrgID, t, plan, read); len(missing) > 0 {
		if err := answer(ctx, tx, []batchQuery{readingBitmaps(scope, t, missing, read)}); err != nil {
			return err
		}
		s.bitmaps.Keep(scope.OrgID, t, missing, read)
	}
	return work(tx, read)
}

// reading returns the queries for the parts of the index that every search needs.
func reading(scope collab.Scope, t collab.EntityType, read *search.Reading) []batchQuery {
	queries := []batchQuery{
		{newQuery("SELECT s.position, o.epoch, s.keyed >= s.position FROM search_state s JOIN organizations o ON o.id = s.org_id WHERE s.org_id = ?", scope.OrgID),
			func(r row) error { return r.Scan(&read.Position, &read.Epoch, &read.HasAllKeys) }},
		// Few entities are pending, which the planner can't know. The statement is written so that
		// the index by position is the only way to read them, and each number is looked up
		// separately.
		{newQuery(`SELECT e.id, (SELECT d.number FROM search_documents d WHERE d.org_id = e.org_id AND d.entity_id = e.id)
			FROM entities e WHERE e.org_id = ? AND +e.type = ? AND e.position >
			(SELECT CASE s.position WHEN 0 THEN NULL ELSE s.position END FROM search_state s WHERE s.org_id = ?)
			ORDER BY e.position LIMIT ?`,
			scope.OrgID, t, scope.OrgID, search.MaxPending+1),
			func(r row) error {
				var id collab.ID
				var number *int
				err := r.Scan(&id, &number)
				read.AddPending(id, number)
				return err
			}},
	}
	if !scope.All && scope.UserID != "" {
		queries = append(queries, batchQuery{
			newQuery(`SELECT (SELECT d.number FROM search_documents d WHERE d.org_id = g.org_id AND d.entity_id = g.entity_id AND +d.type = ?)
				FROM grants g INDEXED BY grants_by_user WHERE g.org_id = ? AND g.user_id = ?`, t, scope.OrgID, scope.UserID),
			func(r row) error {
				var number *int
				err := r.Scan(&number)
				if number != nil {
					read.AddGranted(*number)
				}
				return err
			}})
	}
	return queries
}

// readingBitmaps returns the query for the bitmaps of keys.
func readingBitmaps(scope collab.Scope, t collab.EntityType, keys []string, read *search.Reading) batchQuery {
	return batchQuery{
		newQuery("SELECT c.key, c.at, c.members FROM search_chunks c WHERE c.org_id = ? AND c.type = ? AND c.key IN (SELECT value FROM json_each(?))", scope.OrgID, t, list(keys)),
		func(r row) error {
			var key string
			var at int
			var members []byte
			err := r.Scan(&key, &at, &members)
			read.AddChunk(key, at, members)
			return err
		},
	}
}

// listFound lists the entities of a query that the index narrows.
func (s *Store) listFound(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (found []collab.Entity, err error) {
	err = s.searching(ctx, scope, query.Type, plan, func(tx *transaction, read *search.Reading) error {
		found, err = listOn(ctx, tx, scope, query, plan, read)
		return err
	})
	return found, err
}

// countFound counts the entities of a query.
func (s *Store) countFound(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (total collab.Count, err error) {
	err = s.searching(ctx, scope, query.Type, plan, func(tx *transaction, read *search.Reading) error {
		total, err = countOn(ctx, tx, scope, query, plan, read)
		return err
	})
	return total, err
}

// listAndCountFound lists and counts the entities of a query, in one state.
func (s *Store) listAndCountFound(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (found []collab.Entity, total collab.Count, err error) {
	err = s.searching(ctx, scope, query.Type, plan, func(tx *transaction, read *search.Reading) error {
		if found, err = listOn(ctx, tx, scope, query, plan, read); err != nil {
			return err
		}
		if query.IsWhole(found) {
			total = collab.Count{N: len(found), IsExact: true}
			return nil
		}
		total, err = countOn(ctx, tx, scope, query, plan, read)
		return err
	})
	return found, total, err
}

// listOn lists the entities of a query. The few that the index lets through are looked at and
// sorted. If there are many, the first ones of the order are looked at before that, since enough of
// them will be among those.
func listOn(ctx context.Context, tx *transaction, scope collab.Scope, query collab.EntityQuery, plan search.Plan, read *search.Reading) ([]collab.Entity, error) {
	if !plan.Narrows || !read.IsUsable() {
		var found []collab.Entity
		err := answer(ctx, tx, listing(query, &found, listInOrder(scope, query)...))
		return found, err
	}
	in := plan.Find(read)
	if in.Count > search.MostGathered {
		var found []collab.Entity
		err := answer(ctx, tx, listing(query, &found, listWalked(scope, query, in.Walk())...))
		if err != nil || len(found) >= query.Limit || in.Walk() == 0 {
			return found, err
		}
	}
	return collect(ctx, tx, listGathered(scope, query, in.Numbers(), read.Pending), scanOneEntity)
}

// countInIndex counts what was found in the index, and returns what there is to count besides.
func countInIndex(scope collab.Scope, asked collab.EntityQuery, in search.Found, pending []collab.ID) (counted collab.Count, rest []*query) {
	counted = collab.Count{N: in.Count, IsExact: in.IsExact}
	if !in.IsExact && in.Count <= search.MostGathered {
		counted = collab.Count{IsExact: true}
		rest = append(rest, countCandidates(scope, asked, in.Numbers()))
	}
	if len(pending) > 0 {
		rest = append(rest, countPending(scope, asked, pending))
	}
	return counted, rest
}

// countOn counts the entities of a query. Where the index can't tell the number and there are too
// many to look at, it is an estimate.
func countOn(ctx context.Context, tx *transaction, scope collab.Scope, query collab.EntityQuery, plan search.Plan, read *search.Reading) (collab.Count, error) {
	in := plan.Find(read)
	if query.IsRange() && plan.Narrows && read.IsUsable() && in.Count <= search.MostGathered {
		n, err := count(ctx, tx, countGathered(scope, query, in.Numbers(), read.Pending))
		return collab.Count{N: n, IsExact: true}, err
	}
	if !read.IsUsable() || query.IsRange() {
		n, err := count(ctx, tx, countInOrder(scope, query))
		return collab.CountUpTo(n), err
	}
	counted, rest := countInIndex(scope, query, in, read.Pending)
	for _, q := range rest {
		n, err := count(ctx, tx, q)
		if err != nil {
			return collab.Count{}, err
		}
		counted.N += n
	}
	return counted, nil
}

// listInOrder lists entities along the index of their order, part by part.
func listInOrder(scope collab.Scope, query collab.EntityQuery) (parts []*query) {
	for _, part := range orderOf(query).stretches(query.After) {
		q := selectEntities(scope.OrgID)
		addListed(q, scope, query)
		addFilter(q, query)
		addCustomer(q, scope, query.CustomerID)
		part.add(q, query.After)
		parts = append(parts, q.add(" ORDER BY "+part.by()+" LIMIT ?", query.Limit))
	}
	return parts
}

// listing are queries whose rows, one after the other, are the entities of a query.
func listing(query collab.EntityQuery, found *[]collab.Entity, parts ...*query) (queries []batchQuery) {
	add := scanAll(found, scanOneEntity)
	for _, part := range parts {
		queries = append(queries, batchQuery{part, func(r row) error {
			if len(*found) == query.Limit {
				return nil
			}
			return add(r)
		}})
	}
	return queries
}

// listWalked lists those entities that are among the first of their order, as many as most; 0 is all.
// Of an order with several parts, it walks only the first one.
func listWalked(scope collab.Scope, asked collab.EntityQuery, most int) []*query {
	if most == 0 {
		return listInOrder(scope, asked)
	}
	part := orderOf(asked).stretches(asked.After)[0]
	q := selectEntities(scope.OrgID).add(" FROM (SELECT e.*")
	addListed(q, scope, asked)
	q.add(" AND e.type = ?", asked.Type)
	part.add(q, asked.After)
	q.add(" ORDER BY "+part.by()+" LIMIT ?) AS e WHERE TRUE", most)
	addFilter(q, asked)
	return []*query{q.add(" ORDER BY "+part.by()+" LIMIT ?", asked.Limit)}
}

// listGathered lists those entities that have one of the numbers or ids.
func listGathered(scope collab.Scope, query collab.EntityQuery, numbers []int, ids []collab.ID) *query {
	q := selectEntities(scope.OrgID)
	addGathered(q, scope, query, numbers, ids)
	order := orderOf(query)
	order.addAfter(q, query.After)
	return q.add(" ORDER BY "+order.by()+" LIMIT ?", query.Limit)
}

// countGathered counts what listGathered would list on all pages.
func countGathered(scope collab.Scope, query collab.EntityQuery, numbers []int, ids []collab.ID) *query {
	q := newQuery("SELECT COUNT(*)")
	addGathered(q, scope, query, numbers, ids)
	return q
}

// countInOrder counts entities one by one, up to a bound.
func countInOrder(scope collab.Scope, query collab.EntityQuery) *query {
	q := newQuery("SELECT COUNT(*) FROM (SELECT 1")
	addListed(q, scope, query)
	addFilter(q, query)
	addCustomer(q, scope, query.CustomerID)
	return q.add(" LIMIT ?) AS e", collab.MostCounted+1)
}

// countCandidates counts the entities that are asked for among those that the index lets through.
// Only their text is looked at, as the index has it: for everything else that a query asks for
// the bitmaps are exact.
func countCandidates(scope collab.Scope, query collab.EntityQuery, numbers []int) *query {
	return newQuery(`SELECT COUNT(*) FROM search_documents d WHERE d.org_id = ? AND d.type = ? AND d.number IN (SELECT value FROM json_each(?))
		AND instr(substr(d.source, instr(d.source, char(30)) + 1), ?) > 0`,
		scope.OrgID, query.Type, list(numbers), collab.FoldText(query.Search))
}

// countPending counts the entities of a query that are among some ids.
func countPending(scope collab.Scope, query collab.EntityQuery, ids []collab.ID) *query {
	q := newQuery("SELECT COUNT(*)")
	addGathered(q, scope, query, nil, ids)
	return q
}

// addGathered adds the entities of a query that have one of the numbers or ids, as e.
func addGathered(q *query, scope collab.Scope, query collab.EntityQuery, numbers []int, ids []collab.ID) {
	q.add(` FROM (SELECT d.entity_id AS id FROM search_documents d WHERE d.org_id = ? AND d.type = ?
		AND d.number IN (SELECT value FROM json_each(?)) UNION ALL SELECT value FROM json_each(?)) AS f
		CROSS JOIN entities e ON e.org_id = ? AND e.id = f.id WHERE e.deleted_at IS NULL`,
		scope.OrgID, query.Type, list(numbers), list(ids), scope.OrgID)
	addVisible(q, scope, "e")
	addFilter(q, query)
}
