package collab

import (
	"context"
	"encoding/json"
	"slices"
)

// An authorship says who makes a change, when, and by which mutation, if its client named it.
type authorship struct {
	actor *Member
	at    Time
	key   mutationKey
}

// created returns the change that makes an entity.
func (st *State) created(e Entity, by authorship) *Change {
	change := by.change(ChangeCreate, e)
	change.Snapshot = e
	st.setFirstAudience(change, st.audience(e))
	return change
}

// revised returns a change that makes the next version of an entity.
func (st *State) revised(t ChangeType, before, after Entity, by authorship) *Change {
	change := by.change(t, after)
	change.Snapshot = after
	change.setPriorCustomer(before)
	st.setAudience(change, st.audience(before), st.audience(after))
	return change
}

// unrevised returns a change that leaves an entity as it is.
func (st *State) unrevised(t ChangeType, e Entity, by authorship) *Change {
	change := by.change(t, e)
	audience := st.audience(e)
	st.setAudience(change, audience, audience)
	return change
}

func (by authorship) change(t ChangeType, e Entity) *Change {
	r := e.Common()
	change := &Change{
		Type: t, EntityType: r.Type, EntityID: r.ID, EntityVersion: r.Version,
		CustomerID: e.Indexed().CustomerID, ActorID: by.actor.User.ID, OccurredAt: by.at,
	}
	by.key.mark(change)
	return change
}

// setPriorCustomer notes the customer that the entity belonged to before, so that the
// change is also in the feed which the entity left.
func (c *Change) setPriorCustomer(before Entity) {
	prior := before.Indexed().CustomerID
	if prior != nil && (c.CustomerID == nil || *c.CustomerID != *prior) {
		c.PriorCustomerID = prior
	}
}

// run runs a write of an entity, and returns its answer.
func (s *Service) run(ctx context.Context, v *Viewer, planned Planned) (*Saved, error) {
	written, err := s.write(ctx, planned.Intent, planned.Decide)
	if err != nil {
		return nil, err
	}
	return s.saved(ctx, v, planned.Intent, written)
}

// saved returns the answer to a write of an entity.
func (s *Service) saved(ctx context.Context, v *Viewer, intent Intent, written *Written) (*Saved, error) {
	switch change := written.Change; {
	case written.Earlier != nil:
		return s.savedBefore(ctx, v, written)
	case change == nil:
		return unchanged(written.Entity, intent), nil
	case change.Type == ChangeConflict:
		return nil, written.Conflict.ShownTo(v.OwnScope())
	case change.Snapshot == nil:
		return savedBy(change, written.Entity), nil
	default:
		return savedBy(change, change.Snapshot), nil
	}
}

// unchanged returns the answer to a write that had nothing to change.
func unchanged(entity Entity, intent Intent) *Saved {
	r := entity.Common()
	merged := intent.BaseVersion > 0 && intent.BaseVersion < r.Version
	return &Saved{Entity: entity, Cursor: r.Cursor, Merged: merged, ClientMutationID: intent.ClientMutationID}
}

// savedBy returns the answer to a write that made a change.
func savedBy(change *Change, entity Entity) *Saved {
	return &Saved{Entity: entity, Cursor: change.Cursor, Merged: change.Merged, ClientMutationID: change.ClientMutationID}
}

// savedBefore returns the answer that the earlier change had. Everything that the log shows the
// viewer of its version was already in that first answer. If the version was pruned, the answer has
// the entity as it is now.
func (s *Service) savedBefore(ctx context.Context, v *Viewer, written *Written) (*Saved, error) {
	change := written.Earlier
	switch {
	case change.Type == ChangeConflict:
		return nil, s.conflictOf(ctx, v.OwnScope(), change)
	case change.Snapshot != nil:
		return savedBy(change, change.Snapshot), nil
	}
	at := EntityVersion{ID: change.EntityID, Version: change.EntityVersion}
	found, err := s.store.EntitiesAt(ctx, Scope{OrgID: v.Organization.ID, All: true}, []EntityVersion{at})
	if err != nil {
		return nil, err
	}
	if found[at] == nil {
		return savedBy(change, written.Entity), nil
	}
	return savedBy(change, found[at]), nil
}

// conflictOf returns the conflict that an earlier change met.
func (s *Service) conflictOf(ctx context.Context, scope Scope, change *Change) error {
	found, err := s.store.Conflicts(ctx, scope, []ID{*change.ConflictID})
	if err != nil {
		return err
	}
	if conflict := found[*change.ConflictID]; conflict != nil {
		return conflict.ShownTo(scope)
	}
	return &EntityGone{EntityID: change.EntityID}
}

// refer asks for the people and the customer that a document names.
func (i *Intent) refer(b Indexed) {
	i.UserIDs = slices.Clone(b.AttendeeIDs)
	if b.OwnerID != nil {
		i.UserIDs = append(i.UserIDs, *b.OwnerID)
	}
	i.CustomerID = b.CustomerID
}

// referPatch asks for the people and the customer that a patch names.
func (i *Intent) referPatch(t EntityType, patch Fields) error {
	e := newEntity(t)
	if err := setFields(e, patch); err != nil {
		return err
	}
	i.refer(e.Indexed())
	if t == TypeCustomer || isNull(json.RawMessage(patch["customerId"])) {
		i.CustomerID = nil
	}
	return nil
}

// check validates e, which is to replace before (nil: nothing). Only what changes is
// looked at: the rules may have become stricter since the rest was written. Only ties
// that are new have to exist: a member may leave and still be the owner of old work.
// A customer that the actor may not see does not exist for them. Fields that are valid only together are
// checked if all of them are known as the actor saw them.
func (st *State) check(actor *Member, e, before Entity, known func(field string) bool) error {
	var v violations
	if err := validate(e, before, known, &v); err != nil {
		return err
	}
	var was Indexed
	if before != nil {
		was = before.Indexed()
	}
	is := e.Indexed()
	if is.OwnerID != nil && (was.OwnerID == nil || *was.OwnerID != *is.OwnerID) && st.member(*is.OwnerID) == nil {
		v.add("ownerId", "must be a member of the organization")
	}
	if e.Common().Type != TypeCustomer && is.CustomerID != nil &&
		(was.CustomerID == nil || *was.CustomerID != *is.CustomerID) && !st.knows(actor, *is.CustomerID) {
		v.add("customerId", "must be a customer of the organization")
	}
	for _, id := range is.AttendeeIDs {
		if !slices.Contains(was.AttendeeIDs, id) && st.member(id) == nil {
			v.add("attendeeIds", "must be members of the organization; %s is not one", id)
			break
		}
	}
	return v.problem()
}

func (st *State) knows(actor *Member, customerID ID) bool {
	return st.Customer != nil && st.Customer.ID == customerID && st.sees(actor, st.Customer)
}
