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

// validate reports what is wrong with a document by itself.
func validate(e Entity, v *violations) {
	e.validate(v)
	for _, g := range e.groups() {
		g.check(v)
	}
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
