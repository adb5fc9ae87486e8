package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// canonical writes what a subscription asks for, so that equal requests have equal texts however they are
// spelled: by variables or literals, with defaults or without, in fragments or not. The lists in the arguments
// of a subscription are sets, so neither their order nor repeated items count.
func (p *plan) canonical(variables map[string]any) string {
	var out strings.Builder
	out.WriteString(p.root.Alias + ":" + p.root.Name)
	out.WriteString(p.arguments(variables))
	if p.selection != nil {
		out.WriteString(*p.selection)
	} else {
		writeSelection(&out, p.selected, variables)
	}
	return out.String()
}

// arguments are those of the root field, without the private ones.
func (p *plan) arguments(variables map[string]any) string {
	values := p.root.ArgumentMap(variables)
	shared := make(map[string]any, len(values))
	for _, definition := range p.root.Definition.Arguments {
		value := values[definition.Name]
		if value == nil || value == false || isPrivate(definition) {
			continue
		}
		var input *ast.Definition
		if argument := p.root.Arguments.ForName(definition.Name); argument != nil {
			input = inputOf(argument.Value)
		}
		shared[definition.Name] = canonicalValue(value, definition.Type, input)
	}
	text, _ := json.Marshal(shared) // they came as JSON; maps are written in order
	return string(text)
}

// inputOf returns the definition of the input object that a value is of, or nil.
func inputOf(value *ast.Value) *ast.Definition {
	if value.Kind == ast.Variable && value.VariableDefinition != nil {
		return value.VariableDefinition.Definition
	}
	return value.Definition
}

// canonicalValue returns the one spelling of a value of a type. input is the definition of the type if it is that
// of an input object.
func canonicalValue(value any, t *ast.Type, input *ast.Definition) any {
	switch value := value.(type) {
	case map[string]any:
		fields := make(map[string]any, len(value))
		for name, field := range value {
			var of *ast.Type
			if input != nil {
				if definition := input.Fields.ForName(name); definition != nil {
					of = definition.Type
				}
			}
			if field != nil && field != false { // neither is a condition
				fields[name] = canonicalValue(field, of, nil)
			}
		}
		return fields
	case []any:
		return canonicalList(value, t)
	case json.Number:
		return canonicalNumber(value.String())
	case int64, float64, int:
		return canonicalNumber(fmt.Sprint(value))
	case string:
		if t != nil && t.Elem != nil {
			return canonicalList([]any{value}, t) // coerced to a list of one
		}
		if t != nil && t.NamedType == "DateTime" {
			if at, err := time.Parse(time.RFC3339Nano, strings.ToUpper(value)); err == nil {
				return at.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
			}
		}
	}
	return value
}

// canonicalList returns the items of a list, each once, in one order.
func canonicalList(list []any, t *ast.Type) []string {
	var of *ast.Type
	if t != nil {
		of = t.Elem
	}
	items := make([]string, len(list))
	for i, item := range list {
		text, _ := json.Marshal(canonicalValue(item, of, nil)) // it came as JSON
		items[i] = string(text)
	}
	slices.Sort(items)
	return slices.Compact(items)
}

func canonicalNumber(text string) any {
	if number, err := strconv.ParseFloat(text, 64); err == nil {
		return number
	}
	return text
}

// writeSelection writes a selection, with the values of variables in their place.
func writeSelection(out *strings.Builder, set ast.SelectionSet, variables map[string]any) {
	if len(set) == 0 {
		return
	}
	out.WriteByte('{')
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			out.WriteString(selection.Alias + ":" + selection.Name)
			writeArguments(out, selection.Arguments, variables)
			writeDirectives(out, selection.Directives, variables)
			writeSelection(out, selection.SelectionSet, variables)
		case *ast.InlineFragment:
			out.WriteString("..." + selection.TypeCondition)
			writeDirectives(out, selection.Directives, variables)
			writeSelection(out, selection.SelectionSet, variables)
		case *ast.FragmentSpread:
			out.WriteString("..." + selection.Definition.TypeCondition)
			writeDirectives(out, selection.Directives, variables)
			writeSelection(out, selection.Definition.SelectionSet, variables)
		}
		out.WriteByte(' ')
	}
	out.WriteByte('}')
}

func writeDirectives(out *strings.Builder, directives ast.DirectiveList, variables map[string]any) {
	for _, directive := range directives {
		out.WriteString("@" + directive.Name)
		writeArguments(out, directive.Arguments, variables)
	}
}

func writeArguments(out *strings.Builder, arguments ast.ArgumentList, variables map[string]any) {
	if len(arguments) == 0 {
		return
	}
	values := make(map[string]any, len(arguments))
	for _, argument := range arguments {
		value, err := argument.Value.Value(variables)
		if err != nil {
			value = argument.Value.String()
		}
		values[argument.Name] = value
	}
	text, _ := json.Marshal(values) // they came as JSON; maps are written in order
	out.Write(text)
}
