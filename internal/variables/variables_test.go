package variables_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/variables"
)

const schema = `
scalar DateTime
scalar Big
scalar JSON
enum Role { VIEWER ADMIN }
input In { id: ID! n: Int = 3 role: Role tags: [String!] grid: [[Int]] in: In any: JSON at: DateTime flags: [Boolean!]! = [true] }
type Query {
  f(i: Int f: Float s: String b: Boolean id: ID role: Role at: DateTime big: Big any: JSON list: [Int!] grid: [[Int]] in: In
    must: Int! = 1 mustRole: Role! = ADMIN): Int
  need(i: Int! role: Role! ids: [ID!]!): Int
}`

func coerce(t *testing.T, document, given string) (map[string]any, error) {
	t.Helper()
	s := &variables.Schema{Schema: gqlparser.MustLoadSchema(&ast.Source{Input: schema}), Scalars: map[string]variables.Scalar{
		"DateTime": {Kind: variables.Text}, "Big": {Kind: variables.Integer},
	}}
	doc, errs := gqlparser.LoadQueryWithRules(s.Schema, document, nil)
	if errs != nil {
		t.Fatalf("%s: %v", document, errs)
	}
	decoder := json.NewDecoder(strings.NewReader(given))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		t.Fatal(err)
	}
	coerced, err := s.Coerce(doc.Operations[0], values)
	if err != nil {
		return nil, err
	}
	again, err := s.Coerce(doc.Operations[0], coerced)
	if err != nil || !reflect.DeepEqual(again, coerced) {
		t.Errorf("%s: coerced again: got %v (%v), want %v", given, again, err, coerced)
	}
	return coerced, nil
}

type values = map[string]any

