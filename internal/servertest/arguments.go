package servertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// An Argument is whatever an operation takes a value for: an argument of a field,
// or a field of an input inside one.
type Argument struct {
	Root ast.Operation
	Way  []*ast.FieldDefinition  // fields, from the root to the one that has the argument
	Of   *ast.ArgumentDefinition // the argument itself
	In   []*ast.FieldDefinition  // fields of inputs below it, down to what takes the value
	// name is how the schema calls it, like UpdateCallInput.id or Query.customer.id.
	Name string
}

// Kind is the type of its values.
func (a Argument) Kind() *ast.Type {
	if len(a.In) > 0 {
		return a.In[len(a.In)-1].Type
	}
	return a.Of.Type
}

// Field is the one that has the argument.
func (a Argument) Field() *ast.FieldDefinition { return a.Way[len(a.Way)-1] }

// Last is the last word of its name.
func (a Argument) Last() string { return a.Name[strings.LastIndex(a.Name, ".")+1:] }

// String names the argument together with where it is.
func (a Argument) String() string {
	var text strings.Builder
	text.WriteString(string(a.Root))
	for _, field := range a.Way {
		text.WriteString(" " + field.Name)
	}
	text.WriteString("(" + a.Of.Name)
	for _, field := range a.In {
		text.WriteString("." + field.Name)
	}
	return text.String() + ")"
}

// Arguments finds all that operations take values for, wherever it is. An argument
// that no operation can reach fails the test.
func Arguments(t testing.TB, s *ast.Schema) (found []Argument) {
	t.Helper()
	for _, root := range []struct {
		operation ast.Operation
		of        *ast.Definition
	}{{ast.Query, s.Query}, {ast.Mutation, s.Mutation}, {ast.Subscription, s.Subscription}} {
		for _, field := range OurFields(root.of) {
			found = append(found, ArgumentsAt(s, root.operation, root.of, []*ast.FieldDefinition{field})...)
		}
	}
	ways := WaysFrom(s)
	for _, definition := range OurTypes(s) {
		if definition == s.Query || definition == s.Mutation || definition == s.Subscription ||
			definition.Kind != ast.Object && definition.Kind != ast.Interface {
			continue
		}
		for _, field := range definition.Fields {
			way, reached := ways[definition.Name]
			if len(field.Arguments) > 0 && !reached {
				t.Errorf("no query leads to %s.%s, which takes arguments: teach waysFrom how to get there", definition.Name, field.Name)
				continue
			}
			found = append(found, ArgumentsAt(s, ast.Query, definition, append(slices.Clone(way), field))...)
		}
	}
	return found
}

// ArgumentsAt finds those of the last field of a way, which is one of a type.
func ArgumentsAt(s *ast.Schema, root ast.Operation, of *ast.Definition, way []*ast.FieldDefinition) (found []Argument) {
	field := way[len(way)-1]
	for _, a := range field.Arguments {
		top := Argument{Root: root, Way: way, Of: a, Name: of.Name + "." + field.Name + "." + a.Name}
		found = append(found, top)
		found = append(found, ArgumentsBelow(s, top, s.Types[a.Type.Name()])...)
	}
	return found
}

// ArgumentsBelow finds the fields of an input, and of inputs in it.
func ArgumentsBelow(s *ast.Schema, above Argument, input *ast.Definition) (found []Argument) {
	if input.Kind != ast.InputObject {
		return nil
	}
	for _, field := range input.Fields {
		if slices.Contains(above.In, field) {
			continue // an input that contains itself
		}
		below := above
		below.In, below.Name = append(slices.Clone(above.In), field), input.Name+"."+field.Name
		found = append(found, below)
		found = append(found, ArgumentsBelow(s, below, s.Types[field.Type.Name()])...)
	}
	return found
}

// WaysFrom finds for each type the fewest fields of queries that lead to it.
func WaysFrom(s *ast.Schema) map[string][]*ast.FieldDefinition {
	ways := map[string][]*ast.FieldDefinition{"Query": {}}
	for next := []string{"Query"}; len(next) > 0; next = next[1:] {
		for _, field := range OurFields(s.Types[next[0]]) {
			if _, known := ways[field.Type.Name()]; known || len(s.Types[field.Type.Name()].Fields) == 0 {
				continue
			}
			ways[field.Type.Name()] = append(slices.Clone(ways[next[0]]), field)
			next = append(next, field.Type.Name())
		}
	}
	return ways
}

// An Asking fills operations.
type Asking struct {
	Schema *ast.Schema
	// sample returns a good value for what has to be given besides, by the name of an
	// argument and its last word; false if it knows none.
	Sample func(name, last string, kind *ast.Type) (any, bool)
	// depth is how deep it is selected what is answered.
	Depth int
	// turn chooses between the values of enums that have to be given.
	Turn int
}

