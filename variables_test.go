package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
)

// misfits are values that are wrong for a type, by why.
func misfits(s *ast.Schema, kind *ast.Type) map[string]any {
	wrong := map[string]any{}
	if kind.NonNull {
		wrong["null"] = nil
	}
	if kind.Elem != nil {
		for why, value := range misfits(s, kind.Elem) {
			wrong["a list of "+why] = []any{value}
			if value != nil { // null is no list of null
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
		wrong["a text"], wrong["an unknown field"] = "x", object{"nothing": 1}
	case kind.NamedType == "Int":
		wrong["a text"], wrong["a fraction"], wrong["more than 32 bits"], wrong["a boolean"] = "5", 1.5, 1<<31, true
	case kind.NamedType == "Float":
		wrong["a text"], wrong["a boolean"] = "1.5", true
	case kind.NamedType == "Boolean":
		wrong["a text"], wrong["a number"] = "true", 1
	case kind.NamedType == "ID":
		wrong["a fraction"], wrong["a boolean"] = 1.5, true
	default: // String, DateTime, Cursor
		wrong["a number"], wrong["a boolean"] = 5, true
	}
	if s.Types[kind.NamedType].Kind != ast.InputObject {
		wrong["an object"] = object{}
	}
	wrong["a list"] = []any{[]any{}}
	return wrong
}

// Whatever the schema takes a value for refuses as a variable what it would refuse in
// the text of a document, before anything runs. New arguments are tried by themselves.
func TestVariablesAreCoerced(t *testing.T) {
	t.Parallel()
	o := settle(t, start(t, embedded(t)), "acme", "ada", "plain")
	schema := parseSchema(t)
	q := asking{schema: schema, sample: o.sample, depth: 2}
	send := func(of argument, value any) string {
		query, variables := q.operation(of, value)
		accept := "application/json"
		if of.root == ast.Subscription {
			accept = "text/event-stream"
		}
		return o.stream(accept, query, variables).text()
	}
	tried := 0
	for _, of := range arguments(t, schema) {
		for why, value := range misfits(schema, of.kind()) {
			tried++
			answer := send(of, value)
			if !strings.Contains(answer, "GRAPHQL_VALIDATION_FAILED") || !strings.Contains(answer, `Variable \"$v`) || len(answer) > 1000 {
				t.Errorf("%s given %s, %s: got %.500s", of, why, inJSON(t, value), answer)
			}
		}
		if of.kind().Elem != nil && of.root != ast.Subscription { // one value stands for a list of it
			good := q.fill(of.name, of.kind())
			if list, isList := good.([]any); isList {
				good = list[0]
			}
			if answer := send(of, good); strings.Contains(answer, "GRAPHQL_VALIDATION_FAILED") {
				t.Errorf("%s given one value, %s: got %s", of, inJSON(t, good), answer)
			}
		}
	}
	if tried < 800 {
		t.Errorf("only %d values were tried", tried)
	}
}

// The same on every transport, and for documents that are sent by their hash.
func TestVariablesAreCoercedEverywhere(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleAdmin)
	for what, d := range map[string]sentDocument{
		"an enum":              {query: `query($o: EntityOrder) { customers(orderBy: $o) { totalCount } }`, variables: object{"o": "name_asc"}},
		"a number":             {query: `query($n: Int) { customers(first: $n) { totalCount } }`, variables: object{"n": "5"}},
		"null for a role":      {query: `query($r: EntityOrder! = NAME_ASC) { customers(orderBy: $r) { totalCount } }`, variables: object{"r": nil}},
		"null in a directive":  {query: `query($t: Boolean = true) { viewer @include(if: $t) { role } }`, variables: object{"t": nil}},
		"null, subscribed":     {query: `subscription($t: Boolean = true) { customerChanged { version @include(if: $t) } }`, variables: object{"t": nil}},
		"an enum, subscribed":  {query: `subscription($f: ActivityFilter) { activity(filter: $f) { id } }`, variables: object{"f": object{"types": "create"}}},
		"an id, subscribed":    {query: `subscription($id: ID) { customerChanged(id: $id) { version } }`, variables: object{"id": 1.5}},
		"rate, in a fragment":  {query: `subscription($m: Float) { ...F } fragment F on Subscription { entityChanged(maxPerSecond: $m) { version } }`, variables: object{"m": "1"}},
		"null that is in vain": {query: `subscription($t: Boolean = true) { customerChanged { version } ... @skip(if: $t) { customerChanged { version } } }`, variables: object{"t": nil}},
	} {
		for transport, answer := range ada.everyWay(d) {
			wantRefused(t, what+" by "+transport, answer, "GRAPHQL_VALIDATION_FAILED")
		}
	}
	query := `mutation($r: Role!) { setMemberRole(userId: "ada", role: $r) { role } }`
	sum := sha256.Sum256([]byte(query))
	named := object{"persistedQuery": object{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}
	for _, sent := range []object{
		{"query": query, "extensions": named, "variables": object{"r": "admin"}}, {"extensions": named, "variables": object{"r": "admin"}},
	} {
		wantRefused(t, "by its hash", ada.do(http.MethodPost, "/graphql", nil, sent).text(), "GRAPHQL_VALIDATION_FAILED")
	}
	encoded, _ := json.Marshal(object{"o": "name_asc"})
	byURL := url.Values{"query": {`query($o: EntityOrder) { customers(orderBy: $o) { totalCount } }`}, "variables": {string(encoded)}}
	wantRefused(t, "by GET", ada.do(http.MethodGet, "/graphql?"+byURL.Encode(), nil, nil).text(), "GRAPHQL_VALIDATION_FAILED")
	want(t, "role", ada.ask(`{ viewer { role } }`, nil)["viewer"], object{"role": "ADMIN"})
}

// What the specification coerces is coerced, and read as it was meant.
func TestVariablesThatFit(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "n", "tags": "one"})
	for _, first := range []string{"1", "1.0", "1e0"} {
		got := ada.ask(`query($n: Int) { customers(first: $n) { nodes { tags } } }`, object{"n": json.RawMessage(first)})
		want(t, fmt.Sprint("first ", first), got["customers"], object{"nodes": []any{object{"tags": []any{"one"}}}})
	}
	got := ada.ask(`query($ids: [ID!]!, $f: CustomerFilter) { nodes(ids: $ids) { id } customers(filter: $f) { totalCount } }`,
		object{"ids": customer["id"], "f": object{"status": "LEAD"}})
	want(t, "single values", got, object{"nodes": []any{object{"id": customer["id"]}}, "customers": object{"totalCount": 1}})
}
