package api_test

import (
	"net/http"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// An error comes in the kind of response that its client accepts, whichever layer writes it.
func TestErrorsAreOfTheAcceptedType(t *testing.T) {
	t.Parallel()
	at, _ := servertest.Limited(t, servertest.Rate())
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	send := func(method, path, token, kind, body string) func(accept string) *servertest.Response {
		return func(accept string) *servertest.Response {
			header := map[string]string{"Content-Type": kind, "X-Forwarded-For": "203.0.113.9"}
			if accept != "" {
				header["Accept"] = accept
			}
			if token != "" {
				header["Authorization"] = "Bearer " + token
			}
			return servertest.Knock(t, method, at.URL+path, body, header)
		}
	}
	const json, question = "application/json", `{"query":"{ viewer { role } }"}`
	old := ada.Until("ada", "acme", time.Now().Add(-time.Hour)).Token
	requests := map[string]func(accept string) *servertest.Response{
		"nobody":         send(http.MethodPost, "/graphql", "", json, question),
		"a wrong token":  send(http.MethodPost, "/graphql", "wrong", json, question),
		"expired":        send(http.MethodPost, "/graphql", old, json, question),
		"a form":         send(http.MethodPost, "/graphql", ada.Token, "text/plain", question),
		"no JSON":        send(http.MethodPost, "/graphql", ada.Token, json, "{"),
		"no GraphQL":     send(http.MethodPost, "/graphql", ada.Token, json, `{"query":"{"}`),
		"an error":       send(http.MethodPost, "/graphql", ada.Token, json, `{"query":"{ customers(first: 101) { asOf } }"}`),
		"another method": send(http.MethodPatch, "/graphql", ada.Token, json, question),
		"no stream":      send(http.MethodDelete, "/graphql/stream?operationId=1", ada.Token, json, ""),
	}
	for range 30 { // too many refused credentials, and then too many requests
		send(http.MethodPost, "/graphql", "wrong", json, question)("")
	}
	requests["too many guesses"] = send(http.MethodPost, "/graphql", "wrong", json, question)
	for name, request := range requests {
		for accept, kind := range acceptedKinds {
			if answer := request(accept); answer.Header.Get("Content-Type") != kind || !answer.Answer().Has("errors") {
				t.Errorf("%s, accepting %q: got %s %s", name, accept, answer.Status, answer.Header.Get("Content-Type"))
			}
		}
	}
	for range 30 {
		send(http.MethodPost, "/graphql", ada.Token, json, question)("")
	}
	for accept, kind := range acceptedKinds {
		answer := requests["no GraphQL"](accept).Want(http.StatusTooManyRequests)
		servertest.Want(t, "Content-Type", answer.Header.Get("Content-Type"), kind)
	}
}

// acceptedKinds are the types that clients accept, each with the kind of JSON that they get.
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

// A response without data has an error status if its media type is made for that. Older clients would take a
// status other than 200 for an answer of a proxy.
func TestStatusOfAnOperationThatWasNotRun(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	for _, request := range []servertest.Object{
		{"query": "{"}, {"query": "{ nonsense }"}, {"query": "{ viewer { role } ... @defer { viewer { role } } }"}, {"query": "query A { viewer { role } }", "operationName": "B"},
		{"query": "query ($id: ID!) { customer(id: $id) { id } }", "variables": servertest.Object{}}, {"documentId": "nothing"},
	} {
		for accept, status := range map[string]int{"application/json": http.StatusOK, "application/graphql-response+json": http.StatusBadRequest} {
			for _, answer := range []*servertest.Response{
				ada.Do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, request).Want(status),
				ada.Do(http.MethodGet, parameters(request), map[string]string{"Accept": accept}, nil).Want(status),
			} {
				if answer.Answer().Has("data") {
					t.Errorf("%v, accepting %s: the answer has data", request, accept)
				}
			}
		}
	}
}
