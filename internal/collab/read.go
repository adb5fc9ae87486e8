package collab

import "context"

// maxSearchLength bounds the text of a search, in bytes.
const maxSearchLength = 200

// Entities returns a page of entities. The query's Order, After and Limit are
// filled in from the request.
func (s *Service) Entities(ctx context.Context, scope Scope, query EntityQuery, request PageRequest) (*Page[Entity], error) {
	size, err := query.prepare(request)
	if err != nil {
		return nil, err
	}
	asOf, err := s.asOf(ctx, scope, request)
	if err != nil {
		return nil, err
	}
	items, err := s.store.ListEntities(ctx, scope, query)
	if err != nil {
		return nil, err
	}
	page := cut(items, size, request.After != nil, query.key)
	page.AsOf = asOf
	if request.Total {
		page.Total, err = s.store.CountEntities(ctx, scope, query)
	}
	return page, err
}

// asOf reads the place in the log, before anything else is read.
func (s *Service) asOf(ctx context.Context, scope Scope, request PageRequest) (Cursor, error) {
	if !request.AsOf {
		return Cursor{}, nil
	}
	head, err := s.Head(ctx, scope)
	return head.Cursor, err
}

// prepare fills a query in from a page request, checks it, and returns the page's size.
func (q *EntityQuery) prepare(request PageRequest) (int, error) {
	if q.Order == "" {
		q.Order = OrderUpdatedDesc
	}
	if len(q.Search) > maxSearchLength || !printable(q.Search) {
		return 0, Errorf(BadInput, "search must have at most %d bytes and no control characters", maxSearchLength)
	}
	if q.Tag != nil && !printable(*q.Tag) {
		return 0, Errorf(BadInput, "tag must have no control characters")
	}
	q.Search = FoldText(q.Search)
	size, err := PageSize(request.First)
	if err != nil {
		return 0, err
	}
	q.Limit = size + 1
	q.After, err = decodePlace(string(q.Order), request.After)
	return size, err
}

// key is the place of an entity in the query's order.
func (q *EntityQuery) key(e Entity) string {
	place := Place{ID: e.Common().ID}
	switch q.Order {
	case OrderNameAsc:
		place.Name = NameKey(e.DisplayName())
	case OrderCreatedDesc:
		place.Time = e.Common().CreatedAt
	default:
		place.Time = e.Common().UpdatedAt
	}
	return encodePlace(string(q.Order), place)
}

// RelatedEntities returns a page of entities of a type for each customer.
func (s *Service) RelatedEntities(ctx context.Context, scope Scope, customerIDs []ID, t EntityType, request PageRequest) (map[ID]*Page[Entity], error) {
	query := EntityQuery{Type: t}
	size, err := query.prepare(request)
	if err != nil {
		return nil, err
	}
	asOf, err := s.asOf(ctx, scope, request)
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
		pages[id] = cut(items[id], size, request.After != nil, query.key)
		pages[id].AsOf, pages[id].Total = asOf, exactly(totals[id])
	}
	return pages, nil
}

// commentOrder names the one order of comments in their places: oldest first.
const commentOrder = "comments"

// EntityComments returns a page of comments for each entity.
func (s *Service) EntityComments(ctx context.Context, scope Scope, entityIDs []ID, request PageRequest) (map[ID]*Page[*Comment], error) {
	size, err := PageSize(request.First)
	if err != nil {
		return nil, err
	}
	after, err := decodePlace(commentOrder, request.After)
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
		pages[id] = cut(items[id], size, after != nil, func(c *Comment) string {
			return encodePlace(commentOrder, Place{Time: c.CreatedAt, ID: c.ID})
		})
		pages[id].Total = exactly(totals[id])
	}
	return pages, nil
}

// memberOrder names the one order of members in their places: by name.
const memberOrder = "members"

// Members returns a page of the organization's members.
func (s *Service) Members(ctx context.Context, scope Scope, request PageRequest) (*Page[*Member], error) {
	size, err := PageSize(request.First)
	if err != nil {
		return nil, err
	}
	after, err := decodePlace(memberOrder, request.After)
	if err != nil {
		return nil, err
	}
	items, err := s.store.Members(ctx, scope.OrgID, after, size+1)
	if err != nil {
		return nil, err
	}
	page := cut(items, size, after != nil, func(m *Member) string {
		return encodePlace(memberOrder, Place{Name: NameKey(m.User.Name), ID: m.User.ID})
	})
	if request.Total {
		page.Total.IsExact = true
		page.Total.N, err = s.store.CountMembers(ctx, scope.OrgID)
	}
	return page, err
}

// conflictOrder names the one order of conflicts in their places: newest first.
const conflictOrder = "conflicts"

// Conflicts returns a page of conflicts. The query's After and Limit are filled
// in from the request.
func (s *Service) Conflicts(ctx context.Context, scope Scope, query ConflictQuery, request PageRequest) (*Page[*Conflict], error) {
	size, err := PageSize(request.First)
	if err != nil {
		return nil, err
	}
	query.Limit = size + 1
	if query.After, err = decodePlace(conflictOrder, request.After); err != nil {
		return nil, err
	}
	items, err := s.store.ListConflicts(ctx, scope, query)
	if err != nil {
		return nil, err
	}
	page := cut(shownTo(scope, items), size, query.After != nil, func(c *Conflict) string {
		return encodePlace(conflictOrder, Place{Time: c.DetectedAt, ID: c.ID})
	})
	if request.Total {
		page.Total.IsExact = true
		page.Total.N, err = s.store.CountConflicts(ctx, scope, query)
	}
	return page, err
}
