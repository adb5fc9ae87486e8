package api_test

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
	"tandem/internal/servertest"
)

// tooMuch are documents that would cost far more to run than to refuse.
var tooMuch = map[string]struct {
	query     string
	variables servertest.Object
	code      string
}{
	"deep":             {"{ customers(first: 1) { nodes { " + strings.Repeat("calls(first: 1) { nodes { customer { ", 5) + "id" + strings.Repeat(" } } }", 5) + " } } }", nil, "QUERY_TOO_COMPLEX"},
	"pages of pages":   {"{ customers(first: 100) { nodes { calls(first: 100) { nodes { id subject } } } } }", nil, "QUERY_TOO_COMPLEX"},
	"by variables":     {"query($n: Int) { customers(first: $n) { nodes { calls(first: $n) { nodes { id subject } } } } }", servertest.Object{"n": 100}, "QUERY_TOO_COMPLEX"},
	"aliases":          {"{" + servertest.Many(100, "a%d: customers { totalCount } ") + "}", nil, "QUERY_TOO_COMPLEX"},
	"fragment bomb":    {"{ viewer { user { ...f0 } } }" + servertest.Many(100, "fragment f%d on User { ...f%[2]d ...f%[2]d }") + " fragment f100 on User { id }", nil, "QUERY_TOO_COMPLEX"},
	"fragment circle":  {"{ viewer { user { ...a } } } fragment a on User { ...b } fragment b on User { ...a }", nil, "GRAPHQL_VALIDATION_FAILED"},
	"one field":        {"{ viewer {" + strings.Repeat(" role", 14_000) + " } }", nil, "QUERY_TOO_COMPLEX"},
	"directives":       {"{ viewer { role " + strings.Repeat("@skip(if: false) ", 2000) + "} }", nil, "QUERY_TOO_COMPLEX"},
	"braces":           {strings.Repeat("{", 100_000), nil, "GRAPHQL_PARSE_FAILED"},
	"lists":            {"{ customers(first: " + strings.Repeat("[", 100_000), nil, "GRAPHQL_PARSE_FAILED"},
	"tokens":           {"{ viewer { " + strings.Repeat("role @skip(if: true) ", 20_000) + "} }", nil, "GRAPHQL_PARSE_FAILED"},
	"wrong everywhere": {"{" + servertest.Many(7000, "nope%d ") + "}", nil, "GRAPHQL_VALIDATION_FAILED"},
	"many ids":         {"query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Customer { calls { nodes { id } } } } }", servertest.Object{"ids": strings.Split(strings.Repeat("x,", 50_000), ",")}, "BAD_USER_INPUT"},
	"pages of ids":     {"query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Customer { calls(first: 100) { nodes { id subject } } } } }", servertest.Object{"ids": strings.Split(strings.Repeat("x,", 99)+"x", ",")}, "QUERY_TOO_COMPLEX"},
}

// A document that would cost too much is refused with a code, on every transport, before it runs.
func TestTooMuchIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	for name, tc := range tooMuch {
		t.Run(name, func(t *testing.T) {
			ada := &servertest.Person{T: t, At: ada.At, Token: ada.Token}
			status := http.StatusUnprocessableEntity
			if tc.code != cost.Code {
				status = http.StatusOK
			}
			response := ada.Post(tc.query, tc.variables).Want(status).Answer()
			servertest.Want(t, "code", response.Code(), tc.code)
			if n := len(response.List("errors")); n > 50 {
				t.Errorf("there are %d errors", n)
			}
			s := ada.Connect()
			s.Subscribe("1", tc.query, tc.variables)
			message := s.Read()
			message.At("type").Is(`"error"`)
			servertest.Want(t, "code", message.At("payload").Code(), tc.code)
			stream := ada.Stream("text/event-stream", tc.query, tc.variables).Want(http.StatusOK)
			stream.Events().WantEnd("error", tc.code)
			single := ada.Reserve().Operate("1", tc.query, tc.variables).Want(http.StatusBadRequest).Answer()
			servertest.Want(t, "code", single.Code(), tc.code)
		})
	}
}

