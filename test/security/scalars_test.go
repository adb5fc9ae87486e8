package security_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/servertest"
)

// A value that a scalar does not take prevents the whole operation: even the fields before it are not carried out.
func TestScalarsAreCheckedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", "MEMBER")
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
		literal := servertest.SentDocument{Query: "mutation { " + first + fmt.Sprintf(tried.use, tried.value) + " }"}
		variable := servertest.SentDocument{Query: "mutation($v: " + tried.kind + ") { " + first + fmt.Sprintf(tried.use, "$v") + " }", Variables: servertest.Object{"v": json.RawMessage(tried.value)}}
		byDefault := servertest.SentDocument{Query: "mutation($v: " + tried.kind + " = " + tried.value + ") { " + first + fmt.Sprintf(tried.use, "$v") + " }"}
		for how, d := range map[string]servertest.SentDocument{"literal": literal, "variable": variable, "default": byDefault} {
			what := how + " " + tried.kind + " " + tried.value
			for transport, answer := range ada.EveryWay(d) {
				if transport == "get" { // no mutations
					continue
				}
				servertest.WantRefused(t, what+" by "+transport, answer, tried.code)
			}
		}
	}
	ada.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 0}}`) // what was carried out
	fine := `query($c: Cursor, $f: ActivityFilter) { activity(after: $c, filter: $f) { __typename } }`
	asOf := ada.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")
	ada.Ask(fine, servertest.Object{"c": asOf, "f": servertest.Object{"since": "2027-01-01t00:00:00z", "until": "2027-01-01T00:00:00.5+01:00"}})
	if answer := ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": `{ node(id: 12345678901) { id } }`}).Text(); strings.Contains(answer, "errors") {
		t.Errorf("an id that is a large number is answered with %s", answer)
	}
}
