package servertest

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// ParseSchema parses the public contract.
func ParseSchema(t testing.TB) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile(Root(t, "schema.graphqls"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func MustBeGiven(of *ast.Type, byDefault *ast.Value) bool { return of.NonNull && byDefault == nil }

// OurTypes are the types that the schema itself defines, in its order.
func OurTypes(s *ast.Schema) []*ast.Definition {
	definitions := slices.Collect(maps.Values(s.Types))
	definitions = slices.DeleteFunc(definitions, func(d *ast.Definition) bool { return d.BuiltIn })
	slices.SortFunc(definitions, func(a, b *ast.Definition) int { return cmp.Compare(a.Position.Start, b.Position.Start) })
	return definitions
}

// OurFields leaves out what every GraphQL schema has: __schema and __type.
func OurFields(d *ast.Definition) []*ast.FieldDefinition {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

// Many repeats a format with the numbers from 0 on, each with the next one.
func Many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%[2]d") {
			fmt.Fprintf(&b, format, i, i+1)
		} else {
			fmt.Fprintf(&b, format, i)
		}
	}
	return b.String()
}

func SchemaOf(t testing.TB) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile(Root(t, "schema.graphqls"))
	if err != nil {
		t.Fatal(err)
	}
	return gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
}
