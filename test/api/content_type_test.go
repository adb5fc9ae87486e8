package api_test

import (
	"net/http"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A body whose type can't be read, or is not JSON in UTF-8, is refused for its type; a browser can't make the server take
// it for JSON.
func TestContentTypes(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	send := func(path, kind string) *servertest.Response {
		return servertest.Knock(t, http.MethodPost, ada.At.URL+path, `{"query":"{ viewer { user { id } } }"}`,
			map[string]string{"Authorization": "Bearer " + ada.Token, "Content-Type": kind})
	}
	for _, kind := range []string{
		"", "json", "application", "application/", "application/json; charset", "application/json; =", "application/json; charset=utf-8; charset=utf-16",
		"application/json; charset=utf-16", "application/json; charset=latin1", "application/json, text/plain", "application/json/x", "application /json",
		"application/json; charset=\"utf-8", "application/graphql", "text/plain", "application/jsonp", "application/x-www-form-urlencoded",
		"multipart/form-data", "multipart/form-data; boundary=x", "multipart/mixed",
	} {
		for _, path := range []string{"/graphql", "/graphql/stream"} {
			answer := send(path, kind).Want(http.StatusUnsupportedMediaType)
			servertest.Want(t, path+" "+kind, answer.Answer().Code(), "BAD_USER_INPUT")
			servertest.Want(t, path+" "+kind, answer.Header.Get("Accept-Post"), "application/json")
		}
	}
	for _, kind := range []string{
		"application/json", "Application/JSON", "application/json;", "application/json ; charset=UTF-8", `application/json;charset="utf-8"`, "application/json; charset=utf8; x=y",
	} {
		send("/graphql", kind).Want(http.StatusOK).Answer().Data().Is(`{"viewer": {"user": {"id": "ada"}}}`)
	}
}

// The server passes over the parts of an Accept header that it can't read.
func TestAcceptHeadersThatCannotBeRead(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	for accept, kind := range map[string]string{
		"json": "application/json", ";;;": "application/json", "application/graphql-response+json; q": "application/json",
		"/, application/graphql-response+json": "application/graphql-response+json", "text/event-stream; charset": "application/json",
	} {
		answer := ada.Do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, servertest.Object{"query": `{ viewer { user { id } } }`}).Want(http.StatusOK)
		servertest.Want(t, accept, answer.Header.Get("Content-Type"), kind)
		answer.Answer().Data().Is(`{"viewer": {"user": {"id": "ada"}}}`)
	}
	for accept, status := range map[string]int{
		";;;": http.StatusCreated, "": http.StatusCreated, "text/plain;q=0": http.StatusNotAcceptable, "text/html": http.StatusNotAcceptable, "text/plain;q=0.1": http.StatusCreated,
	} {
		ada.Do(http.MethodPut, "/graphql/stream", map[string]string{"Accept": accept}, nil).Want(status)
	}
}
