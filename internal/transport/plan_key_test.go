package transport

import (
	"testing"

	"github.com/99designs/gqlgen/graphql"
)

// What depends on who asks is not shared between two roles of one person; everything else is.
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
