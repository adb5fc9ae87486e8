package collab

import (
	"context"
	"maps"
	"slices"
)

// A Resolve asks to end a conflict.
type Resolve struct {
	Type       EntityType
	ConflictID ID
	Resolution Resolution
	// Merged is the result of a person merging the two sides. It is required with ResolveMerged,
	// and only allowed then.
	Merged           Patch
	ClientMutationID *ID
}

// Resolve ends a conflict by an edit whose base is the remote version that the conflict showed. So
// it can conflict with a newer change. Then the conflict stays open and moves on to that change;
// the error is that Conflict. Fields of the edit that were not in conflict are applied whatever the
// resolution: nobody decided against them. The error may also be another Problem, as Update's.
func (s *Service) Resolve(ctx context.Context, v *Viewer, in Resolve) (*Saved, error) {
	found, err := s.store.Conflicts(ctx, v.OwnScope(), []ID{in.ConflictID})
	if err != nil {
		return nil, err
	}
	conflict := found[in.ConflictID]
	if conflict == nil || conflict.EntityType != in.Type {
		return nil, invalid("conflictId", "is not a conflict of "+in.Type.one())
	}
	r, err := s.resolving(ctx, v, conflict, in)
	if err != nil {
		return nil, err
	}
	key, err := newKey(in.ClientMutationID, ChangeResolve, in.Type, in.ConflictID, in.Resolution, r.merged)
	if err != nil {
		return nil, err
	}
	if r.merged, err = s.withoutHiddenCustomer(ctx, v, conflict.EntityID, conflict.RemoteVersion, r.merged); err != nil {
		return nil, err
	}
	planned, err := planEdit(v, &edit{
		entityType: in.Type, entityID: conflict.EntityID, bases: newBaseVersions(conflict.RemoteVersion, nil),
		patch: r.over(conflict.Patch), key: key, now: At(s.now()), resolving: r,
	})
	if err != nil {
		return nil, err
	}
	return s.run(ctx, v, planned)
}

// resolving is a conflict that is being resolved. Its methods do nothing for nil, which is an edit
// that resolves none.
type resolving struct {
	conflict   *Conflict // as it was read before the write began
	base       Entity    // as of its BaseVersion; nil if the log no longer has it
	resolution Resolution
	merged     Fields
}

// resolving checks a resolution, and reads what it needs beside the conflict.
func (s *Service) resolving(ctx context.Context, v *Viewer, conflict *Conflict, in Resolve) (*resolving, error) {
	if (in.Resolution == ResolveMerged) != (in.Merged != nil) {
		return nil, invalid("merged", "must be given with the resolution MERGED, and only then")
	}
	merged, err := canonical(in.Type, in.Merged)
	if err != nil {
		return nil, err
	}
	at := EntityVersion{ID: conflict.EntityID, Version: conflict.BaseVersion}
	found, err := s.store.EntitiesAt(ctx, Scope{OrgID: v.Organization.ID, All: true}, []EntityVersion{at})
	if err != nil {
		return nil, err
	}
	return &resolving{conflict: conflict, base: found[at], resolution: in.Resolution, merged: merged}, nil
}

// refer asks for the conflict, and for the people who have values in it.
func (r *resolving) refer(intent *Intent) {
	if r == nil {
		return
	}
	intent.ConflictID = r.conflict.ID
	intent.UserIDs = append(intent.UserIDs, r.conflict.DetectedForID)
	intent.UserIDs = slices.AppendSeq(intent.UserIDs, maps.Values(r.conflict.Authors))
	intent.Concerned = r.conflict.sides()
}

// expects describes the earlier change if op made it.
func (r *resolving) expects(op *edit) expected {
	want := expected{change: ChangeUpdate, entityID: op.entityID, entityType: op.entityType}
	if r != nil {
		want.change, want.conflictID = ChangeResolve, r.conflict.ID
	}
	return want
}

// check rejects a resolution of a conflict that somebody else ended, or moved on, since it was
// read.
func (r *resolving) check(st *State) error {
	switch {
	case r == nil:
		return nil
	case st.Conflict == nil || st.Conflict.Resolution != nil:
		return invalid("conflictId", "is a conflict that was already resolved")
	case st.Conflict.RemoteVersion != r.conflict.RemoteVersion:
		return Errorf(Unavailable, "the conflict changed at this moment; try again")
	}
	return nil
}

