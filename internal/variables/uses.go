package variables

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// checkUses returns an error for a value that its type allows, but not its place in the
// operation: null by a variable with a default where the place is not nullable, a list that is
// longer than @most allows, the size of a page outside @pageSize, and arguments that CheckArguments
// refuses.
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
			u.field(selection)
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

// field checks the arguments of a field together.
func (u *uses) field(field *ast.Field) {
	if u.err != nil || u.schema.CheckArguments == nil || len(field.Arguments) == 0 {
		return
	}
	if wrong := u.schema.CheckArguments(field.Definition, field.ArgumentMap(u.values)); wrong != nil {
		u.fail(slot{position: field.Position}, badInput, "%s", wrong)
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

// A slot is a place in the schema for a value.
type slot struct {
	name       string
	of         *ast.Type
	directives ast.DirectiveList
	position   *ast.Position // of the value in the document
}

// value checks a value in the document.
func (u *uses) value(value *ast.Value, in slot) {
	switch value.Kind {
	case ast.Variable:
		given := u.values[value.Raw]
		if _, has := u.values[value.Raw]; has && given == nil && value.ExpectedType != nil && value.ExpectedType.NonNull {
			u.fail(in, "", "Variable \"$%s\": it is null where a value of type %s is required.", value.Raw, value.ExpectedType)
		}
		u.given(given, in)
	case ast.IntValue:
		if size, err := strconv.ParseInt(value.Raw, 10, 64); err == nil {
			u.pageSize(size, in)
		}
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

// given checks the coerced value of a variable.
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
	default:
		if size, is := float(value); is {
			u.pageSize(int64(size), in)
		}
	}
}

// length refuses a list with more items than its place in the schema allows. An enum has a fixed
// number of values, and Distinct has removed repetitions of those that are literals.
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

// pageSize refuses the size of a page outside its bounds. The resolver would refuse it too, but of a
// mutation only after it has written.
func (u *uses) pageSize(size int64, in slot) {
	bound := in.directives.ForName("pageSize")
	if bound == nil {
		return
	}
	if most, _ := bound.ArgumentMap(nil)["max"].(int64); size < 0 || size > most {
		u.fail(in, badInput, "%s must be from 0 to %d", in.name, most)
	}
}

// elementOf returns the type of the items of a list, or of a single value in place of a list.
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
