package collab

import (
	"context"
	"encoding/json"
	"slices"
)

// mostGained bounds the entities that one change of access tells a reader of. Beyond it, the reader has
// to read everything again.
const mostGained = 1000

var errGainedMuch = Errorf(ResyncRequired, "a change of access concerns more than %d entities; fetch afresh", mostGained)

// View returns a view of changes of entities. It checks the filter.
func (s *Service) View(ctx context.Context, scope Scope, query ChangeQuery, filter *EntityQuery, access bool) (*ListView, error) {
	v := &ListView{Scope: scope, Query: query, Filter: filter, Access: access}
	if filter == nil {
		return v, nil
	}
	if err := filter.check(); err != nil {
		return nil, err
	}
	customers := filter.customers()
	if len(customers) == 0 {
		return v, nil
	}
	hidden, err := s.store.Hidden(ctx, scope, customers)
	if err != nil {
		return nil, err
	}
	changes, err := s.store.AccessHistory(ctx, scope.OrgID, customers, mostAccessHistory)
	if err != nil {
		return nil, err
	}
	v.customers = make(map[ID]visibleAt, len(customers))
	for _, id := range customers {
		v.customers[id] = visibleAt{now: !hidden[id]}
	}
	for _, c := range changes {
		of := v.customers[c.EntityID]
		of.changes = append(of.changes, c)
		v.customers[c.EntityID] = of
	}
	return v, nil
}

// mostAccessHistory bounds the changes of access of a customer that a view knows. Before them, it takes what the oldest
// one says for right.
const mostAccessHistory = 100

// DependsOnAccess reports whether the view has to be made again when somebody's access changes.
func (v *ListView) DependsOnAccess() bool { return len(v.Filter.customers()) > 0 }

// Concerns reports whether a change alters what a person sees of other entities than the one that it
// makes a version of, so that Gained has more to show of it than Show.
func (v *ListView) Concerns(c *Change, userID ID) bool {
	if !v.TellsAccess() || c.AccessEffects == nil || c.OrgID != v.Scope.OrgID {
		return false
	}
	switch {
	case c.Type == ChangeMember:
		return c.AccessEffects.People[userID] != "" && c.becameAdmin() != c.wasAdmin()
	case slices.Contains(v.Filter.customers(), c.EntityID):
	case c.Type != ChangeAccess || !v.Query.matchesEntity(c):
		return false
	}
	before, after := Scope{OrgID: c.OrgID, UserID: userID}.sight(c)
	return before != after
}

// Gained returns what a change that Concerns a person shows them besides what Show returns, in the order
// of ids.
func (s *Service) Gained(ctx context.Context, v *ListView, c *Change, userID ID) ([]*Change, error) {
	var shown []*Change
	var err error
	switch {
	case c.Type == ChangeMember:
		shown, err = s.changedByRole(ctx, v, c)
	default:
		if c.Type == ChangeAccess && v.Query.matchesEntity(c) {
			shown, err = s.gainedByGrant(ctx, v, c, userID)
		}
		if err == nil && slices.Contains(v.Filter.customers(), c.EntityID) {
			var more []*Change
			before, after := Scope{OrgID: c.OrgID, UserID: userID}.sight(c)
			if before != after && !v.Scope.All {
				more, err = s.gainedByCustomer(ctx, v, c, c.EntityID, after)
			}
			shown = append(shown, more...)
		}
	}
	if err == nil && len(shown) > mostGained {
		err = errGainedMuch
	}
	return InTurn(shown), err
}

// InTurn sets the cursors of changes that are shown for one position. Only that of the last one is the position itself,
// so that a client that resumes after an earlier one is shown all of them again.
func InTurn(shown []*Change) []*Change {
	for i, c := range shown {
		c.Cursor.Position = c.Placed.At
		if i < len(shown)-1 {
			c.Cursor.Position--
		}
	}
	return shown
}

// told returns the change c of access as one of entity e.
func (v *ListView) told(c *Change, e Entity, s Placed) *Change {
	told := *c
	s.At = c.Cursor.Position
	told.EntityType, told.EntityID, told.EntityVersion = e.Common().Type, e.Common().ID, e.Common().Version
	told.CustomerID, told.PriorCustomerID = e.Indexed().CustomerID, nil
	told.Snapshot, told.Fields, told.FoldedFrom, told.Placed = e, nil, &told.EntityVersion, &s
	told.AccessEffects, told.Notifications, told.ClientMutationID, told.Metadata, told.earlier = nil, nil, nil, nil, nil
	return &told
}

// gainedByGrant shows the entity of a grant, as it was then.
func (s *Service) gainedByGrant(ctx context.Context, v *ListView, c *Change, userID ID) ([]*Change, error) {
	before, after := Scope{OrgID: c.OrgID, UserID: userID}.sight(c)
	if before == after || v.Scope.All {
		return nil, nil
	}
	e, err := s.entityThen(ctx, c)
	if e == nil || err != nil || !v.has(e, c.Cursor.Position) {
		return nil, err
	}
	return []*Change{v.told(c, e, Placed{SawBefore: before, SeesAfter: after, WasIn: before, IsIn: after})}, nil
}

