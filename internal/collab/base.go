package collab

import (
	"encoding/json"
	"maps"
	"slices"
)

// checkBase refuses a base version that does not exist.
func checkBase(base int, e Entity) error {
	if current := e.Common().Version; base < 1 || base > current {
		return &InvalidInput{Fields: []*FieldError{{
			Field: "baseVersion", Message: "must be a version that you saw; the newest is " + itoa(current),
		}}}
	}
	return nil
}

// base returns the document at the base version; current is the newest one. If the
// log has pruned the version and nothing after it, the changes since are undone.
// Otherwise a pruned version is not known any more, and the result is nil.
func (st *State) base(baseVersion int, current Fields) (Fields, error) {
	switch newest := st.Entity.Common().Version; {
	case baseVersion == newest:
		return current, nil
	case st.Base != nil:
		return fieldsOf(st.Base)
	case len(st.Since) < newest-baseVersion:
		return nil, nil
	}
	base := maps.Clone(current)
	for _, change := range slices.Backward(st.Since) {
		for _, field := range change.Fields {
			base[field.Field] = json.RawMessage(field.OldValue)
		}
	}
	return base, nil
}

// baseAudience returns who may see the entity at the base version. Where that was
// pruned it is who may see the first change since; nobody is shown a base that is
// not known.
func (st *State) baseAudience() []ID {
	if st.Base == nil && len(st.Since) > 0 {
		return st.Since[0].Audience
	}
	return st.BaseAudience
}

// A basis is what an edit is merged against.
type basis struct {
	// base is the document at the base version, nil if that is not known any more.
	base Fields
	// saw is base together with what only the editor changed since. Nobody conflicts
	// with themselves: a later edit of the same person replaces an earlier one, even
	// if it sets the field back to what it was at the base version.
	saw Fields
	// contested are the fields that the editor and somebody else changed since.
	contested map[string]bool
}

// basis returns what an edit is merged against; who tells whose edit of a field it is. Of a base that is
// further back than State.Since reaches it is not known who changed what, so all of it counts as
// other people's.
func (st *State) basis(who func(field string) ID, base, remote Fields) basis {
	b := basis{base: base, saw: maps.Clone(base), contested: map[string]bool{}}
	if !st.knowsSince(base) {
		return b
	}
	own, others := map[string]bool{}, map[string]bool{}
	for _, change := range st.Since {
		for _, f := range change.Fields {
			if change.author(f) == who(f.Field) {
				own[f.Field] = true
			} else {
				others[f.Field] = true
			}
		}
	}
	for field := range own {
		if others[field] {
			b.contested[field] = true
		} else {
			b.saw[field] = remote[field]
		}
	}
	return b
}

// knowsSince reports whether Since has every change after the base version.
func (st *State) knowsSince(base Fields) bool {
	return base != nil && len(st.Since) < MostSince
}

// A fieldEdit is a change of one field by the person whose edit it is.
type fieldEdit struct {
	authorID ID
	at       Time
}

// lastChange returns the last change of a field by anybody but one person, or nil.
func lastChange(since []*Change, field string, but ID) *fieldEdit {
	for _, change := range slices.Backward(since) {
		for _, f := range change.Fields {
			if author := change.author(f); f.Field == field && author != but {
				return &fieldEdit{author, change.OccurredAt}
			}
		}
	}
	return nil
}

// author returns whose edit set a field of the change.
func (c *Change) author(f *FieldChange) ID {
	if f.AuthorID != nil {
		return *f.AuthorID
	}
	return c.ActorID
}

// onlyChangedBy reports whether somebody changed a field since the base version,
// and nobody else did.
func (st *State) onlyChangedBy(who ID, field string) bool {
	return lastChange(st.Since, field, who) == nil && lastChange(st.Since, field, "") != nil
}
