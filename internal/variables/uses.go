package variables

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// checkUses returns an error for a value that its place in the operation does not
// take, though its type allows it: null where a variable with a default stands for
// what must not be null, and a list that is longer than @most says.
func (s *Schema) checkUses(operation *ast.OperationDefinition, values map[string]any) *gqlerror.Error {
	u := uses{schema: s, values: values, seen: map[string]bool{}}
	u.directives(operation.Directives)
	u.selections(operation.SelectionSet)
	return u.err
}

// uses walks through an operation, each fragment once.
type uses struct {
	schema *Schema
	values map[string]any  // of the variables
	seen   map[string]bool // fragments
	err    *gqlerror.Error // the first
}

func (u *uses) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			u.arguments(selection.Definition.Arguments, selection.Arguments)
			u.directives(selection.Directives)
			u.selections(selection.SelectionSet)
		case *ast.InlineFragment:
			u.directives(selection.Directives)
			u.selections(selection.SelectionSet)
		case *ast.FragmentSpread:
			u.directives(selection.Directives)
			if !u.seen[selection.Name] {
				u.seen[selection.Name] = true
				u.directives(selection.Definition.Directives)
				u.selections(selection.Definition.SelectionSet)
			}
		}
	}
}

func (u *uses) directives(directives ast.DirectiveList) {
	for _, directive := range directives {
		u.arguments(directive.Definition.Arguments, directive.Arguments)
	}
}

func (u *uses) arguments(of ast.ArgumentDefinitionList, arguments ast.ArgumentList) {
	for _, argument := range arguments {
		definition := of.ForName(argument.Name)
		u.value(argument.Value, slot{definition.Name, definition.Type, definition.Directives, argument.Value.Position})
	}
}

// A slot is a place in the schema that takes a value.
type slot struct {
	name       string
	of         *ast.Type
	directives ast.DirectiveList
	position   *ast.Position // of the value in the document
}

// value looks at a value as the document has it.
func (u *uses) value(value *ast.Value, in slot) {
	switch value.Kind {
	case ast.Variable:
		given := u.values[value.Raw]
		if _, has := u.values[value.Raw]; has && given == nil && value.ExpectedType != nil && value.ExpectedType.NonNull {
			u.fail(in, "", "Variable \"$%s\": it is null where a value of type %s is required.", value.Raw, value.ExpectedType)
		}
		u.given(given, in)
	case ast.ListValue:
		u.length(len(value.Children), in)
		for _, child := range value.Children {
			u.value(child.Value, slot{name: in.name, of: elementOf(in.of), position: in.position})
		}
	case ast.ObjectValue:
		for _, child := range value.Children {
			if field := u.schema.Types[in.of.Name()].Fields.ForName(child.Name); field != nil { // a JSON scalar has none
				u.value(child.Value, slot{field.Name, field.Type, field.Directives, in.position})
			}
		}
	}
}

// given looks at the value of a variable, which was coerced.
func (u *uses) given(value any, in slot) {
	switch value := value.(type) {
	case []any:
		u.length(len(value), in)
		for _, item := range value {
			u.given(item, slot{name: in.name, of: elementOf(in.of), position: in.position})
		}
	case map[string]any:
		for _, field := range u.schema.Types[in.of.Name()].Fields {
			u.given(value[field.Name], slot{field.Name, field.Type, field.Directives, in.position})
		}
	}
}

// length refuses a list with more items than its place in the schema takes. An enum
// has so many values, and Distinct has left each that is written down once.
func (u *uses) length(items int, in slot) {
	most := items
	if bound := in.directives.ForName("most"); bound != nil {
		declared, _ := bound.ArgumentMap(nil)["items"].(int64)
		most = int(declared)
	} else if of := u.schema.Types[in.of.Name()]; of.Kind == ast.Enum {
		most = len(of.EnumValues)
	}
	if items > most {
		u.fail(in, badInput, "%s may have at most %d items, and has %d.", in.name, most, items)
	}
}

// elementOf returns the type of the items of a list, or of one value in its place.
func elementOf(of *ast.Type) *ast.Type {
	if of.Elem != nil {
		return of.Elem
	}
	return of
}

func (u *uses) fail(in slot, code, format string, args ...any) {
	if u.err == nil {
		u.err = withCode(gqlerror.Errorf(format, args...), code)
		locate(u.err, in.position)
	}
}
