package cost_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"tandem/internal/collab"
	"tandem/internal/cost"
)

// tokens is how many a document may have; see httpd.
const tokens = 15_000

func schema(t testing.TB) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
}

func measure(t *testing.T, document string, variables map[string]any) (cost.Figures, error) {
	t.Helper()
	s := schema(t)
	doc, err := gqlparser.LoadQueryWithRules(s, document, nil)
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	if err := cost.Shape(doc); err != nil {
		t.Errorf("%s: %v", document, err)
	}
	coerced, err2 := validator.VariableValues(s, doc.Operations[0], variables)
	if err2 != nil {
		t.Fatal(err2)
	}
	if err := cost.Check(s, doc.Operations[0], coerced); err != nil {
		return cost.Measure(s, doc.Operations[0], coerced), err
	}
	return cost.Measure(s, doc.Operations[0], coerced), nil
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		document  string
		variables map[string]any
		want      cost.Figures
	}{
		"one field":          {`{ viewer { role } }`, nil, cost.Figures{Cost: 2, Depth: 2, Fields: 1}},
		"two":                {`{ viewer { role } b: viewer { role } }`, nil, cost.Figures{Cost: 4, Depth: 2, Fields: 2, Aliases: 1}},
		"a page of 25":       {`{ customers { nodes { id } } }`, nil, cost.Figures{Cost: 1 + 25*2, Depth: 3, Fields: 1}},
		"a page of 100":      {`{ customers(first: 100) { nodes { id name } } }`, nil, cost.Figures{Cost: 1 + 100*3, Depth: 3, Fields: 1}},
		"by a variable":      {`query($n: Int) { customers(first: $n) { nodes { id } } }`, map[string]any{"n": 10}, cost.Figures{Cost: 1 + 10*2, Depth: 3, Fields: 1}},
		"by none":            {`query($n: Int) { customers(first: $n) { nodes { id } } }`, nil, cost.Figures{Cost: 1 + 25*2, Depth: 3, Fields: 1}},
		"by a default":       {`query($n: Int = 7) { customers(first: $n) { nodes { id } } }`, nil, cost.Figures{Cost: 1 + 7*2, Depth: 3, Fields: 1}},
		"more than there is": {`{ customers(first: 1000000000) { nodes { id } } }`, nil, cost.Figures{Cost: 1 + 100*2, Depth: 3, Fields: 1}},
		"less than nothing":  {`{ customers(first: -5) { nodes { id } } }`, nil, cost.Figures{Cost: 1 + 2, Depth: 3, Fields: 1}},
		"edges are the page": {`{ customers(first: 10) { edges { node { id } } } }`, nil, cost.Figures{Cost: 1 + 10*3, Depth: 4, Fields: 1}},
		"a page of pages":    {`{ customers(first: 10) { nodes { calls(first: 20) { nodes { id } } } } }`, nil, cost.Figures{Cost: 1 + 10*(1+1+20*2), Depth: 5, Fields: 1}},
		"nodes by their ids": {`query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, map[string]any{"ids": []any{"a", "b", "c"}}, cost.Figures{Cost: 1 + 3 + 3, Depth: 2, Fields: 1}},
		"lists that are given": {
			`query($f: ActivityFilter) { a: activity(first: 1, filter: $f) { __typename } b: activity(first: 1, filter: {userIds: ["a", "b"]}) { __typename } }`,
			map[string]any{"f": map[string]any{"entityIds": []any{"a", "b", "c"}, "userIds": []any{"d"}}},
			cost.Figures{Cost: 1 + 4 + 1 + 1 + 2 + 1, Depth: 2, Fields: 2, Aliases: 2},
		},
		"a list that is none": {`{ presence(room: "r") { users { name } } }`, nil, cost.Figures{Cost: 1 + 1 + 10, Depth: 3, Fields: 1}},
		"fragments count where they are spread": {
			`{ a: customers(first: 1) { ...page } b: customers(first: 1) { ...page } } fragment page on CustomerConnection { nodes { x: id } }`,
			nil, cost.Figures{Cost: 2 * 3, Depth: 3, Fields: 2, Aliases: 4},
		},
		"a fragment of a page is the page": {
			`{ customers(first: 10) { ...page } } fragment page on CustomerConnection { nodes { id } }`,
			nil, cost.Figures{Cost: 1 + 10*2, Depth: 3, Fields: 1},
		},
		"fields of a fragment at the root": {`{ ...all ... { c: viewer { role } } } fragment all on Query { viewer { role } }`, nil, cost.Figures{Cost: 4, Depth: 2, Fields: 2, Aliases: 1}},
		"the schema":                       {`{ __schema { types { fields { type { name } } } } __type(name: "Node") { name } }`, nil, cost.Figures{Cost: 2000, Depth: 1, Fields: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := measure(t, tc.document, tc.variables); err != nil || got != tc.want {
				t.Errorf("got %+v (%v), want %+v", got, err, tc.want)
			}
		})
	}
}

// An operation that asks for too much is refused with its cost, and advice on what to do.
func TestTooMuch(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ document, says string }{
		"three pages deep": {`{ customers(first: 100) { nodes { calls(first: 100) { nodes { customer { calls(first: 100) { nodes { id } } } } } } } }`, "fields in the answer: 2030201"},
		"a large event":    {`subscription { customerChanged { customer { calls(first: 100) { nodes { comments { nodes { id } } } } } } }`, "fields in the answer"},
		"too deep":         {`{ customers(first: 1) { nodes { ` + strings.Repeat("calls(first: 1) { nodes { customer { ", 5) + "id" + strings.Repeat(" } } }", 5) + ` } } }`, "levels of fields"},
		"many at the root": {"{" + numbered(51, "a%d: viewer { role } ") + "}", "fields to begin with: 51, at most 50 are allowed"},
		"many aliases":     {"{ viewer { " + numbered(201, "a%d: role ") + "} }", "aliases: 201, at most 200"},
		"long texts":       {`{ customers(first: 100) { nodes { ` + numbered(60, "n%d: notes ") + ` } } }`, "fields in the answer: 60101"},
		"searches":         {"{" + numbered(20, `a%d: customers(first: 1, filter: {search: "x"}) { totalCount } `) + "}", "fields in the answer: 20040"},
		"exports":          {`mutation { a: exportPersonalData(userId: "a") b: exportPersonalData(userId: "b") }`, "fields in the answer: 20002"},
		"names of types":   {`{ customers(first: 100) { nodes { ` + numbered(20, "n%d: __typename ") + ` } } }`, "fields in the answer: 20101"},
		"aliases in fragments": {"{ viewer { " + numbered(15, "u%d: user { ...f } ") + "} } fragment f on User {" + numbered(15, "a%d: id ") + "}",
			"aliases: 240, at most 200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := measure(t, tc.document, nil)
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want %q in it", err, tc.says)
			}
		})
	}
}

// Every text that may be long, by its description, costs more than a line.
func TestLongTextsAreKnown(t *testing.T) {
	t.Parallel()
	long := regexp.MustCompile(`[0-9]0,000 characters`)
	s, found := schema(t), 0
	for _, definition := range s.Types {
		for _, field := range definition.Fields {
			if definition.Kind != ast.Object || !long.MatchString(field.Description) {
				continue
			}
			found++
			if costs := cost.Measure(s, operationOf(field), nil).Cost; costs < 2 {
				t.Errorf("%s.%s costs %d, as much as a line", definition.Name, field.Name, costs)
			}
		}
	}
	if found < 6 {
		t.Errorf("found only %d long texts", found)
	}
}

// A batch of 25 edits has room for everything that an answer says about an edit and its conflict; many conflicts with all
// of their parts, under many names, do not.
func TestBatchesWithConflicts(t *testing.T) {
	t.Parallel()
	const person = "{ id name email avatar }"
	const parts = "parts { __typename ... on AgreedText { text } ... on ClashingText { base local remote } }"
	const fields = "conflictedFields { field base local remote remoteChangedBy " + person + " remoteChangedAt baseText localText remoteText " + parts + " }"
	customer := "{ " + leaves(t, "Customer") + " owner " + person + " updatedBy " + person + " }"
	update := `mutation($inputs: [UpdateCustomerInput!]!) { updateCustomers(inputs: $inputs) { __typename
		... on CustomerSaved { merged cursor customer ` + customer + ` } ... on Problem { message } ... on InvalidInput { fields { field message } }
		... on CustomerConflict { ` + leaves(t, "CustomerConflict") + " base " + customer + " local " + customer + " remote " + customer + " " + fields + ` } } }`
	for inputs, fits := range map[int]bool{25: true, 100: false} {
		edits := make([]any, inputs)
		for i := range edits {
			edits[i] = map[string]any{"id": "cus_1", "baseVersion": 1, "patch": map[string]any{"notes": "x"}}
		}
		figures, err := measure(t, update, map[string]any{"inputs": edits})
		if (err == nil) != fits {
			t.Errorf("%d inputs: %v, %v", inputs, figures, err)
		}
	}
	attack := "{ conflicts(first: 10) { nodes { conflictedFields { " + numbered(20, "p%d: "+parts+" ") + "} } } }"
	if figures, err := measure(t, attack, nil); err == nil {
		t.Errorf("200 texts taken apart cost %d", figures.Cost)
	}
}

// leaves returns the names of the fields of a type that select nothing and take no arguments.
func leaves(t *testing.T, name string) string {
	s := schema(t)
	var names []string
	for _, field := range s.Types[name].Fields {
		of := s.Types[field.Type.Name()]
		if (of.Kind == ast.Scalar || of.Kind == ast.Enum) && len(field.Arguments) == 0 && !strings.HasPrefix(field.Name, "__") {
			names = append(names, field.Name)
		}
	}
	return strings.Join(names, " ")
}

// operationOf returns an operation with nothing but a field.
func operationOf(field *ast.FieldDefinition) *ast.OperationDefinition {
	return &ast.OperationDefinition{SelectionSet: ast.SelectionSet{&ast.Field{Name: field.Name, Alias: field.Name, Definition: field}}}
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// A document of fragments that each spread the next twice has 2^100 fields.
func TestFragmentBombIsMeasuredOnce(t *testing.T) {
	t.Parallel()
	bomb := "{ viewer { user { ...f0 } } }"
	for i := range 100 {
		bomb += fmt.Sprintf(" fragment f%d on User { id ...f%d ...f%d }", i, i+1, i+1)
	}
	bomb += " fragment f100 on User { id name }"
	f, err := measure(t, bomb, nil)
	if err == nil || f.Cost != 1_000_000_000 {
		t.Errorf("got %+v, %v", f, err)
	}
}

// Documents that would make the validator work for seconds are refused before it begins. All
// accepted ones are validated in a moment, even the worst of them.
func TestShapesAreRefusedCheaply(t *testing.T) {
	t.Parallel()
	s := schema(t)
	nest := func(n int, open, in, end string) string { return strings.Repeat(open, n) + in + strings.Repeat(end, n) }
	for name, tc := range map[string]struct {
		document string
		refused  bool
	}{
		"one field thousands of times": {"{viewer{" + strings.Repeat("role ", 14_000) + "}}", true},
		"in many fragments":            {"{viewer{user{" + numbered(80, "...f%d ") + "}}}" + numbered(80, "fragment f%d on User{"+strings.Repeat("id ", 79)+"}"), true},
		"as often as may be":           {"{viewer{" + strings.Repeat("role ", 570) + "}}", false},
		"the same at many levels":      {"{viewer{" + nest(46, "...{", strings.Repeat("role ", 140), "}") + "}}", false},
		"a chain of fragments":         {"{viewer{user{...f0}}}" + chain(900), true},
		"many fragments everywhere": {"{viewer{" + strings.Repeat("user{...f0 ...f1} ", 100) + "}}" +
			"fragment f0 on User{id}fragment f1 on User{id}", false},
		"fragments that spread all others": {"{viewer{user{" + numbered(31, "...f%d ") + "}}}" +
			numbered(31, "fragment f%d on User{"+numbered(31, "...f%d ")+"}"), false},
		"the longest chain that may be": {"{viewer{user{...f0}}}" + chain(199), false},
		"nested fields":                 {nest(60, "{a", "", "}"), true},
		"nested fragments":              {"{viewer" + nest(60, "{...", "{role}", "}") + "}", true},
		"directives":                    {"{viewer " + strings.Repeat("@skip(if: true) ", 2000) + "{role}}", true},
		"many pages under one name":     {"{" + strings.Repeat("customers(first: 1){nodes{id name}} ", 200) + "}", false},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: tc.document}, tokens)
			if err != nil {
				t.Fatal(err)
			}
			refusal := cost.Shape(doc)
			if took := time.Since(began); took > 10*time.Second { // on a busy machine, with the race detector
				t.Errorf("it took %v", took)
			}
			if (refusal != nil) != tc.refused {
				t.Fatalf("refused: %v", refusal)
			}
			if refusal == nil {
				began = time.Now()
				validator.ValidateWithRules(s, doc, rules.NewDefaultRules())
				if took := time.Since(began); took > 20*time.Second {
					t.Errorf("it was validated in %v", took)
				}
				t.Logf("validated in %v", time.Since(began))
			}
		})
	}
}

func chain(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment f%d on User{id ...f%d}", i, i+1)
	}
	fmt.Fprintf(&b, "fragment f%d on User{id}", n)
	return b.String()
}

// The library refuses these by itself: nothing overflows the stack, and each ends soon.
func TestParserEndsSoon(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"braces":           strings.Repeat("{", 500_000),
		"fields":           strings.Repeat("{a", 250_000),
		"lists":            "{a(b:" + strings.Repeat("[", 500_000),
		"objects":          "{a(b:" + strings.Repeat("{c:", 250_000),
		"types":            "query($a:" + strings.Repeat("[", 500_000),
		"inline fragments": "{" + strings.Repeat("...{", 250_000),
		"variables":        "query(" + numbered(10_000, "$v%d:ID ") + "){a}",
		"aliases":          "{" + numbered(10_000, "a%d:b ") + "}",
	} {
		began := time.Now()
		if _, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: document}, tokens); err == nil {
			t.Errorf("%s: it was accepted", name)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
	}
}

// Every field that returns a page says how large it is, and no other field does.
func TestPagesHaveASize(t *testing.T) {
	t.Parallel()
	pages := 0
	for _, definition := range schema(t).Types {
		for _, field := range definition.Fields {
			name := field.Type.Name()
			isPage := strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Page")
			if sized(t, field) != isPage {
				t.Errorf("%s.%s returns %s; a page has an argument with @pageSize, and nothing else does", definition.Name, field.Name, name)
			}
			if isPage {
				pages++
			}
		}
	}
	if pages < 10 {
		t.Errorf("found only %d pages", pages)
	}
}

// sized reports whether a field has an argument with the size of its page. The bounds of that size
// are those of the domain.
func sized(t *testing.T, field *ast.FieldDefinition) bool {
	t.Helper()
	for _, argument := range field.Arguments {
		size := argument.Directives.ForName("pageSize")
		if size == nil {
			continue
		}
		if got := size.ArgumentMap(nil); got["default"] != int64(collab.DefaultPageSize) || got["max"] != int64(collab.MaxPageSize) {
			t.Errorf("the size of %s is by default %v, and at most %v", field.Name, got["default"], got["max"])
		}
		return true
	}
	return false
}

// Every text to search for that an argument has makes its field cost more.
func TestSearchesCost(t *testing.T) {
	t.Parallel()
	s, searches := schema(t), 0
	for _, definition := range s.Types {
		for _, field := range definition.Fields {
			if definition.Kind == ast.InputObject && strings.HasPrefix(field.Name, "search") {
				searches++
				if field.Directives.ForName("searches") == nil {
					t.Errorf("%s.%s has no @searches", definition.Name, field.Name)
				}
			}
		}
	}
	if searches < 4 {
		t.Errorf("found only %d searches", searches)
	}
}
