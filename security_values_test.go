package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// wrongValues are JSON that fits almost nowhere, and some that fits and still is no
// good: what is too long, too large or too deep, and what no text should have in it.
var wrongValues = []string{
	`null`, `true`, `-1`, `1e300`, `9007199254740993`, `123456789012345678901234567890`, `1e99999`,
	`""`, `"ADMIN"`, `"a\u0000b"`, `"\ud800"`, `"\u202egnp.exe\r\nSet-Cookie: a=b"`, `"' OR 1=1 --%\\"`,
	`"` + strings.Repeat("x", 30_000) + `"`, `"0001-01-01T00:00:00+23:59"`, `"01ffffffff7fffffffffffffff"`,
	`[]`, `[null]`, `["x", 1, null]`, `{"__proto__": {"role": "ADMIN"}}`, `{"id": {"$ne": null}}`,
	strings.Repeat(`[`, 500) + strings.Repeat(`]`, 500), strings.Repeat(`{"a":`, 500) + `1` + strings.Repeat(`}`, 500),
}

// wrongLiterals are the same for the text of a document.
var wrongLiterals = []string{
	`null`, `true`, `1.5`, `99999999999999999999`, `1e99999`, `"a\u0000b"`, `"\uD800"`, `"""a` + "\u202e" + `"""`, `ADMIN`,
	`[null]`, `[[[]]]`, `{}`, `{__proto__: {role: ADMIN}}`,
}

// insides are words of what the server is made of, which no answer has.
var insides = regexp.MustCompile(`(?i)sqlite|sqlstate|pgx|pgconn|postgres|redis|syntax error at|constraint|goroutine|panic|runtime error|\.go:|strconv|json:|interface \{|map\[string|\*collab|reflect`)

// refusals are the codes that a wrong value may be answered with.
var refusals = []string{"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT", "RESYNC_REQUIRED", "QUERY_TOO_COMPLEX", "FORBIDDEN"}

// Whatever is sent for an argument, the answer says that it is wrong, or what came of
// it: it is no fault of the server, and shows nothing of how that is made.
func TestWrongValuesAreNoFaults(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(*testing.T) map[string]string{"sqlite": embedded, "postgres": shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := settle(t, start(t, settings(t)), "acme", "ada", "plain")
			schema := parseSchema(t)
			for _, of := range arguments(t, schema) {
				var s *socket
				if of.root == ast.Subscription {
					s = o.connect()
				}
				q := asking{schema: schema, sample: o.sample, depth: 2}
				for _, wrong := range wrongValues {
					query, variables := q.operation(of, json.RawMessage(wrong))
					o.tryWrong(s, of, query, variables)
				}
				for _, wrong := range wrongLiterals {
					if query, variables := q.operation(of, "tried"); len(of.in) == 0 {
						o.tryWrong(s, of, literally(query, variables, wrong), variables)
					}
				}
			}
		})
	}
}

// literally writes the value that is tried into the document.
func literally(query string, variables object, literal string) string {
	for name, value := range variables {
		if value == "tried" {
			delete(variables, name)
			query = regexp.MustCompile(`\$`+name+`: [^,)]*(, )?`).ReplaceAllString(query, "")
			query = strings.Replace(query, ": $"+name, ": "+literal, 1)
		}
	}
	return strings.Replace(query, "()", "", 1)
}

// tryWrong sends an operation, and looks at what is said of it: over HTTP, and of a
// subscription on a socket, which is then asked whether it still lives.
func (o *tenant) tryWrong(s *socket, of argument, query string, variables object) {
	o.t.Helper()
	what := fmt.Sprintf("%s: %.300s %.200v", of, query, inJSON(o.t, variables))
	if of.root == ast.Subscription {
		s.subscribe("tried", query, variables)
		s.write(object{"id": "tried", "type": "complete"})
		s.subscribe("alive", `{ viewer { role } }`, nil)
		for message := s.read(); message["id"] != "alive" || message["type"] != "complete"; message = s.read() {
			o.wantRefusal(what, inJSON(o.t, message))
		}
		return
	}
	answer := o.do(http.MethodPost, "/graphql", nil, object{"query": query, "variables": variables})
	if answer.StatusCode >= http.StatusInternalServerError {
		o.t.Errorf("%s: %s", what, answer.Status)
	}
	o.wantRefusal(what, answer.text())
}

