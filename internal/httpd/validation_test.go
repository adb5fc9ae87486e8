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
	errs := newValidator(&variables.Schema{Schema: loadSchema(t), Scalars: scalars}, true).validate(loadSchema(t), parse(t, "{"+document.String()+"}"))
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
		shown := fmt.Sprint(newValidator(&variables.Schema{Schema: schema, Scalars: scalars}, false).validate(schema, parse(t, document)))
		if shown == "" || strings.Contains(shown, "Did you mean") {
			t.Errorf("%s: %s", name, shown)
		}
	}
	if shown := fmt.Sprint(newValidator(&variables.Schema{Schema: schema, Scalars: scalars}, true).validate(schema, parse(t, `{ customerz { totalCount } }`))); !strings.Contains(shown, "Did you mean") {
		t.Errorf("with suggestions: %s", shown)
	}
}
