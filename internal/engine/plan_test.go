package engine

import (
	"os"
	"slices"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// schema is the one that clients use.
func schema(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
}

// A subscription with a cursor resumes after it, whatever its other arguments are.
func TestSubscriptionsWithACursorResume(t *testing.T) {
	t.Parallel()
	for _, field := range schema(t).Subscription.Fields {
		for _, argument := range field.Arguments {
			if resumes := argument.Directives.ForName(resume) != nil; resumes != (argument.Type.Name() == "Cursor") {
				t.Errorf("%s(%s: %s) has @%s: %t", field.Name, argument.Name, argument.Type, resume, resumes)
			}
		}
	}
}

// The execution for a connection carries its person, and has no position in the log.
func TestSubscriptionsOfOneConnection(t *testing.T) {
	t.Parallel()
	found := 0
	for _, field := range schema(t).Subscription.Fields {
		if field.Directives.ForName(perConnection) == nil {
			continue
		}
		found++
		if field.Directives.ForName(perViewer) == nil {
			t.Errorf("%s has @perConnection, and no @perViewer", field.Name)
		}
		for _, argument := range field.Arguments {
			if argument.Directives.ForName(resume) != nil {
				t.Errorf("%s(%s) has @resume, which a field with @perConnection ignores", field.Name, argument.Name)
			}
		}
	}
	if found == 0 {
		t.Error("no subscription has @perConnection")
	}
}

// Subscribers share an execution, independent of their cursors and clients.
func TestPrivateVariables(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		document string
		private  []string
		after    string
	}{
		{`subscription($at: Cursor, $id: ID) { customerChanged(after: $at, id: $id) { cursor } }`, []string{"at"}, "c"},
		{`subscription($c: ID, $s: PresenceInput, $r: ID!) { presence(room: $r, clientId: $c, state: $s) { room } }`, []string{"c", "s"}, ""},
		{`subscription($c: ID) { customerChanged(after: "fixed", id: $c) { cursor } }`, nil, "fixed"},
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema(t), test.document, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		p := newPlan(doc.Operations[0])
		slices.Sort(p.private)
		if !slices.Equal(p.private, test.private) {
			t.Errorf("%s: private are %v, want %v", test.document, p.private, test.private)
		}
		if after := p.after(map[string]any{"at": "c"}); after != test.after {
			t.Errorf("%s: resumes after %q, want %q", test.document, after, test.after)
		}
	}
}

// An operation that depends on the person is not shared between two roles of one person; every
// other operation is.
func TestOperationKeyHasStanding(t *testing.T) {
	t.Parallel()
	opCtx := &graphql.OperationContext{RawQuery: "subscription { customerChanged { id } }"}
	member := Identity{Scope: "acme", User: "ada", Standing: "member"}
	admin := Identity{Scope: "acme", User: "ada", Standing: "admin"}
	p := &plan{}
	if p.key(opCtx, member, true) == p.key(opCtx, admin, true) {
		t.Error("an operation that depends on the viewer shares an execution between two roles")
	}
	if p.key(opCtx, member, false) != p.key(opCtx, admin, false) {
		t.Error("an operation that does not depend on the viewer has an execution for each role")
	}
}
