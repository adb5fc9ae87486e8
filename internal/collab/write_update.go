package collab

import (
	"context"
	"maps"
	"slices"
)

// An Update asks to change an entity.
type Update struct {
	Type EntityType
	ID   ID
	// BaseVersion is the version that the person saw when they made the patch.
	BaseVersion int
	// Bases are the versions that they saw of single fields, instead of BaseVersion.
	Bases []*FieldBase
	// MadeAfter are ids of the same person's earlier mutations, as ClientMutationID, whose answers the
	// client did not have when it made the patch. The person saw the result of these mutations.
	MadeAfter        []ID
	ClientMutationID *ID
	Patch            Patch
}

// Update merges a patch into an entity. The error may be a Problem: a Conflict,
// which is then kept; EntityGone, InvalidInput or AccessDenied.
//
// A patch that changes nothing makes no version; the answer is the entity as it is.
func (s *Service) Update(ctx context.Context, v *Viewer, in Update) (*Saved, error) {
	planned, err := s.planUpdate(ctx, v, in)
	if err != nil {
		return nil, err
	}
	return s.run(ctx, v, planned)
}

func (s *Service) planUpdate(ctx context.Context, v *Viewer, in Update) (Planned, error) {
	patch, err := canonical(in.Type, in.Patch)
	if err != nil {
		return Planned{}, err
	}
	if err := checkFieldBases(in.Bases, patch); err != nil {
		return Planned{}, err
	}
	key, err := in.key(patch)
	if err != nil {
		return Planned{}, err
	}
	bases := newBaseVersions(in.BaseVersion, in.Bases).withGroups(newEntity(in.Type).groups())
	if patch, err = s.withoutHiddenCustomer(ctx, v, in.ID, bases.of("customerId"), patch); err != nil {
		return Planned{}, err
	}
	return planEdit(v, &edit{
		entityType: in.Type, entityID: in.ID, bases: bases, fieldBases: in.Bases, madeAfter: in.MadeAfter,
		patch: patch, key: key, now: At(s.now()),
	})
}

// key returns the key of the mutation. It leaves out MadeAfter: a client that sends the mutation again may
// have some of the answers by then.
func (in *Update) key(patch Fields) (mutationKey, error) {
	input := []any{in.Type, in.ID, in.BaseVersion, patch}
	if len(in.Bases) > 0 {
		input = append(input, newBaseVersions(in.BaseVersion, in.Bases).byField)
	}
	return newKey(in.ClientMutationID, ChangeUpdate, input...)
}

// planEdit plans an edit, whether a person's own or the resolution of a conflict.
func planEdit(v *Viewer, op *edit) (Planned, error) {
	intent := Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: op.entityID,
		BaseVersion: max(op.bases.oldest(), 0), NewerBases: op.bases.newer(), MadeAfter: op.madeAfter,
		ClientMutationID: op.key.id,
	}
	intent.Audited = op.resolving != nil || op.governs()
	if err := intent.referPatch(op.entityType, op.patch); err != nil {
		return Planned{}, err
	}
	op.resolving.refer(&intent)
	intent.notifies(op.now)
	return Planned{intent, op.decide}, nil
}

// edit is one patch on its way into an entity.
type edit struct {
	entityType EntityType
	entityID   ID
	bases      baseVersions
	fieldBases []*FieldBase // as the client sent them
	madeAfter  []ID
	patch      Fields
	key        mutationKey
	now        Time
	// resolving is the conflict that the edit ends; nil for a person's own edit.
	resolving *resolving
}

func (op *edit) by(actor *Member) authorship { return authorship{actor, op.now, op.key} }

func (op *edit) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
		return st.repeat(actor, op.key, op.resolving.expects(op))
	}
	entity, err := st.living(actor, op.entityID, op.entityType)
	if err != nil {
		return nil, err
	}
	if err := op.resolving.check(st); err != nil {
		return nil, err
	}
	if err := op.checkBases(entity); err != nil {
		return nil, err
	}
	return op.merge(st, actor)
}

