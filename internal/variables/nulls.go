package variables

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// checkNulls returns an error for a variable that is null where null can't be. A
// variable with a default may stand there although its type allows null, so
// validation lets the document pass, and only the value tells.
func checkNulls(operation *ast.OperationDefinition, values map[string]any) *gqlerror.Error {
	n := nulls{variables: map[string]bool{}, seen: map[string]bool{}}
	for name, value := range values {
		if value == nil {
			n.variables[name] = true
		}
	}
	if len(n.variables) == 0 {
		return nil
	}
	n.directives(operation.Directives)
	n.selections(operation.SelectionSet)
	return n.err
}

// nulls walks through an operation, each fragment once.
type nulls struct {
	variables map[string]bool // those that are null
	seen      map[string]bool // fragments
	err       *gqlerror.Error // the first
}

func (n *nulls) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			n.arguments(selection.Arguments)
			n.directives(selection.Directives)
			n.selections(selection.SelectionSet)
		case *ast.InlineFragment:
			n.directives(selection.Directives)
			n.selections(selection.SelectionSet)
		case *ast.FragmentSpread:
			n.directives(selection.Directives)
			if !n.seen[selection.Name] {
				n.seen[selection.Name] = true
				n.directives(selection.Definition.Directives)
				n.selections(selection.Definition.SelectionSet)
			}
		}
	}
}

func (n *nulls) directives(directives ast.DirectiveList) {
	for _, directive := range directives {
		n.arguments(directive.Arguments)
	}
}

func (n *nulls) arguments(arguments ast.ArgumentList) {
	for _, argument := range arguments {
		n.value(argument.Value)
	}
}

func (n *nulls) value(value *ast.Value) {
	if value.Kind == ast.Variable && n.err == nil && n.variables[value.Raw] && value.ExpectedType != nil && value.ExpectedType.NonNull {
		n.err = gqlerror.Errorf("Variable \"$%s\": it is null where a value of type %s is required.", value.Raw, value.ExpectedType)
		locate(n.err, value.Position)
	}
	for _, child := range value.Children {
		n.value(child.Value)
	}
}
