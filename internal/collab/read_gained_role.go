package collab

import (
	"context"
	"maps"
	"slices"
)

var errRoleLost = Errorf(ResyncRequired, "you are no longer an admin, and what changed meanwhile may be hidden from you; fetch afresh")

// changedByRole shows the restricted entities that only an admin sees, when the person became one. They are shown as they
// are now: what happened to them since is shown after it.
//
// A person who lost the role has to read again: what left the list while they were an admin may be hidden from them now. A
// person who is an admin again sees it.
func (s *Service) changedByRole(ctx context.Context, v *ListView, c *Change) ([]*Change, error) {
	if !c.becameAdmin() {
		if v.Scope.All {
			return nil, nil
		}
		return nil, errRoleLost
	}
	member := Scope{OrgID: c.OrgID} // grants of the person may be newer than the role, or were not told of because of it
	hidden, err := s.hiddenOf(ctx, v, member)
	if err != nil {
		return nil, err
	}
	if len(hidden) > mostGained {
		return nil, errGainedMuch
	}
	var shown []*Change
	for _, e := range hidden {
		r := e.Common()
		if !r.CreatedAt.After(c.OccurredAt.Time) && v.Query.matchesID(r.ID) && v.hasIgnoring(e) {
			shown = append(shown, v.told(c, e, Placed{SeesAfter: true, IsIn: true}))
		}
	}
	customers, err := s.store.Hidden(ctx, member, v.Filter.customers())
	if err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(customers)) {
		more, err := s.gainedByCustomer(ctx, v, c, id, true)
		if err != nil {
			return nil, err
		}
		shown = append(shown, more...)
	}
	return shown, nil
}

// hasIgnoring reports whether an entity is in the list if all customers are visible.
func (v *ListView) hasIgnoring(e Entity) bool {
	open := *v
	open.customers = nil
	return open.has(e, e.Common().Cursor.Position)
}

// hiddenOf returns the entities that a view may have and the scope does not see, at most one more than mostGained.
func (s *Service) hiddenOf(ctx context.Context, v *ListView, scope Scope) ([]Entity, error) {
	ids := v.named()
	if ids != nil && len(ids) == 0 {
		return nil, nil
	}
	return s.store.HiddenEntities(ctx, scope, HiddenQuery{Types: v.types(), IDs: ids, Limit: mostGained + 1})
}

// named returns the entities that the view is about, if it names them.
func (v *ListView) named() []ID {
	switch {
	case v.Query.EntityID != nil:
		return []ID{*v.Query.EntityID}
	case v.Filter != nil:
		return v.Filter.IDs
	}
	return nil
}