// merge decides between the three ends of an edit: applied, in conflict, or nothing to do.
func (op *edit) merge(st *State, actor *Member) (*Decision, error) {
	remote, err := fieldsOf(st.Entity)
	if err != nil {
		return nil, err
	}
	patch, err := op.resolving.patch(st, op.patch)
	if err != nil {
		return nil, err
	}
	who := func(field string) ID { return op.resolving.author(st, actor, field) }
	b, err := st.basis(op.bases, who, remote)
	if err != nil {
		return nil, err
	}
	if op.resolving == nil && st.joinsConflict(patch) {
		return op.join(st, actor, b, remote, patch)
	}
	local, err := op.permit(st, actor, b, remote, patch)
	if err != nil {
		return nil, err
	}
	apply, conflicts := b.merge(st.Entity.noun(), remote, patch)
	refused, err := b.refused(st.Entity, apply)
	if err != nil {
		return nil, err
	}
	conflicts = append(conflicts, refused...)
	patch, conflicts, err = b.together(st.Entity, remote, patch, apply, conflicts)
	if err != nil {
		return nil, err
	}
	if len(conflicts) > 0 {
		fields := fieldConflicts(conflicts, b.base, patch, remote, st.Since)
		return op.collide(st, actor, remote, kept(patch, apply, conflicts), fields)
	}
	if op.bases.oldest() < st.Entity.Common().Version {
		local = nil // it does not have the others' changes
	}
	return op.apply(st, actor, remote, apply, local)
}

// permit checks the person's input against the state that they saw, and returns that state with the
// input applied.
func (op *edit) permit(st *State, actor *Member, b basis, remote, patch Fields) (Entity, error) {
	shown := b.shown(remote)
	saw, err := overlay(st.Entity, shown)
	if err != nil {
		return nil, err
	}
	var own, others []string
	for name, value := range patch {
		switch {
		case equalValues(value, shown[name]):
		case op.resolving.keeps(name):
			others = append(others, name)
		default:
			own = append(own, name)
		}
	}
	if err := st.mayEdit(actor, st.Entity, own); err != nil {
		return nil, err
	}
	if err := op.resolving.mayEdit(st, actor, others); err != nil {
		return nil, err
	}
	local, err := overlay(saw, patch)
	if err != nil {
		return nil, err
	}
	return local, st.check(op.resolving.referrer(st, actor), local, saw, b.knows)
}

// apply writes the merged fields as the next version. before is the document as it
// is; next is the entity with the fields, if it is known and was checked already.
func (op *edit) apply(st *State, actor *Member, before, fields Fields, next Entity) (*Decision, error) {
	if len(fields) == 0 {
		return op.nothing(st, actor)
	}
	if next == nil {
		var err error
		if next, err = overlay(st.Entity, fields); err != nil {
			return nil, err
		}
		if err := st.check(op.resolving.referrer(st, actor), next, st.Entity, always); err != nil {
			return nil, err
		}
	}
	nextVersion(next, actor.User.ID, op.now)
	after := maps.Clone(before)
	maps.Copy(after, fields)
	change := st.revised(ChangeUpdate, st.Entity, next, op.by(actor))
	change.Fields = diff(before, after)
	for _, f := range change.Fields {
		if author := op.resolving.author(st, actor, f.Field); author != actor.User.ID {
			f.AuthorID = &author
		}
	}
	change.Merged = op.bases.oldest() < st.Entity.Common().Version
	st.notify(change, slices.Concat(
		st.lost(change, st.Entity), // first, since it is all that those people may learn
		assigned(st.Entity.Indexed(), next),
		op.resolving.resolved(next),
		st.watched(next, "", &Burst{Act: actChanged, Fields: change.fieldNames()})))
	return &Decision{Change: change, Conflict: op.resolving.end(st, change, actor, op.now), Audit: op.audited(actor, change)}, nil
}

// nothing ends an edit that has nothing to apply. Only the end of a conflict is
// then worth a row of the log.
func (op *edit) nothing(st *State, actor *Member) (*Decision, error) {
	if op.resolving == nil {
		return &Decision{Entity: st.Entity}, nil
	}
	change := st.unrevised(ChangeResolve, st.Entity, op.by(actor))
	st.notify(change, op.resolving.resolved(st.Entity))
	return &Decision{
		Change: change, Conflict: op.resolving.end(st, change, actor, op.now), Audit: op.audited(actor, change), Entity: st.Entity,
	}, nil
}

// canonical encodes a patch of a type the way the type's documents are encoded,
// so that values can be compared: a null for a list is an empty list, a time is
// in UTC, a null for a field that must have a value is that field's zero value,
// which the validation then refuses.
func canonical(t EntityType, patch Patch) (Fields, error) {
	sent, err := patch.Fields()
	if err != nil {
		return nil, err
	}
	e := newEntity(t)
	if err := setFields(e, sent); err != nil {
		return nil, err
	}
	document, err := fieldsOf(e)
	if err != nil {
		return nil, err
	}
	out := make(Fields, len(sent))
	for name := range sent {
		out[name] = document[name]
	}
	return out, nil
}