var anyCode = regexp.MustCompile(`"code":"([A-Z_]+)"`)

func (o *tenant) wantRefusal(what, text string) {
	o.t.Helper()
	for _, code := range anyCode.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(refusals, code[1]) {
			o.t.Errorf("%s is answered with %s", what, text)
		}
	}
	if found := insides.FindString(madeID.ReplaceAllString(requestID.ReplaceAllString(text, ""), "")); found != "" {
		o.t.Errorf("%s is answered with what shows %q: %s", what, found, text)
	}
}

// The same of values that are no arguments: defaults of variables, directives, and
// variables that fit their own type and not where they are used.
func TestWrongDocumentsAreNoFaults(t *testing.T) {
	t.Parallel()
	o := settle(t, start(t, embedded(t)), "acme", "ada", "plain")
	s := o.connect()
	for _, text := range []string{
		`query($n: Int = 99999999999999999999) { customers(first: $n) { totalCount } }`, `query($n: Int = 1e99999) { customers(first: $n) { totalCount } }`,
		`query($n: Int = {}) { customers(first: $n) { totalCount } }`, `query($n: [Int] = {a: 1}) { customers { totalCount } }`,
		`query($n: Int = $n) { customers(first: $n) { totalCount } }`, `query($n: Query) { customers { totalCount } }`, `query($n: Nothing!) { viewer { role } }`,
		`query($f: CustomerFilter = {search: {}}) { customers(filter: $f) { totalCount } }`, `query($f: CustomerFilter = {tag: 99999999999999999999}) { customers(filter: $f) { totalCount } }`,
		`query($t: String!) { customers(filter: {search: $t}) { totalCount } }`, `query($t: String) { node(id: $t) { id } }`, `query($t: Int) { node(id: $t) { id } }`,
		`{ viewer @include(if: {}) { role } }`, `{ viewer @skip(if: 99999999999999999999) { role } }`, `{ viewer @include { role } }`, `{ viewer @hasRole(role: ADMIN) { role } }`,
		`{ viewer @perViewer { role } }`, `{ viewer { role { x } } }`, `{ viewer }`, `{ ...F } fragment F on Query { ...F }`, `{ ...G } fragment F on Query { viewer { role } }`,
		`{ ... on Customer { id } }`, `{ __typename @nothing }`, `{ _service { sdl } _entities(representations: [{__typename: "Customer"}]) { __typename } }`,
		`{ node(id: "a", id: "b") { id } }`, `{ customers(filter: {search: "a", search: "b"}) { totalCount } }`, `{`, `}`, "{ viewer { role } }\x00", "\ufeff{ viewer { role } }", `# nothing`,
		`extend type Query { evil: String }`, `type Evil { id: ID }`, `schema { query: Query }`, `query { viewer { role } } query { viewer { role } }`,
		`subscription { activity { id } entityChanged { cursor } }`, `subscription { ...F ...F } fragment F on Subscription { session { __typename } activity { id } }`,
		`subscription { __typename }`, `mutation { __typename }`, `subscription { activity @include(if: false) { id } }`, `subscription { ... @skip(if: true) { activity { id } } }`,
	} {
		answer := o.do(http.MethodPost, "/graphql", nil, object{"query": text})
		if answer.StatusCode >= http.StatusInternalServerError {
			t.Errorf("%s: %s", text, answer.Status)
		}
		o.wantRefusal(text, answer.text())
		o.wantRefusal(text, o.stream("multipart/mixed;subscriptionSpec=1.0", "query A { viewer { role } } "+text, nil).text())
		s.subscribe("tried", text, nil)
		s.write(object{"id": "tried", "type": "complete"})
		s.subscribe("alive", `{ viewer { role } }`, nil)
		for message := s.read(); message["id"] != "alive" || message["type"] != "complete"; message = s.read() {
			o.wantRefusal(text, inJSON(t, message))
		}
	}
}
