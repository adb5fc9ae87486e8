package wellformed

import (
	"errors"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		`{"a": "b"}`: true, `"\ud83d\ude00"`: true, `"\uD83D\uDE00"`: true, `"😀"`: true, `"\ufffd"`: true, "\"\ufffd\"": true,
		`"\\ud83d"`: true, `"\\\\ud83d"`: true, `"\n\ud83d\ude00\t"`: true, `"\u00e9"`: true, `"\"\\"`: true, `"\`: true,
		`"\ud83d"`: false, `"\ude00"`: false, `"\ude00\ud83d"`: false, `"\ud83d\ud83d\ude00"`: false, `"\ud83dx"`: false,
		`"\\\ud83d"`: false, `"\ud83d\n"`: false, `"\ud83d\u0041"`: false, `{"\udfff": 1}`: false, "\"\xff\"": false, "\"\xed\xa0\xbd\"": false,
	} {
		if got := !errors.Is(JSON([]byte(text)), ErrText); got != fine {
			t.Errorf("%q: fine is %t", text, got)
		}
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		`{ a }`: true, `{ a(b: "\ud83d\ude00") }`: true, `{ a(b: "\u{1F600}") }`: true, `{ a(b: "\\ud83d") }`: true,
		"{ a } # \\ud83d \"\n": true, `{ a(b: """\ud83d " \""" \ud83d""") }`: true, `{ a(b: "", c: "#", d: "\"") }`: true, `"`: true, `"""`: true,
		`{ a(b: "\ud83d") }`: false, `{ a(b: "", c: "\ude00") }`: false, "{ a # \"\n (b: \"\\ud83d\") }": false,
		`{ a(b: "\u{D83D}") }`: false, `{ a(b: "\u{00dfff}") }`: false, `{ a(b: "\\u{D83D}") }`: true, `{ a(b: "\u{D7FF}\u{E000}") }`: true,
		`{ a(b: """x""", c: "\ud83d") }`: false, `{ a(b: "\"\ud83d") }`: false, "{ a(b: \"\xff\") }": false, "{ a } # \xff": false,
	} {
		if got := Document(text) == nil; got != fine {
			t.Errorf("%q: fine is %t", text, got)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]error{
		`{"a": 1, "A": 1, "b": [{"a": 1}, {"a": 2}], "c": {"a": "a"}}`: nil, `["a", "a", {}, [], {"": 1}]`: nil, `"a"`: nil, `{"a": "\",\"a\":"}`: nil,
		`{"a": 1, "a": 1}`: ErrRepeated, `{"a": 1, "\u0061": 1}`: ErrRepeated, `[{"b": {"": 1, "": 2}}]`: ErrRepeated, `{"a": {}, "b": [], "a": {}}`: ErrRepeated,
		`{"a\\": 1, "a\u005c": 1}`: ErrRepeated, `{"a": "\ud83d"}`: ErrText, "{\"\xff\": 1}": ErrText,
	} {
		if got := JSON([]byte(text)); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{``, `{`, `{"a": 1} {}`, `{"a": 1,}`, `nul`, "\ufeff{}"} {
		if JSON([]byte(text)) == nil {
			t.Errorf("%q is taken for JSON", text)
		}
	}
}

func TestObject(t *testing.T) {
	t.Parallel()
	fields, err := Object([]byte(`{"Sub": 1, "\u017fub": 2}`))
	if err != nil || len(fields) != 2 || fields["sub"] != nil || string(fields["Sub"]) != "1" {
		t.Errorf("got %v, %v", fields, err)
	}
	for _, text := range []string{`null`, `[]`, `"a"`, `{"a": 1, "a": 2}`} {
		if fields, err := Object([]byte(text)); err == nil {
			t.Errorf("%s: got %v", text, fields)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		`{"id": "1", "payload": {"a": 1, "a": [{"b": 1, "b": 2}], "c": "\\ud83d"}}`: true, `{"a": [{"a": 1}], "b": "a", "A": 1}`: true,
		`{"a": {"b": 1}, "a": 1}`: false, `{"a": [[{}]], "b": {"a": {}}, "a": 1}`: false, `[]`: false, `null`: false, `{`: false,
	} {
		if _, err := Fields([]byte(text)); (err == nil) != fine {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"a": ["\"", {"\\": 1}], "b": "\u0061"}`))
	f.Fuzz(func(t *testing.T, text []byte) { _, _ = Object(text) })
}
