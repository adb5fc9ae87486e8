package engine

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// escapes are the escapes that encoding/json writes for the sake of HTML and JavaScript.
// gqlgen writes these characters as they are.
var escapes = map[string]string{"u0026": "&", "u003c": "<", "u003e": ">", "u2028": "\u2028", "u2029": "\u2029"}

const escapeLength = len("u0026")

// NormalizeJSON returns JSON in which each character is written in one way, whatever the encoder: as valid UTF-8, since
// clients close a connection with invalid text, and without escapes that JSON does not require.
func NormalizeJSON(payload []byte) []byte {
	if !utf8.Valid(payload) {
		payload = []byte(strings.ToValidUTF8(string(payload), "\uFFFD"))
	}
	if !bytes.Contains(payload, []byte(`\u`)) {
		return payload
	}
	out := make([]byte, 0, len(payload))
	for {
		at := bytes.IndexByte(payload, '\\')
		if at < 0 {
			return append(out, payload...)
		}
		out, payload = append(out, payload[:at]...), payload[at:]
		if len(payload) > escapeLength {
			if text, known := escapes[string(payload[1:1+escapeLength])]; known {
				out, payload = append(out, text...), payload[1+escapeLength:]
				continue
			}
		}
		pair := min(2, len(payload))
		out, payload = append(out, payload[:pair]...), payload[pair:]
	}
}

// EncodeJSON encodes a value that always encodes.
func EncodeJSON(v any) []byte {
	encoded, _ := json.Marshal(v)
	return NormalizeJSON(encoded)
}
