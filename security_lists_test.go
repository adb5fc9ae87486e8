package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// mostOf returns how many items an argument takes; false if it has no bound.
func mostOf(of argument) (most int, bounded bool) {
	directives := of.of.Directives
	if len(of.in) > 0 {
		directives = of.in[len(of.in)-1].Directives
	}
	bound := directives.ForName("most")
	if bound == nil {
		return 0, false
	}
	items, _ := bound.ArgumentMap(nil)["items"].(int64)
	return int(items), items > 0
}

// listsOf returns all arguments that are lists. Each is of an enum, or has a bound.
func listsOf(t *testing.T, schema *ast.Schema) (enums, bounded []argument) {
	t.Helper()
	for _, of := range arguments(t, schema) {
		if of.kind().Elem == nil {
			continue
		}
		_, hasBound := mostOf(of)
		switch isEnum := schema.Types[of.kind().Name()].Kind == ast.Enum; {
		case of.kind().Elem.Elem != nil || isEnum && !of.kind().Elem.NonNull:
			t.Errorf("%s is %s: decide how long it may be", of, of.kind())
		case isEnum:
			enums = append(enums, of)
		case !hasBound:
			t.Errorf("%s takes a list as long as a client likes; give it a bound (@most)", of)
		default:
			bounded = append(bounded, of)
		}
	}
	if len(enums) < 8 || len(bounded) < 10 {
		t.Errorf("found only %d lists of enums and %d others", len(enums), len(bounded))
	}
	return enums, bounded
}

// A list that is too long is refused before anything runs, and one that repeats what
// it has asks no more of the server than one that does not, whatever keeps the data.
func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*testing.T) map[string]string{"sqlite": embedded, "postgres": shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := settle(t, start(t, settings(t)), "acme", "ada", "plain")
			schema := parseSchema(t)
			l := listTrial{t: t, tenant: o, asking: asking{schema: schema, sample: o.sample, depth: 2}, socket: o.connect()}
			enums, bounded := listsOf(t, schema)
			for _, of := range enums {
				l.enum(of, schema.Types[of.kind().Name()])
			}
			for _, of := range bounded {
				l.bounded(of)
			}
		})
	}
}

// A listTrial tries lists on one server.
type listTrial struct {
	t      *testing.T
	tenant *tenant
	asking asking
	socket *socket
}

// enum tries all values of an enum, and one of them very often.
func (l listTrial) enum(of argument, definition *ast.Definition) {
	l.t.Helper()
	var all []any
	for _, value := range definition.EnumValues {
		all = append(all, value.Name)
	}
	for _, list := range [][]any{all, slices.Repeat(all, 15_000)} {
		query, variables := l.asking.operation(of, list)
		l.answered(of, query, variables)
	}
	if len(of.in) > 0 {
		return
	}
	query, variables := l.asking.operation(of, "tried")
	l.answered(of, literally(query, variables, "["+strings.Repeat(definition.EnumValues[0].Name+" ", 10_000)+"]"), variables)
}

// bounded tries as many items as a list takes, one of them as often, and one more.
func (l listTrial) bounded(of argument) {
	l.t.Helper()
	most, _ := mostOf(of)
	distinct := make([]any, most)
	for i := range distinct {
		distinct[i] = fmt.Sprint("item", i)
	}
	one := l.asking.fill(of.name, of.kind().Elem)
	for _, list := range [][]any{distinct, slices.Repeat([]any{one}, most)} {
		query, variables := l.asking.operation(of, list)
		l.tenant.tryWrong(l.socket, of, query, variables)
	}
	query, variables := l.asking.operation(of, slices.Repeat([]any{one}, most+1))
	l.refused(of, most, query, variables)
	if len(of.in) == 0 {
		query, variables := l.asking.operation(of, "tried")
		l.refused(of, most, literally(query, variables, "["+strings.Repeat(`"x" `, most+1)+"]"), variables)
	}
}

// answered sends an operation that has to be carried out.
func (l listTrial) answered(of argument, query string, variables object) {
	l.t.Helper()
	if of.root == ast.Subscription {
		l.tenant.tryWrong(l.socket, of, query, variables)
		return
	}
	if answer := l.tenant.do("POST", "/graphql", nil, object{"query": query, "variables": variables}).text(); strings.Contains(answer, `"errors"`) {
		l.t.Errorf("%s: %.200s is answered with %.500s", of, query, answer)
	}
}

// refused sends an operation that has to be refused for its list.
func (l listTrial) refused(of argument, most int, query string, variables object) {
	l.t.Helper()
	accept := "application/json"
	if of.root == ast.Subscription {
		accept = "text/event-stream"
	}
	answer := l.tenant.stream(accept, query, variables).text()
	says := fmt.Sprintf("%s may have at most %d items, and has %d.", of.last(), most, most+1)
	if !strings.Contains(answer, says) || !strings.Contains(answer, "BAD_USER_INPUT") || strings.Contains(answer, `"data"`) {
		l.t.Errorf("%s is answered with %.500s, without %q", of, answer, says)
	}
}

// A list in a document may have variables among its items, and a variable may stand
// for a part of an input.
func TestListsOfVariablesAreBounded(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", "ADMIN")
	many := slices.Repeat([]any{"x"}, 101)
	var declared, items strings.Builder
	for i := range 101 {
		fmt.Fprintf(&declared, "$v%d: ID! = \"x\", ", i)
		fmt.Fprintf(&items, "$v%d ", i)
	}
	mixed := `query($a: EntityType! = CALL, $b: EntityType! = CALL) { changes(types: [%s]) { endCursor } }`
	for what, d := range map[string]sentDocument{
		"items that are variables":   {query: `query(` + declared.String() + `) { nodes(ids: [` + items.String() + `]) { id } }`},
		"in a literal input":         {query: `query($ids: [ID!]) { activity(filter: {userIds: $ids}) { totalCount: __typename } }`, variables: object{"ids": many}},
		"in the input of a fragment": {query: `query($f: ActivityFilter) { ...F } fragment F on Query { activity(filter: $f) { __typename } }`, variables: object{"f": object{"entityIds": many}}},
		"a default":                  {query: `query($ids: [ID!]! = [` + strings.Repeat(`"x",`, 101) + `]) { nodes(ids: $ids) { id } }`},
		"an enum of many variables":  {query: fmt.Sprintf(mixed, "CUSTOMER CALL $a $b")},
		"a subscription":             {query: `subscription($f: ActivityFilter) { activity(filter: $f) { id } }`, variables: object{"f": object{"entityIds": many}}},
	} {
		for transport, answer := range ada.everyWay(d) {
			wantRefused(t, what+" by "+transport, answer, "BAD_USER_INPUT")
		}
	}
	ada.ask(fmt.Sprintf(mixed, "CALL $a $a CALL $b $a"), nil)
}