// entityThen returns the entity of a change at the version that the change saw; as it is now if the log no longer
// has that.
func (s *Service) entityThen(ctx context.Context, c *Change) (Entity, error) {
	all := Scope{OrgID: c.OrgID, All: true}
	at := EntityVersion{c.EntityID, c.EntityVersion}
	found, err := s.store.EntitiesAt(ctx, all, []EntityVersion{at})
	if err != nil || found[at] != nil {
		return found[at], err
	}
	now, err := s.store.Entities(ctx, all, []ID{c.EntityID})
	return now[c.EntityID], err
}

// gainedByCustomer shows what belongs to a customer of the filter whom the person sees or does not see any more:
// it entered or left the list, and they may see it as before.
func (s *Service) gainedByCustomer(ctx context.Context, v *ListView, c *Change, customerID ID, gained bool) ([]*Change, error) {
	if !gained {
		if err := s.checkUntouched(ctx, c, customerID); err != nil {
			return nil, err
		}
	}
	var shown []*Change
	for _, t := range v.types() {
		if t == TypeCustomer {
			continue
		}
		query := EntityQuery{Type: t, CustomerID: &customerID, Order: OrderCreatedDesc, Limit: mostGained + 1, Deleted: v.Filter.Deleted}
		found, err := s.store.ListEntities(ctx, Scope{OrgID: c.OrgID, All: true}, query)
		if err != nil {
			return nil, err
		}
		if len(found) > mostGained {
			return nil, errGainedMuch
		}
		hidden, err := s.store.Hidden(ctx, v.Scope, idsOfEntities(found))
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			if !hidden[e.Common().ID] && v.Query.matchesID(e.Common().ID) && v.hasIgnoring(e) {
				shown = append(shown, v.told(c, e, Placed{SawBefore: true, SeesAfter: true, WasIn: !gained, IsIn: gained}))
			}
		}
	}
	return shown, nil
}

// mostUntouched bounds the changes after the loss of a customer that are looked at.
const mostUntouched = 1000

var errCustomerLost = Errorf(ResyncRequired, "you lost access to the customer of the filter, and what belongs to it changed since; fetch afresh")

// checkUntouched returns an error if something of a customer changed after the change by which the reader lost it. It is no longer known which
// records left the list then.
func (s *Service) checkUntouched(ctx context.Context, lost *Change, customerID ID) error {
	since, err := s.store.Changes(ctx, lost.OrgID, lost.Cursor.Position, mostUntouched)
	if err != nil {
		return err
	}
	touches := func(c *Change) bool {
		return c.EntityID != customerID && (c.CustomerID != nil && *c.CustomerID == customerID || c.PriorCustomerID != nil && *c.PriorCustomerID == customerID)
	}
	if len(since) == mostUntouched || slices.ContainsFunc(since, touches) {
		return errCustomerLost
	}
	return nil
}

func idsOfEntities(entities []Entity) []ID {
	ids := make([]ID, len(entities))
	for i, e := range entities {
		ids[i] = e.Common().ID
	}
	return ids
}

// types are the types of entities that the view shows.
func (v *ListView) types() []EntityType {
	if len(v.Query.Types) > 0 {
		return v.Query.Types
	}
	return EntityTypes
}

// wasAdmin and becameAdmin report whether the person of a change of a member is an admin before and after it. A removed
// member is none.
func (c *Change) wasAdmin() bool { return c.isAdmin(func(f *FieldChange) JSON { return f.OldValue }) }
func (c *Change) becameAdmin() bool {
	return c.isAdmin(func(f *FieldChange) JSON { return f.NewValue })
}

func (c *Change) isAdmin(value func(*FieldChange) JSON) bool {
	for _, field := range c.Fields {
		var role Role
		if field.Field == "role" && json.Unmarshal(value(field), &role) == nil {
			return role == RoleAdmin
		}
	}
	return false
}

// Initial returns the entities that the view shows of some ids, as they are at a cursor, after which their changes
// follow.
func (s *Service) Initial(ctx context.Context, v *ListView, ids []ID) ([]*Change, Cursor, error) {
	head, found, err := s.store.EntitiesAtHead(ctx, v.Scope, ids)
	if err != nil {
		return nil, Cursor{}, err
	}
	var shown []*Change
	for _, e := range found {
		r := e.Common()
		c := &Change{OrgID: v.Scope.OrgID, Cursor: head.Cursor, Type: ChangeUpdate, ActorID: r.UpdatedBy, OccurredAt: r.UpdatedAt}
		if isAmong(orAll(v.Query.Types), r.Type) && v.has(e, head.Position) {
			shown = append(shown, v.told(c, e, Placed{SawBefore: true, SeesAfter: true, IsIn: true, IsCurrent: true}))
		}
	}
	return shown, head.Cursor, nil
}

// orAll returns a list, and nil for an empty one.
func orAll[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
