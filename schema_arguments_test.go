package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// An argument is whatever an operation takes a value for: an argument of a field,
// or a field of an input inside one.
type argument struct {
	root ast.Operation
	way  []*ast.FieldDefinition  // fields, from the root to the one that has the argument
	of   *ast.ArgumentDefinition // the argument itself
	in   []*ast.FieldDefinition  // fields of inputs below it, down to what takes the value
	// name is how the schema calls it, like UpdateCallInput.id or Query.customer.id.
	name string
}

// kind is the type of its values.
func (a argument) kind() *ast.Type {
	if len(a.in) > 0 {
		return a.in[len(a.in)-1].Type
	}
	return a.of.Type
}

// field is the one that has the argument.
func (a argument) field() *ast.FieldDefinition { return a.way[len(a.way)-1] }

// last is the last word of its name.
func (a argument) last() string { return a.name[strings.LastIndex(a.name, ".")+1:] }

// String names the argument together with where it is.
func (a argument) String() string {
	var text strings.Builder
	text.WriteString(string(a.root))
	for _, field := range a.way {
		text.WriteString(" " + field.Name)
	}
	text.WriteString("(" + a.of.Name)
	for _, field := range a.in {
		text.WriteString("." + field.Name)
	}
	return text.String() + ")"
}

// arguments finds all that operations take values for, wherever it is. One that
// no operation can reach fails the test.
func arguments(t *testing.T, s *ast.Schema) (found []argument) {
	t.Helper()
	for _, root := range []struct {
		operation ast.Operation
		of        *ast.Definition
	}{{ast.Query, s.Query}, {ast.Mutation, s.Mutation}, {ast.Subscription, s.Subscription}} {
		for _, field := range ourFields(root.of) {
			found = append(found, argumentsAt(s, root.operation, root.of, []*ast.FieldDefinition{field})...)
		}
	}
	ways := waysFrom(s)
	for _, definition := range ourTypes(s) {
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
			found = append(found, argumentsAt(s, ast.Query, definition, append(slices.Clone(way), field))...)
		}
	}
	return found
}

// argumentsAt finds those of the last field of a way, which is one of a type.
func argumentsAt(s *ast.Schema, root ast.Operation, of *ast.Definition, way []*ast.FieldDefinition) (found []argument) {
	field := way[len(way)-1]
	for _, a := range field.Arguments {
		top := argument{root: root, way: way, of: a, name: of.Name + "." + field.Name + "." + a.Name}
		found = append(found, top)
		found = append(found, argumentsBelow(s, top, s.Types[a.Type.Name()])...)
	}
	return found
}

// argumentsBelow finds the fields of an input, and of inputs in it.
func argumentsBelow(s *ast.Schema, above argument, input *ast.Definition) (found []argument) {
	if input.Kind != ast.InputObject {
		return nil
	}
	for _, field := range input.Fields {
		if slices.Contains(above.in, field) {
			continue // an input that contains itself
		}
		below := above
		below.in, below.name = append(slices.Clone(above.in), field), input.Name+"."+field.Name
		found = append(found, below)
		found = append(found, argumentsBelow(s, below, s.Types[field.Type.Name()])...)
	}
	return found
}

// waysFrom finds for each type the fewest fields of queries that lead to it.
func waysFrom(s *ast.Schema) map[string][]*ast.FieldDefinition {
	ways := map[string][]*ast.FieldDefinition{"Query": {}}
	for next := []string{"Query"}; len(next) > 0; next = next[1:] {
		for _, field := range ourFields(s.Types[next[0]]) {
			if _, known := ways[field.Type.Name()]; known || len(s.Types[field.Type.Name()].Fields) == 0 {
				continue
			}
			ways[field.Type.Name()] = append(slices.Clone(ways[next[0]]), field)
			next = append(next, field.Type.Name())
		}
	}
	return ways
}

