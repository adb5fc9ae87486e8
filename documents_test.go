package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
)

const (
	listedQuery  = `query Me { viewer { user { id } } }`
	listedRename = `mutation Hide { setPresenceHidden(hidden: true) { user { id } } }`
)

// hash is the id of a document as Apollo, urql and Relay make it.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// listOf writes a list of documents, and returns the settings that name it.
func listOf(t *testing.T, content any) map[string]string {
	t.Helper()
	settings := embedded(t)
	settings["PERSISTED_DOCUMENTS"] = filepath.Join(t.TempDir(), "documents.json")
	encoded, ok := content.(string)
	if !ok {
		b, _ := json.Marshal(content)
		encoded = string(b)
	}
	if err := os.WriteFile(settings["PERSISTED_DOCUMENTS"], []byte(encoded), 0o600); err != nil {
		t.Fatal(err)
	}
	return settings
}

// manifest is a list as Apollo's generate-persisted-query-manifest writes it.
func manifest() object {
	return object{"format": "apollo-persisted-query-manifest", "version": 1, "operations": []object{
		{"id": hash(listedQuery), "name": "Me", "type": "query", "body": listedQuery},
		{"id": "follow-1", "name": "Follow", "type": "subscription", "body": follows},
		{"id": hash(listedRename), "name": "Hide", "type": "mutation", "body": listedRename},
	}}
}

// plainList is one as Relay and the client preset write it; some put the name of the hash before it.
func plainList() object {
	return object{"sha256:" + hash(listedQuery): listedQuery, "follow-1": follows, hash(listedRename): listedRename}
}

// named are the ways to name a document instead of sending it.
func named(id string) []object {
	return []object{
		{"documentId": id},
		{"documentId": "sha256:" + id},
		{"extensions": object{"persistedQuery": object{"version": 1, "sha256Hash": id}}},                                          // Apollo Client
		{"query": "", "extensions": object{"persistedQuery": object{"version": 1, "sha256Hash": id}, "other": true}},              // urql
		{"query": nil, "operationName": nil, "variables": object{}, "documentId": id, "extensions": object{"clientLibrary": "x"}}, // with all the rest
	}
}

// parameters are a request's in a URL.
func parameters(request object) string {
	values := url.Values{}
	for name, value := range request {
		text, isText := value.(string)
		if !isText {
			encoded, _ := json.Marshal(value)
			text = string(encoded)
		}
		if value != nil {
			values.Set(name, text)
		}
	}
	return "/graphql?" + values.Encode()
}

// With a list, documents run by their ids and by their texts, on every transport.
func TestListedDocumentsRun(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]object{"manifest": manifest(), "plain": plainList()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ada := join(t, start(t, listOf(t, list)), "acme", "ada", collab.RoleMember)
			requests := append(named(hash(listedQuery)), object{"query": listedQuery},
				object{"query": "query Me {\n  viewer { user { id } }\n}\n# printed"},                           // as a client prints it
				object{"query": `{ viewer { role } }`, "documentId": hash(listedQuery)},                         // the name decides
				object{"query": `{ viewer { role } }`, "extensions": named(hash(listedQuery))[2]["extensions"]}, // as Apollo's link for sockets sends it
			)
			s := ada.connect()
			me := object{"viewer": object{"user": object{"id": "ada"}}}
			for _, request := range requests {
				want(t, "POST", ada.do(http.MethodPost, "/graphql", nil, request).want(http.StatusOK).object()["data"], me)
				want(t, "GET", ada.do(http.MethodGet, parameters(request), nil, nil).want(http.StatusOK).object()["data"], me)
				stream := map[string]string{"Accept": "text/event-stream"}
				want(t, "event", ada.do(http.MethodPost, "/graphql", stream, request).events()().data, me)
				want(t, "event by GET", ada.do(http.MethodGet, parameters(request), stream, nil).events()().data, me)
				s.write(object{"id": "1", "type": "subscribe", "payload": request})
				want(t, "socket", s.next("1"), me)
				want(t, "end", s.read()["type"], "complete")
			}
			// A mutation is not run by GET, under whatever name.
			r := ada.do(http.MethodGet, parameters(object{"documentId": hash(listedRename)}), nil, nil)
			want(t, "mutation by GET", r.StatusCode, http.StatusNotAcceptable)
			want(t, "mutation by POST", ada.do(http.MethodPost, "/graphql", nil, object{"documentId": hash(listedRename)}).object()["errors"], nil)
		})
	}
}

