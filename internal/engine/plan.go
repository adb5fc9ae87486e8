package engine

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

// A plan is what the engine knows about a subscription's document, independent of its variables.
type plan struct {
	root *ast.Field
	// isPlain means that the document is its root field, without fragments around it and directives. selection is what
	// that selects, in its canonical form; nil if that depends on variables, and is written from selected.
	isPlain   bool
	selection *string
	selected  ast.SelectionSet
	// perViewer reports whether the operation depends on the person who asks, and personal whether
	// the bytes of its events do.
	perViewer, personal bool
	// perConnection reports whether each connection has an execution of its own.
	perConnection bool
	// private are the variables that do not change the bytes of an event, such as the cursor at which
	// a subscriber begins, and the id of its client.
	private []string
	// resumes is the name of the argument with the cursor to resume after, or "".
	resumes string
	// query and operationName are the document, for a subscription that begins again.
	// All subscriptions with the same text share it.
	query         unique.Handle[string]
	operationName string
}

// Directives of the schema. The engine knows fields and arguments by these alone.
const (
	perViewer     = "perViewer"     // the field's value depends on the person who asks
	perConnection = "perConnection" // each connection has an execution of its own
	resume        = "resume"        // the argument is the cursor that a subscription resumes after
	perSubscriber = "perSubscriber" // the argument does not change what an event looks like
)

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
	own := s.root.Definition.Directives.ForName(perViewer) != nil
	root := &ast.Field{ // the rest of the document is not kept, unless it has variables
		Alias: s.root.Alias, Name: s.root.Name, Arguments: s.root.Arguments, Definition: s.root.Definition,
	}
	p := &plan{
		root: root, perViewer: own || s.personal, personal: s.personal,
		perConnection: root.Definition.Directives.ForName(perConnection) != nil,
	}
	if len(operation.SelectionSet) == 1 && operation.SelectionSet[0] == ast.Selection(s.root) && len(s.root.Directives) == 0 {
		p.isPlain = true
		p.selection, p.selected = selectionOf(s)
	}
	for _, definition := range root.Definition.Arguments {
		resumes := definition.Directives.ForName(resume) != nil
		if resumes {
			p.resumes = definition.Name
		}
		argument := root.Arguments.ForName(definition.Name)
		if isPrivate(definition) && argument != nil && argument.Value.Kind == ast.Variable && s.uses[argument.Value.Raw] == 1 {
			p.private = append(p.private, argument.Value.Raw)
		}
	}
	return p
}

// selectionOf returns what the root field of a document selects: in its canonical form if that does not depend on
// variables, otherwise as it is.
func selectionOf(s survey) (*string, ast.SelectionSet) {
	below := survey{uses: map[string]int{}, root: s.root}
	below.selections(s.root.SelectionSet)
	if len(below.uses) > 0 {
		return nil, s.root.SelectionSet
	}
	var text strings.Builder
	writeSelection(&text, s.root.SelectionSet, nil)
	return new(text.String()), nil
}

// isPrivate reports whether an argument of a subscription does not change the bytes of an event.
func isPrivate(definition *ast.ArgumentDefinition) bool {
	return definition.Directives.ForName(resume) != nil || definition.Directives.ForName(perSubscriber) != nil
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
			} else if selection.Definition.Directives.ForName(perViewer) != nil {
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

// after returns the cursor to resume after, as the client sent it. A value that is not text is
// passed on, and rejected by the cursor parser.
func (p *plan) after(variables map[string]any) string {
	after := p.root.ArgumentMap(variables)[p.resumes]
	if after == nil {
		return ""
	}
	return fmt.Sprint(after)
}

// key is equal for operations that render equal bytes for every event: same arguments except the private ones, same
// selection, same scope. Documents that are not plain have to be the same text with the same variables. With perViewer, the person and their standing are
// part of the key: a subscription that begins after a change of role must not share an execution
// that began before it.
func (p *plan) key(opCtx *graphql.OperationContext, identity Identity, perViewer bool) string {
	var key strings.Builder
	key.WriteString(identity.key(perViewer))
	if p.isPlain {
		key.WriteString(p.canonical(opCtx.Variables))
		return key.String()
	}
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

// key is the common beginning of the keys of all operations that the identity may share.
func (i Identity) key(perViewer bool) string {
	user, standing := "", ""
	if perViewer {
		user, standing = i.User, i.Standing
	}
	var key strings.Builder
	writeParts(&key, i.Scope, user, standing)
	return key.String()
}

// writeParts writes texts unambiguously: different texts give different output.
func writeParts(key *strings.Builder, parts ...string) {
	for _, part := range parts {
		fmt.Fprintf(key, "%d:%s", len(part), part)
	}
}
