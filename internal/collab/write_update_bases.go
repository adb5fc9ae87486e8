package collab

import (
	"fmt"
	"maps"
	"slices"
)

// MostMadeAfter bounds the mutations that an edit names as made before it.
const MostMadeAfter = 500

// A FieldBase is the version that was on screen when a person began to change a field.
type FieldBase struct {
	Field   string
	Version int
}

// baseVersions are the versions that an edit was made against: of the fields that it names one by one,
// and of all others.
type baseVersions struct {
	others  int
	byField map[string]int
}

func newBaseVersions(others int, fields []*FieldBase) baseVersions {
	b := baseVersions{others: others, byField: make(map[string]int, len(fields))}
	for _, f := range fields {
		b.byField[f.Field] = f.Version
	}
	return b
}

// withGroups names the other fields of a group where one of them is named: the person saw them together.
func (b baseVersions) withGroups(groups []group) baseVersions {
	for _, g := range groups {
		var named []int
		for _, field := range g.fields {
			if version, is := b.byField[field]; is {
				named = append(named, version)
			}
		}
		for _, field := range g.fields {
			if _, is := b.byField[field]; !is && len(named) > 0 {
				b.byField[field] = slices.Min(named)
			}
		}
	}
	return b
}

// of returns the version that a field was changed against.
func (b baseVersions) of(field string) int {
	if version, named := b.byField[field]; named {
		return version
	}
	return b.others
}

// oldest returns the oldest of the versions.
func (b baseVersions) oldest() int {
	oldest := b.others
	for _, version := range b.byField {
		oldest = min(oldest, version)
	}
	return oldest
}

// newer returns the versions after the oldest one, each once.
func (b baseVersions) newer() []int {
	all := slices.Sorted(maps.Values(b.byField))
	all = append(all, b.others)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(version int) bool { return version == b.oldest() })
}

// checkFieldBases rejects bases that name a field twice, or one that the patch lacks.
func checkFieldBases(bases []*FieldBase, patch Fields) error {
	var v violations
	named := make(map[string]bool, len(bases))
	for i, base := range bases {
		path := fmt.Sprintf("bases[%d].field", i)
		switch _, set := patch[base.Field]; {
		case named[base.Field]:
			v.add(path, "must not name a field twice")
		case !set:
			v.add(path, "must be a field that the patch sets")
		}
		named[base.Field] = true
	}
	return v.problem()
}

// checkBases rejects versions that do not exist.
func (op *edit) checkBases(e Entity) error {
	if err := checkBase(op.bases.others, e); err != nil {
		return err
	}
	var v violations
	for i, base := range op.fieldBases {
		if current := e.Common().Version; base.Version < 1 || base.Version > current {
			v.add(fmt.Sprintf("bases[%d].version", i), "must be a version that you saw; the newest is %d", current)
		}
	}
	return v.problem()
}
