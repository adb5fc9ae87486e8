package security_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/servertest"
)

// mostOf returns how many items an argument takes at most; false if it has no bound.
func mostOf(of servertest.Argument) (most int, bounded bool) {
	directives := of.Of.Directives
	if len(of.In) > 0 {
		directives = of.In[len(of.In)-1].Directives
	}
	bound := directives.ForName("most")
	if bound == nil {
		return 0, false
	}
	items, _ := bound.ArgumentMap(nil)["items"].(int64)
	return int(items), items > 0
}

// listsOf returns all arguments that are lists. Each is a list of an enum, or has a bound.
func listsOf(t *testing.T, schema *ast.Schema) (enums, bounded []servertest.Argument) {
	t.Helper()
	for _, of := range servertest.Arguments(t, schema) {
		if of.Kind().Elem == nil {
			continue
		}
		_, hasBound := mostOf(of)
		switch isEnum := schema.Types[of.Kind().Name()].Kind == ast.Enum; {
		case of.Kind().Elem.Elem != nil || isEnum && !of.Kind().Elem.NonNull:
			t.Errorf("%s is %s: decide how long it may be", of, of.Kind())
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

// A list that is too long is refused before anything runs. A list with repeated items makes no more work for the
// server than one without, on every database.
func TestListsAreBounded(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := servertest.Settle(t, servertest.Start(t, settings(t)), "acme", "ada", "plain")
			schema := servertest.ParseSchema(t)
			l := listTrial{t: t, tenant: o, asking: servertest.Asking{Schema: schema, Sample: o.Sample, Depth: 2}, socket: o.Connect()}
			enums, bounded := listsOf(t, schema)
			for _, of := range enums {
				l.enum(of, schema.Types[of.Kind().Name()])
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
	tenant *servertest.Tenant
	asking servertest.Asking
	socket *servertest.Socket
}

// enum tries all values of an enum, and one of them very often.
func (l listTrial) enum(of servertest.Argument, definition *ast.Definition) {
	l.t.Helper()
	var all []any
	for _, value := range definition.EnumValues {
		all = append(all, value.Name)
	}
	for _, list := range [][]any{all, slices.Repeat(all, 15_000)} {
		query, variables := l.asking.Operation(of, list)
		l.answered(of, query, variables)
	}
	if len(of.In) > 0 {
		return
	}
	query, variables := l.asking.Operation(of, "tried")
	l.answered(of, literally(query, variables, "["+strings.Repeat(definition.EnumValues[0].Name+" ", 10_000)+"]"), variables)
}

// bounded tries as many items as a list takes, one item that many times, and one item too many.
func (l listTrial) bounded(of servertest.Argument) {
	l.t.Helper()
	most, _ := mostOf(of)
	one := l.asking.Fill(of.Name, of.Kind().Elem)
	input, isInput := one.(servertest.Object)
	distinct := make([]any, most)
	for i := range distinct {
		if distinct[i] = any(fmt.Sprint("item", i)); isInput {
			distinct[i] = input
		}
	}
	for _, list := range [][]any{distinct, slices.Repeat([]any{one}, most)} {
		query, variables := l.asking.Operation(of, list)
		l.tenant.TryWrong(l.socket, of, query, variables)
	}
	query, variables := l.asking.Operation(of, slices.Repeat([]any{one}, most+1))
	l.refused(of, most, query, variables)
	if len(of.In) == 0 && !isInput {
		query, variables := l.asking.Operation(of, "tried")
		l.refused(of, most, literally(query, variables, "["+strings.Repeat(`"x" `, most+1)+"]"), variables)
	}
}

// answered sends an operation that must be carried out.
func (l listTrial) answered(of servertest.Argument, query string, variables servertest.Object) {
	l.t.Helper()
	if of.Root == ast.Subscription {
		l.tenant.TryWrong(l.socket, of, query, variables)
		return
	}
	if answer := l.tenant.Do("POST", "/graphql", nil, servertest.Object{"query": query, "variables": variables}).Text(); strings.Contains(answer, `"errors"`) {
		l.t.Errorf("%s: %.200s is answered with %.500s", of, query, answer)
	}
}

// refused sends an operation that must be refused for its list.
func (l listTrial) refused(of servertest.Argument, most int, query string, variables servertest.Object) {
	l.t.Helper()
	accept := "application/json"
	if of.Root == ast.Subscription {
		accept = "text/event-stream"
	}
	answer := l.tenant.Stream(accept, query, variables).Text()
	says := fmt.Sprintf("%s may have at most %d items, and has %d.", of.Last(), most, most+1)
	if !strings.Contains(answer, says) || !strings.Contains(answer, "BAD_USER_INPUT") || strings.Contains(answer, `"data"`) {
		l.t.Errorf("%s is answered with %.500s, without %q", of, answer, says)
	}
}

// A list in a document may have variables among its items, and a variable may stand for a part of an input.
func TestListsOfVariablesAreBounded(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", "ADMIN")
	many := slices.Repeat([]any{"x"}, 101)
	var declared, items strings.Builder
	for i := range 101 {
		fmt.Fprintf(&declared, "$v%d: ID! = \"x\", ", i)
		fmt.Fprintf(&items, "$v%d ", i)
	}
	most := len(servertest.ParseSchema(t).Types["EntityType"].EnumValues)
	for what, d := range map[string]servertest.SentDocument{
		"items that are variables":   {Query: `query(` + declared.String() + `) { nodes(ids: [` + items.String() + `]) { id } }`},
		"in a literal input":         {Query: `query($ids: [ID!]) { activity(filter: {userIds: $ids}) { totalCount: __typename } }`, Variables: servertest.Object{"ids": many}},
		"in the input of a fragment": {Query: `query($f: ActivityFilter) { ...F } fragment F on Query { activity(filter: $f) { __typename } }`, Variables: servertest.Object{"f": servertest.Object{"entityIds": many}}},
		"a default":                  {Query: `query($ids: [ID!]! = [` + strings.Repeat(`"x",`, 101) + `]) { nodes(ids: $ids) { id } }`},
		"an enum of many variables":  {Query: changesOfTypes(most + 1)},
		"a subscription":             {Query: `subscription($f: ActivityFilter) { activity(filter: $f) { id } }`, Variables: servertest.Object{"f": servertest.Object{"entityIds": many}}},
	} {
		for transport, answer := range ada.EveryWay(d) {
			servertest.WantRefused(t, what+" by "+transport, answer, "BAD_USER_INPUT")
		}
	}
	ada.Ask(changesOfTypes(most), nil)
}

// changesOfTypes asks for changes of several types, each a variable that the list holds twice. Whether two variables
// have the same value is not known when the list is judged, so each of them counts once.
func changesOfTypes(variables int) string {
	var declared, items strings.Builder
	for i := range variables {
		fmt.Fprintf(&declared, "$v%d: EntityType! = CALL, ", i)
		fmt.Fprintf(&items, "$v%d $v%d ", i, i)
	}
	return `query(` + declared.String() + `) { changes(types: [` + items.String() + `]) { endCursor } }`
}