func TestCoercion(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		declared, use string
		given         string
		want          any    // of $v; nil for null
		absent        bool   // $v has no value
		err           string // in the error, after the variable
	}{
		{declared: "Int", use: "i", given: `5`, want: int64(5)},
		{declared: "Int", use: "i", given: `1.0`, want: int64(1)},
		{declared: "Int", use: "i", given: `1e3`, want: int64(1000)},
		{declared: "Int", use: "i", given: `-2147483648`, want: int64(-2147483648)},
		{declared: "Int", use: "i", given: `2147483648`, err: `: 2147483648 is not a value of type Int.`},
		{declared: "Int", use: "i", given: `1.5`, err: `: 1.5 is not a value of type Int.`},
		{declared: "Int", use: "i", given: `"5"`, err: `: "5" is not a value of type Int.`},
		{declared: "Int", use: "i", given: `true`, err: `: true is not`},
		{declared: "Int", use: "i", given: `[5]`, err: `: a list is not`},
		{declared: "Int", use: "i", given: `1e99999`, err: `: 1e99999 is not`},
		{declared: "Int", use: "i", given: `null`},
		{declared: "Int", use: "i", given: ``, absent: true},
		{declared: "Int = 7", use: "i", given: ``, want: int64(7)},
		{declared: "Int = 7", use: "i", given: `null`},
		{declared: "Int = null", use: "i", given: ``},
		{declared: "Int!", use: "i", given: `null`, err: `: a value of type Int! is required, not null.`},
		{declared: "Int!", use: "i", given: ``, err: `: a value of type Int! is required.`},
		{declared: "Float", use: "f", given: `5`, want: 5.0},
		{declared: "Float", use: "f", given: `1.5e2`, want: 150.0},
		{declared: "Float = 2", use: "f", given: ``, want: 2.0},
		{declared: "Float", use: "f", given: `"1.5"`, err: `: "1.5" is not a value of type Float.`},
		{declared: "Float", use: "f", given: `1e999`, err: `: 1e999 is not`},
		{declared: "String", use: "s", given: `"x"`, want: "x"},
		{declared: "String", use: "s", given: `5`, err: `: 5 is not a value of type String.`},
		{declared: "String", use: "s", given: `true`, err: `: true is not`},
		{declared: "Boolean", use: "b", given: `true`, want: true},
		{declared: "Boolean", use: "b", given: `"true"`, err: `: "true" is not a value of type Boolean.`},
		{declared: "Boolean", use: "b", given: `1`, err: `: 1 is not`},
		{declared: "ID", use: "id", given: `"x"`, want: "x"},
		{declared: "ID", use: "id", given: `5`, want: "5"},
		{declared: "ID", use: "id", given: `123456789012345678901`, want: "123456789012345678901"},
		{declared: "ID = 5", use: "id", given: ``, want: "5"},
		{declared: "ID", use: "id", given: `1.5`, err: `: 1.5 is not a value of type ID.`},
		{declared: "ID", use: "id", given: `1e400`, err: `: 1e400 is not`},
		{declared: "ID", use: "id", given: `true`, err: `: true is not`},
		{declared: "Role", use: "role", given: `"ADMIN"`, want: "ADMIN"},
		{declared: "Role = VIEWER", use: "role", given: ``, want: "VIEWER"},
		{declared: "Role", use: "role", given: `"admin"`, err: `: "admin" is not a value of Role.`},
		{declared: "Role", use: "role", given: `""`, err: `: "" is not`},
		{declared: "Role", use: "role", given: `0`, err: `: 0 is not`},
		{declared: "DateTime", use: "at", given: `"2026-05-04T09:00:00Z"`, want: "2026-05-04T09:00:00Z"},
		{declared: "DateTime", use: "at", given: `5`, err: `: 5 is not a value of type DateTime.`},
		{declared: "Big", use: "big", given: `9007199254740991`, want: int64(9007199254740991)},
		{declared: "Big", use: "big", given: `9007199254740992`, err: `: 9007199254740992 is not a value of type Big.`},
		{declared: "Big", use: "big", given: `"5"`, err: `: "5" is not a value of type Big.`},
		{declared: "JSON", use: "any", given: `{"a":[1]}`, want: values{"a": []any{json.Number("1")}}},
		{declared: "[Int!]", use: "list", given: `[1,2]`, want: []any{int64(1), int64(2)}},
		{declared: "[Int!]", use: "list", given: `1`, want: []any{int64(1)}},
		{declared: "[Int!]", use: "list", given: `null`},
		{declared: "[Int!] = 4", use: "list", given: ``, want: []any{int64(4)}},
		{declared: "[Int!]", use: "list", given: `[1,null]`, err: ` at [1]: a value of type Int! is required, not null.`},
		{declared: "[Int!]", use: "list", given: `[1,"2"]`, err: ` at [1]: "2" is not a value of type Int.`},
		{declared: "[Int!]", use: "list", given: `"x"`, err: `: "x" is not a value of type Int.`},
		{declared: "[[Int]]", use: "grid", given: `[[1],2,null]`, want: []any{[]any{int64(1)}, []any{int64(2)}, nil}},
		{declared: "[[Int]]", use: "grid", given: `1`, want: []any{[]any{int64(1)}}},
		{declared: "In", use: "in", given: `{"id":1}`, want: values{"id": "1", "n": int64(3), "flags": []any{true}}},
		{declared: "In", use: "in", given: `{"id":1,"n":null,"tags":"a"}`,
			want: values{"id": "1", "n": nil, "tags": []any{"a"}, "flags": []any{true}}},
		{declared: "In", use: "in", given: `{}`, err: ` at id: a value of type ID! is required.`},
		{declared: "In", use: "in", given: `{"id":1,"flags":null}`, err: ` at flags: a value of type [Boolean!]! is required, not null.`},
		{declared: "In", use: "in", given: `{"id":1,"flags":[true,1]}`, err: ` at flags[1]: 1 is not a value of type Boolean.`},
		{declared: "In", use: "in", given: `{"id":1,"in":{"id":2,"role":"admin"}}`, err: ` at in.role: "admin" is not a value of Role.`},
		{declared: "In", use: "in", given: `{"id":1,"in":{"id":2,"rle":"ADMIN"}}`, err: ` at in: In has no field "rle".`},
		{declared: "In", use: "in", given: `{"id":1,"":1}`, err: `: In has no field "".`},
		{declared: "In", use: "in", given: `{"id":1,"__typename":"In"}`, err: `: In has no field "__typename".`},
		{declared: "In", use: "in", given: `"x"`, err: `: "x" is not an object of type In.`},
		{declared: "In = {id: 1, tags: \"a\"}", use: "in", given: ``,
			want: values{"id": "1", "n": int64(3), "tags": []any{"a"}, "flags": []any{true}}},

		// Null where the default lets the type be one that allows it.
		{declared: "Int", use: "must", given: `null`, err: `: it is null where a value of type Int! is required.`},
		{declared: "Int", use: "must", given: ``, absent: true},
		{declared: "Role", use: "mustRole", given: `null`, err: `: it is null where a value of type Role! is required.`},
	} {
		given := `{"undeclared": 1}`
		if tc.given != "" {
			given = `{"undeclared": 1, "v": ` + tc.given + `}`
		}
		got, err := coerce(t, fmt.Sprintf(`query($v: %s) { f(%s: $v) }`, tc.declared, tc.use), given)
		value, has := got["v"]
		switch {
		case tc.err != "":
			if err == nil || !strings.Contains(err.Error(), `Variable "$v"`+tc.err) {
				t.Errorf("%s given %s: got %v (%v), want the error %s", tc.declared, tc.given, got, err, tc.err)
			}
		case err != nil || has == tc.absent || len(got) > 1 || !reflect.DeepEqual(value, tc.want):
			t.Errorf("%s given %s: got %#v (%v), want %#v", tc.declared, tc.given, got, err, tc.want)
		}
	}
}

