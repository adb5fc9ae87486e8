package collab

import (
	"maps"
	"slices"
)

// A group is fields of a document that are valid only together. Two people may
// each change one of them, both to something that was fine as they saw it, and
// the result may be wrong. So the fields of a group conflict together.
type group struct {
	fields []string
	// check reports what is wrong with the fields together.
	check func(*violations)
}

// validate reports what is wrong with the fields of a document in which it differs from
// before, and with the groups that have one of them; with all for a nil before.
func validate(e, before Entity, v *violations) error {
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
		if slices.ContainsFunc(g.fields, differs) {
			g.check(v)
		}
	}
	return nil
}

// difference tells in which fields two documents differ; in all from a nil one.
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

// together extends conflicts by the fields of their groups, and by those of groups
// that would be wrong if the merge applied its fields to e. The extended patch has
// the editor's side of all fields in conflict, so that a resolution by one side is
// valid. With an unknown base that side is not known, and nothing is extended.
func (b basis) together(e Entity, remote, patch, apply Fields, conflicts []string) (Fields, []string, error) {
	if b.base == nil || len(e.groups()) == 0 {
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
		if g.check(&broken); broken.problem() == nil && !slices.ContainsFunc(g.fields, inConflict) {
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
