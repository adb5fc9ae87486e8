package postgres

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// searching runs work in one state, with what the index says about a plan. work may
// end the transaction.
func (s *Store) searching(ctx context.Context, scope collab.Scope, t collab.EntityType, plan search.Plan,
	work func(conn *pgxpool.Conn, read *search.Reading) error) error {
	conn, release, err := s.pool.acquire(ctx, scope.OrgID)
	if err != nil {
		return err
	}
	defer release()
	read := plan.NewReading()
	batch := s.forOrg(scope.OrgID).batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	queue(batch, reading(scope, t, read))
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return fault(ctx, err)
	}
	if missing := s.bitmaps.Fill(scope.OrgID, t, plan, read); len(missing) > 0 {
		if err := queryOn(ctx, conn, readingBitmaps(scope, t, missing, read)); err != nil {
			return err
		}
		s.bitmaps.Keep(scope.OrgID, t, missing, read)
	}
	return work(conn, read)
}

// reading returns the queries for the parts of the index that every search needs.
func reading(scope collab.Scope, t collab.EntityType, read *search.Reading) []batchQuery {
	queries := []batchQuery{
		{newQuery("SELECT s.position, o.epoch, s.keyed >= s.position FROM search_state s JOIN organizations o ON o.id = s.org_id WHERE s.org_id = ?", scope.OrgID),
			func(r row) error { return r.Scan(&read.Position, &read.Epoch, &read.HasAllKeys) }},
		{addPending(newQuery("SELECT e.id, (SELECT d.number FROM search_documents d WHERE d.org_id = e.org_id AND d.entity_id = e.id)"), scope, t),
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
			newQuery(`SELECT (SELECT d.number FROM search_documents d WHERE d.org_id = g.org_id AND d.entity_id = g.entity_id AND d.type = ?)
				FROM grants g WHERE g.org_id = ? AND g.user_id = ?`, t, scope.OrgID, scope.UserID),
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

// addPending adds the entities that changed after the index had them, as e. They are few, which no
// planner can know. It is written so that the index by position is the only way to read them, and
// what is looked up of each is looked up by itself.
func addPending(q *query, scope collab.Scope, t collab.EntityType) *query {
	return q.add(` FROM entities e WHERE e.org_id = ? AND e.type = ? AND e.position >
		(SELECT CASE s.position WHEN 0 THEN NULL ELSE s.position END FROM search_state s WHERE s.org_id = ?)
		ORDER BY e.position LIMIT ?`, scope.OrgID, t, scope.OrgID, constant(search.MaxPending+1))
}

// readingBitmaps returns the query for the bitmaps of keys.
func readingBitmaps(scope collab.Scope, t collab.EntityType, keys []string, read *search.Reading) batchQuery {
	return batchQuery{
		newQuery("SELECT c.key, c.at, c.members FROM search_chunks c WHERE c.org_id = ? AND c.type = ? AND c.key = ANY(?)", scope.OrgID, t, keys),
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

// listFound lists the entities of a query that the index narrows. The few that it
// lets through are looked at and sorted. If there are many, the first ones of the
// order are looked at before that, since enough of them will be among those.
func (s *Store) listFound(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) ([]collab.Entity, error) {
	found, done, err := s.listExpected(ctx, scope, query, plan)
	if err != nil || done {
		return found, err
	}
	found = nil
	err = s.searching(ctx, scope, query.Type, plan, func(conn *pgxpool.Conn, read *search.Reading) error {
		if !read.IsUsable() {
			return queryAndCommit(ctx, conn, listing(query, &found, listInOrder(scope, query)...)...)
		}
		in := plan.Find(read)
		if in.Count > search.MostGathered {
			walked := listing(query, &found, listWalked(scope, query, in.Walk())...)
			if err := queryOn(ctx, conn, walked...); err != nil || len(found) >= query.Limit || in.Walk() == 0 {
				return err
			}
			found = nil
		}
		return queryAndCommit(ctx, conn, batchQuery{listGathered(scope, query, in.Numbers()), scanAll(&found, scanOneEntity)})
	})
	return found, err
}

// countFound counts the entities of a query. Where the index can't tell the number
// and there are too many to look at, it is an estimate.
func (s *Store) countFound(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (collab.Count, error) {
	total, done, err := s.countExpected(ctx, scope, query, plan)
	if err != nil || done {
		return total, err
	}
	err = s.searching(ctx, scope, query.Type, plan, func(conn *pgxpool.Conn, read *search.Reading) error {
		in := plan.Find(read)
		if query.IsRange() && plan.Narrows && read.IsUsable() && in.Count <= search.MostGathered {
			n, err := countOn(ctx, conn, countGathered(scope, query, in.Numbers()))
			total = collab.Count{N: n, IsExact: true}
			return err
		}
		if !read.IsUsable() || query.IsRange() {
			n, err := countOn(ctx, conn, countInOrder(scope, query))
			total = collab.CountUpTo(n)
			return err
		}
		counted, rest := countInIndex(scope, query, in, len(read.Pending))
		n, err := countOn(ctx, conn, rest...)
		total = collab.Count{N: counted.N + n, IsExact: counted.IsExact}
		return err
	})
	return total, err
}

// countInIndex counts what was found in the index, and returns what there is to count besides.
func countInIndex(scope collab.Scope, asked collab.EntityQuery, in search.Found, pending int) (counted collab.Count, rest []*query) {
	counted = collab.Count{N: in.Count, IsExact: in.IsExact}
	if !in.IsExact && in.Count <= search.MostGathered {
		counted = collab.Count{IsExact: true}
		rest = append(rest, countCandidates(scope, asked, in.Numbers()))
	}
	if pending > 0 {
		rest = append(rest, countPending(scope, asked))
	}
	return counted, rest
}

// countOn adds up counts, and ends the transaction that is open on a connection.
func countOn(ctx context.Context, conn *pgxpool.Conn, counts ...*query) (int, error) {
	sum := 0
	queries := make([]batchQuery, len(counts))
	for i, q := range counts {
		queries[i] = batchQuery{q, func(r row) error {
			var n int
			err := r.Scan(&n)
			sum += n
			return err
		}}
	}
	err := queryAndCommit(ctx, conn, queries...)
	return sum, err
}

// listInOrder lists entities along the index of their order, part by part.
func listInOrder(scope collab.Scope, query collab.EntityQuery) (parts []*query) {
	for _, part := range orderOf(query).stretches(query.After) {
		q := selectEntities(scope.OrgID)
		addListed(q, scope, query)
		addFilter(q, query)
		addCustomer(q, scope, query.CustomerID)
		part.add(q, query.After)
		parts = append(parts, q.add(" ORDER BY "+part.by()+" LIMIT ?", constant(query.Limit)))
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
	q.add(" ORDER BY "+part.by()+" LIMIT ?) AS e WHERE TRUE", constant(most))
	addFilter(q, asked)
	return []*query{q.add(" ORDER BY "+part.by()+" LIMIT ?", constant(asked.Limit))}
}

// listGathered lists those entities that have one of the numbers, or are pending.
func listGathered(scope collab.Scope, query collab.EntityQuery, numbers []int) *query {
	q := selectEntities(scope.OrgID)
	addFound(q, scope, query, numbers)
	order := orderOf(query)
	order.addAfter(q, query.After)
	return q.add(" ORDER BY "+order.by()+" LIMIT ?", constant(query.Limit))
}

// countGathered counts what listGathered would list on all pages.
func countGathered(scope collab.Scope, query collab.EntityQuery, numbers []int) *query {
	q := newQuery("SELECT COUNT(*)")
	addFound(q, scope, query, numbers)
	return q
}

// addFound adds the entities of a query that have one of the numbers, or are pending, as e.
func addFound(q *query, scope collab.Scope, query collab.EntityQuery, numbers []int) {
	q.add(" FROM (SELECT d.entity_id AS id FROM search_documents d WHERE d.org_id = ? AND d.type = ? AND d.number = ANY(?::integer[])"+
		" UNION (SELECT e.id", scope.OrgID, query.Type, numbers)
	addGathered(addPending(q, scope, query.Type).add(")"), scope, query)
}

// countInOrder counts entities one by one, up to a bound.
func countInOrder(scope collab.Scope, query collab.EntityQuery) *query {
	q := newQuery("SELECT COUNT(*) FROM (SELECT 1")
	addListed(q, scope, query)
	addFilter(q, query)
	addCustomer(q, scope, query.CustomerID)
	return q.add(" LIMIT ?) AS e", constant(collab.MostCounted+1))
}

// countCandidates counts the entities that are asked for among those that the index lets through.
// Only their text is looked at, as the index has it: for everything else that a query asks for
// the bitmaps are exact.
func countCandidates(scope collab.Scope, query collab.EntityQuery, numbers []int) *query {
	return newQuery(`SELECT COUNT(*) FROM search_documents d WHERE d.org_id = ? AND d.type = ? AND d.number = ANY(?::integer[])
		AND strpos(substr(d.source, strpos(d.source, chr(30)) + 1), ?) > 0`,
		scope.OrgID, query.Type, numbers, collab.FoldText(query.Search))
}

// countPending counts the entities of a query that are pending.
func countPending(scope collab.Scope, query collab.EntityQuery) *query {
	q := newQuery("SELECT COUNT(*) FROM (SELECT e.id")
	addGathered(addPending(q, scope, query.Type), scope, query)
	return q
}

// addGathered ends a list of ids, and adds those of them that are entities of the query, as e.
func addGathered(q *query, scope collab.Scope, query collab.EntityQuery) {
	q.add(") AS f JOIN entities e ON e.org_id = ? AND e.id = f.id WHERE e.deleted_at IS NULL", scope.OrgID)
	addVisible(q, scope, "e")
	addFilter(q, query)
}
