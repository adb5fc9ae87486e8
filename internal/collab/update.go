package collab

import (
	"context"
	"maps"
	"strconv"
)

// An Update asks to change an entity. BaseVersion is the version that the
// person saw when they made the patch.
type Update struct {
	Type             EntityType
	ID               ID
	BaseVersion      int
	ClientMutationID *ID
	Patch            Patch
}

// Update merges a patch into an entity. The error may be a Problem: a Conflict,
// which is then kept; EntityGone, InvalidInput or AccessDenied.
//
// A patch that changes nothing makes no version; the answer is the entity as it is.
func (s *Service) Update(ctx context.Context, v *Viewer, in Update) (*Saved, error) {
	patch, err := canonical(in.Type, in.Patch)
	if err != nil {
		return nil, err
	}
	key, err := newKey(in.ClientMutationID, ChangeUpdate, in.Type, in.ID, in.BaseVersion, patch)
	if err != nil {
		return nil, err
	}
	return s.edit(ctx, v, &edit{
		entityType: in.Type, entityID: in.ID, baseVersion: in.BaseVersion, patch: patch, key: key, now: At(s.now()),
	})
}

// edit runs an edit, whether a person's own or the resolution of a conflict.
func (s *Service) edit(ctx context.Context, v *Viewer, op *edit) (*Saved, error) {
	intent := Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: op.entityID, BaseVersion: max(op.baseVersion, 0),
		ClientMutationID: op.key.id,
	}
	intent.Audited = op.resolving != nil || op.governs()
	if err := intent.referPatch(op.entityType, op.patch); err != nil {
		return nil, err
	}
	op.resolving.refer(&intent)
	change, err := s.write(ctx, intent, op.decide)
	switch {
	case err != nil:
		return nil, err
	case change != nil && change.Type == ChangeConflict:
		return nil, op.conflict.ShownTo(v.OwnScope())
	case change == nil && op.earlier == nil:
		return op.unchanged, nil
	}
	return s.saved(ctx, v, change, op.earlier, op.current)
}

// edit is one patch on its way into an entity.
type edit struct {
	entityType  EntityType
	entityID    ID
	baseVersion int
	patch       Fields
	key         mutationKey
	now         Time
	// resolving is the conflict that the edit ends; nil for a person's own edit.
	resolving *resolving

	current   Entity    // as the write found it
	earlier   *Change   // set when the edit was already made
	unchanged *Saved    // set when there was nothing to change
	conflict  *Conflict // set when it met one
}

func (op *edit) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	op.current = st.Entity
	if st.Earlier != nil {
		op.earlier = st.Earlier
		return st.repeat(actor, op.key, op.resolving.expects(op))
	}
	entity, err := st.living(actor, op.entityID, op.entityType)
	if err != nil {
		return nil, err
	}
	if err := op.resolving.check(st); err != nil {
		return nil, err
	}
	if err := checkBase(op.baseVersion, entity); err != nil {
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
	base, err := st.base(op.baseVersion, remote)
	if err != nil {
		return nil, err
	}
	patch, err := op.resolving.patch(st, op.patch)
	if err != nil {
		return nil, err
	}
	who := func(field string) ID { return op.resolving.author(st, actor, field) }
	b := st.basis(who, base, remote)
	local, err := op.permit(st, actor, b, remote, patch)
	if err != nil {
		return nil, err
	}
	apply, conflicts := b.merge(remote, patch)
	patch, conflicts, err = b.together(st.Entity, remote, patch, apply, conflicts)
	if err != nil {
		return nil, err
	}
	if len(conflicts) > 0 {
		fields := fieldConflicts(conflicts, base, patch, remote, st.Since)
		return op.collide(st, actor, base, kept(patch, apply, conflicts), fields)
	}
	if op.baseVersion < st.Entity.Common().Version {
		local = nil // it is not what the others' changes make of it
	}
	return op.apply(st, actor, remote, apply, local)
}

// permit checks what the person asked for, against the state that they saw, and
// returns what that state is with it.
func (op *edit) permit(st *State, actor *Member, b basis, remote, patch Fields) (Entity, error) {
	shown := b.saw
	if b.base == nil {
		shown = remote
	}
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
	return local, st.check(op.resolving.referrer(st, actor), local, saw)
}

// apply writes the merged fields as the next version. before is the document as it
// is; next is the entity with the fields, if it is known and was checked already.
func (op *edit) apply(st *State, actor *Member, before, fields Fields, next Entity) (*Decision, error) {
	merged := op.baseVersion < st.Entity.Common().Version
	if len(fields) == 0 {
		return op.nothing(st, actor, merged)
	}
	if next == nil {
		var err error
		if next, err = overlay(st.Entity, fields); err != nil {
			return nil, err
		}
		if err := st.check(op.resolving.referrer(st, actor), next, st.Entity); err != nil {
			return nil, err
		}
	}
	nextVersion(next, actor.User.ID, op.now)
	after := maps.Clone(before)
	maps.Copy(after, fields)
	change := st.change(ChangeUpdate, actor, st.Entity, next, op.key, op.now)
	change.Fields = diff(before, after)
	for _, f := range change.Fields {
		if author := op.resolving.author(st, actor, f.Field); author != actor.User.ID {
			f.AuthorID = &author
		}
	}
	change.Snapshot = next
	change.Merged = merged
	change.notifyLost(actor) // first, since it is all that those may hear
	change.notifyAssigned(actor, st.Entity.Belongings(), next)
	change.untold(st.Unread)
	return &Decision{Change: change, Conflict: op.resolving.end(st, change, actor, op.now), Audit: op.audited(actor, change)}, nil
}

// nothing ends an edit that has nothing to apply. Only the end of a conflict is
// then worth a row of the log.
func (op *edit) nothing(st *State, actor *Member, merged bool) (*Decision, error) {
	op.unchanged = &Saved{
		Entity: st.Entity, Cursor: st.Entity.Common().Cursor, Merged: merged, ClientMutationID: op.key.id,
	}
	if op.resolving == nil {
		return &Decision{}, nil
	}
	change := st.change(ChangeResolve, actor, st.Entity, st.Entity, op.key, op.now)
	return &Decision{Change: change, Conflict: op.resolving.end(st, change, actor, op.now), Audit: op.audited(actor, change)}, nil
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

func itoa(n int) string { return strconv.Itoa(n) }