// An asking fills operations.
type asking struct {
	schema *ast.Schema
	// sample returns a good value for what has to be given besides, by the name of an
	// argument and its last word; false if it knows none.
	sample func(name, last string, kind *ast.Type) (any, bool)
	// depth is how deep it is selected what is answered.
	depth int
	// turn chooses between the values of enums that have to be given.
	turn int
}

// operation returns one that gives a value to an argument, and selects what it is answered.
func (q asking) operation(a argument, value any) (query string, variables object) {
	variables = object{}
	var declared, opened []string
	owner := q.root(a.root)
	for _, field := range a.way {
		var given []string
		for _, other := range field.Arguments {
			name := fmt.Sprintf("v%d", len(variables))
			switch {
			case field == a.field() && other == a.of:
				variables[name] = q.around(a.of.Type, a.in, value)
			case other.Name == "first":
				variables[name] = 5
			case mustBeGiven(other.Type, other.DefaultValue):
				variables[name] = q.fill(owner.Name+"."+field.Name+"."+other.Name, other.Type)
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
		owner = q.schema.Types[field.Type.Name()]
	}
	selection := strings.Join(opened, " { ") + q.selection(owner, q.depth) + strings.Repeat(" }", len(opened)-1)
	return fmt.Sprintf("%s(%s) { %s }", a.root, strings.Join(declared, ", "), selection), variables
}

func (q asking) root(operation ast.Operation) *ast.Definition {
	switch operation {
	case ast.Mutation:
		return q.schema.Mutation
	case ast.Subscription:
		return q.schema.Subscription
	}
	return q.schema.Query
}

// around puts a value where it belongs, with all around it that has to be given.
func (q asking) around(kind *ast.Type, in []*ast.FieldDefinition, value any) any {
	if len(in) == 0 {
		return value
	}
	filled := q.input(q.schema.Types[kind.Name()])
	filled[in[0].Name] = q.around(in[0].Type, in[1:], value)
	return filled
}

// fill returns a good value of a type.
func (q asking) fill(name string, kind *ast.Type) any {
	last := name[strings.LastIndex(name, ".")+1:]
	if value, known := q.sample(name, last, kind); known {
		return value
	}
	if kind.Elem != nil {
		return []any{q.fill(name, kind.Elem)}
	}
	definition := q.schema.Types[kind.NamedType]
	switch definition.Kind {
	case ast.Enum:
		return definition.EnumValues[q.turn%len(definition.EnumValues)].Name
	case ast.InputObject:
		return q.input(definition)
	}
	return map[string]any{"Boolean": true, "Int": 1, "Float": 1.5, "DateTime": "2026-05-04T09:00:00Z"}[kind.NamedType]
}

// input returns a good value of an input, with no more than has to be given.
func (q asking) input(definition *ast.Definition) object {
	filled := object{}
	for _, field := range definition.Fields {
		if mustBeGiven(field.Type, field.DefaultValue) {
			filled[field.Name] = q.fill(definition.Name+"."+field.Name, field.Type)
		}
	}
	return filled
}

// selection selects what a type has, down to a depth; "" for what has no fields.
func (q asking) selection(of *ast.Definition, depth int) string {
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
		for _, possible := range q.schema.GetPossibleTypes(of) {
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
func (q asking) alias(of, possible *ast.Definition, field *ast.FieldDefinition) string {
	for _, other := range q.schema.GetPossibleTypes(of) {
		if same := other.Fields.ForName(field.Name); same != nil && same.Type.String() != field.Type.String() {
			return possible.Name + "_"
		}
	}
	return ""
}

// selected selects a field, unless it asks for arguments or leads too deep. The
// nodes of a page are enough of it. as is put before its name, where fields of
// several types stand side by side.
func (q asking) selected(field *ast.FieldDefinition, as string, depth int) string {
	for _, a := range field.Arguments {
		if mustBeGiven(a.Type, a.DefaultValue) {
			return ""
		}
	}
	name := field.Name
	if as != "" {
		name = as + name + ": " + name
	}
	of := q.schema.Types[field.Type.Name()]
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
