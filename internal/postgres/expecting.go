package postgres

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// A search that knows the bitmaps it needs takes one round trip: it asks by those that are in
// memory, and for the state of the index in the same transaction, which says whether they were
// the right ones. Otherwise the search is done anew, step by step.

// listExpected lists the entities of a query by the bitmaps in memory. done is false if they do not
// serve.
func (s *Store) listExpected(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (found []collab.Entity, done bool, err error) {
	expected := s.bitmaps.Expect(scope.OrgID, query.Type, plan)
	if expected == nil {
		return nil, false, nil
	}
	list := expectList(scope, query, plan, expected)
	if list.isWalked {
		err = s.forOrg(scope.OrgID).query(ctx, list.into(query, &found)...)
		if err != nil || list.isRight(query, found, nil) {
			return found, true, err
		}
		list, found = expectGathered(scope, query, plan.Candidates(expected), expected), nil
	}
	read := plan.NewReading()
	err = s.forOrg(scope.OrgID).query(ctx, append(reading(scope, query.Type, read), list.into(query, &found)...)...)
	return found, list.isRight(query, found, read), err
}

// listAndCountExpected lists and counts the entities of a query by the bitmaps in memory. done is
// false if they do not serve.
func (s *Store) listAndCountExpected(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (
	found []collab.Entity, total collab.Count, done bool, err error) {
	expected := s.bitmaps.Expect(scope.OrgID, query.Type, plan)
	if expected == nil || !plan.Counts(expected) {
		return nil, collab.Count{}, false, nil
	}
	list, count := expectList(scope, query, plan, expected), &expectedCount{read: *plan.NewReading()}
	if err := s.forOrg(scope.OrgID).query(ctx, append(count.queries(scope, query), list.into(query, &found)...)...); err != nil {
		return nil, collab.Count{}, false, err
	}
	total, done = s.counted(scope, query, plan, count)
	return found, total, done && list.isRight(query, found, &count.read), nil
}

// countExpected counts the entities of a query by the bitmaps in memory, if those alone tell how
// many there are.
func (s *Store) countExpected(ctx context.Context, scope collab.Scope, query collab.EntityQuery, plan search.Plan) (total collab.Count, done bool, err error) {
	expected := s.bitmaps.Expect(scope.OrgID, query.Type, plan)
	if expected == nil || !plan.Counts(expected) {
		return collab.Count{}, false, nil
	}
	count := &expectedCount{read: *plan.NewReading()}
	if err := s.forOrg(scope.OrgID).query(ctx, count.queries(scope, query)...); err != nil {
		return collab.Count{}, false, err
	}
	total, done = s.counted(scope, query, plan, count)
	return total, done, nil
}

// An expectedList is how to list the entities of a query by the bitmaps in memory.
type expectedList struct {
	queries []*query
	// isWalked means that the query reads the beginning of its order without the bitmaps, which only
	// predict that a page is full soon: a full page is right whatever the index says. isToItsEnd means
	// that it reads all of the order. Otherwise the query reads only entities that the bitmaps match.
	isWalked, isToItsEnd bool
	expected             *search.Reading
}

func expectList(scope collab.Scope, query collab.EntityQuery, plan search.Plan, expected *search.Reading) expectedList {
	in := plan.Candidates(expected)
	switch {
	case !plan.Narrows:
		return expectedList{queries: listInOrder(scope, query), isWalked: true, isToItsEnd: true}
	case in.Count > search.MostGathered:
		return expectedList{queries: listWalked(scope, query, in.Walk()), isWalked: true, isToItsEnd: in.Walk() == 0}
	}
	return expectGathered(scope, query, in, expected)
}

func expectGathered(scope collab.Scope, asked collab.EntityQuery, in search.Found, expected *search.Reading) expectedList {
	return expectedList{queries: []*query{listGathered(scope, asked, in.Numbers())}, expected: expected}
}

func (l expectedList) into(query collab.EntityQuery, found *[]collab.Entity) []batchQuery {
	return listing(query, found, l.queries...)
}

// isRight reports whether found is what a search would find. read is the state of the index at
// that moment; a walk needs none.
func (l expectedList) isRight(query collab.EntityQuery, found []collab.Entity, read *search.Reading) bool {
	if l.isWalked {
		return l.isToItsEnd || len(found) == query.Limit
	}
	return read.IsAsExpected(l.expected)
}

// An expectedCount is what a count by the bitmaps in memory reads: the state of the index, and the
// number of matches that are not in it yet.
type expectedCount struct {
	read    search.Reading
	pending int
}

func (c *expectedCount) queries(scope collab.Scope, query collab.EntityQuery) []batchQuery {
	return append(reading(scope, query.Type, &c.read),
		batchQuery{countPending(scope, query), func(r row) error { return r.Scan(&c.pending) }})
}

// counted returns the count, if the bitmaps in memory are those of the state that was read.
func (s *Store) counted(scope collab.Scope, query collab.EntityQuery, plan search.Plan, c *expectedCount) (total collab.Count, done bool) {
	if missing := s.bitmaps.Fill(scope.OrgID, query.Type, plan, &c.read); !c.read.IsUsable() || len(missing) > 0 {
		return collab.Count{}, false
	}
	counted, rest := countInIndex(scope, query, plan.Find(&c.read), 0)
	return collab.Count{N: counted.N + c.pending, IsExact: counted.IsExact}, len(rest) == 0
}
