package servertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// failures records what a test would have reported.
type failures struct {
	testing.TB
	texts []string
}

func (f *failures) Helper() {}

func (f *failures) Errorf(format string, args ...any) {
	f.texts = append(f.texts, fmt.Sprintf(format, args...))
}

// Fatalf ends the code that is tested by a panic, as FailNow ends a goroutine.
func (f *failures) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	panic(f)
}

// reported returns what a use of an answer reports.
func reported(t *testing.T, got string, use func(Answer)) string {
	t.Helper()
	f := &failures{TB: t}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(f) {
				panic(r)
			}
		}()
		use(decodedAnswer(t, f, got))
	}()
	return strings.Join(f.texts, "\n")
}

func decodedAnswer(t *testing.T, to testing.TB, text string) Answer {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	return Answer{t: to, value: value, request: " to {…}", variables: Object{"owner": "ada", "odd": "<id>"}}
}

func TestIs(t *testing.T) {
	const id = `"cus_01k3v6c1qk9t0000000000000a"`
	for _, test := range []struct {
		name, got, want string
		differences     string // one in each line, or "" where the two are equal
	}{
		{"Equal", `{"a": 1, "b": [true, null, "x"]}`, `{"b": [true, null, "x"], "a": 1.0}`, ""},
		{"NumberIsNoText", `{"a": {"b": 1}}`, `{"a": {"b": "1"}}`, `a.b: got 1, want "1"`},
		{"TextIsNoNumber", `{"a": "1"}`, `{"a": 1}`, `a: got "1", want 1`},
		{"NullIsNoText", `{"a": null}`, `{"a": "null"}`, `a: got null, want "null"`},
		{"NullIsNotEmpty", `{"a": null, "b": []}`, `{"a": [], "b": null}`, "a: got null, want []\nb: got [], want null"},
		{"NullIsNotAbsent", `{"a": null}`, `{}`, `a: got null, which is not expected`},
		{"FieldTooMany", `{"a": {"b": 1, "c": 2}}`, `{"a": {"b": 1}}`, `a.c: got 2, which is not expected`},
		{"FieldMissing", `{"a": {"b": 1}}`, `{"a": {"b": 1, "c": null}}`, `a.c: is missing, want null`},
		{"ElementTooMany", `[1, 2]`, `[1]`, `1: got 2, which is not expected`},
		{"ElementMissing", `[1]`, `[1, "<any>"]`, `1: is missing, want "<any>"`},
		{"OrderOfElements", `[1, 2]`, `[2, 1]`, "0: got 1, want 2\n1: got 2, want 1"},
		{"Kinds", `{"a": {}, "b": []}`, `{"a": [], "b": {}}`, "a: got {}, want []\nb: got [], want {}"},
		{"Root", `1`, `2`, "it: got 1, want 2"},

		{"ID", `[` + id + `]`, `["<id>"]`, ""},
		{"IDOfAPerson", `["ada"]`, `["<id>"]`, `0: got "ada", want <id>`},
		{"Cursor", `["01000000010000000000000001"]`, `["<cursor>"]`, ""},
		{"CursorOfAPage", `["x01000000010000000000000001"]`, `["<cursor>"]`, `0: got "x01000000010000000000000001", want <cursor>`},
		{"Time", `["2026-05-04T09:00:00.123Z"]`, `["<time>"]`, ""},
		{"TimeIsNoDate", `["2026-05-04"]`, `["<time>"]`, `0: got "2026-05-04", want <time>`},
		{"Text", `["x", "\n"]`, `["<text>", "<text>"]`, ""},
		{"EmptyText", `["", 1]`, `["<text>", "<text>"]`, "0: got \"\", want <text>\n1: got 1, want <text>"},
		{"Number", `[1]`, `["<number>"]`, ""},
		{"NumberInText", `["1", null]`, `["<number>", "<number>"]`, "0: got \"1\", want <number>\n1: got null, want <number>"},
		{"Any", `[null, {"x": 1}]`, `["<any>", "<any>"]`, ""},
		{"UnknownHole", `["x"]`, `["<thing>"]`, `0: there are no holes of the type thing`},
		{"NoHole", `["<p>text</p>", "<ID>"]`, `["<p>text</p>", "<ID>"]`, ""},

		{"SameName", `[` + id + `, ` + id + `]`, `["<id:it>", "<id:it>"]`, ""},
		{"SameNameDiffers", `["a", "b"]`, `["<text:it>", "<text:it>"]`, `1: got "b", want "a"`},
		{"CapturedIsNoHole", `["<any>", "b"]`, `["<text:it>", "<text:it>"]`, `1: got "b", want "<any>"`},
		{"Variable", `["ada"]`, `["$owner"]`, ""},
		{"VariableDiffers", `["ben"]`, `["$owner"]`, `0: got "ben", want "ada"`},
		{"VariableIsNoHole", `[` + id + `]`, `["$odd"]`, `0: got ` + id + `, want "<id>"`},
		{"Value", `[{"n": 2, "list": ["x"]}]`, `["$given"]`, ""},
		{"ValueDiffers", `[{"n": 3, "list": ["x"]}]`, `["$given"]`, "0.n: got 3, want 2"},
		{"UnknownName", `[1]`, `["$nothing"]`, `0: no value is called nothing`},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := reported(t, test.got, func(a Answer) {
				a.Is(test.want, Object{"given": Object{"n": 2, "list": []string{"x"}}})
			})
			var want string
			if test.differences != "" {
				want = "the answer to {…} differs:\n\t" + strings.ReplaceAll(test.differences, "\n", "\n\t") + "\nin " + encoded(decodedAnswer(t, t, test.got).value, "  ")
			}
			if report != want {
				t.Errorf("reported\n%s\nwant\n%s", report, want)
			}
		})
	}
}

