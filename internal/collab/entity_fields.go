package collab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Patch has the fields that an edit sets, by name, as the client sent them. A field that is left
// out stays; a nil value clears it.
type Patch map[string]any

// Fields encodes the patch.
func (p Patch) Fields() (Fields, error) {
	fields := make(Fields, len(p))
	for name, value := range p {
		encoded, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("encode the field %s: %w", name, err)
		}
		fields[name] = encoded
	}
	return fields, nil
}

// fieldsOf splits an entity's document into its fields.
func fieldsOf(e Entity) (Fields, error) {
	encoded, err := json.Marshal(e.fields())
	if err != nil {
		return nil, fmt.Errorf("take a %s apart: %w", typeOf(e).word(), err)
	}
	var fields Fields
	err = json.Unmarshal(encoded, &fields)
	return fields, err
}

// overlay returns a copy of e with fields laid over its document. A null for a
// list empties it, so that a document never holds a null list.
func overlay(e Entity, fields Fields) (Entity, error) {
	snapshot, err := EncodeEntity(e)
	if err != nil {
		return nil, err
	}
	out, err := DecodeEntity(e.Common().Type, snapshot, e.Common().Cursor)
	if err != nil {
		return nil, err
	}
	if err := setFields(out, fields); err != nil {
		return nil, err
	}
	return out, nil
}

// setFields lays fields over an entity's document. The entity must share no memory with another
// one, since texts and lists are written in place.
//
// A null empties a field. Decoding null into a value that is not a pointer would leave the value
// unchanged, so the value of an empty document is decoded instead.
func setFields(e Entity, fields Fields) error {
	set := maps.Clone(fields)
	var empty Fields
	for name, value := range fields {
		if !isNull(value) {
			continue
		}
		if empty == nil {
			var err error
			if empty, err = fieldsOf(e.noun().New()); err != nil {
				return err
			}
		}
		set[name] = empty[name]
	}
	encoded, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("put a %s together: %w", typeOf(e).word(), err)
	}
	return json.Unmarshal(encoded, e.fields())
}

// diff returns the fields whose values differ, ordered by name.
func diff(before, after Fields) []*FieldChange {
	var changes []*FieldChange
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !equalValues(before[name], after[name]) {
			changes = append(changes, &FieldChange{Field: name, OldValue: JSON(before[name]), NewValue: JSON(after[name])})
		}
	}
	return changes
}

// equalValues compares two values of one field. Both are canonical, as
// json.Marshal writes them, so equal values are equal bytes; absent is null.
func equalValues(a, b json.RawMessage) bool {
	return bytes.Equal(a, b) || isNull(a) && isNull(b)
}

func isNull(value json.RawMessage) bool {
	return len(value) == 0 || string(value) == "null"
}

func ptr[T any](v T) *T { return &v }

// searchText joins the texts that are set, folded, one per line.
func searchText(texts ...*string) string {
	var set []string
	for _, t := range texts {
		if t != nil && *t != "" {
			set = append(set, *t)
		}
	}
	return FoldText(strings.Join(set, "\n"))
}

// joined returns a list of texts as one text.
func joined(texts []string) *string { return ptr(strings.Join(texts, " ")) }
