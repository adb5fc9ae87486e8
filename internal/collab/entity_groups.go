package collab

import (
	"encoding/json"
	"maps"
	"slices"
)

// A group is fields of a document that are valid only together. Two people may
// each change one of them, both to something that was fine as they saw it, and
// the result may be wrong. So the fields of a group conflict together.
type group struct {
	fields []string
	// whole is for fields that form one value, such as an amount and its currency: they conflict
	// even if two people changed different ones and the result is valid.
	whole bool
	// check reports what is wrong with the fields together.
	check func(*violations)
}

// always says yes of every field.
func always(string) bool { return true }

// validate reports what is wrong with the fields in which a document differs from before, and with
// the groups of these fields, as far as all of a group are known. If before is nil, it checks everything.
func validate(e, before Entity, known func(field string) bool, v *violations) error {
	differs, err := difference(e, before)
	if err != nil {
		return err
	}
	var all violations
	e.validate(&all)
	for _, wrong := range all.fields {
		if differs(wrong.Field) {
			v.fields = append(v.fields, wrong)
		}
	}
	for _, g := range e.groups() {
		unknown := func(name string) bool { return !known(name) }
		if slices.ContainsFunc(g.fields, differs) && !slices.ContainsFunc(g.fields, unknown) {
			g.check(v)
		}
	}
	return nil
}

// difference returns the fields in which two documents differ; a nil document differs in all
// fields.
func difference(e, before Entity) (differs func(field string) bool, err error) {
	if before == nil {
		return func(string) bool { return true }, nil
	}
	is, err := fieldsOf(e)
	if err != nil {
		return nil, err
	}
	was, err := fieldsOf(before)
	if err != nil {
		return nil, err
	}
	return func(field string) bool { return !equalValues(is[field], was[field]) }, nil
}

// isDisputed reports whether both the editor and somebody else changed fields of a group, and the
// group as the editor means it differs from the group as it is. The editor means what they saw of the
// fields that they did not change.
func (b basis) isDisputed(g group, remote, patch Fields) bool {
	meant := func(name string) json.RawMessage {
		if value, edited := patch[name]; edited {
			return value
		}
		return b.saw[name]
	}
	anyDiffers := func(a, b func(name string) json.RawMessage) bool {
		return slices.ContainsFunc(g.fields, func(name string) bool { return !equalValues(a(name), b(name)) })
	}
	saw := func(name string) json.RawMessage { return b.saw[name] }
	is := func(name string) json.RawMessage { return remote[name] }
	return anyDiffers(meant, saw) && anyDiffers(is, saw) && anyDiffers(meant, is)
}

// together extends conflicts by the fields of their groups, and by those of groups
// that would be wrong, or of a whole that is disputed, if the merge applied its fields to e. The extended patch has
// the editor's side of all fields in conflict, so that a resolution by one side is
// valid. Of a group with an unknown base that side is not known, and nothing is extended.
func (b basis) together(e Entity, remote, patch, apply Fields, conflicts []string) (Fields, []string, error) {
	slices.Sort(conflicts)
	if len(e.groups()) == 0 {
		return patch, conflicts, nil
	}
	merged, err := overlay(e, apply)
	if err != nil {
		return nil, nil, err
	}
	extended := maps.Clone(patch)
	for _, g := range merged.groups() {
		inConflict := func(name string) bool { return slices.Contains(conflicts, name) }
		var broken violations
		g.check(&broken)
		unknown := func(name string) bool { return !b.knows(name) }
		if slices.ContainsFunc(g.fields, unknown) || broken.problem() == nil && !slices.ContainsFunc(g.fields, inConflict) && !(g.whole && b.isDisputed(g, remote, patch)) {
			continue
		}
		for _, name := range g.fields {
			if _, edited := extended[name]; !edited {
				extended[name] = b.saw[name]
			}
			if !inConflict(name) && !equalValues(extended[name], remote[name]) {
				conflicts = append(conflicts, name)
			}
		}
	}
	slices.Sort(conflicts)
	return extended, conflicts, nil
}