// Operation returns one that gives a value to an argument, and selects what it is answered.
func (q Asking) Operation(a Argument, value any) (query string, variables Object) {
	variables = Object{}
	var declared, opened []string
	owner := q.root(a.Root)
	for _, field := range a.Way {
		var given []string
		for _, other := range field.Arguments {
			name := fmt.Sprintf("v%d", len(variables))
			switch {
			case field == a.Field() && other == a.Of:
				variables[name] = q.around(a.Of.Type, a.In, value)
			case other.Name == "first":
				variables[name] = 5
			case MustBeGiven(other.Type, other.DefaultValue):
				variables[name] = q.Fill(owner.Name+"."+field.Name+"."+other.Name, other.Type)
			default:
				continue
			}
			declared = append(declared, "$"+name+": "+other.Type.String())
			given = append(given, other.Name+": $"+name)
		}
		text := field.Name
		if len(given) > 0 {
			text += "(" + strings.Join(given, ", ") + ")"
		}
		opened = append(opened, text)
		owner = q.Schema.Types[field.Type.Name()]
	}
	selection := strings.Join(opened, " { ") + q.selection(owner, q.Depth) + strings.Repeat(" }", len(opened)-1)
	return fmt.Sprintf("%s(%s) { %s }", a.Root, strings.Join(declared, ", "), selection), variables
}

func (q Asking) root(operation ast.Operation) *ast.Definition {
	switch operation {
	case ast.Mutation:
		return q.Schema.Mutation
	case ast.Subscription:
		return q.Schema.Subscription
	}
	return q.Schema.Query
}

// around puts a value where it belongs, with all around it that has to be given.
func (q Asking) around(kind *ast.Type, in []*ast.FieldDefinition, value any) any {
	if len(in) == 0 {
		return value
	}
	filled := q.input(q.Schema.Types[kind.Name()])
	filled[in[0].Name] = q.around(in[0].Type, in[1:], value)
	return filled
}

// Fill returns a good value of a type.
func (q Asking) Fill(name string, kind *ast.Type) any {
	last := name[strings.LastIndex(name, ".")+1:]
	if value, known := q.Sample(name, last, kind); known {
		return value
	}
	if kind.Elem != nil {
		return []any{q.Fill(name, kind.Elem)}
	}
	definition := q.Schema.Types[kind.NamedType]
	switch definition.Kind {
	case ast.Enum:
		return definition.EnumValues[q.Turn%len(definition.EnumValues)].Name
	case ast.InputObject:
		return q.input(definition)
	}
	return map[string]any{"Boolean": true, "Int": 1, "Float": 1.5, "DateTime": "2026-05-04T09:00:00Z", "Date": "2026-05-04", "SafeInt": 1}[kind.NamedType]
}

// input returns a good value of an input, with no more than has to be given.
func (q Asking) input(definition *ast.Definition) Object {
	filled := Object{}
	for _, field := range definition.Fields {
		if MustBeGiven(field.Type, field.DefaultValue) {
			filled[field.Name] = q.Fill(definition.Name+"."+field.Name, field.Type)
		}
	}
	return filled
}

// MaxParts is how many documents a deep selection of all possible types is spread over, by turns.
const MaxParts = 3

// selection selects what a type has, down to a depth; "" for what has no fields.
func (q Asking) selection(of *ast.Definition, depth int) string {
	if !of.IsCompositeType() || depth == 0 {
		return ""
	}
	var text strings.Builder
	text.WriteString(" { __typename")
	for _, field := range of.Fields {
		if !strings.HasPrefix(field.Name, "__") {
			text.WriteString(q.selected(field, "", depth))
		}
	}
	if of.IsAbstractType() {
		for i, possible := range q.Schema.GetPossibleTypes(of) {
			if of.Name == "Node" && depth > 2 && i%MaxParts != q.Turn%MaxParts {
				continue // all of a Node's types in one document cost more than is allowed
			}
			var below strings.Builder
			for _, field := range possible.Fields {
				if of.Fields.ForName(field.Name) == nil {
					below.WriteString(q.selected(field, q.alias(of, possible, field), depth))
				}
			}
			if below.Len() > 0 {
				text.WriteString(" ... on " + possible.Name + " {" + below.String() + " }")
			}
		}
	}
	return text.String() + " }"
}

// alias returns what to put before the name of a field of a possible type, if
// another possible type has one of that name and of another type.
func (q Asking) alias(of, possible *ast.Definition, field *ast.FieldDefinition) string {
	for _, other := range q.Schema.GetPossibleTypes(of) {
		if same := other.Fields.ForName(field.Name); same != nil && same.Type.String() != field.Type.String() {
			return possible.Name + "_"
		}
	}
	return ""
}

// selected selects a field, unless it asks for arguments or leads too deep. The
// nodes of a page are enough of it. as is put before its name, where fields of
// several types stand side by side.
func (q Asking) selected(field *ast.FieldDefinition, as string, depth int) string {
	for _, a := range field.Arguments {
		if MustBeGiven(a.Type, a.DefaultValue) {
			return ""
		}
	}
	name := field.Name
	if as != "" {
		name = as + name + ": " + name
	}
	of := q.Schema.Types[field.Type.Name()]
	if !of.IsCompositeType() {
		return " " + name
	}
	below := q.selection(of, depth-1)
	if below == "" || field.Name == "edges" {
		return ""
	}
	if field.Arguments.ForName("first") != nil {
		return " " + name + "(first: 5)" + below
	}
	return " " + name + below
}
