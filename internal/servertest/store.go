package servertest

import (
	"context"
	"sync/atomic"

	"tandem/internal/collab"
)

// CountingStore counts the reads that a query with lists can make. The program itself reads the heads of logs each
// second, so those are not counted.
type CountingStore struct {
	collab.Store
	Calls atomic.Int64
}

func (s *CountingStore) Member(ctx context.Context, org, user collab.ID) (*collab.Organization, *collab.Member, error) {
	s.Calls.Add(1)
	return s.Store.Member(ctx, org, user)
}

func (s *CountingStore) MemberAtHead(ctx context.Context, org, user collab.ID) (collab.Head, *collab.Organization, *collab.Member, error) {
	s.Calls.Add(1)
	return s.Store.MemberAtHead(ctx, org, user)
}

func (s *CountingStore) Users(ctx context.Context, org collab.ID, ids []collab.ID) (map[collab.ID]*collab.User, error) {
	s.Calls.Add(1)
	return s.Store.Users(ctx, org, ids)
}

func (s *CountingStore) Entities(ctx context.Context, scope collab.Scope, ids []collab.ID) (map[collab.ID]collab.Entity, error) {
	s.Calls.Add(1)
	return s.Store.Entities(ctx, scope, ids)
}

func (s *CountingStore) ListEntities(ctx context.Context, scope collab.Scope, q collab.EntityQuery) ([]collab.Entity, error) {
	s.Calls.Add(1)
	return s.Store.ListEntities(ctx, scope, q)
}

func (s *CountingStore) ListAndCountEntities(ctx context.Context, scope collab.Scope, q collab.EntityQuery) ([]collab.Entity, collab.Count, error) {
	s.Calls.Add(1)
	return s.Store.ListAndCountEntities(ctx, scope, q)
}

func (s *CountingStore) RelatedEntities(ctx context.Context, scope collab.Scope, ids []collab.ID, q collab.EntityQuery) (map[collab.ID][]collab.Entity, error) {
	s.Calls.Add(1)
	return s.Store.RelatedEntities(ctx, scope, ids, q)
}

func (s *CountingStore) EntityComments(ctx context.Context, scope collab.Scope, ids []collab.ID, after *collab.SortKey, limit int) (map[collab.ID][]*collab.Comment, error) {
	s.Calls.Add(1)
	return s.Store.EntityComments(ctx, scope, ids, after, limit)
}

func (s *CountingStore) Histories(ctx context.Context, scope collab.Scope, ids []collab.ID, q collab.ActivityQuery) (map[collab.ID][]*collab.Change, error) {
	s.Calls.Add(1)
	return s.Store.Histories(ctx, scope, ids, q)
}