// The cost of a subscription is that of its event.
func TestSubscriptionsAreCosted(t *testing.T) {
	t.Parallel()
	servertest.OnEveryWire(t, func(t *testing.T, w servertest.Wire) {
		ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
		query := `subscription { customerChanged { customer { calls(first: 100) { nodes { comments { nodes { id } } } } } } }`
		w.Subscribe(ada, query, nil).WantEnd("error", "QUERY_TOO_COMPLEX")
	})
}

// Every `first` in the schema has a bound, wherever it is. A value above the bound gets an error, and never a
// longer page.
func TestEveryPageIsBounded(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	customer := ada.Create(servertest.Object{"name": "v1"})
	above := map[string]string{
		"Query": "%s", "Entity": `node(id: "` + customer["id"].(string) + `") { ... on Entity { %s } }`, "Organization": "viewer { organization { %s } }",
	}
	for _, e := range servertest.EntityTypes() {
		above[e.Name] = e.One + `(id: "` + ada.Made(e.Creation(), e.Input("v1", nil))["id"].(string) + `") { %s }`
	}
	fields := 0
	for _, definition := range servertest.SchemaOf(t).Types {
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
				servertest.Want(t, query, ada.Code(query, nil), "BAD_USER_INPUT")
			}
		}
	}
	if fields < 15 {
		t.Errorf("found only %d fields that give pages", fields)
	}
}

// Ordinary documents cost at most a tenth of what is allowed: the examples of the playground, and the queries by
// which tools read the schema.
func TestOrdinaryDocumentsCostLittle(t *testing.T) {
	t.Parallel()
	schema := servertest.SchemaOf(t)
	files, err := filepath.Glob("../../web/playground/src/examples/*.graphql")
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
			f := cost.Measure(schema, operation, nil)
			if f.Cost > most/10 || f.Depth > cost.MaxDepth/2 || f.Fields > cost.MaxFields/2 || f.Aliases > cost.MaxAliases/2 {
				t.Errorf("%s: %s costs %+v", name, operation.Name, f)
			}
			t.Logf("%s: %s: %+v", name, operation.Name, f)
		}
	}
}

// introspectionQuery is the query of graphql-js 16, which GraphiQL and most tools send.
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

// Without INTROSPECTION no client can learn the schema, on any transport: neither by asking for it nor from the
// suggestions in an error.
func TestIntrospectionIsOffEverywhere(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	for query, code := range map[string]string{
		introspectionQuery: "FORBIDDEN", `{ __type(name: "Customer") { name } }`: "FORBIDDEN", `{ custmers { totalCount } }`: "GRAPHQL_VALIDATION_FAILED",
		`subscription { custmerChanged { version } }`: "GRAPHQL_VALIDATION_FAILED",
	} {
		s := ada.Connect()
		s.Subscribe("1", query, nil)
		encoded, err := s.Conn.Next(servertest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		answers := map[string]string{
			"POST": ada.Post(query, nil).Text(), "a socket": string(encoded),
			"GET":                         ada.Do(http.MethodGet, "/graphql?query="+url.QueryEscape(query), nil, nil).Text(),
			"an event stream":             ada.Stream("text/event-stream", query, nil).Text(),
			"parts":                       ada.Stream("multipart/mixed;subscriptionSpec=1.0", query, nil).Text(),
			"a stream of many operations": singleAnswer(ada, query),
		}
		for transport, answer := range answers {
			if !strings.Contains(answer, code) || strings.Contains(answer, "Did you mean") || strings.Contains(answer, "customers") || strings.Contains(answer, `"kind"`) {
				t.Errorf("%s answers %.200s", transport, answer)
			}
		}
	}
}

// singleAnswer asks in single connection mode, and returns the answer, wherever it arrives.
func singleAnswer(p *servertest.Person, query string) string {
	s := p.Reserve()
	stream := s.Open()
	answer := s.Operate("1", query, nil)
	if answer.StatusCode != http.StatusAccepted {
		return answer.Text()
	}
	return servertest.Event(stream, stream.Reader()).Data
}
