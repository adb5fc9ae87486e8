package collab

import (
	"context"
	"maps"
)

// A Resolve asks to end a conflict.
type Resolve struct {
	Type       EntityType
	ConflictID ID
	Resolution Resolution
	// Merged is what a person made of the two sides; only with ResolveMerged, and then required.
	Merged           Patch
	ClientMutationID *ID
}

// Resolve ends a conflict by an edit whose base is the remote version that the
// conflict showed. So it can meet a newer change, and then the conflict stays
// open and moves on to it; the error is that Conflict. Fields of the edit that
// were in no conflict are applied whatever the resolution: nobody decided
// against them. The error may also be another Problem, as Update's.
func (s *Service) Resolve(ctx context.Context, v *Viewer, in Resolve) (*Saved, error) {
	found, err := s.store.Conflicts(ctx, v.OwnScope(), []ID{in.ConflictID})
	if err != nil {
		return nil, err
	}
	conflict := found[in.ConflictID]
	if conflict == nil || conflict.EntityType != in.Type {
		return nil, invalid("conflictId", "is no conflict of a "+in.Type.noun())
	}
	patch, err := in.patch(conflict)
	if err != nil {
		return nil, err
	}
	return s.edit(ctx, v, &edit{
		entityType: in.Type, entityID: conflict.EntityID, baseVersion: conflict.RemoteVersion, patch: patch,
		clientMutationID: in.ClientMutationID, now: At(s.now()), want: ChangeResolve,
		resolving: &resolving{conflict: conflict, resolution: in.Resolution},
	})
}

// patch is the edit that the resolution comes to.
func (in Resolve) patch(conflict *Conflict) (Fields, error) {
	if (in.Resolution == ResolveMerged) != (in.Merged != nil) {
		return nil, invalid("merged", "must be given with the resolution MERGED, and only then")
	}
	patch := maps.Clone(conflict.Patch)
	if in.Resolution == ResolveLocal {
		return patch, nil
	}
	for _, f := range conflict.Fields {
		delete(patch, f.Field)
	}
	merged, err := canonical(in.Type, in.Merged)
	if err != nil {
		return nil, err
	}
	maps.Copy(patch, merged)
	return patch, nil
}

// resolving is a conflict on its way to its end. Its methods do nothing for
// nil, an edit that resolves none.
type resolving struct {
	conflict   *Conflict
	resolution Resolution
}

// check refuses to end a conflict that somebody else ended, or moved on, since
// it was read.
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

// end returns the conflict as resolved by change.
func (r *resolving) end(change *Change, actor *Member, now Time) *Conflict {
	if r == nil {
		return nil
	}
	change.ConflictID = &r.conflict.ID
	ended := *r.conflict
	ended.Resolution, ended.ResolvedByID, ended.ResolvedAt = &r.resolution, &actor.User.ID, &now
	return &ended
}

// audited is what the audit trail says of the end of a conflict.
func (r *resolving) audited(actor *Member, now Time) []*AuditEntry {
	if r == nil {
		return nil
	}
	entry := actor.audited(AuditConflictResolved, now).
		detail(map[string]any{"conflictId": r.conflict.ID, "resolution": r.resolution})
	entry.SubjectID, entry.EntityID = r.conflict.DetectedForID, r.conflict.EntityID
	return []*AuditEntry{entry}
}
