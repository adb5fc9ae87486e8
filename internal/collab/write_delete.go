package collab

import (
	"cmp"
	"context"
	"errors"
)

// A Delete asks to delete an entity as of a base version.
type Delete struct {
	ID               ID
	BaseVersion      int
	ClientMutationID *ID
}

// Delete marks an entity as deleted; it can be restored. If others changed the entity since the
// base version, the error is a Conflict, which is not kept: the person looks at the changes, and
// deletes again or leaves it. The error may also be EntityGone, InvalidInput or AccessDenied. It
// returns the change that deleted it.
func (s *Service) Delete(ctx context.Context, v *Viewer, in Delete) (*Change, error) {
	key, err := newKey(in.ClientMutationID, ChangeDelete, in.ID, in.BaseVersion)
	if err != nil {
		return nil, err
	}
	op := &deletion{in: in, key: key, now: At(s.now())}
	intent := Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: in.ID, BaseVersion: max(in.BaseVersion, 0),
		ClientMutationID: in.ClientMutationID,
	}
	intent.notifies(op.now)
	written, err := s.write(ctx, intent, op.decide)
	if conflict, met := errors.AsType[*Conflict](err); met {
		return nil, conflict.ShownTo(v.OwnScope())
	}
	if err != nil {
		return nil, err
	}
	return cmp.Or(written.Change, written.Earlier), nil
}

type deletion struct {
	in  Delete
	key mutationKey
	now Time
}

func (op *deletion) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
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
	next.Common().DeletedAt = ptr(op.now)
	change := st.revised(ChangeDelete, entity, next, authorship{actor, op.now, op.key})
	st.notify(change, append(deleted(next), st.watched(next, "", &Burst{Act: actDeleted})...))
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
	b, err := st.basis(newBaseVersions(op.in.BaseVersion, nil), func(string) ID { return actor.User.ID }, remote)
	if err != nil {
		return err
	}
	names := b.changedByOthers(remote)
	if len(names) == 0 {
		return nil
	}
	record := st.Entity.Common()
	return &Conflict{
		ID: NewID(prefixConflict, op.now.Time), EntityType: record.Type, EntityID: record.ID,
		BaseVersion: op.in.BaseVersion, RemoteVersion: record.Version,
		Fields: fieldConflicts(names, b.base, nil, remote, st.Since), DetectedAt: op.now, DetectedForID: actor.User.ID,
		Audience: st.audience(st.Entity), BaseAudience: st.baseAudience(), Entity: st.Entity,
	}
}

// A Restore asks to bring a deleted entity back.
type Restore struct {
	ID               ID
	ClientMutationID *ID
}

// Restore brings a deleted entity back as it was. An entity that is not deleted stays as it is. The
// error may be EntityGone, InvalidInput or AccessDenied.
func (s *Service) Restore(ctx context.Context, v *Viewer, in Restore) (*Saved, error) {
	key, err := newKey(in.ClientMutationID, ChangeRestore, in.ID)
	if err != nil {
		return nil, err
	}
	op := &restoration{in: in, key: key, now: At(s.now())}
	intent := Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: in.ID, ClientMutationID: in.ClientMutationID,
	}
	intent.notifies(op.now)
	written, err := s.write(ctx, intent, op.decide)
	if err != nil {
		return nil, err
	}
	return s.saved(ctx, v, intent, written)
}

type restoration struct {
	in  Restore
	key mutationKey
	now Time
}

func (op *restoration) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
		return st.repeat(actor, op.key, expected{change: ChangeRestore, entityID: op.in.ID})
	}
	if _, err := st.visible(actor, op.in.ID); err != nil {
		return nil, err
	}
	if err := st.mayDelete(actor, st.Entity); err != nil {
		return nil, err
	}
	if st.Entity.Common().DeletedAt == nil {
		return &Decision{Entity: st.Entity}, nil
	}
	next, err := overlay(st.Entity, nil)
	if err != nil {
		return nil, err
	}
	nextVersion(next, actor.User.ID, op.now)
	next.Common().DeletedAt = nil
	change := st.revised(ChangeRestore, st.Entity, next, authorship{actor, op.now, op.key})
	st.notify(change, st.watched(next, "", &Burst{Act: actRestored}))
	return &Decision{Change: change}, nil
}