// patch returns the edit that results from applying the resolution to the edit as it is kept now,
// since an erasure may have emptied it after the conflict was read. own is the patch of an edit
// that resolves no conflict.
func (r *resolving) patch(st *State, own Fields) (Fields, error) {
	if r == nil {
		return own, nil
	}
	edit, err := st.Conflict.Edit(r.base)
	if err != nil {
		return nil, err
	}
	patch := r.over(edit)
	for name := range patch {
		// Its author changed the field again after the edit met the conflict.
		if r.keeps(name) && st.onlyChangedBy(st.Conflict.author(name), name) {
			delete(patch, name)
		}
	}
	return patch, nil
}

// over returns an edit with the resolution applied.
func (r *resolving) over(edit Fields) Fields {
	patch := maps.Clone(edit)
	if r.resolution == ResolveLocal {
		return patch
	}
	for _, f := range r.conflict.Fields {
		delete(patch, f.Field)
	}
	maps.Copy(patch, r.merged)
	return patch
}

// keeps reports whether the resolution applies somebody else's value of a field, because the field
// was not in conflict. The person who resolves decides all other fields.
func (r *resolving) keeps(field string) bool {
	if r == nil {
		return false
	}
	_, merged := r.merged[field]
	return !merged && !slices.ContainsFunc(r.conflict.Fields, func(f *FieldConflict) bool { return f.Field == field })
}

// author returns the author of an edit of a field by actor: a value that the resolution keeps stays
// an edit of the person who chose it.
func (r *resolving) author(st *State, actor *Member, field string) ID {
	if r.keeps(field) {
		return st.Conflict.author(field)
	}
	return actor.User.ID
}

// mayEdit returns an AccessDenied if neither the person who resolves nor the person who chose the
// values may change the fields that the resolution keeps.
func (r *resolving) mayEdit(st *State, actor *Member, fields []string) error {
	for _, name := range fields {
		err := st.mayEdit(actor, st.Entity, []string{name})
		author := st.member(st.Conflict.author(name))
		if err != nil && (author == nil || st.mayEdit(author, st.Entity, []string{name}) != nil) {
			return err
		}
	}
	return nil
}

// referrer returns the person who chose the customer that the edit refers to, and who has to see
// it.
func (r *resolving) referrer(st *State, actor *Member) *Member {
	if !r.keeps("customerId") || st.Customer == nil || st.sees(actor, st.Customer) {
		return actor
	}
	if author := st.member(st.Conflict.author("customerId")); author != nil {
		return author
	}
	return actor
}

// moveOn makes conflict, which the resolution met by change, the next state of the conflict that it
// was to end.
func (r *resolving) moveOn(st *State, conflict *Conflict, change *Change) {
	if r == nil {
		return
	}
	conflict.ID = st.Conflict.ID
	change.Metadata = movedOn
	conflict.Audience = both(st.Conflict.Audience, conflict.Audience)
	conflict.Authors = map[string]ID{}
	for name := range conflict.Patch {
		if _, merged := r.merged[name]; merged || st.Conflict.author(name) == conflict.DetectedForID {
			continue
		}
		conflict.Authors[name] = st.Conflict.author(name)
	}
}

// end returns the conflict as resolved by change.
func (r *resolving) end(st *State, change *Change, actor *Member, now Time) *Conflict {
	if r == nil {
		return nil
	}
	ended := *st.Conflict
	change.ConflictID = &ended.ID
	ended.Resolution, ended.ResolvedByID, ended.ResolvedAt = &r.resolution, &actor.User.ID, &now
	return &ended
}

// audited returns the audit entry of the end of a conflict.
func (r *resolving) audited(actor *Member, now Time) []*AuditEntry {
	if r == nil {
		return nil
	}
	entry := actor.audited(AuditConflictResolved, now).
		detail(map[string]any{"conflictId": r.conflict.ID, "resolution": r.resolution})
	entry.SubjectID, entry.EntityID = r.conflict.DetectedForID, r.conflict.EntityID
	return []*AuditEntry{entry}
}
