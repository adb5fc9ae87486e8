package collab

import (
	"context"
	"errors"
)

// A Delete asks to delete an entity as of a base version.
type Delete struct {
	ID               ID
	BaseVersion      int
	ClientMutationID *ID
}

// Delete marks an entity as deleted; it can be restored. What others changed
// since the base version makes it a Conflict, which is not kept: the person
// looks and deletes again, or leaves it. The error may also be EntityGone,
// InvalidInput or AccessDenied. It returns the change that deleted it.
func (s *Service) Delete(ctx context.Context, v *Viewer, in Delete) (*Change, error) {
	key, err := newKey(in.ClientMutationID, ChangeDelete, in.ID, in.BaseVersion)
	if err != nil {
		return nil, err
	}
	op := &deletion{in: in, key: key, now: At(s.now())}
	change, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: in.ID, BaseVersion: max(in.BaseVersion, 0),
		ClientMutationID: in.ClientMutationID,
	}, op.decide)
	if conflict, met := errors.AsType[*Conflict](err); met {
		return nil, conflict.ShownTo(v.OwnScope())
	}
	if err == nil && change == nil {
		change = op.earlier
	}
	return change, err
}

type deletion struct {
	in      Delete
	key     mutationKey
	now     Time
	earlier *Change
}

func (op *deletion) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
		op.earlier = st.Earlier
		return st.repeat(actor, op.key, expected{change: ChangeDelete, entityID: op.in.ID})
	}
	entity, err := st.living(actor, op.in.ID, "")
	if err != nil {
		return nil, err
	}
	if err := st.mayDelete(actor, entity); err != nil {
		return nil, err
	}
	if err := checkBase(op.in.BaseVersion, entity); err != nil {
		return nil, err
	}
	if err := op.collide(st, actor); err != nil {
		return nil, err
	}
	next, err := overlay(entity, nil)
	if err != nil {
		return nil, err
	}
	nextVersion(next, actor.User.ID, op.now)
	next.Common().DeletedAt = &op.now
	change := st.change(ChangeDelete, actor, entity, next, op.key, op.now)
	change.Snapshot = next
	change.notifyDeleted(actor, next)
	return &Decision{Change: change}, nil
}

// collide returns a Conflict if others changed the entity since the base version.
func (op *deletion) collide(st *State, actor *Member) error {
	if op.in.BaseVersion == st.Entity.Common().Version {
		return nil
	}
	remote, err := fieldsOf(st.Entity)
	if err != nil {
		return err
	}
	base, err := st.base(op.in.BaseVersion, remote)
	if err != nil {
		return err
	}
	saw := st.basis(func(string) ID { return actor.User.ID }, base, remote).saw
	names := changedSince(saw, remote)
	if len(names) == 0 {
		return nil
	}
	record := st.Entity.Common()
	return &Conflict{
		ID: NewID(prefixConflict, op.now.Time), EntityType: record.Type, EntityID: record.ID,
		BaseVersion: op.in.BaseVersion, RemoteVersion: record.Version,
		Fields: fieldConflicts(names, base, nil, remote, st.Since), DetectedAt: op.now, DetectedForID: actor.User.ID,
		Audience: st.audience(st.Entity), BaseAudience: st.baseAudience(), Entity: st.Entity,
	}
}

// A Restore asks to bring a deleted entity back.
type Restore struct {
	ID               ID
	ClientMutationID *ID
}

// Restore brings a deleted entity back as it was; one that is not deleted stays
// as it is. The error may be EntityGone, InvalidInput or AccessDenied.
func (s *Service) Restore(ctx context.Context, v *Viewer, in Restore) (*Saved, error) {
	key, err := newKey(in.ClientMutationID, ChangeRestore, in.ID)
	if err != nil {
		return nil, err
	}
	op := &restoration{in: in, key: key, now: At(s.now())}
	change, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: in.ID, ClientMutationID: in.ClientMutationID,
	}, op.decide)
	switch {
	case err != nil:
		return nil, err
	case change == nil && op.earlier == nil:
		return op.unchanged, nil
	}
	return s.saved(ctx, v, change, op.earlier, nil)
}

type restoration struct {
	in        Restore
	key       mutationKey
	now       Time
	earlier   *Change
	unchanged *Saved
}

func (op *restoration) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
		op.earlier = st.Earlier
		return st.repeat(actor, op.key, expected{change: ChangeRestore, entityID: op.in.ID})
	}
	if _, err := st.visible(actor, op.in.ID); err != nil {
		return nil, err
	}
	if err := st.mayDelete(actor, st.Entity); err != nil {
		return nil, err
	}
	if st.Entity.Common().DeletedAt == nil {
		op.unchanged = &Saved{Entity: st.Entity, Cursor: st.Entity.Common().Cursor, ClientMutationID: op.in.ClientMutationID}
		return &Decision{}, nil
	}
	next, err := overlay(st.Entity, nil)
	if err != nil {
		return nil, err
	}
	nextVersion(next, actor.User.ID, op.now)
	next.Common().DeletedAt = nil
	change := st.change(ChangeRestore, actor, st.Entity, next, op.key, op.now)
	change.Snapshot = next
	return &Decision{Change: change}, nil
}
