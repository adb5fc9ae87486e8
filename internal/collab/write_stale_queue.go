package collab

import (
	"maps"
	"slices"
	"strings"
)

// continueConflict makes conflict the next state of State.QueuedConflict: it has the fields of both edits, and of the
// fields that both set the later values. A field that the earlier edit would have changed without a conflict is in
// conflict if somebody changed it since.
func (st *State) continueConflict(conflict *Conflict, change *Change, remote Fields) error {
	earlier := st.QueuedConflict
	change.Metadata = movedOn
	shown, err := st.base(earlier.RemoteVersion, remote)
	if err != nil {
		return err
	}
	patch, conflicts := maps.Clone(conflict.Patch), conflict.Fields
	for _, name := range slices.Sorted(maps.Keys(earlier.Patch)) {
		local := earlier.Patch[name]
		if _, again := patch[name]; again {
			continue
		}
		patch[name] = local
		if author, known := earlier.Authors[name]; known {
			if conflict.Authors == nil {
				conflict.Authors = map[string]ID{}
			}
			conflict.Authors[name] = author
		}
		nature := conflict.EntityType.noun().nature(name)
		if merged, ok := nature.merged(shown[name], local, remote[name]); ok && nature != "" && shown != nil && earlier.field(name) == nil {
			patch[name] = merged
			continue
		}
		if equalValues(local, remote[name]) || earlier.field(name) == nil && equalValues(shown[name], remote[name]) {
			continue
		}
		field := fieldConflicts([]string{name}, shown, patch, remote, since(st.Since, earlier.RemoteVersion))[0]
		if old := earlier.field(name); old != nil {
			field.Base = old.Base
			if field.RemoteChangedByID == nil {
				field.RemoteChangedByID, field.RemoteChangedAt = old.RemoteChangedByID, old.RemoteChangedAt
			}
		}
		conflicts = append(conflicts, field)
	}
	slices.SortFunc(conflicts, func(a, b *FieldConflict) int { return strings.Compare(a.Field, b.Field) })
	conflict.ID, conflict.Patch, conflict.Fields = earlier.ID, patch, conflicts
	conflict.Audience, conflict.BaseAudience = both(earlier.Audience, conflict.Audience), both(earlier.BaseAudience, conflict.BaseAudience)
	return nil
}

// joinsConflict reports whether an edit changes something that State.QueuedConflict set, or that is valid only together
// with it. The person saw what that edit set, although it was not applied.
func (st *State) joinsConflict(patch Fields) bool {
	queued := st.QueuedConflict
	if queued == nil {
		return false
	}
	for name, value := range patch {
		if earlier, set := queued.Patch[name]; set && !equalValues(value, earlier) {
			return true
		}
		for _, g := range st.Entity.groups() {
			sets := func(other string) bool { return other != name && queued.Patch[other] != nil }
			if slices.Contains(g.fields, name) && slices.ContainsFunc(g.fields, sets) {
				return true
			}
		}
	}
	return false
}

// join makes an edit a part of State.QueuedConflict: each field in conflict stays so with the edit's value, and other
// fields are merged as usual.
func (op *edit) join(st *State, actor *Member, b basis, remote, patch Fields) (*Decision, error) {
	screen := b
	screen.saw = maps.Clone(b.saw)
	maps.Copy(screen.saw, st.QueuedConflict.Patch)
	if _, err := op.permit(st, actor, screen, remote, patch); err != nil {
		return nil, err
	}
	apply, conflicts := b.merge(st.Entity.noun(), remote, patch)
	for name := range patch {
		switch {
		case st.QueuedConflict.field(name) != nil && !slices.Contains(conflicts, name):
			conflicts = append(conflicts, name)
		case st.QueuedConflict.Patch[name] != nil && apply[name] == nil && !slices.Contains(conflicts, name):
			apply[name] = remote[name] // what the earlier edit set is taken back
		}
	}
	slices.Sort(conflicts)
	edit := kept(patch, apply, conflicts)
	return op.collide(st, actor, remote, edit, fieldConflicts(conflicts, b.base, patch, remote, st.Since))
}
