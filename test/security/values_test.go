package security_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/servertest"
)

// wrongValues are JSON that fits almost nowhere, and some that fits and is invalid all the same: too long, too
// large or too deep, or with characters that no text should have.
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

// For any value of an argument, the answer reports that the value is wrong, or what it did. It is never an
// internal error of the server, and reveals nothing of how the server works.
func TestWrongValuesAreRefused(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]func(testing.TB) map[string]string{"sqlite": servertest.Embedded, "postgres": servertest.Shared} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := settings(t)
			with["MAX_CONNECTIONS_PER_PERSON"] = "1000" // each argument of a subscription has one of its own
			o := servertest.Settle(t, servertest.Start(t, with), "acme", "ada", "plain")
			schema := servertest.ParseSchema(t)
			for _, of := range servertest.Arguments(t, schema) {
				var s *servertest.Socket
				if of.Root == ast.Subscription {
					s = o.Connect()
				}
				q := servertest.Asking{Schema: schema, Sample: o.Sample, Depth: 2}
				for _, wrong := range wrongValues {
					query, variables := q.Operation(of, json.RawMessage(wrong))
					o.TryWrong(s, of, query, variables)
				}
				for _, wrong := range wrongLiterals {
					if query, variables := q.Operation(of, "tried"); len(of.In) == 0 {
						o.TryWrong(s, of, literally(query, variables, wrong), variables)
					}
				}
			}
		})
	}
}

// literally writes the value that is tried into the document.
func literally(query string, variables servertest.Object, literal string) string {
	for name, value := range variables {
		if value == "tried" {
			delete(variables, name)
			query = regexp.MustCompile(`\$`+name+`: [^,)]*(, )?`).ReplaceAllString(query, "")
			query = strings.Replace(query, ": $"+name, ": "+literal, 1)
		}
	}
	return strings.Replace(query, "()", "", 1)
}

// The same holds for values that are not arguments: defaults of variables, directives, and variables that fit
// their own type but not the place where they are used.
func TestWrongDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	o := servertest.Settle(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", "plain")
	s := o.Connect()
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
		answer := o.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": text})
		if answer.StatusCode >= http.StatusInternalServerError {
			t.Errorf("%s: %s", text, answer.Status)
		}
		o.WantRefusal(text, answer.Text())
		o.WantRefusal(text, o.Stream("multipart/mixed;subscriptionSpec=1.0", "query A { viewer { role } } "+text, nil).Text())
		s.Subscribe("tried", text, nil)
		s.Write(servertest.Object{"id": "tried", "type": "complete"})
		s.Subscribe("alive", `{ viewer { role } }`, nil)
		for message := s.Read(); message.Get("id") != "alive" || message.Get("type") != "complete"; message = s.Read() {
			o.WantRefusal(text, message.String())
		}
	}
}
