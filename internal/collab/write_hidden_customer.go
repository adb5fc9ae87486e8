package collab

import (
	"context"
	"maps"
)

// withoutHiddenCustomer leaves a customerId of null out of a patch if the entity belongs to a customer
// that the person does not see. They were shown null, and a form sends all its fields back, which does not
// mean to clear it. base is the version that the person saw.
func (s *Service) withoutHiddenCustomer(ctx context.Context, v *Viewer, id ID, base int, patch Fields) (Fields, error) {
	if value, set := patch["customerId"]; !set || !isNull(value) {
		return patch, nil
	}
	customerID, err := s.customerAt(ctx, v.Organization.ID, EntityVersion{ID: id, Version: base})
	if err != nil || customerID == nil {
		return patch, err
	}
	hidden, err := s.store.Hidden(ctx, v.OwnScope(), []ID{*customerID})
	if err != nil || !hidden[*customerID] {
		return patch, err
	}
	meant := maps.Clone(patch)
	delete(meant, "customerId")
	return meant, nil
}

// customerAt returns the customer that an entity belonged to at a version, or belongs to now if the log
// no longer has that version; nil is none.
func (s *Service) customerAt(ctx context.Context, orgID ID, at EntityVersion) (*ID, error) {
	all := Scope{OrgID: orgID, All: true}
	versions, err := s.store.EntitiesAt(ctx, all, []EntityVersion{at})
	if err != nil {
		return nil, err
	}
	if found := versions[at]; found != nil {
		return found.Indexed().CustomerID, nil
	}
	entities, err := s.store.Entities(ctx, all, []ID{at.ID})
	if err != nil || entities[at.ID] == nil {
		return nil, err
	}
	return entities[at.ID].Indexed().CustomerID, nil
}
