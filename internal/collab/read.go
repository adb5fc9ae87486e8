package collab

import "context"

// Entities returns a page of entities. The query's Order, After and Limit are
// filled in from the request.
func (s *Service) Entities(ctx context.Context, scope Scope, query EntityQuery, request PageRequest) (*Page[Entity], error) {
	size, err := query.prepare(request)
	if err != nil {
		return nil, err
	}
	asOf, scope, err := s.asOf(ctx, scope, request)
	if err != nil {
		return nil, err
	}
	var items []Entity
	var total Count
	if request.Total {
		items, total, err = s.store.ListAndCountEntities(ctx, scope, query)
	} else {
		items, err = s.store.ListEntities(ctx, scope, query)
	}
	if err != nil {
		return nil, err
	}
	page := paginate(items, size, request.After != nil, query.key)
	page.AsOf, page.Total = asOf, total
	return page, nil
}

// asOf reads the head of the log if a page is to have it, before anything else is read, and the
// scope to read the page in.
func (s *Service) asOf(ctx context.Context, scope Scope, request PageRequest) (Cursor, Scope, error) {
	if !request.AsOf {
		return Cursor{}, scope, nil
	}
	head, scope, err := s.atHead(ctx, scope)
	return head.Cursor, scope, err
}

// prepare fills a query in from a page request, checks it, and returns the page's size.
func (q *EntityQuery) prepare(request PageRequest) (int, error) {
	if q.Order == "" {
		q.Order = OrderUpdatedDesc
	}
	if err := q.checkOrder(); err != nil {
		return 0, err
	}
	if err := q.check(); err != nil {
		return 0, err
	}
	size, err := PageSize(request.First)
	if err != nil {
		return 0, err
	}
	q.Limit = size + 1
	q.After, err = decodeSortKey(string(q.Order), request.After)
	return size, err
}

// RelatedEntities returns a page of entities of a type for each customer.
func (s *Service) RelatedEntities(ctx context.Context, scope Scope, customerIDs []ID, t EntityType, request PageRequest) (map[ID]*Page[Entity], error) {
	query := EntityQuery{Type: t}
	size, err := query.prepare(request)
	if err != nil {
		return nil, err
	}
	asOf, scope, err := s.asOf(ctx, scope, request)
	if err != nil {
		return nil, err
	}
	items, err := s.store.RelatedEntities(ctx, scope, customerIDs, query)
	if err != nil {
		return nil, err
	}
	var totals map[ID]int
	if request.Total {
		if totals, err = s.store.CountRelated(ctx, scope, customerIDs, t); err != nil {
			return nil, err
		}
	}
	pages := make(map[ID]*Page[Entity], len(customerIDs))
	for _, id := range customerIDs {
		pages[id] = paginate(items[id], size, request.After != nil, query.key)
		pages[id].AsOf, pages[id].Total = asOf, exactly(totals[id])
	}
	return pages, nil
}

// CommentOrder is the name, in page cursors, of the only order of comments: oldest first.
const CommentOrder = "comments"

// EntityComments returns a page of comments for each entity.
func (s *Service) EntityComments(ctx context.Context, scope Scope, entityIDs []ID, request PageRequest) (map[ID]*Page[*Comment], error) {
	size, err := PageSize(request.First)
	if err != nil {
		return nil, err
	}
	after, err := decodeSortKey(CommentOrder, request.After)
	if err != nil {
		return nil, err
	}
	items, err := s.store.EntityComments(ctx, scope, entityIDs, after, size+1)
	if err != nil {
		return nil, err
	}
	var totals map[ID]int
	if request.Total {
		if totals, err = s.store.CountComments(ctx, scope, entityIDs); err != nil {
			return nil, err
		}
	}
	pages := make(map[ID]*Page[*Comment], len(entityIDs))
	for _, id := range entityIDs {
		pages[id] = paginate(items[id], size, after != nil, func(c *Comment) string {
			return encodeSortKey(CommentOrder, SortKey{Time: c.CreatedAt, ID: c.ID})
		})
		pages[id].Total = exactly(totals[id])
	}
	return pages, nil
}

// MemberOrder is the name, in page cursors, of the only order of members: by name.
const MemberOrder = "members"

// Members returns a page of the organization's members.
func (s *Service) Members(ctx context.Context, scope Scope, request PageRequest) (*Page[*Member], error) {
	size, err := PageSize(request.First)
	if err != nil {
		return nil, err
	}
	after, err := decodeSortKey(MemberOrder, request.After)
	if err != nil {
		return nil, err
	}
	items, err := s.store.Members(ctx, scope.OrgID, after, size+1)
	if err != nil {
		return nil, err
	}
	page := paginate(items, size, after != nil, func(m *Member) string {
		return encodeSortKey(MemberOrder, SortKey{Name: NameKey(m.User.Name), ID: m.User.ID})
	})
	if request.Total {
		page.Total.IsExact = true
		page.Total.N, err = s.store.CountMembers(ctx, scope.OrgID)
	}
	return page, err
}

// ConflictOrder is the name, in page cursors, of the only order of conflicts: newest first.
const ConflictOrder = "conflicts"

// Conflicts returns a page of conflicts. The query's After and Limit are filled
// in from the request.
func (s *Service) Conflicts(ctx context.Context, scope Scope, query ConflictQuery, request PageRequest) (*Page[*Conflict], error) {
	size, err := PageSize(request.First)
	if err != nil {
		return nil, err
	}
	query.Limit = size + 1
	if query.After, err = decodeSortKey(ConflictOrder, request.After); err != nil {
		return nil, err
	}
	items, err := s.store.ListConflicts(ctx, scope, query)
	if err != nil {
		return nil, err
	}
	page := paginate(shownTo(scope, items), size, query.After != nil, func(c *Conflict) string {
		return encodeSortKey(ConflictOrder, SortKey{Time: c.DetectedAt, ID: c.ID})
	})
	if request.Total {
		page.Total.IsExact = true
		page.Total.N, err = s.store.CountConflicts(ctx, scope, query)
	}
	return page, err
}
