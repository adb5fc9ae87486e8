package httpd

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"tandem/internal/variables"
	"tandem/resolvers"
)

func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
}

func parse(t *testing.T, text string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Validation stops at the last error that is shown, and messages are short.
func TestValidationStopsEarly(t *testing.T) {
	t.Parallel()
	var document strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&document, "v%d: customers(first: %q) { totalCount } ", i, strings.Repeat("x", 2000))
	}
	errs := newValidator(&variables.Schema{Schema: loadSchema(t), Scalars: resolvers.Scalars, Suggest: true}).validate(loadSchema(t), parse(t, "{"+document.String()+"}"))
	if len(errs) != maxErrors {
		t.Errorf("%d errors were collected", len(errs))
	}
	for _, err := range errs {
		if len(err.Message) > maxErrorMessage {
			t.Errorf("a message has %d bytes", len(err.Message))
		}
	}
}

// Unless suggestions are on, an error names nothing that the document does not name.
func TestNothingIsSuggested(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	for name, document := range map[string]string{
		"field":           `{ customerz { totalCount } }`,
		"subfield":        `{ customers { totalCoun } }`,
		"argument":        `{ customers(firs: 1) { totalCount } }`,
		"directive":       `{ viewer @include(iff: true) { role } }`,
		"input field":     `{ customers(filter: {serch: "x"}) { totalCount } }`,
		"enum value":      `{ customers(orderBy: NAME_AS) { totalCount } }`,
		"enum as text":    `{ customers(orderBy: "NAME_ASC") { totalCount } }`,
		"enum for text":   `{ customers(filter: {search: LEAD}) { totalCount } }`,
		"type":            `{ viewer { ... on Viewr { role } } }`,
		"variable's type": `query($f: CustomerFiltr) { customers(filter: $f) { totalCount } }`,
		"default":         `query($f: CustomerFilter = {serch: "x"}) { customers(filter: $f) { totalCount } }`,
		"leaf":            `{ viewer }`,
		"field of union":  `mutation { deleteEntity(input: {id: "x", baseVersion: 1}) { entityId } }`,
	} {
		shown := fmt.Sprint(newValidator(&variables.Schema{Schema: schema, Scalars: resolvers.Scalars, Suggest: false}).validate(schema, parse(t, document)))
		if shown == "" || strings.Contains(shown, "Did you mean") || strings.Contains(shown, "use one of") {
			t.Errorf("%s: %s", name, shown)
		}
	}
	if shown := fmt.Sprint(newValidator(&variables.Schema{Schema: schema, Scalars: resolvers.Scalars, Suggest: true}).validate(schema, parse(t, `{ customerz { totalCount } }`))); !strings.Contains(shown, "Did you mean") {
		t.Errorf("with suggestions: %s", shown)
	}
}

// A mistake about an enum has the same words in a document as in a variable, and with
// suggestions all values of the enum.
func TestEnumMistakes(t *testing.T) {
	t.Parallel()
	for _, suggest := range []bool{true, false} {
		schema := &variables.Schema{Schema: loadSchema(t), Scalars: resolvers.Scalars, Suggest: suggest}
		v := newValidator(schema)
		operation := parse(t, `query($o: EntityOrder!) { customers(orderBy: $o) { totalCount } }`)
		if errs := v.validate(schema.Schema, operation); len(errs) > 0 {
			t.Fatal(errs)
		}
		for _, given := range []struct {
			variable            any
			literal             string // "" where validation refuses its kind before
			mistake, inDocument string
		}{
			{"NAME_AS", `NAME_AS`, `"NAME_AS" is not`, `"NAME_AS" is not`},
			{"name_asc", `name_asc`, `"name_asc" is not`, `"name_asc" is not`},
			{3.0, `3`, `3 is not`, `3 is not`},
			{true, `true`, `true is not`, `true is not`},
			{"3.5", `"NAME_ASC"`, `"3.5" is not`, `the text "NAME_ASC" is not`}, // a variable may name the value in quotes
			{[]any{"x"}, "", `a list is not`, ""},
			{map[string]any{"a": 1.0}, "", `an object is not`, ""},
		} {
			rest := ` a value of EntityOrder.`
			if suggest {
				rest = ` a value of EntityOrder; use one of UPDATED_AT_DESC, UPDATED_AT_ASC, NAME_ASC, CREATED_AT_DESC, SCHEDULED_AT_ASC, SCHEDULED_AT_DESC, ` +
					`EXPECTED_CLOSE_ASC, EXPECTED_CLOSE_DESC, AMOUNT_DESC, STARTS_AT_ASC, STARTS_AT_DESC.`
			}
			_, err := schema.Coerce(operation.Operations[0], map[string]any{"o": given.variable})
			if err == nil || err.Message != `Variable "$o": `+given.mistake+rest {
				t.Errorf("the variable %v: %v", given.variable, err)
			}
			if given.literal == "" {
				continue
			}
			errs := v.validate(schema.Schema, parse(t, `{ customers(orderBy: `+given.literal+`) { totalCount } }`))
			if len(errs) != 1 || errs[0].Message != given.inDocument+rest || len(errs[0].Locations) == 0 {
				t.Errorf("the literal %s: %v", given.literal, errs)
			}
		}
	}
}
