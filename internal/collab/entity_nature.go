package collab

import (
	"encoding/json"
	"slices"

	"tandem/internal/textmerge"
)

// A Nature is how two edits of a field are merged. Fields without one are values, of which one of the two stays; fields
// that are valid only together are declared as groups.
type Nature string

// The natures.
const (
	// NatureSet is a list without an order that matters: what both sides added and removed is applied.
	NatureSet Nature = "set"
	// NatureText is a text over several lines, which is merged by line and by word.
	NatureText Nature = "text"
)

// nature returns the nature of a field.
func (n *Noun) nature(field string) Nature { return n.Natures[field] }

// merged merges two edits of a value, and reports whether they can be.
func (n Nature) merged(base, local, remote json.RawMessage) (value json.RawMessage, ok bool) {
	switch {
	case equalValues(local, remote), equalValues(remote, base):
		return local, true
	case equalValues(local, base):
		return remote, true
	case n == NatureSet:
		return encoded(mergedSet(decoded[[]string](base), decoded[[]string](local), decoded[[]string](remote))), true
	case n == NatureText:
		text, clean := textmerge.Merge(decoded[string](base), decoded[string](local), decoded[string](remote)).Clean()
		return encoded(text), clean
	}
	return nil, false
}

// replayed makes the change from old to edited in another value, and reports whether it can be made.
func (n Nature) replayed(old, edited, value json.RawMessage) (json.RawMessage, bool) {
	if n != NatureText {
		return n.merged(old, edited, value)
	}
	text, ok := textmerge.Replay(decoded[string](old), decoded[string](edited), decoded[string](value))
	return encoded(text), ok
}

// mergedSet is remote without what local removed, and then what local added, in the order in which it did.
func mergedSet(base, local, remote []string) []string {
	merged := slices.DeleteFunc(slices.Clone(remote), func(s string) bool {
		return slices.Contains(base, s) && !slices.Contains(local, s)
	})
	for _, s := range local {
		if !slices.Contains(base, s) && !slices.Contains(merged, s) {
			merged = append(merged, s)
		}
	}
	return append([]string{}, merged...)
}

// decoded decodes a value of a document; null is the zero value.
func decoded[T any](value json.RawMessage) (v T) {
	if len(value) > 0 {
		_ = json.Unmarshal(value, &v) // documents decode
	}
	return v
}

// encoded encodes a value as a document has it.
func encoded(v any) json.RawMessage {
	value, _ := json.Marshal(v) // texts and lists encode
	return value
}
