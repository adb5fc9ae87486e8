package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unique"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A plan is what is known of a subscription's document, whatever its variables.
type plan struct {
	root *ast.Field
	// perViewer tells that the operation depends on who asks, and personal that
	// what an event looks like does.
	perViewer, personal bool
	// private are the variables that say where a subscriber begins or who its
	// client is, and nothing of what it is shown.
	private []string
	// query and operationName are the document, for a subscription that begins again.
	// All subscriptions with the same text share it.
	query         unique.Handle[string]
	operationName string
}

// privateArguments are the arguments of a subscription's field that do not
// change what an event looks like.
var privateArguments = []string{"after", "clientId", "state"}

// plan returns the plan of an operation's document.
func (e *Engine) plan(opCtx *graphql.OperationContext) *plan {
	key := opCtx.OperationName + "\n" + opCtx.RawQuery
	if p, ok := e.plans.Get(context.Background(), key); ok {
		return p
	}
	p := newPlan(opCtx.Operation)
	p.query, p.operationName = unique.Make(opCtx.RawQuery), strings.Clone(opCtx.OperationName)
	if len(key) <= longestPlanned {
		e.plans.Add(context.Background(), key, p)
	}
	return p
}

// params are those of an operation of the document with variables, which are JSON.
func (p *plan) params(variables []byte) (params graphql.RawParams, err error) {
	decoder := json.NewDecoder(bytes.NewReader(variables))
	decoder.UseNumber()
	err = decoder.Decode(&params.Variables)
	params.Query, params.OperationName = p.query.Value(), p.operationName
	return params, err
}

// newPlan reads a document. The validator made sure of one root field.
func newPlan(operation *ast.OperationDefinition) *plan {
	s := survey{uses: map[string]int{}}
	s.selections(operation.SelectionSet)
	own := s.root.Definition.Directives.ForName("perViewer") != nil
	root := &ast.Field{Arguments: s.root.Arguments, Definition: s.root.Definition} // the rest of the document is not kept
	p := &plan{root: root, perViewer: own || s.personal, personal: s.personal}
	for _, name := range privateArguments {
		argument := p.root.Arguments.ForName(name)
		if argument != nil && argument.Value.Kind == ast.Variable && s.uses[argument.Value.Raw] == 1 {
			p.private = append(p.private, argument.Value.Raw)
		}
	}
	return p
}

// A survey walks a document.
type survey struct {
	root     *ast.Field
	personal bool           // a field below the root is @perViewer
	uses     map[string]int // of each variable
}

func (s *survey) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			if s.root == nil {
				s.root = selection
			} else if selection.Definition.Directives.ForName("perViewer") != nil {
				s.personal = true
			}
			for _, argument := range selection.Arguments {
				s.value(argument.Value)
			}
			s.directives(selection.Directives)
			s.selections(selection.SelectionSet)
		case *ast.InlineFragment:
			s.directives(selection.Directives)
			s.selections(selection.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(selection.Directives)
			s.selections(selection.Definition.SelectionSet)
		}
	}
}

func (s *survey) directives(directives ast.DirectiveList) {
	for _, directive := range directives {
		for _, argument := range directive.Arguments {
			s.value(argument.Value)
		}
	}
}

func (s *survey) value(value *ast.Value) {
	if value.Kind == ast.Variable {
		s.uses[value.Raw]++
	}
	for _, child := range value.Children {
		s.value(child.Value)
	}
}

// after is where the subscriber wants to resume, as it sent it. What is no text
// is no cursor either; the reader of the cursor says so.
func (p *plan) after(variables map[string]any) string {
	after := p.root.ArgumentMap(variables)["after"]
	if after == nil {
		return ""
	}
	return fmt.Sprint(after)
}

// key is equal for operations that render equal bytes for every event: the same
// document and variables, except the private ones, and the same scope. For what depends on
// who asks, perViewer, the person and their standing are part of it too: a subscription that
// begins after a change of role must not share an execution that began before it.
func (p *plan) key(opCtx *graphql.OperationContext, identity Identity, perViewer bool) string {
	var key strings.Builder
	key.WriteString(identity.key(perViewer))
	writeParts(&key, opCtx.OperationName, opCtx.RawQuery)
	shared := make(map[string]any, len(opCtx.Variables))
	for name, value := range opCtx.Variables {
		if !slices.Contains(p.private, name) {
			shared[name] = value
		}
	}
	if len(shared) > 0 {
		variables, _ := json.Marshal(shared) // they came as JSON; maps are written in order
		key.Write(variables)
	}
	return key.String()
}

// key is what the keys of all operations begin with that somebody of the identity may share.
func (i Identity) key(perViewer bool) string {
	user, standing := "", ""
	if perViewer {
		user, standing = i.User, i.Standing
	}
	var key strings.Builder
	writeParts(&key, i.Scope, user, standing)
	return key.String()
}

// writeParts writes texts so that no other texts are written alike.
func writeParts(key *strings.Builder, parts ...string) {
	for _, part := range parts {
		fmt.Fprintf(key, "%d:%s", len(part), part)
	}
}
