package transport

import "testing"

func TestCheckJSON(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		`{"a": "b"}`: true, `"\ud83d\ude00"`: true, `"\uD83D\uDE00"`: true, `"😀"`: true, `"\ufffd"`: true, "\"\ufffd\"": true,
		`"\\ud83d"`: true, `"\\\\ud83d"`: true, `"\n\ud83d\ude00\t"`: true, `"\u00e9"`: true, `"\"\\"`: true, `"\`: true,
		`"\ud83d"`: false, `"\ude00"`: false, `"\ude00\ud83d"`: false, `"\ud83d\ud83d\ude00"`: false, `"\ud83dx"`: false,
		`"\\\ud83d"`: false, `"\ud83d\n"`: false, `"\ud83d\u0041"`: false, `{"\udfff": 1}`: false, "\"\xff\"": false, "\"\xed\xa0\xbd\"": false,
	} {
		if got := CheckJSON([]byte(text)) == nil; got != fine {
			t.Errorf("%q: fine is %t", text, got)
		}
	}
}

func TestCheckDocument(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		`{ a }`: true, `{ a(b: "\ud83d\ude00") }`: true, `{ a(b: "\u{1F600}") }`: true, `{ a(b: "\\ud83d") }`: true,
		"{ a } # \\ud83d \"\n": true, `{ a(b: """\ud83d " \""" \ud83d""") }`: true, `{ a(b: "", c: "#", d: "\"") }`: true, `"`: true, `"""`: true,
		`{ a(b: "\ud83d") }`: false, `{ a(b: "", c: "\ude00") }`: false, "{ a # \"\n (b: \"\\ud83d\") }": false,
		`{ a(b: """x""", c: "\ud83d") }`: false, `{ a(b: "\"\ud83d") }`: false, "{ a(b: \"\xff\") }": false, "{ a } # \xff": false,
	} {
		if got := CheckDocument(text) == nil; got != fine {
			t.Errorf("%q: fine is %t", text, got)
		}
	}
}
