package variables

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// Every @most of the schema is applied, to variables and to literals, at any depth of an input. Repeated values of an enum
// count once, so a list of them has no @most: it would promise a refusal that never comes.
func TestEveryMostIsApplied(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	s := &Schema{Schema: gqlparser.MustLoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})}
	applied := 0
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		for _, field := range root.Fields {
			for _, argument := range field.Arguments {
				applied += s.testMost(t, field, argument, slot{argument.Name, argument.Type, argument.Directives, nil}, nil)
			}
		}
	}
	if applied < 50 {
		t.Errorf("only %d lists were tested", applied)
	}
}

// testMost tests the lists in an argument, or in the field of an input to which the path leads. It returns their number.
func (s *Schema) testMost(t *testing.T, field *ast.FieldDefinition, argument *ast.ArgumentDefinition, in slot, path []string) (tested int) {
	of := s.Types[in.of.Name()]
	if bound := in.directives.ForName("most"); bound != nil {
		declared, _ := bound.ArgumentMap(nil)["items"].(int64)
		if of.Kind == ast.Enum {
			t.Errorf("%s(%s).%s is a list of an enum, and has @most", field.Name, argument.Name, strings.Join(path, "."))
		}
		for items, refused := range map[int]bool{int(declared): false, int(declared) + 1: true} {
			if s.refusesVariable(argument, path, items) != refused || s.refusesLiteral(argument, path, items) != refused {
				t.Errorf("%s(%s).%s with %d items: as a variable refused is %t, as a literal %t", field.Name, argument.Name, strings.Join(path, "."),
					items, s.refusesVariable(argument, path, items), s.refusesLiteral(argument, path, items))
			}
		}
		tested++
	}
	if of.Kind != ast.InputObject || len(path) > 4 {
		return tested
	}
	for _, child := range of.Fields {
		tested += s.testMost(t, field, argument, slot{child.Name, child.Type, child.Directives, nil}, append(path[:len(path):len(path)], child.Name))
	}
	return tested
}

// refusesVariable reports whether a list with a number of nulls is refused as part of a variable.
func (s *Schema) refusesVariable(argument *ast.ArgumentDefinition, path []string, items int) bool {
	var value any = make([]any, items)
	for i := len(path) - 1; i >= 0; i-- {
		value = map[string]any{path[i]: value}
	}
	return s.refuses(argument, &ast.Value{Kind: ast.Variable, Raw: "v"}, map[string]any{"v": value})
}

// refusesLiteral reports whether a list with a number of nulls is refused in a document.
func (s *Schema) refusesLiteral(argument *ast.ArgumentDefinition, path []string, items int) bool {
	value := &ast.Value{Kind: ast.ListValue}
	for range items {
		value.Children = append(value.Children, &ast.ChildValue{Value: &ast.Value{Kind: ast.NullValue}})
	}
	for i := len(path) - 1; i >= 0; i-- {
		value = &ast.Value{Kind: ast.ObjectValue, Children: ast.ChildValueList{{Name: path[i], Value: value}}}
	}
	return s.refuses(argument, value, nil)
}

func (s *Schema) refuses(argument *ast.ArgumentDefinition, value *ast.Value, values map[string]any) bool {
	value.Position = &ast.Position{}
	u := uses{schema: s, values: values, seen: map[string]bool{}}
	u.arguments(ast.ArgumentDefinitionList{argument}, ast.ArgumentList{{Name: argument.Name, Value: value}})
	return u.err != nil
}
