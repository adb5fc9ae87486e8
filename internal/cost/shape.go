// Package cost estimates the cost of a GraphQL document before it runs: first
// from the shape of the document, then from the fields of the operation. Both
// take time in proportion to the document's length, however it is nested.
package cost

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Code is the code of all errors of this package.
const Code = "QUERY_TOO_COMPLEX"

// Bounds on the shape of a document. They protect the validator, which compares
// all fields of one name with one another, again for each level of nesting: without
// them, it takes seconds for 30 kB of text.
const (
	// MaxNesting bounds the nesting of selections, of fields as well as fragments.
	MaxNesting = 50
	// MaxFragments bounds the fragments that a document defines.
	MaxFragments = 200
	// MaxSpreads bounds the number of fragment spreads.
	MaxSpreads = 1000
	// MaxRepeats bounds the pairs of fields of one name, times the nesting: 200 fields of one name at 10
	// levels are 400,000.
	MaxRepeats = 1_000_000
	// MaxDirectives bounds the directives in one place.
	MaxDirectives = 10
	// MaxValueNesting bounds the nesting of lists and objects within a value: the
	// validator reads the whole content of each level.
	MaxValueNesting = 50
)

// Shape returns an error for a document whose validation alone would cost too
// much. The document need not be valid.
func Shape(doc *ast.QueryDocument) *gqlerror.Error {
	s := shape{names: map[string]int{}}
	for _, operation := range doc.Operations {
		s.place(operation.Directives)
		for _, variable := range operation.VariableDefinitions {
			s.value(variable.DefaultValue, 0)
			s.place(variable.Directives)
		}
		s.walk(operation.SelectionSet, 1)
	}
	for _, fragment := range doc.Fragments {
		s.place(fragment.Directives)
		s.walk(fragment.SelectionSet, 1)
	}
	repeats := 0
	for _, n := range s.names {
		repeats += n * n
	}
	return first(
		over(s.nesting, MaxNesting, "levels of selections", "nest less deeply"),
		over(len(doc.Fragments), MaxFragments, "fragments", "send fewer"),
		over(s.spreads, MaxSpreads, "uses of fragments", "select fields where they are needed"),
		over(s.directives, MaxDirectives, "directives in one place", "use fewer"),
		over(s.depth, MaxValueNesting, "levels of lists and objects in a value", "nest less deeply"),
		over(repeats*s.nesting, MaxRepeats, "comparisons of fields of one name", "select each field once"),
	)
}

// A shape has the counts of a walk through a document.
type shape struct {
	names                        map[string]int
	nesting, spreads, directives int
	depth                        int // of values
}

func (s *shape) walk(set ast.SelectionSet, level int) {
	if s.nesting = max(s.nesting, level); level > MaxNesting {
		return
	}
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			s.names[selection.Alias]++
			s.arguments(selection.Arguments)
			s.place(selection.Directives)
			s.walk(selection.SelectionSet, level+1)
		case *ast.InlineFragment:
			s.place(selection.Directives)
			s.walk(selection.SelectionSet, level+1)
		case *ast.FragmentSpread:
			s.spreads++
			s.place(selection.Directives)
		}
	}
}

// place counts the directives of one place.
func (s *shape) place(directives ast.DirectiveList) {
	s.directives = max(s.directives, len(directives))
	for _, directive := range directives {
		s.arguments(directive.Arguments)
	}
}

func (s *shape) arguments(arguments ast.ArgumentList) {
	for _, argument := range arguments {
		s.value(argument.Value, 0)
	}
}

// value counts the levels of a value that is nested level levels deep.
func (s *shape) value(value *ast.Value, level int) {
	if s.depth = max(s.depth, level); value == nil || level > MaxValueNesting {
		return
	}
	for _, child := range value.Children {
		s.value(child.Value, level+1)
	}
}

// over returns an error if n is more than most.
func over(n, most int, what, advice string) *gqlerror.Error {
	if n <= most {
		return nil
	}
	err := gqlerror.Errorf("too many %s: %d, at most %d are allowed; %s", what, n, most, advice)
	err.Extensions = map[string]any{"code": Code, "cost": n, "limit": most}
	return err
}

// first returns the first error that is not nil.
func first(errs ...*gqlerror.Error) *gqlerror.Error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
