package collab

import (
	"encoding/json"
	"maps"
	"slices"
)

// merge is the three-way merge by field. For each field of the local patch:
//
//	local = remote               nothing to do, both sides agree
//	contested                    the editor and others changed it: a conflict
//	local = saw                  only the remote side changed it: remote stays
//	remote = saw                 only the local side changed it: local is applied
//	otherwise                    both changed it: they are merged by the field's nature, or a conflict
//
// It returns what to lay over remote, and the names of the fields in conflict. If the base of a field is no
// longer known, nobody can tell who changed it, so it is a conflict rather than a guess if it differs.
func (b basis) merge(n *Noun, remote, patch Fields) (apply Fields, conflicts []string) {
	apply = Fields{}
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		local := patch[name]
		if equalValues(local, remote[name]) {
			continue
		}
		merged, ok := b.merged(n.nature(name), name, local, remote[name])
		switch {
		case !b.knows(name) || b.contested[name] || !ok:
			conflicts = append(conflicts, name)
		case !equalValues(merged, remote[name]):
			apply[name] = merged
		}
	}
	return apply, conflicts
}

// merged merges the two sides of a field. A set that others changed keeps its current order: its editor did not see it.
func (b basis) merged(nature Nature, name string, local, remote json.RawMessage) (json.RawMessage, bool) {
	if nature == NatureSet && b.others[name] {
		return encoded(mergedSet(decoded[[]string](b.saw[name]), decoded[[]string](local), decoded[[]string](remote))), true
	}
	return nature.merged(b.saw[name], local, remote)
}

// refused returns the fields whose merged values are not valid, though each side's is: they are in conflict.
func (b basis) refused(e Entity, apply Fields) (names []string, err error) {
	merged, err := overlay(e, apply)
	if err != nil {
		return nil, err
	}
	var v violations
	merged.validate(&v)
	for _, wrong := range v.fields {
		if _, applied := apply[wrong.Field]; applied && b.others[wrong.Field] && !slices.Contains(names, wrong.Field) {
			names = append(names, wrong.Field)
		}
	}
	return names, nil
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

// changedByOthers returns the fields that differ from the base since others changed them; with an unknown base, all
// fields that have a value.
func (b basis) changedByOthers(remote Fields) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(remote)) {
		if !b.knows(name) && !isNull(remote[name]) || b.others[name] && !equalValues(b.base[name], remote[name]) {
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
func (c *Change) changed(field string) bool { return c.field(field) != nil }

// field returns how the change set a field, or nil.
func (c *Change) field(name string) *FieldChange {
	if i := slices.IndexFunc(c.Fields, func(f *FieldChange) bool { return f.Field == name }); i >= 0 {
		return c.Fields[i]
	}
	return nil
}
