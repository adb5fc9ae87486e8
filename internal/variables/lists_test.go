package variables_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/variables"
)

const listSchema = `
directive @most(items: Int!) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
directive @pageSize(default: Int! = 2, max: Int! = 5) on ARGUMENT_DEFINITION
scalar Even
scalar JSON
enum Color { RED GREEN BLUE }
input In { ids: [ID!] @most(items: 2) colors: [Color!] in: [In!] @most(items: 1) even: Even }
type Query { f(ids: [ID!] @most(items: 2), colors: [Color!], in: In, any: JSON, even: Even, n: Int, first: Int @pageSize): Int }`

// prepare validates a document as the server does, and coerces its variables.
func prepare(document string, given values) (map[string]any, *ast.QueryDocument, error) {
	even := variables.Scalar{Code: "ODD", Check: func(value any) error {
		if text, isText := value.(string); !isText || len(text)%2 != 0 {
			return errors.New("this is odd")
		}
		return nil
	}}
	s := &variables.Schema{Schema: gqlparser.MustLoadSchema(&ast.Source{Input: listSchema}), Scalars: map[string]variables.Scalar{"Even": even}}
	doc, errs := gqlparser.LoadQueryWithRules(s.Schema, document, nil)
	if errs != nil {
		return nil, nil, errs
	}
	s.Distinct(doc)
	coerced, err := s.Coerce(doc.Operations[0], given)
	if err != nil {
		return nil, nil, fmt.Errorf("%v: %s", err.Extensions["code"], err.Message)
	}
	return coerced, doc, nil
}

func TestLists(t *testing.T) {
	t.Parallel()
	three := []any{"a", "b", "c"}
	for _, test := range []struct {
		document string
		given    values
		err      string // "" for none
	}{
		{`{ f(ids: ["a", "b"]) }`, nil, ""}, {`{ f(ids: "a") }`, nil, ""}, {`{ f(ids: null, any: {x: [1, 2, 3]}) }`, nil, ""},
		{`{ f(ids: ["a", "a", "a"]) }`, nil, "BAD_USER_INPUT: ids may have at most 2 items, and has 3."},
		{`query($v: [ID!]) { f(ids: $v) }`, values{"v": three}, "BAD_USER_INPUT: ids may have at most 2 items, and has 3."},
		{`query($v: [ID!] = ["a", "b", "c"]) { f(ids: $v) }`, nil, "BAD_USER_INPUT: ids may have at most 2 items, and has 3."},
		{`query($v: ID! = "a") { f(ids: [$v, $v, "a"]) }`, nil, "BAD_USER_INPUT: ids may have at most 2 items, and has 3."},
		{`query($v: In) { f(in: $v) }`, values{"v": values{"in": values{"ids": three}}}, "BAD_USER_INPUT: ids may have at most 2 items, and has 3."},
		{`query($v: [ID!]) { ...F } fragment F on Query { f(in: {in: [{ids: $v}]}) }`, values{"v": three}, "BAD_USER_INPUT: ids may have at most 2 items, and has 3."},
		{`{ f(in: {in: [{}, {}]}) }`, nil, "BAD_USER_INPUT: in may have at most 1 items, and has 2."},
		{`query($a: Color!, $b: Color!) { f(colors: [$a, RED, $b, RED, $a]) }`, values{"a": "RED", "b": "RED"}, ""},
		{`query($a: Color!, $b: Color!) { f(colors: [$a, RED, $b, GREEN]) }`, values{"a": "RED", "b": "RED"}, "BAD_USER_INPUT: colors may have at most 3 items, and has 4."},
		{`{ f(first: 5, n: 6) }`, nil, ""}, {`{ f(first: null) }`, nil, ""}, {`query($v: Int) { f(first: $v) }`, values{"v": 0.0}, ""},
		{`{ f(first: 6) }`, nil, "BAD_USER_INPUT: first must be from 0 to 5"},
		{`{ ...F } fragment F on Query { f(first: -1) }`, nil, "BAD_USER_INPUT: first must be from 0 to 5"},
		{`query($v: Int) { f(first: $v) }`, values{"v": 6.0}, "BAD_USER_INPUT: first must be from 0 to 5"},
		{`query($v: Int) { f(first: $v) }`, values{"v": -1.0}, "BAD_USER_INPUT: first must be from 0 to 5"},
		{`query($v: Int = 6) { f(first: $v) }`, nil, "BAD_USER_INPUT: first must be from 0 to 5"},
		{`query($v: Even) { f(even: $v) }`, values{"v": "odd"}, `ODD: Variable "$v": this is odd.`},
		{`query($v: In) { f(in: $v) }`, values{"v": values{"in": []any{values{"even": "odd"}}}}, `ODD: Variable "$v" at in[0].even: this is odd.`},
		{`query($v: Even = "odd") { f(even: $v) }`, nil, `ODD: Variable "$v": this is odd.`}, {`query($v: Even) { f(even: $v) }`, values{"v": "even"}, ""},
	} {
		_, _, err := prepare(test.document, test.given)
		if got := fmt.Sprint(err); got != test.err && (err != nil || test.err != "") {
			t.Errorf("%s: got %s, want %s", test.document, got, test.err)
		}
	}
}

// An empty list of an enum stays a list.
func TestEmptyEnumLists(t *testing.T) {
	t.Parallel()
	coerced, _, err := prepare(`query($v: [Color!]) { f(colors: $v) }`, values{"v": []any{}})
	if err != nil {
		t.Fatal(err)
	}
	if encoded, err := json.Marshal(coerced["v"]); err != nil || string(encoded) != "[]" {
		t.Errorf("got %s, %v, want []", encoded, err)
	}
}

// A value of an enum that is repeated counts once, where it stood first.
func TestEnumsAreDistinct(t *testing.T) {
	t.Parallel()
	coerced, doc, err := prepare(`query($v: [Color!]) { f(colors: $v, in: {colors: [BLUE, RED, BLUE, BLUE]}) }`, values{"v": []any{"RED", "BLUE", "RED", "BLUE"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []any{"RED", "BLUE"}; !reflect.DeepEqual(coerced["v"], want) {
		t.Errorf("got %v, want %v", coerced["v"], want)
	}
	literal, err := doc.Operations[0].SelectionSet[0].(*ast.Field).Arguments.ForName("in").Value.Value(nil)
	if want := values(map[string]any{"colors": []any{"BLUE", "RED"}}); err != nil || !reflect.DeepEqual(literal, want) {
		t.Errorf("got %v, %v, want %v", literal, err, want)
	}
}