func TestIsCaptures(t *testing.T) {
	a := decodedAnswer(t, t, `{"a": {"id": "cus_01k3v6c1qk9t0000000000000a", "n": [1, null]}}`)
	seen := a.Is(`{"a": {"id": "<id:customer>", "n": ["<number:one>", "<any:none>"]}}`)
	none, captured := seen["none"]
	if len(seen) != 3 || seen["customer"] != "cus_01k3v6c1qk9t0000000000000a" || seen["one"] != 1.0 || none != nil || !captured {
		t.Errorf("captured %v", seen)
	}
	a.Is(`{"a": {"id": "$customer", "n": "$n"}}`, seen, Object{"n": []any{1, nil}})
}

func TestIsRefusesMalformedJSON(t *testing.T) {
	if got := reported(t, `{}`, func(a Answer) { a.Is(`{"a": }`) }); !strings.HasPrefix(got, "the expected JSON is malformed: ") {
		t.Errorf("reported %q", got)
	}
}

func TestAnswerParts(t *testing.T) {
	const text = `{"a": {"list": [{"n": 1}, {"n": "x"}], "none": null}}`
	a := decodedAnswer(t, t, text)
	Want(t, "text", a.Text("a.list.1.n"), "x")
	Want(t, "number", a.Number("a.list.0.n"), 1)
	Want(t, "null", a.Get("a.none"), nil)
	Want(t, "fields", []bool{a.Has("a"), a.Has("b"), a.At("a").Has("none")}, []bool{true, false, true})
	Want(t, "list", len(a.List("a.list")), 2)
	a.List("a.list")[0].Is(`{"n": 1}`)
	for _, test := range []struct {
		name, reported string
		use            func(Answer)
	}{
		{"NoField", "the answer to {…} has no a.b, only ", func(a Answer) { a.At("a.b.c") }},
		{"NoElement", "the answer to {…} has no a.list.2, only ", func(a Answer) { a.Get("a.list.2") }},
		{"NoText", "a.none is not a text in ", func(a Answer) { a.Text("a.none") }},
		{"NoNumber", "a.list.1.n is not a number in ", func(a Answer) { a.Number("a.list.1.n") }},
		{"NoList", "a is not a list in ", func(a Answer) { a.List("a") }},
		{"PathOfAPart", "the answer to {…} differs:\n\ta.list.0.n: got 1, want 2\nin ", func(a Answer) { a.At("a.list.0").Is(`{"n": 2}`) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := reported(t, text, test.use); !strings.HasPrefix(got, test.reported) {
				t.Errorf("reported %q", got)
			}
		})
	}
}
