package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"tandem/internal/collab"
)

// Text that is not Unicode is refused on every transport, in variables and in
// documents, and never stored as something else.
func TestTextsThatAreNotUnicode(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleAdmin)
	const create = `mutation($n: String!) { createCustomer(input: {name: $n}) { __typename ... on CustomerSaved { customer { name } } } }`
	inVariables := json.RawMessage(`{"query": "` + create + `", "variables": {"n": "a\ud83d"}}`)
	inLiteral := object{"query": `mutation { createCustomer(input: {name: "a\ud83d"}) { __typename } }`}
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
		answer := ada.do(http.MethodPost, request.path, map[string]string{"Accept": request.accept}, request.body)
		if text := answer.text(); !refusesText(text) {
			t.Errorf("%s: %s", request.name, text)
		}
		if parsed := request.name == "JSON, a literal"; parsed && answer.StatusCode != http.StatusOK { // as every document that can't be parsed
			t.Errorf("%s: %s", request.name, answer.Status)
		}
	}
	s := ada.reserve()
	for name, body := range map[string]any{
		"a variable": json.RawMessage(`{"query": "` + create + `", "variables": {"n": "a\ud83d"}, "extensions": {"operationId": "1"}}`),
		"a literal":  object{"query": inLiteral["query"], "extensions": object{"operationId": "2"}},
	} {
		if answer := s.send(http.MethodPost, "/graphql/stream", "*/*", body); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("a single connection, %s: %s", name, answer.Status)
		}
	}
	for name, query := range map[string]url.Values{
		"a variable": {"query": {`query($s: String) { customers(filter: {search: $s}) { totalCount } }`}, "variables": {`{"s": "a\ud83d"}`}},
		"bytes":      {"query": {`query($s: String) { customers(filter: {search: $s}) { totalCount } }`}, "variables": {"{\"s\": \"a\xff\"}"}},
		"a literal":  {"query": {`{ customers(filter: {search: "a\ud83d"}) { totalCount } }`}},
		"a document": {"query": {"{ customers(filter: {search: \"a\xff\"}) { totalCount } }"}},
	} {
		if text := ada.do(http.MethodGet, "/graphql?"+query.Encode(), nil, nil).text(); !refusesText(text) {
			t.Errorf("GET, %s: %s", name, text)
		}
	}

	socket := ada.connect()
	socket.write(object{"id": "1", "type": "subscribe", "payload": inVariables})
	socket.write(object{"id": "2", "type": "subscribe", "payload": inLiteral})
	for range 2 {
		if message := socket.read(); message["type"] != "error" || !refusesText(inJSON(t, message)) {
			t.Errorf("a socket: %v", message)
		}
	}
	want(t, "customers", ada.ask(`{ customers { totalCount } }`, nil)["customers"], object{"totalCount": 0})

	whole := ada.do(http.MethodPost, "/graphql", nil, json.RawMessage(`{"query": "`+create+`", "variables": {"n": "a\ud83d\ude00\ufffd"}}`)).text()
	want(t, "whole characters", whole, `{"data":{"createCustomer":{"__typename":"CustomerSaved","customer":{"name":"a😀`+"\ufffd"+`"}}}}`)
}

func refusesText(answer string) bool {
	for _, code := range anyCode.FindAllStringSubmatch(answer, -1) {
		if code[1] == "BAD_USER_INPUT" || code[1] == "GRAPHQL_PARSE_FAILED" {
			return true
		}
	}
	return false
}