// Subscriptions run by their ids as well, on all that carries them.
func TestListedSubscriptionsRun(t *testing.T) {
	t.Parallel()
	settings := listOf(t, object{"follow-1": follows, "create": createCustomer, "update": updateCustomer})
	ada := join(t, start(t, settings), "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	ada.update(customer, 1, object{"name": "v2"})
	request := object{"documentId": "follow-1", "variables": object{"after": customer["cursor"]}}
	event := object{"customerChanged": object{"version": 2}}
	s := ada.connect()
	s.write(object{"id": "1", "type": "subscribe", "payload": request})
	want(t, "socket", s.next("1"), event)
	for _, accept := range []string{"text/event-stream", "text/event-stream, application/json"} {
		want(t, accept, ada.do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, request).events()().data, event)
	}
	accept := map[string]string{"Accept": `multipart/mixed;subscriptionSpec="1.0", application/json`} // Apollo Client's
	want(t, "parts", ada.do(http.MethodPost, "/graphql", accept, request).parts()().data, event)
	single := ada.reserve()
	stream := single.open()
	single.send(http.MethodPost, "/graphql/stream", "*/*", object{
		"documentId": "follow-1", "variables": object{"after": customer["cursor"]}, "extensions": object{"operationId": "1"},
	}).want(http.StatusAccepted)
	want(t, "single", stream.events()().data, event)
}

// Whatever is not listed does not run. Who sends an id is told that it is not known,
// which makes Apollo Client and urql send the text, and that is refused for good.
func TestUnlistedDocumentsDoNotRun(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, listOf(t, manifest())), "acme", "ada", collab.RoleMember)
	const other = `{ viewer { role } }`
	withText := object{"query": other, "extensions": object{"persistedQuery": object{"version": 1, "sha256Hash": hash(other)}}}
	for _, tc := range []struct {
		request object
		code    string
	}{
		{object{"documentId": "nothing"}, "PERSISTED_QUERY_NOT_FOUND"},
		{object{"extensions": object{"persistedQuery": object{"version": 1, "sha256Hash": hash(other)}}}, "PERSISTED_QUERY_NOT_FOUND"},
		{withText, "PERSISTED_DOCUMENT_REQUIRED"},
		{object{"query": other}, "PERSISTED_DOCUMENT_REQUIRED"},
		{object{"query": other, "documentId": "nothing"}, "PERSISTED_DOCUMENT_REQUIRED"},
		{object{"query": listedQuery + " fragment f on User { id }"}, "PERSISTED_DOCUMENT_REQUIRED"},
		{object{"query": strings.Replace(listedQuery, "id", "id name", 1)}, "PERSISTED_DOCUMENT_REQUIRED"},
		{object{"query": introspectionQuery}, "PERSISTED_DOCUMENT_REQUIRED"},
		{object{"query": "", "extensions": object{"persistedQuery": "nonsense"}}, "PERSISTED_DOCUMENT_REQUIRED"},
	} {
		code := func(r *response) any { return firstError(t, r.object()["errors"])["code"] }
		want(t, "POST", code(ada.do(http.MethodPost, "/graphql", nil, tc.request)), tc.code)
		want(t, "GET", code(ada.do(http.MethodGet, parameters(tc.request), nil, nil)), tc.code)
		for _, accept := range []string{"text/event-stream", "multipart/mixed;subscriptionSpec=1.0"} {
			header := map[string]string{"Accept": accept}
			if text := ada.do(http.MethodPost, "/graphql", header, tc.request).text(); !strings.Contains(text, tc.code) {
				t.Errorf("%s: got %s, want %s", accept, text, tc.code)
			}
		}
		s := ada.connect()
		s.write(object{"id": "1", "type": "subscribe", "payload": tc.request})
		message := s.read()
		want(t, "type", message["type"], "error")
		want(t, "socket", firstError(t, message["payload"])["code"], tc.code)
	}
	single := ada.reserve()
	want(t, "single", firstError(t, single.operate("1", other, nil).want(http.StatusBadRequest).object()["errors"])["code"], "PERSISTED_DOCUMENT_REQUIRED")
}

