package collab

import (
	"maps"
	"slices"
)

// merge is the three-way merge by field. For each field of the local patch:
//
//	local = remote               nothing to do, both sides agree
//	contested                    the editor and others changed it: a conflict
//	local = saw                  only the remote side changed it: remote stays
//	remote = saw                 only the local side changed it: local is applied
//	otherwise                    both changed it differently: a conflict
//
// It returns what to lay over remote, and the names of the fields in conflict.
// With a base that is not known any more nobody can tell who changed a field, so
// every field that differs is a conflict rather than a guess.
func (b basis) merge(remote, patch Fields) (apply Fields, conflicts []string) {
	apply = Fields{}
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		local := patch[name]
		switch {
		case equalValues(local, remote[name]):
		case b.base == nil || b.contested[name]:
			conflicts = append(conflicts, name)
		case equalValues(local, b.saw[name]):
		case equalValues(remote[name], b.saw[name]):
			apply[name] = local
		default:
			conflicts = append(conflicts, name)
		}
	}
	return apply, conflicts
}

// changed returns the fields of a patch that differ from the base.
func changed(patch, base Fields) Fields {
	edited := make(Fields, len(patch))
	for name, value := range patch {
		if !equalValues(value, base[name]) {
			edited[name] = value
		}
	}
	return edited
}

// changedSince returns the fields that differ between two states of an
// entity; with an unknown base, all fields that have a value.
func changedSince(base, remote Fields) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(remote)) {
		if base == nil && !isNull(remote[name]) || base != nil && !equalValues(base[name], remote[name]) {
			names = append(names, name)
		}
	}
	return names
}

// fieldConflicts describes conflicts: what each side has, and who changed the
// remote side last, found in the changes since the base.
func fieldConflicts(names []string, base, local, remote Fields, since []*Change) []*FieldConflict {
	conflicts := make([]*FieldConflict, len(names))
	for i, name := range names {
		conflicts[i] = &FieldConflict{
			Field: name, Base: JSON(base[name]), Local: JSON(local[name]), Remote: JSON(remote[name]),
		}
		if change := lastChange(since, name, ""); change != nil {
			conflicts[i].RemoteChangedByID = &change.authorID
			conflicts[i].RemoteChangedAt = &change.at
		}
	}
	return conflicts
}

// changed reports whether the change set the field.
func (c *Change) changed(field string) bool {
	return slices.ContainsFunc(c.Fields, func(f *FieldChange) bool { return f.Field == field })
}
