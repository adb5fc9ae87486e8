package collab

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// checkBase rejects a base version that does not exist.
func checkBase(base int, e Entity) error {
	if current := e.Common().Version; base < 1 || base > current {
		return &InvalidInput{Fields: []*FieldError{{
			Field: "baseVersion", Message: "must be a version that you saw; the newest is " + strconv.Itoa(current),
		}}}
	}
	return nil
}

// base returns the document at a version; current is the newest one. If the log has pruned the version
// but nothing after it, the changes since are undone. Otherwise a pruned version is no longer known, and
// the result is nil.
func (st *State) base(version int, current Fields) (Fields, error) {
	newest := st.Entity.Common().Version
	switch {
	case version == newest:
		return current, nil
	case st.Base != nil && st.Base.Common().Version == version:
		return fieldsOf(st.Base)
	case st.NewerBases[version] != nil:
		return fieldsOf(st.NewerBases[version].Snapshot)
	case st.Base != nil: // so Since may be without values
		return nil, nil
	}
	since := since(st.Since, version)
	if len(since) < newest-version {
		return nil, nil
	}
	base := maps.Clone(current)
	for _, change := range slices.Backward(since) {
		for _, field := range change.Fields {
			base[field.Field] = json.RawMessage(field.OldValue)
		}
	}
	return base, nil
}

// since returns the changes that made versions after version.
func since(changes []*Change, version int) []*Change {
	at := slices.IndexFunc(changes, func(c *Change) bool { return c.EntityVersion > version })
	if at < 0 {
		return nil
	}
	return changes[at:]
}

// baseAudience returns the people who may see everything that an edit was made against. If the oldest
// version was pruned, it counts as seen by those who may see the first change since; an unknown base is
// shown to nobody.
func (st *State) baseAudience() []ID {
	audience := st.BaseAudience
	if st.Base == nil && len(st.Since) > 0 {
		audience = st.Since[0].Audience
	}
	for _, change := range st.NewerBases {
		audience = both(audience, change.Audience)
	}
	for _, change := range st.MadeAfter {
		audience = both(audience, change.Audience)
	}
	return audience
}

// bases returns the document that has each field as it was at its base version. It lacks the fields whose version is no
// longer known.
func (st *State) bases(at baseVersions, remote Fields) (Fields, error) {
	base, err := st.base(at.others, remote)
	if err != nil {
		return nil, err
	}
	composed := make(Fields, len(remote))
	maps.Copy(composed, base)
	for field, version := range at.byField {
		document, err := st.base(version, remote)
		if err != nil {
			return nil, err
		}
		if delete(composed, field); document != nil {
			composed[field] = document[field]
		}
	}
	return composed, nil
}

// knowsSince reports whether Since has every change after a version that is known.
func (st *State) knowsSince(version int) bool {
	return st.Entity.Common().Version-version < MostSince
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

// author returns the person whose edit set a field of the change.
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
