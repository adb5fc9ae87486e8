package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Text that is not Unicode is refused on every transport, in variables and in documents, and never stored as
// different text.
func TestTextsThatAreNotUnicode(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleAdmin)
	const create = `mutation($n: String!) { createCustomer(input: {name: $n}) { __typename ... on CustomerSaved { customer { name } } } }`
	inVariables := json.RawMessage(`{"query": "` + create + `", "variables": {"n": "a\ud83d"}}`)
	inLiteral := servertest.Object{"query": `mutation { createCustomer(input: {name: "a\ud83d"}) { __typename } }`}
	for _, request := range []struct {
		name, path, accept string
		body               any
	}{
		{"JSON, a variable", "/graphql", "application/json", inVariables},
		{"JSON, a literal", "/graphql", "application/json", inLiteral},
		{"an event stream, a variable", "/graphql", "text/event-stream", inVariables},
		{"an event stream, a literal", "/graphql", "text/event-stream", inLiteral},
		{"parts, a variable", "/graphql", `multipart/mixed;subscriptionSpec="1.0"`, inVariables},
	} {
		answer := ada.Do(http.MethodPost, request.path, map[string]string{"Accept": request.accept}, request.body)
		if text := answer.Text(); !refusesText(text) {
			t.Errorf("%s: %s", request.name, text)
		}
		if parsed := request.name == "JSON, a literal"; parsed && answer.StatusCode != http.StatusOK { // like every document that can't be parsed
			t.Errorf("%s: %s", request.name, answer.Status)
		}
	}
	s := ada.Reserve()
	for name, body := range map[string]any{
		"a variable": json.RawMessage(`{"query": "` + create + `", "variables": {"n": "a\ud83d"}, "extensions": {"operationId": "1"}}`),
		"a literal":  servertest.Object{"query": inLiteral["query"], "extensions": servertest.Object{"operationId": "2"}},
	} {
		if answer := s.Send(http.MethodPost, "/graphql/stream", "*/*", body); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("a single connection, %s: %s", name, answer.Status)
		}
	}
	for name, query := range map[string]url.Values{
		"a variable": {"query": {`query($s: String) { customers(filter: {search: $s}) { totalCount } }`}, "variables": {`{"s": "a\ud83d"}`}},
		"bytes":      {"query": {`query($s: String) { customers(filter: {search: $s}) { totalCount } }`}, "variables": {"{\"s\": \"a\xff\"}"}},
		"a literal":  {"query": {`{ customers(filter: {search: "a\ud83d"}) { totalCount } }`}},
		"a document": {"query": {"{ customers(filter: {search: \"a\xff\"}) { totalCount } }"}},
	} {
		if text := ada.Do(http.MethodGet, "/graphql?"+query.Encode(), nil, nil).Text(); !refusesText(text) {
			t.Errorf("GET, %s: %s", name, text)
		}
	}

	socket := ada.Connect()
	socket.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": inVariables})
	socket.Write(servertest.Object{"id": "2", "type": "subscribe", "payload": inLiteral})
	for range 2 {
		if message := socket.Read(); message.Get("type") != "error" || !refusesText(message.String()) {
			t.Errorf("a socket: %v", message)
		}
	}
	ada.Ask(`{ customers { totalCount } }`, nil).Is(`{"customers": {"totalCount": 0}}`)

	whole := ada.Do(http.MethodPost, "/graphql", nil, json.RawMessage(`{"query": "`+create+`", "variables": {"n": "a\ud83d\ude00\ufffd"}}`)).Text()
	servertest.Want(t, "whole characters", whole, `{"data":{"createCustomer":{"__typename":"CustomerSaved","customer":{"name":"a😀`+"\ufffd"+`"}}}}`)
}

func refusesText(answer string) bool {
	for _, code := range servertest.AnyCode.FindAllStringSubmatch(answer, -1) {
		if code[1] == "BAD_USER_INPUT" || code[1] == "GRAPHQL_PARSE_FAILED" {
			return true
		}
	}
	return false
}
