package engine

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
)

// Equal requests have one key, however they are spelled, and different ones have different keys.
func TestKeysOfEqualRequests(t *testing.T) {
	t.Parallel()
	schema := schema(t)
	key := func(document, variables string) string {
		t.Helper()
		doc, errs := gqlparser.LoadQueryWithRules(schema, document, nil)
		if errs != nil {
			t.Fatal(document, errs)
		}
		opCtx := &graphql.OperationContext{RawQuery: document}
		decoder := json.NewDecoder(strings.NewReader(variables))
		decoder.UseNumber()
		if err := decoder.Decode(&opCtx.Variables); err != nil {
			t.Fatal(err)
		}
		return newPlan(doc.Operations[0]).key(opCtx, Identity{Scope: "acme"}, false)
	}
	const selection = `{ cursor customer { id name activity(first: 3) { nodes { id } } } }`
	literal := key(`subscription { customerChanged(filter: {tags: ["a", "b"], status: [LEAD, ACTIVE], createdAfter: "2026-01-01T00:00:00Z"}, maxPerSecond: 2) `+selection+` }`, `{}`)
	for document, variables := range map[string]string{
		`subscription($f: CustomerFilter, $m: Float) { customerChanged(maxPerSecond: $m, filter: $f) ` + selection + ` }`:                                                                                                           `{"m": 2.0, "f": {"status": ["ACTIVE", "LEAD", "LEAD"], "createdAfter": "2026-01-01T01:00:00.000+01:00", "tags": ["b", "a", "b"], "unowned": false, "search": null}}`,
		`subscription Named($t: [String!], $after: Cursor) { customerChanged(after: $after, filter: {tags: $t, status: [ACTIVE, LEAD], createdAfter: "2026-01-01t00:00:00z"}, maxPerSecond: 2, initial: false) ` + selection + ` }`: `{"t": ["b", "a"], "after": "x"}`,
		`subscription($n: Int = 3) { customerChanged(filter: {tags: ["a", "b"], status: [LEAD, ACTIVE], createdAfter: "2026-01-01T00:00:00Z", deleted: false}, maxPerSecond: 2)
			{ cursor, customer { id name activity(first: $n) { nodes { id } } } } }`: `{"n": 3}`,
	} {
		if got := key(document, variables); got != literal {
			t.Errorf("%s has another key:\n%s\n%s", document, got, literal)
		}
	}
	for document, variables := range map[string]string{
		`subscription { customerChanged(filter: {tags: ["a"], status: [LEAD, ACTIVE], createdAfter: "2026-01-01T00:00:00Z"}, maxPerSecond: 2) ` + selection + ` }`:                     `{}`,
		`subscription { customerChanged(filter: {tags: ["a", "b"], status: [LEAD, ACTIVE], createdAfter: "2026-01-01T00:00:01Z"}, maxPerSecond: 2) ` + selection + ` }`:                `{}`,
		`subscription { it: customerChanged(filter: {tags: ["a", "b"], status: [LEAD, ACTIVE], createdAfter: "2026-01-01T00:00:00Z"}, maxPerSecond: 2) ` + selection + ` }`:            `{}`,
		`subscription { customerChanged(filter: {tags: ["a", "b"], status: [LEAD, ACTIVE], createdAfter: "2026-01-01T00:00:00Z", unowned: true}, maxPerSecond: 2) ` + selection + ` }`: `{}`,
		`subscription($n: Int) { customerChanged(filter: {tags: ["a", "b"], status: [LEAD, ACTIVE], createdAfter: "2026-01-01T00:00:00Z"}, maxPerSecond: 2)
			{ cursor customer { id name activity(first: $n) { nodes { id } } } } }`: `{"n": 4}`,
	} {
		if key(document, variables) == literal {
			t.Errorf("%s has the same key", document)
		}
	}
	if key(`subscription { customerChanged(filter: {}) { cursor } }`, `{}`) == key(`subscription { customerChanged { cursor } }`, `{}`) {
		t.Error("an empty filter, which tells of access, has the key of none")
	}
}
