package collab

import (
	"context"
	"encoding/json"
	"slices"
)

// change begins the log row of a write that leaves an entity as after. before is
// the entity as it was: the same where the write makes no version, nil where it
// makes the entity.
func (st *State) change(t ChangeType, actor *Member, before, after Entity, key mutationKey, now Time) *Change {
	r := after.Common()
	change := &Change{
		Type: t, EntityType: r.Type, EntityID: r.ID, EntityVersion: r.Version,
		CustomerID: after.Belongings().CustomerID, ActorID: actor.User.ID, OccurredAt: now,
	}
	key.mark(change)
	if before == nil {
		st.address(change, nil, st.audience(after), true)
		return change
	}
	st.address(change, st.audience(before), st.audience(after), false)
	change.cameFrom(before)
	return change
}

// cameFrom notes the customer that the entity belonged to before, so that the
// change is also in the feed which the entity left.
func (c *Change) cameFrom(before Entity) {
	prior := before.Belongings().CustomerID
	if prior != nil && (c.CustomerID == nil || *c.CustomerID != *prior) {
		c.PriorCustomerID = prior
	}
}

// saved answers a write by its change, or a repeated one by the earlier change.
// current is the entity as the write found it, for a change that made no version.
func (s *Service) saved(ctx context.Context, v *Viewer, change, earlier *Change, current Entity) (*Saved, error) {
	repeated := change == nil
	if repeated {
		change = earlier
	}
	if change.Type == ChangeConflict {
		return nil, s.conflictOf(ctx, v.OwnScope(), change)
	}
	entity := change.Snapshot
	switch {
	case entity != nil:
	case repeated:
		var err error
		if entity, err = s.sawBefore(ctx, v, change, current); err != nil {
			return nil, err
		}
	default:
		entity = current
	}
	return &Saved{Entity: entity, Cursor: change.Cursor, Merged: change.Merged, ClientMutationID: change.ClientMutationID}, nil
}

// sawBefore returns the entity that the first answer to a repeated mutation had.
// Whatever the log shows the viewer of that version, they were shown it then. If the
// version was pruned, it is the entity as it is now.
func (s *Service) sawBefore(ctx context.Context, v *Viewer, change *Change, current Entity) (Entity, error) {
	at := EntityVersion{ID: change.EntityID, Version: change.EntityVersion}
	found, err := s.store.EntitiesAt(ctx, Scope{OrgID: v.Organization.ID, All: true}, []EntityVersion{at})
	if found[at] == nil {
		return current, err
	}
	return found[at], err
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
func (i *Intent) refer(b Belongings) {
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
	i.refer(e.Belongings())
	if t == TypeCustomer || isNull(json.RawMessage(patch["customerId"])) {
		i.CustomerID = nil
	}
	return nil
}

// check validates e, which is to replace before (nil: nothing). Only what changes is
// looked at: the rules may have become stricter since the rest was written. Only ties
// that are new have to exist: a member may leave and still be the owner of old work.
// A customer that the actor may not see does not exist for them.
func (st *State) check(actor *Member, e, before Entity) error {
	var v violations
	if err := validate(e, before, &v); err != nil {
		return err
	}
	var was Belongings
	if before != nil {
		was = before.Belongings()
	}
	is := e.Belongings()
	if is.OwnerID != nil && (was.OwnerID == nil || *was.OwnerID != *is.OwnerID) && st.member(*is.OwnerID) == nil {
		v.add("ownerId", "must be a member of the organization")
	}
	if e.Common().Type != TypeCustomer && is.CustomerID != nil &&
		(was.CustomerID == nil || *was.CustomerID != *is.CustomerID) && !st.knows(actor, *is.CustomerID) {
		v.add("customerId", "must be a customer of the organization")
	}
	for _, id := range is.AttendeeIDs {
		if !slices.Contains(was.AttendeeIDs, id) && st.member(id) == nil {
			v.add("attendeeIds", "must be members of the organization; %s is none", id)
			break
		}
	}
	return v.problem()
}

func (st *State) knows(actor *Member, customerID ID) bool {
	return st.Customer != nil && st.Customer.ID == customerID && st.sees(actor, st.Customer)
}
