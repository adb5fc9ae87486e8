package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// What a scalar does not take keeps the whole operation from running: not even what
// stands before it is carried out.
func TestScalarsAreCheckedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", "MEMBER")
	const first = `a: createCustomer(input: {name: "half"}) { __typename } `
	long := strings.Repeat("x", 256)
	meeting := `b: createMeeting(input: {title: "m", startsAt: %s, endsAt: "2027-01-01T00:00:00Z"}) { __typename }`
	mark := `b: markNotificationsRead(upTo: %s)`
	view := `b: recordView(entityId: %s)`
	page := `b: createCustomer(input: {name: "m"}) { ... on CustomerSaved { customer { comments(first: %s) { totalCount } } } }`
	for _, tried := range []struct{ kind, use, value, code string }{
		{"DateTime!", meeting, `"tomorrow"`, "GRAPHQL_VALIDATION_FAILED"}, {"DateTime!", meeting, `"2027-02-30T00:00:00Z"`, "GRAPHQL_VALIDATION_FAILED"},
		{"DateTime!", meeting, `"2027-01-01T00:00:00,5Z"`, "GRAPHQL_VALIDATION_FAILED"}, {"DateTime!", meeting, `""`, "GRAPHQL_VALIDATION_FAILED"},
		{"DateTime!", meeting, `1`, "GRAPHQL_VALIDATION_FAILED"}, {"DateTime!", meeting, `true`, "GRAPHQL_VALIDATION_FAILED"}, {"DateTime!", meeting, `[]`, "GRAPHQL_VALIDATION_FAILED"},
		{"Cursor", mark, `"zz"`, "BAD_USER_INPUT"}, {"Cursor", mark, `""`, "BAD_USER_INPUT"},
		{"ID!", view, `"` + long + `"`, "BAD_USER_INPUT"}, {"ID!", view, `"a\u0000b"`, "BAD_USER_INPUT"},
		{"Int", page, `2147483648`, "GRAPHQL_VALIDATION_FAILED"}, {"Int", page, `-9223372036854775808`, "GRAPHQL_VALIDATION_FAILED"},
	} {
		literal := sentDocument{query: "mutation { " + first + fmt.Sprintf(tried.use, tried.value) + " }"}
		variable := sentDocument{query: "mutation($v: " + tried.kind + ") { " + first + fmt.Sprintf(tried.use, "$v") + " }", variables: object{"v": json.RawMessage(tried.value)}}
		byDefault := sentDocument{query: "mutation($v: " + tried.kind + " = " + tried.value + ") { " + first + fmt.Sprintf(tried.use, "$v") + " }"}
		for how, d := range map[string]sentDocument{"literal": literal, "variable": variable, "default": byDefault} {
			what := how + " " + tried.kind + " " + tried.value
			for transport, answer := range ada.everyWay(d) {
				if transport == "get" { // no mutations
					continue
				}
				wantRefused(t, what+" by "+transport, answer, tried.code)
			}
		}
	}
	want(t, "what was carried out", ada.ask(`{ customers { totalCount } }`, nil)["customers"], object{"totalCount": 0})
	fine := `query($c: Cursor, $f: ActivityFilter) { activity(after: $c, filter: $f) { __typename } }`
	asOf := ada.ask(`{ customers { asOf } }`, nil)["customers"].(object)["asOf"]
	ada.ask(fine, object{"c": asOf, "f": object{"since": "2027-01-01t00:00:00z", "until": "2027-01-01T00:00:00.5+01:00"}})
	if answer := ada.do(http.MethodPost, "/graphql", nil, object{"query": `{ node(id: 12345678901) { id } }`}).text(); strings.Contains(answer, "errors") {
		t.Errorf("an id that is a large number is answered with %s", answer)
	}
}
