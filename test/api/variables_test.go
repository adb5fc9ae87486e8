package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// misfits are values that are wrong for a type, by the reason.
func misfits(s *ast.Schema, kind *ast.Type) map[string]any {
	wrong := map[string]any{}
	if kind.NonNull {
		wrong["null"] = nil
	}
	if kind.Elem != nil {
		for why, value := range misfits(s, kind.Elem) {
			wrong["a list of "+why] = []any{value}
			if value != nil { // null is not a list of null
				wrong["in place of a list, "+why] = value
			}
		}
		return wrong
	}
	switch definition := s.Types[kind.NamedType]; {
	case definition.Kind == ast.Enum:
		wrong["another case"] = strings.ToLower(definition.EnumValues[0].Name)
		wrong["no name"], wrong["a number"], wrong["a boolean"] = "", 0, true
	case definition.Kind == ast.InputObject:
		wrong["a text"], wrong["an unknown field"] = "x", servertest.Object{"nothing": 1}
	case kind.NamedType == "Int":
		wrong["a text"], wrong["a fraction"], wrong["more than 32 bits"], wrong["a boolean"] = "5", 1.5, 1<<31, true
	case kind.NamedType == "SafeInt":
		wrong["a text"], wrong["a fraction"], wrong["more than 53 bits"], wrong["a boolean"] = "5", 1.5, 1<<53, true
	case kind.NamedType == "Float":
		wrong["a text"], wrong["a boolean"] = "1.5", true
	case kind.NamedType == "Boolean":
		wrong["a text"], wrong["a number"] = "true", 1
	case kind.NamedType == "ID":
		wrong["a fraction"], wrong["a boolean"] = 1.5, true
	default: // String, DateTime, Date, Cursor
		wrong["a number"], wrong["a boolean"] = 5, true
	}
	if s.Types[kind.NamedType].Kind != ast.InputObject {
		wrong["an object"] = servertest.Object{}
	}
	wrong["a list"] = []any{[]any{}}
	return wrong
}

// Every place of the schema that takes a value refuses a variable with the values that it refuses as literals in a
// document, before anything runs. The test finds new arguments by itself.
func TestVariablesAreCoerced(t *testing.T) {
	t.Parallel()
	o := servertest.Settle(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", "plain")
	schema := servertest.ParseSchema(t)
	q := servertest.Asking{Schema: schema, Sample: o.Sample, Depth: 2}
	send := func(of servertest.Argument, value any) string {
		query, variables := q.Operation(of, value)
		accept := "application/json"
		if of.Root == ast.Subscription {
			accept = "text/event-stream"
		}
		return o.Stream(accept, query, variables).Text()
	}
	tried := 0
	for _, of := range servertest.Arguments(t, schema) {
		for why, value := range misfits(schema, of.Kind()) {
			tried++
			answer := send(of, value)
			if !strings.Contains(answer, "GRAPHQL_VALIDATION_FAILED") || !strings.Contains(answer, `Variable \"$v`) || len(answer) > 1000 {
				t.Errorf("%s given %s, %s: got %.500s", of, why, servertest.InJSON(t, value), answer)
			}
		}
		if of.Kind().Elem != nil && of.Root != ast.Subscription { // a single value is coerced to a list of it
			good := q.Fill(of.Name, of.Kind())
			if list, isList := good.([]any); isList {
				good = list[0]
			}
			if answer := send(of, good); strings.Contains(answer, "GRAPHQL_VALIDATION_FAILED") {
				t.Errorf("%s given one value, %s: got %s", of, servertest.InJSON(t, good), answer)
			}
		}
	}
	if tried < 800 {
		t.Errorf("only %d values were tried", tried)
	}
}

// Variables are coerced alike on every transport, and for documents that are sent by their hash.
func TestVariablesAreCoercedEverywhere(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	for what, d := range map[string]servertest.SentDocument{
		"an enum":             {Query: `query($o: EntityOrder) { customers(orderBy: $o) { totalCount } }`, Variables: servertest.Object{"o": "name_asc"}},
		"a number":            {Query: `query($n: Int) { customers(first: $n) { totalCount } }`, Variables: servertest.Object{"n": "5"}},
		"null for a role":     {Query: `query($r: EntityOrder! = NAME_ASC) { customers(orderBy: $r) { totalCount } }`, Variables: servertest.Object{"r": nil}},
		"null in a directive": {Query: `query($t: Boolean = true) { viewer @include(if: $t) { role } }`, Variables: servertest.Object{"t": nil}},
		"null, subscribed":    {Query: `subscription($t: Boolean = true) { customerChanged { version @include(if: $t) } }`, Variables: servertest.Object{"t": nil}},
		"an enum, subscribed": {Query: `subscription($f: ActivityFilter) { activity(filter: $f) { id } }`, Variables: servertest.Object{"f": servertest.Object{"types": "create"}}},
		"an id, subscribed":   {Query: `subscription($id: ID) { customerChanged(id: $id) { version } }`, Variables: servertest.Object{"id": 1.5}},
		"rate, in a fragment": {Query: `subscription($m: Float) { ...F } fragment F on Subscription { entityChanged(maxPerSecond: $m) { version } }`, Variables: servertest.Object{"m": "1"}},
		"null without effect": {Query: `subscription($t: Boolean = true) { customerChanged { version } ... @skip(if: $t) { customerChanged { version } } }`, Variables: servertest.Object{"t": nil}},
	} {
		for transport, answer := range ada.EveryWay(d) {
			servertest.WantRefused(t, what+" by "+transport, answer, "GRAPHQL_VALIDATION_FAILED")
		}
	}
	query := `mutation($r: Role!) { setMemberRole(userId: "ada", role: $r) { role } }`
	sum := sha256.Sum256([]byte(query))
	named := servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}
	for _, sent := range []servertest.Object{
		{"query": query, "extensions": named, "variables": servertest.Object{"r": "admin"}}, {"extensions": named, "variables": servertest.Object{"r": "admin"}},
	} {
		servertest.WantRefused(t, "by its hash", ada.Do(http.MethodPost, "/graphql", nil, sent).Text(), "GRAPHQL_VALIDATION_FAILED")
	}
	encoded, _ := json.Marshal(servertest.Object{"o": "name_asc"})
	byURL := url.Values{"query": {`query($o: EntityOrder) { customers(orderBy: $o) { totalCount } }`}, "variables": {string(encoded)}}
	servertest.WantRefused(t, "by GET", ada.Do(http.MethodGet, "/graphql?"+byURL.Encode(), nil, nil).Text(), "GRAPHQL_VALIDATION_FAILED")
	ada.Ask(`{ viewer { role } }`, nil).Is(`{"viewer": {"role": "ADMIN"}}`)
}

// Values that the specification coerces are coerced, and read as they were meant.
func TestVariablesThatFit(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "n", "tags": "one"})
	for _, first := range []string{"1", "1.0", "1e0"} {
		ada.Ask(`query($n: Int) { customers(first: $n) { nodes { tags } } }`, servertest.Object{"n": json.RawMessage(first)}).
			Is(`{"customers": {"nodes": [{"tags": ["one"]}]}}`)
	}
	ada.Ask(`query($ids: [ID!]!, $f: CustomerFilter) { nodes(ids: $ids) { id } customers(filter: $f) { totalCount } }`,
		servertest.Object{"ids": customer["id"], "f": servertest.Object{"status": "LEAD"}}).Is(`{"nodes": [{"id": "$ids"}], "customers": {"totalCount": 1}}`) // single values
}
