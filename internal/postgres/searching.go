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
	read := &search.Reading{}
	batch := s.in(scope.OrgID).batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	queue(batch, reading(scope, t, read))
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return fault(ctx, err)
	}
	if missing := s.bitmaps.Fill(scope.OrgID, t, plan, read); len(missing) > 0 {
		if err := ask(ctx, conn, readingBitmaps(scope, t, missing, read)); err != nil {
			return err
		}
		s.bitmaps.Keep(scope.OrgID, t, missing, read)
	}
	return work(conn, read)
}

// reading are the questions that read what is always needed of the index.
func reading(scope collab.Scope, t collab.EntityType, read *search.Reading) []question {
	questions := []question{
		{newQuery("SELECT s.position, o.epoch FROM search_state s JOIN organizations o ON o.id = s.org_id WHERE s.org_id = ?", scope.OrgID),
			func(r row) error { return r.Scan(&read.Position, &read.Epoch) }},
		// What is pending is few, which no planner can know. It is written so that the index by
		// position is the only way to read it, and each number is looked up by itself.
		{newQuery(`SELECT e.id, (SELECT d.number FROM search_documents d WHERE d.org_id = e.org_id AND d.entity_id = e.id)
			FROM entities e WHERE e.org_id = ? AND e.type = ? AND e.position >
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
		questions = append(questions, question{
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
	return questions
}

// readingBitmaps is the question that reads the bitmaps of keys.
func readingBitmaps(scope collab.Scope, t collab.EntityType, keys []string, read *search.Reading) question {
	return question{
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
	var found []collab.Entity
	err := s.searching(ctx, scope, query.Type, plan, func(conn *pgxpool.Conn, read *search.Reading) error {
		if !read.IsUsable() {
			return askLast(ctx, conn, question{listInOrder(scope, query), into(&found, scanOneEntity)})
		}
		in := plan.Find(read)
		if in.Count > search.MostGathered {
			q := listWalked(scope, query, in.Walk())
			if err := ask(ctx, conn, question{q, into(&found, scanOneEntity)}); err != nil || len(found) >= query.Limit || in.Walk() == 0 {
				return err
			}
			found = nil
		}
		return askLast(ctx, conn, question{listGathered(scope, query, in.Numbers(), read.Pending), into(&found, scanOneEntity)})
	})
	return found, err
}

// countFound counts the entities of a query. Where the index can't tell the number
// and there are too many to look at, it is an estimate.
func (s *Store) countFound(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (collab.Count, error) {
	var total collab.Count
	err := s.searching(ctx, scope, query.Type, plan, func(conn *pgxpool.Conn, read *search.Reading) error {
		if !read.IsUsable() || query.IsRange() {
			n, err := countOn(ctx, conn, countInOrder(scope, query))
			total = collab.CountUpTo(n)
			return err
		}
		counted, rest := countInIndex(scope, query, plan.Find(read), read.Pending)
		n, err := countOn(ctx, conn, rest...)
		total = collab.Count{N: counted.N + n, IsExact: counted.IsExact}
		return err
	})
	return total, err
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

// countOn adds up counts, and ends the transaction that is open on a connection.
func countOn(ctx context.Context, conn *pgxpool.Conn, counts ...*query) (int, error) {
	sum := 0
	questions := make([]question, len(counts))
	for i, q := range counts {
		questions[i] = question{q, func(r row) error {
			var n int
			err := r.Scan(&n)
			sum += n
			return err
		}}
	}
	err := askLast(ctx, conn, questions...)
	return sum, err
}

// listInOrder lists entities along the index of their order.
func listInOrder(scope collab.Scope, query collab.EntityQuery) *query {
	q := selectEntities(scope.OrgID)
	addEntities(q, scope)
	addFilter(q, query)
	addCustomer(q, scope, query.CustomerID)
	order := orderOf(query.Order)
	order.addAfter(q, query.After)
	return q.add(" ORDER BY "+order.by("e.")+" LIMIT ?", query.Limit)
}

// listWalked lists those entities that are among the first of their order, as many
// as most; 0 is all.
func listWalked(scope collab.Scope, query collab.EntityQuery, most int) *query {
	if most == 0 {
		return listInOrder(scope, query)
	}
	order := orderOf(query.Order)
	q := selectEntities(scope.OrgID).add(" FROM (SELECT e.*")
	addEntities(q, scope)
	q.add(" AND e.type = ?", query.Type)
	order.addAfter(q, query.After)
	q.add(" ORDER BY "+order.by("e.")+" LIMIT ?) AS e WHERE TRUE", most)
	addFilter(q, query)
	return q.add(" ORDER BY "+order.by("e.")+" LIMIT ?", query.Limit)
}

// listGathered lists those entities that have one of the numbers or ids.
func listGathered(scope collab.Scope, query collab.EntityQuery, numbers []int, ids []collab.ID) *query {
	q := selectEntities(scope.OrgID)
	addGathered(q, scope, query, numbers, ids)
	order := orderOf(query.Order)
	order.addAfter(q, query.After)
	return q.add(" ORDER BY "+order.by("e.")+" LIMIT ?", query.Limit)
}

// countInOrder counts entities one by one, up to a bound.
func countInOrder(scope collab.Scope, query collab.EntityQuery) *query {
	q := newQuery("SELECT COUNT(*) FROM (SELECT 1")
	addEntities(q, scope)
	addFilter(q, query)
	addCustomer(q, scope, query.CustomerID)
	return q.add(" LIMIT ?) AS e", collab.MostCounted+1)
}

// countCandidates counts the entities that are asked for among those that the index lets through.
// Only their text is looked at, as the index has it: for everything else that a query asks for
// the bitmaps are exact.
func countCandidates(scope collab.Scope, query collab.EntityQuery, numbers []int) *query {
	return newQuery(`SELECT COUNT(*) FROM search_documents d WHERE d.org_id = ? AND d.type = ? AND d.number = ANY(?::integer[])
		AND strpos(substr(d.source, strpos(d.source, chr(30)) + 1), ?) > 0`,
		scope.OrgID, query.Type, numbers, collab.FoldText(query.Search))
}

// countPending counts the entities of a query that are among some ids.
func countPending(scope collab.Scope, query collab.EntityQuery, ids []collab.ID) *query {
	q := newQuery("SELECT COUNT(*)")
	addGathered(q, scope, query, nil, ids)
	return q
}

// addGathered adds the entities of a query that have one of the numbers or ids, as e.
func addGathered(q *query, scope collab.Scope, query collab.EntityQuery, numbers []int, ids []collab.ID) {
	q.add(` FROM (SELECT d.entity_id AS id FROM search_documents d WHERE d.org_id = ? AND d.type = ? AND d.number = ANY(?::integer[])
		UNION ALL SELECT unnest(?::text[])) AS f JOIN entities e ON e.org_id = ? AND e.id = f.id WHERE e.deleted_at IS NULL`,
		scope.OrgID, query.Type, numbers, list(ids), scope.OrgID)
	addVisible(q, scope, "e")
	addFilter(q, query)
}