// Without a list, a text is kept under its hash, for all transports, if it is that.
func TestAutomaticPersistedQueries(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	const text = `query Other { viewer { user { id } } }`
	me := object{"viewer": object{"user": object{"id": "ada"}}}
	byHash := object{"extensions": object{"persistedQuery": object{"version": 1, "sha256Hash": hash(text)}}}
	both := object{"query": text, "extensions": byHash["extensions"]}
	post := func(request object) object {
		return ada.do(http.MethodPost, "/graphql", nil, request).want(http.StatusOK).object()
	}

	unknown := post(byHash)
	want(t, "code", firstError(t, unknown["errors"])["code"], "PERSISTED_QUERY_NOT_FOUND")
	want(t, "message", unknown["errors"].([]any)[0].(object)["message"], "PersistedQueryNotFound")
	forged := object{"query": listedQuery, "extensions": byHash["extensions"]}
	want(t, "forged", firstError(t, post(forged)["errors"])["code"], "BAD_USER_INPUT")
	want(t, "still unknown", firstError(t, post(byHash)["errors"])["code"], "PERSISTED_QUERY_NOT_FOUND")

	want(t, "with the text", post(both)["data"], me)
	want(t, "by the hash", post(byHash)["data"], me)
	want(t, "by its id", post(object{"documentId": "sha256:" + hash(text)})["data"], me)
	want(t, "by GET", ada.do(http.MethodGet, parameters(byHash), nil, nil).object()["data"], me)
	s := ada.connect()
	s.write(object{"id": "1", "type": "subscribe", "payload": byHash})
	want(t, "on a socket", s.next("1"), me)
	want(t, "forged later", firstError(t, post(forged)["errors"])["code"], "BAD_USER_INPUT")

	// One that is very long is run, and not kept.
	long := text + "#" + strings.Repeat("x", 40_000)
	byLong := object{"query": long, "extensions": object{"persistedQuery": object{"version": 1, "sha256Hash": hash(long)}}}
	want(t, "long", post(byLong)["data"], me)
	delete(byLong, "query")
	want(t, "long, by its hash", firstError(t, post(byLong)["errors"])["code"], "PERSISTED_QUERY_NOT_FOUND")
}

// Those who subscribe by the hash and those who send the text share one execution.
func TestPersistedSubscriptionsAreShared(t *testing.T) {
	t.Parallel()
	at, broadcasts := wired(t)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	extensions := object{"persistedQuery": object{"version": 1, "sha256Hash": hash(follows)}}
	for _, payload := range []object{{"query": follows, "extensions": extensions}, {"extensions": extensions}, {"query": follows}} {
		payload["variables"] = object{"after": customer["cursor"]}
		s := ada.connect()
		s.write(object{"id": "1", "type": "subscribe", "payload": payload})
		eventually.Is(t, "broadcasts", func() int64 { return int64(broadcasts.Stats().Broadcasts) }, 1)
		defer s.next("1")
	}
	eventually.Is(t, "members", func() int64 { return int64(broadcasts.Stats().Members) }, 3)
	want(t, "broadcasts", broadcasts.Stats().Broadcasts, 1)
	ada.update(customer, 1, object{"name": "v2"})
}

// A list that can't work ends the start with a sentence that names it.
func TestListsThatCannotWork(t *testing.T) {
	t.Parallel()
	for content, sentence := range map[string]string{
		"nonsense":                           "is neither a manifest of Apollo's nor a JSON object",
		`["{ viewer { role } }"]`:            "is neither a manifest of Apollo's nor a JSON object",
		`{}`:                                 "lists no document",
		`{"a": "{ viewer { nonsense } }"}`:   "document a of ",
		`{"a": "query {"}`:                   "document a of ",
		`{"a": {"body": "{ viewer { id }"}}`: "is neither a manifest of Apollo's nor a JSON object",
	} {
		settings := listOf(t, content)
		settings["ADDR"], settings["AUTH_SECRET"] = "127.0.0.1:0", secret
		err := run(t.Context(), settings, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), sentence) || !strings.Contains(err.Error(), "documents.json") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q in it", content, err, sentence)
		}
	}
}
