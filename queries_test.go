package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
	"tandem/internal/cost"
)

// tooMuch are documents that would cost far more than it costs to refuse them.
var tooMuch = map[string]struct {
	query     string
	variables object
	code      string
}{
	"deep":             {"{ customers(first: 1) { nodes { " + strings.Repeat("calls(first: 1) { nodes { customer { ", 5) + "id" + strings.Repeat(" } } }", 5) + " } } }", nil, "QUERY_TOO_COMPLEX"},
	"pages of pages":   {"{ customers(first: 100) { nodes { calls(first: 100) { nodes { id subject } } } } }", nil, "QUERY_TOO_COMPLEX"},
	"by variables":     {"query($n: Int) { customers(first: $n) { nodes { calls(first: $n) { nodes { id subject } } } } }", object{"n": 100}, "QUERY_TOO_COMPLEX"},
	"aliases":          {"{" + many(100, "a%d: customers { totalCount } ") + "}", nil, "QUERY_TOO_COMPLEX"},
	"fragment bomb":    {"{ viewer { user { ...f0 } } }" + many(100, "fragment f%d on User { ...f%[2]d ...f%[2]d }") + " fragment f100 on User { id }", nil, "QUERY_TOO_COMPLEX"},
	"fragment circle":  {"{ viewer { user { ...a } } } fragment a on User { ...b } fragment b on User { ...a }", nil, "GRAPHQL_VALIDATION_FAILED"},
	"one field":        {"{ viewer {" + strings.Repeat(" role", 14_000) + " } }", nil, "QUERY_TOO_COMPLEX"},
	"directives":       {"{ viewer { role " + strings.Repeat("@skip(if: false) ", 2000) + "} }", nil, "QUERY_TOO_COMPLEX"},
	"braces":           {strings.Repeat("{", 100_000), nil, "GRAPHQL_PARSE_FAILED"},
	"lists":            {"{ customers(first: " + strings.Repeat("[", 100_000), nil, "GRAPHQL_PARSE_FAILED"},
	"tokens":           {"{ viewer { " + strings.Repeat("role @skip(if: true) ", 20_000) + "} }", nil, "GRAPHQL_PARSE_FAILED"},
	"wrong everywhere": {"{" + many(7000, "nope%d ") + "}", nil, "GRAPHQL_VALIDATION_FAILED"},
	"many ids":         {"query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Customer { calls { nodes { id } } } } }", object{"ids": strings.Split(strings.Repeat("x,", 50_000), ",")}, "BAD_USER_INPUT"},
	"pages of ids":     {"query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Customer { calls(first: 100) { nodes { id subject } } } } }", object{"ids": strings.Split(strings.Repeat("x,", 99)+"x", ",")}, "QUERY_TOO_COMPLEX"},
}

// many repeats a format with the numbers from 0 on, each with the next one.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%[2]d") {
			fmt.Fprintf(&b, format, i, i+1)
		} else {
			fmt.Fprintf(&b, format, i)
		}
	}
	return b.String()
}

// What would cost too much is refused with a code, on every transport, before it runs.
func TestTooMuchIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	for name, tc := range tooMuch {
		t.Run(name, func(t *testing.T) {
			ada := &person{t: t, at: ada.at, token: ada.token}
			status := http.StatusUnprocessableEntity
			if tc.code != cost.Code {
				status = http.StatusOK
			}
			response := ada.post(tc.query, tc.variables).want(status).object()
			want(t, "code", firstError(t, response["errors"])["code"], tc.code)
			if n := len(response["errors"].([]any)); n > 50 {
				t.Errorf("there are %d errors", n)
			}
			s := ada.connect()
			s.subscribe("1", tc.query, tc.variables)
			message := s.read()
			want(t, "type", message["type"], "error")
			want(t, "code", firstError(t, message["payload"])["code"], tc.code)
			stream := ada.stream("text/event-stream", tc.query, tc.variables).want(http.StatusOK)
			want(t, "event", stream.events()(), told{end: "error", code: tc.code})
			single := ada.reserve().operate("1", tc.query, tc.variables).want(http.StatusBadRequest).object()
			want(t, "code", firstError(t, single["errors"])["code"], tc.code)
		})
	}
}

// A subscription is costed by its event.
func TestSubscriptionsAreCosted(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
		query := `subscription { customerChanged { customer { calls(first: 100) { nodes { comments { nodes { id } } } } } } }`
		want(t, "end", w.subscribe(ada, query, nil)(), told{end: "error", code: "QUERY_TOO_COMPLEX"})
	})
}

