package wellformed

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"unicode/utf8"
)

// ErrRepeated means that an object has two fields of one name. Decoders use one of them, and differ
// in which.
var ErrRepeated = errors.New("an object must not have two fields of one name")

// errNoObject means that JSON is not an object.
var errNoObject = errors.New("this is not a JSON object")

// JSON returns an error for text that is not JSON, and ErrText or ErrRepeated for ambiguous JSON.
func JSON(encoded []byte) error {
	var raw json.RawMessage
	if err := json.Unmarshal(encoded, &raw); err != nil {
		return err
	}
	if !utf8.Valid(encoded) || halves(encoded) {
		return ErrText
	}
	if repeats(encoded, math.MaxInt) {
		return ErrRepeated
	}
	return nil
}

// Object returns the fields of a JSON object, by their names byte for byte. It accepts the same text
// as JSON. Decoding into a struct would accept names in any case, and more: for
// encoding/json, \u017f is an s.
func Object(encoded []byte) (map[string]json.RawMessage, error) {
	if err := JSON(encoded); err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(encoded, &fields) != nil || fields == nil {
		return nil, errNoObject
	}
	return fields, nil
}

// Fields is like Object, for an object whose values are checked by their readers.
func Fields(encoded []byte) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(encoded, &fields) != nil || fields == nil {
		return nil, errNoObject
	}
	if repeats(encoded, 1) {
		return nil, ErrRepeated
	}
	return fields, nil
}

// Read decodes fields of an object into their targets; null counts as absent.
// The error is about any one field of a wrong type.
func Read(fields map[string]json.RawMessage, into map[string]any) error {
	for name, target := range into {
		value, has := fields[name]
		if !has || bytes.Equal(value, []byte("null")) {
			continue
		}
		if err := json.Unmarshal(value, target); err != nil {
			return err
		}
	}
	return nil
}

// repeats reports whether an object in JSON contains a name twice, at most levels levels deep.
func repeats(encoded []byte, levels int) bool {
	var open []map[string]bool // the names of the objects around; nil for a list, or deeper
	isName := false            // the next text is a name
	for i := 0; i < len(encoded); i++ {
		switch encoded[i] {
		case '{':
			var names map[string]bool
			if len(open) < levels {
				names = map[string]bool{}
			}
			open, isName = append(open, names), names != nil
		case '[':
			open, isName = append(open, nil), false
		case '}', ']':
			open, isName = open[:len(open)-1], false
		case ',':
			isName = open[len(open)-1] != nil
		case '"':
			text := encoded[i:endOfText(encoded, i)]
			i += len(text) - 1
			if !isName {
				continue
			}
			isName = false
			names, name := open[len(open)-1], nameOf(text)
			if names[name] {
				return true
			}
			names[name] = true
		}
	}
	return false
}

// endOfText returns the index behind the closing quote of the text that begins at i.
func endOfText(encoded []byte, i int) int {
	for i++; encoded[i] != '"'; i++ {
		if encoded[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// nameOf decodes a JSON text as a name.
func nameOf(text []byte) (name string) {
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1])
	}
	_ = json.Unmarshal(text, &name) // it is JSON
	return name
}
