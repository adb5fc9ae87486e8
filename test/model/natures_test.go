package model

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tandem/internal/textmerge"
)

// isSet reports whether a field is merged as a set: 8.13.
func (n *noun) isSet(field string) bool { return field == "tags" || field == "attendeeIds" }

// isText reports whether a field is merged as a text.
func (n *noun) isText(field string) bool { return slices.Contains(n.long, field) }

// combined merges two edits of a field, and reports whether they can be.
func (n *noun) combined(field string, base, local, remote any) (merged any, ok bool) {
	switch {
	case same(local, remote), same(remote, base):
		return local, true
	case same(local, base):
		return remote, true
	case n.isSet(field):
		return combinedSet(base.([]any), local.([]any), remote.([]any)), true
	case n.isText(field):
		merged, clean := textmerge.Merge(textOf(base), textOf(local), textOf(remote)).Clean()
		return merged, clean && utf8.RuneCountInString(merged) <= 20_000
	}
	return nil, false
}

// replayed makes an edit of a field in another value of it, and reports whether it can be made: 8.14.
func (n *noun) replayed(field string, edit fieldEdit, value any) (any, bool) {
	if !n.isText(field) {
		return n.combined(field, edit.before, edit.after, value)
	}
	return textmerge.Replay(textOf(edit.before), textOf(edit.after), textOf(value))
}

// textOf is the value of a text field; null is an empty text.
func textOf(value any) string {
	text, _ := value.(string)
	return text
}

func combinedSet(base, local, remote []any) []any {
	merged := []any{}
	for _, value := range remote {
		if !slices.Contains(base, value) || slices.Contains(local, value) {
			merged = append(merged, value)
		}
	}
	for _, value := range local {
		if !slices.Contains(base, value) && !slices.Contains(remote, value) {
			merged = append(merged, value)
		}
	}
	return merged
}

// reworked makes an edit of a value of a set or a text, as somebody makes it who has read it.
func (w *world) reworked(n *noun, field string, value any) any {
	if n.isSet(field) {
		list := slices.Clone(value.([]any))
		if len(list) > 0 && w.chance(50) {
			at := w.random.IntN(len(list))
			return slices.Delete(list, at, at+1)
		}
		for _, more := range w.value(n, field).([]any) {
			if !slices.Contains(list, more) {
				return append(list, more)
			}
		}
		return list
	}
	text, _ := value.(string)
	if len(text) > 500 {
		text = ""
	}
	words := strings.Split(text, " ")
	at := w.random.IntN(len(words) + 1)
	switch w.random.IntN(4) {
	case 0:
		words = slices.Delete(words, at, min(at+1, len(words)))
	case 1:
		words = slices.Insert(words, at, w.words())
	case 2:
		words = slices.Insert(words, at, w.words()+"\n"+w.words())
	default:
		words = slices.Replace(words, at, min(at+1, len(words)), w.words())
	}
	return strings.Join(words, " ")
}