// Every `first` of the schema is bounded, wherever it is: over it there is an error,
// and never a longer page.
func TestEveryPageIsBounded(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleAdmin)
	customer := ada.create(object{"name": "v1"})
	call := ada.ask(`mutation($input: CreateCallInput!) { createCall(input: $input) { ... on CallSaved { call { id } } } }`,
		object{"input": object{"customerId": customer["id"], "subject": "s", "direction": "INBOUND"}})["createCall"].(object)["call"].(object)
	meeting := ada.ask(`mutation($input: CreateMeetingInput!) { createMeeting(input: $input) { ... on MeetingSaved { meeting { id } } } }`,
		object{"input": object{"title": "t", "startsAt": "2030-01-01T10:00:00Z", "endsAt": "2030-01-01T11:00:00Z"}})["createMeeting"].(object)["meeting"].(object)
	above := map[string]string{
		"Query": "%s", "Customer": `customer(id: "` + customer["id"].(string) + `") { %s }`, "Call": `call(id: "` + call["id"].(string) + `") { %s }`,
		"Meeting": `meeting(id: "` + meeting["id"].(string) + `") { %s }`, "Entity": `node(id: "` + customer["id"].(string) + `") { ... on Entity { %s } }`,
		"Organization": "viewer { organization { %s } }",
	}
	fields := 0
	for _, definition := range schemaOf(t).Types {
		for _, field := range definition.Fields {
			if field.Arguments.ForName("first") == nil {
				continue
			}
			fields++
			format, known := above[definition.Name]
			if !known {
				t.Errorf("%s.%s gives pages; say in this test how to ask for it", definition.Name, field.Name)
				continue
			}
			for _, first := range []int{-1, 101} {
				query := "{ " + fmt.Sprintf(format, fmt.Sprintf("%s(first: %d) { __typename }", field.Name, first)) + " }"
				want(t, query, ada.code(query, nil), "BAD_USER_INPUT")
			}
		}
	}
	if fields < 15 {
		t.Errorf("found only %d fields that give pages", fields)
	}
}

func schemaOf(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return gqlparser.MustLoadSchema(&ast.Source{Input: string(text)})
}

// What people really ask cost a tenth of what is allowed, at most: the examples of the
// playground, and the queries by which tools read the schema.
func TestOrdinaryDocumentsCostLittle(t *testing.T) {
	t.Parallel()
	schema := schemaOf(t)
	files, err := filepath.Glob("web/playground/src/examples/*.graphql")
	if err != nil || len(files) < 5 {
		t.Fatalf("%v: %v", files, err)
	}
	documents := map[string]string{"introspection": introspectionQuery}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		documents[file] = string(text)
	}
	for name, text := range documents {
		doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
		if errs != nil {
			t.Fatalf("%s: %v", name, errs)
		}
		if err := cost.Shape(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, operation := range doc.Operations {
			most := cost.MaxCost
			if operation.Operation == ast.Subscription {
				most = cost.MaxEventCost
			}
			f := cost.Measure(operation, nil)
			if f.Cost > most/10 || f.Depth > cost.MaxDepth/2 || f.Fields > cost.MaxFields/2 || f.Aliases > cost.MaxAliases/2 {
				t.Errorf("%s: %s costs %+v", name, operation.Name, f)
			}
			t.Logf("%s: %s: %+v", name, operation.Name, f)
		}
	}
}

// introspectionQuery is the one of graphql-js 16, which GraphiQL and most tools send.
const introspectionQuery = `query IntrospectionQuery {
  __schema {
    description queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
  }
}
fragment FullType on __Type {
  kind name description specifiedByURL
  fields(includeDeprecated: true) {
    name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
  }
  inputFields(includeDeprecated: true) { ...InputValue }
  interfaces { ...TypeRef }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...TypeRef }
}
fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
fragment TypeRef on __Type {
  kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
}`

// Without INTROSPECTION nobody learns the schema, on any transport: neither by
// asking for it, nor by the suggestions of a mistake.
func TestIntrospectionIsOffEverywhere(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	for query, code := range map[string]string{
		introspectionQuery: "FORBIDDEN", `{ __type(name: "Customer") { name } }`: "FORBIDDEN", `{ custmers { totalCount } }`: "GRAPHQL_VALIDATION_FAILED",
		`subscription { custmerChanged { version } }`: "GRAPHQL_VALIDATION_FAILED",
	} {
		s := ada.connect()
		s.subscribe("1", query, nil)
		encoded, err := s.conn.next(patience)
		if err != nil {
			t.Fatal(err)
		}
		answers := map[string]string{
			"POST": ada.post(query, nil).text(), "a socket": string(encoded),
			"GET":                         ada.do(http.MethodGet, "/graphql?query="+url.QueryEscape(query), nil, nil).text(),
			"an event stream":             ada.stream("text/event-stream", query, nil).text(),
			"parts":                       ada.stream("multipart/mixed;subscriptionSpec=1.0", query, nil).text(),
			"a stream of many operations": singleAnswer(ada, query),
		}
		for transport, answer := range answers {
			if !strings.Contains(answer, code) || strings.Contains(answer, "Did you mean") || strings.Contains(answer, "customers") || strings.Contains(answer, `"kind"`) {
				t.Errorf("%s answers %.200s", transport, answer)
			}
		}
	}
}

// singleAnswer asks in single connection mode, and returns what is answered, wherever.
func singleAnswer(p *person, query string) string {
	s := p.reserve()
	stream := s.open()
	answer := s.operate("1", query, nil)
	if answer.StatusCode != http.StatusAccepted {
		return answer.text()
	}
	return event(stream, stream.reader()).data
}
