package resolvers

import (
	"os"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
)

// A page cursor of no list is refused in every field that takes one, before the operation runs.
func TestPageCursorsAreChecked(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	for _, definition := range gqlparser.MustLoadSchema(&ast.Source{Input: string(text)}).Types {
		for _, field := range definition.Fields {
			after := field.Arguments.ForName("after")
			if after == nil || after.Type.Name() != "String" {
				continue
			}
			fields++
			if err := CheckArguments(field, map[string]any{"after": "zz"}); collab.CodeOf(err) != collab.BadInput {
				t.Errorf("%s.%s: %v", definition.Name, field.Name, err)
			}
			if err := CheckArguments(field, map[string]any{"after": nil}); err != nil {
				t.Errorf("%s.%s without a cursor: %v", definition.Name, field.Name, err)
			}
		}
	}
	if fields < 15 {
		t.Errorf("%d fields take a page cursor", fields)
	}
}
