package collab

import (
	"encoding/json"
	"maps"
)

// A basis is what an edit is merged against.
type basis struct {
	// base has the fields as they were at the version that the edit was made against. It lacks those that are no longer
	// known.
	base Fields
	// saw is base together with the editor's own changes since. Nobody conflicts with themselves: a later edit of the
	// same person replaces an earlier one, even if it sets the field back to what it was at the base version.
	saw Fields
	// contested are the fields of which nobody can tell what the editor saw, or whether they would replace what others
	// set: values that the editor and somebody else changed since.
	contested map[string]bool
	// others are the fields that somebody else changed since.
	others map[string]bool
}

// knows reports whether the base of a field is known.
func (b basis) knows(field string) bool {
	_, known := b.base[field]
	return known
}

// shown returns the document as the editor saw it. Of a field whose base is not known that is taken to be the current value.
func (b basis) shown(remote Fields) Fields {
	shown := maps.Clone(remote)
	maps.Copy(shown, b.saw)
	return shown
}

// basis returns what an edit is merged against; who returns the author of the edit of a field. If the base is further
// back than State.Since reaches, the authors of the changes since are unknown, so all of them count as other people's.
func (st *State) basis(at baseVersions, who func(field string) ID, remote Fields) (basis, error) {
	base, err := st.bases(at, remote)
	if err != nil {
		return basis{}, err
	}
	b := basis{base: base, saw: maps.Clone(base), contested: map[string]bool{}, others: map[string]bool{}}
	for name, value := range base {
		if st.knowsSince(at.of(name)) {
			b.see(st, name, who(name), at.of(name), remote[name])
		} else {
			b.others[name] = !equalValues(value, remote[name])
		}
	}
	return b, nil
}

// see finds out what the editor of a field saw, who began to change it at a version.
func (b basis) see(st *State, name string, editor ID, version int, remote json.RawMessage) {
	nature := st.Entity.noun().nature(name)
	var own []*FieldChange
	again := false // the change before was the editor's too
	for _, change := range since(st.Since, version) {
		f := change.field(name)
		queued := st.MadeAfter[change.EntityVersion]
		switch {
		case f == nil:
		case change.author(f) != editor:
			b.others[name], again = true, false
		case queued != nil && nature == "": // the edit was made on top of this change, and of all before it
			own, b.others[name], again = nil, false, false
			b.base[name], b.saw[name] = json.RawMessage(queued.field(name).NewValue), json.RawMessage(queued.field(name).NewValue)
		default:
			if queued != nil {
				f = queued.field(name)
			}
			own, again = followed(own, f, again), true
		}
	}
	switch {
	case len(own) == 0:
	case !b.others[name]:
		b.saw[name] = remote
	default:
		b.saw[name], b.contested[name] = sight(nature, b.base[name], own)
	}
}

// mostReplayed bounds the edits of one field that are replayed, which takes a merge of texts each while the entity is locked.
const mostReplayed = 10

// followed adds an edit to those of the same person. Two without another person's between them form one edit, so that a
// draft that was saved many times is replayed once.
func followed(own []*FieldChange, f *FieldChange, again bool) []*FieldChange {
	if last := len(own) - 1; again && own[last].isRead() && f.isRead() {
		own[last] = &FieldChange{Field: f.Field, OldValue: own[last].OldValue, NewValue: f.NewValue}
		return own
	}
	return append(own, f)
}

// isRead reports whether the values of the change were read.
func (f *FieldChange) isRead() bool {
	return !isNull(json.RawMessage(f.OldValue)) || !isNull(json.RawMessage(f.NewValue))
}

// sight returns what the editor of a field saw who changed it since the base version, as others did: the base with the
// editor's own changes. It is contested if that can't be told, or if the field is a value, since the editor may then not
// have seen what the others set.
func sight(nature Nature, base json.RawMessage, own []*FieldChange) (saw json.RawMessage, contested bool) {
	saw = base
	if nature != "" && len(own) > mostReplayed {
		return base, true
	}
	for _, f := range own {
		if !f.isRead() { // it was long ago
			return base, true
		}
		if nature == "" {
			saw = json.RawMessage(f.NewValue)
			continue
		}
		next, ok := nature.replayed(json.RawMessage(f.OldValue), json.RawMessage(f.NewValue), saw)
		if !ok {
			return base, true
		}
		saw = next
	}
	return saw, nature == ""
}
