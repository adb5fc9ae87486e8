package httpd

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// A documentKey is equal for all texts of one document. Texts may differ in whitespace and comments, in
// the order of definitions, fields and arguments, which some tools sort, and in the __typename that
// clients with a cache add.
type documentKey [sha256.Size]byte

// keyOf returns the key of a text, or false for text that is not GraphQL or too long.
func keyOf(text string) (key documentKey, ok bool) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, maxTokens)
	if err != nil {
		return key, false
	}
	var definitions []string
	for _, o := range doc.Operations {
		variables := keysOf(o.VariableDefinitions, variableKey)
		definitions = append(definitions, fmt.Sprintf("%s %s %x %x %x", o.Operation, o.Name, variables, directivesKey(o.Directives), selectionKey(o.SelectionSet)))
	}
	for _, f := range doc.Fragments {
		definitions = append(definitions, fmt.Sprintf("fragment %s on %s %x %x", f.Name, f.TypeCondition, directivesKey(f.Directives), selectionKey(f.SelectionSet)))
	}
	return sortedKey(definitions), true
}

// sortedKey returns the key of texts in any order. The level above uses only the key, so a deep document
// takes no longer than a flat one.
func sortedKey(texts []string) documentKey {
	slices.Sort(texts)
	sum := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(sum, "%d %s\n", len(text), text)
	}
	return documentKey(sum.Sum(nil))
}

func keysOf[S ~[]T, T any](all S, text func(T) string) documentKey {
	texts := make([]string, len(all))
	for i, each := range all {
		texts[i] = text(each)
	}
	return sortedKey(texts)
}

func selectionKey(set ast.SelectionSet) documentKey {
	var texts []string
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if !isPlainTypename(s) {
				texts = append(texts, fmt.Sprintf("%s: %s %x %x %x", s.Alias, s.Name, argumentsKey(s.Arguments), directivesKey(s.Directives), selectionKey(s.SelectionSet)))
			}
		case *ast.InlineFragment:
			texts = append(texts, fmt.Sprintf("... on %s %x %x", s.TypeCondition, directivesKey(s.Directives), selectionKey(s.SelectionSet)))
		case *ast.FragmentSpread:
			texts = append(texts, fmt.Sprintf("...%s %x", s.Name, directivesKey(s.Directives)))
		}
	}
	return sortedKey(texts)
}

// isPlainTypename reports whether a field is __typename without an alias.
func isPlainTypename(f *ast.Field) bool {
	return f.Name == "__typename" && f.Alias == f.Name && len(f.Arguments) == 0 && len(f.Directives) == 0 && len(f.SelectionSet) == 0
}

func variableKey(v *ast.VariableDefinition) string {
	return fmt.Sprintf("$%s: %s = %s %x", v.Variable, v.Type, valueText(v.DefaultValue), directivesKey(v.Directives))
}

func directivesKey(directives ast.DirectiveList) documentKey {
	return keysOf(directives, func(d *ast.Directive) string { return fmt.Sprintf("@%s %x", d.Name, argumentsKey(d.Arguments)) })
}

func argumentsKey(arguments ast.ArgumentList) documentKey {
	return keysOf(arguments, func(a *ast.Argument) string { return a.Name + ": " + valueText(a.Value) })
}

// valueText returns the text of a value. The order of an object's fields does not matter.
func valueText(v *ast.Value) string {
	if v == nil {
		return ""
	}
	switch v.Kind {
	case ast.ObjectValue:
		return fmt.Sprintf("{%x}", keysOf(v.Children, func(c *ast.ChildValue) string { return c.Name + ": " + valueText(c.Value) }))
	case ast.ListValue:
		var items strings.Builder
		for _, item := range v.Children {
			fmt.Fprintf(&items, "%q,", valueText(item.Value))
		}
		return "[" + items.String() + "]"
	}
	return fmt.Sprintf("%d %q", v.Kind, v.Raw)
}