// A variable with a default may stand where null can't: null is refused wherever that is.
func TestNullWhereNullCannotBe(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		`query($v: Int = 1) { need(i: $v, role: ADMIN, ids: []) }`,
		`query($v: Role = ADMIN) { need(i: 1, role: $v, ids: []) }`,
		`query($v: ID = "x") { need(i: 1, role: ADMIN, ids: [$v]) }`,
		`query($v: [ID!] = "x") { need(i: 1, role: ADMIN, ids: $v) }`,
		`query($v: ID = "x") { f(in: {id: $v}) }`,
		`query($v: ID = "x") { f(in: {id: 1, in: {id: $v}}) }`,
		`query($v: Boolean = true) { f @include(if: $v) }`,
		`query($v: Boolean = true) { ... @skip(if: $v) { f } }`,
		`query($v: Boolean = true) { ...F @skip(if: $v) } fragment F on Query { f }`,
		`query($v: Boolean = true) { ...F } fragment F on Query { f @include(if: $v) }`,
		`query($v: Boolean = true) { ...F } fragment F on Query { ...G } fragment G on Query { f @include(if: $v) }`,
	} {
		if got, err := coerce(t, document, `{"v": null}`); err == nil || !strings.Contains(err.Error(), `Variable "$v": it is null`) {
			t.Errorf("%s: got %v, %v", document, got, err)
		}
		if _, err := coerce(t, document, `{}`); err != nil {
			t.Errorf("%s, with the default: %v", document, err)
		}
	}
	if _, err := coerce(t, `query($v: Int = 1) { f(i: $v) }`, `{"v": null}`); err != nil {
		t.Errorf("null where it may be: %v", err)
	}
}

// An error quotes little of what was given, whatever it is.
func TestErrorsQuoteLittle(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("€", 300_000)
	for _, given := range []string{
		`"` + long + `"`, `{"id": 1, "` + long + `": 1}`, `{"id": 1, "role": "` + long + `"}`, `{"id": 1, "n": ` + strings.Repeat("9", 900_000) + `}`,
		`{"id": 1, "grid": [[` + strings.Repeat("1,", 100_000) + `"x"]]}`,
	} {
		_, err := coerce(t, `query($v: In) { f(in: $v) }`, `{"v": `+given+`}`)
		if err == nil || len(err.Error()) > 200 {
			t.Errorf("%.40s: got %.300v", given, err)
		}
	}
}
