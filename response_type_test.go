package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"tandem/internal/collab"
)

// An error says what it is in the kind of response that its client accepts, at whatever layer it is written.
func TestErrorsAreOfTheAcceptedType(t *testing.T) {
	t.Parallel()
	at, _, _ := limited(t, rate())
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	send := func(method, path, token, kind, body string) func(accept string) *response {
		return func(accept string) *response {
			header := map[string]string{"Content-Type": kind, "X-Forwarded-For": "203.0.113.9"}
			if accept != "" {
				header["Accept"] = accept
			}
			if token != "" {
				header["Authorization"] = "Bearer " + token
			}
			return knock(t, method, at.url+path, body, header)
		}
	}
	const json, question = "application/json", `{"query":"{ viewer { role } }"}`
	old := ada.until("ada", "acme", time.Now().Add(-time.Hour)).token
	requests := map[string]func(accept string) *response{
		"nobody":         send(http.MethodPost, "/graphql", "", json, question),
		"a wrong token":  send(http.MethodPost, "/graphql", "wrong", json, question),
		"expired":        send(http.MethodPost, "/graphql", old, json, question),
		"a form":         send(http.MethodPost, "/graphql", ada.token, "text/plain", question),
		"no JSON":        send(http.MethodPost, "/graphql", ada.token, json, "{"),
		"no GraphQL":     send(http.MethodPost, "/graphql", ada.token, json, `{"query":"{"}`),
		"an error":       send(http.MethodPost, "/graphql", ada.token, json, `{"query":"{ customers(first: 101) { asOf } }"}`),
		"another method": send(http.MethodPatch, "/graphql", ada.token, json, question),
		"no stream":      send(http.MethodDelete, "/graphql/stream?operationId=1", ada.token, json, ""),
	}
	for range 30 { // too many guesses, and then too many requests
		send(http.MethodPost, "/graphql", "wrong", json, question)("")
	}
	requests["too many guesses"] = send(http.MethodPost, "/graphql", "wrong", json, question)
	for name, request := range requests {
		for accept, kind := range acceptedKinds {
			if answer := request(accept); answer.Header.Get("Content-Type") != kind || answer.object()["errors"] == nil {
				t.Errorf("%s, accepting %q: got %s %s", name, accept, answer.Status, answer.Header.Get("Content-Type"))
			}
		}
	}
	for range 30 {
		send(http.MethodPost, "/graphql", ada.token, json, question)("")
	}
	for accept, kind := range acceptedKinds {
		answer := requests["no GraphQL"](accept).want(http.StatusTooManyRequests)
		want(t, fmt.Sprintf("too many requests, accepting %q", accept), answer.Header.Get("Content-Type"), kind)
	}
}

// acceptedKinds are what clients accept, and the kind of JSON that they get.
var acceptedKinds = map[string]string{
	"": "application/json", "*/*": "application/json", "application/*": "application/json", "application/json": "application/json", "text/html": "application/json",
	"application/graphql-response+json":                            "application/graphql-response+json",
	"application/graphql-response+json,application/json;q=0.9":     "application/graphql-response+json", // Apollo Client 4
	"application/graphql-response+json, application/json, */*;q=0": "application/graphql-response+json",
	"application/json, application/graphql-response+json;q=0.5":    "application/json",
	"application/graphql-response+json;q=0, application/json":      "application/json",
	"application/json;q=0":                                         "application/graphql-response+json",
	"application/json;q=0, */*":                                    "application/graphql-response+json",
	"application/json;q=0, application/graphql-response+json;q=0":  "application/json",
}

// A response without data says so by its status where the kind of response is made for
// that. To older clients another status than 200 would be one of a proxy.
func TestStatusOfAnOperationThatWasNotRun(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	for _, request := range []object{
		{"query": "{"}, {"query": "{ nonsense }"}, {"query": "{ viewer { role } ... @defer { viewer { role } } }"}, {"query": "query A { viewer { role } }", "operationName": "B"},
		{"query": "query ($id: ID!) { customer(id: $id) { id } }", "variables": object{}}, {"documentId": "nothing"},
	} {
		for accept, status := range map[string]int{"application/json": http.StatusOK, "application/graphql-response+json": http.StatusBadRequest} {
			for _, answer := range []*response{
				ada.do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, request).want(status),
				ada.do(http.MethodGet, parameters(request), map[string]string{"Accept": accept}, nil).want(status),
			} {
				if _, has := answer.object()["data"]; has {
					t.Errorf("%v, accepting %s: the answer has data", request, accept)
				}
			}
		}
	}
}
