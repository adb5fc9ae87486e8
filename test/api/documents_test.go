package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// plainList is a list as Relay and the client preset write it; some put the name of the hash before it.
func plainList() servertest.Object {
	return servertest.Object{"sha256:" + servertest.Hash(servertest.ListedQuery): servertest.ListedQuery, "follow-1": servertest.Follows, servertest.Hash(servertest.ListedRename): servertest.ListedRename}
}

// named are the ways to name a document instead of sending it.
func named(id string) []servertest.Object {
	return []servertest.Object{
		{"documentId": id},
		{"documentId": "sha256:" + id},
		{"extensions": servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": id}}},                                          // Apollo Client
		{"query": "", "extensions": servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": id}, "other": true}},              // urql
		{"query": nil, "operationName": nil, "variables": servertest.Object{}, "documentId": id, "extensions": servertest.Object{"clientLibrary": "x"}}, // with all other fields
	}
}

// parameters are the URL parameters of a request.
func parameters(request servertest.Object) string {
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
	for name, list := range map[string]servertest.Object{"manifest": servertest.Manifest(), "plain": plainList()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ada := servertest.Join(t, servertest.Start(t, servertest.ListOf(t, list)), "acme", "ada", collab.RoleMember)
			requests := append(named(servertest.Hash(servertest.ListedQuery)), servertest.Object{"query": servertest.ListedQuery},
				servertest.Object{"query": "query Me {\n  viewer { user { id } }\n}\n# printed"},                                                 // as a client prints it
				servertest.Object{"query": `{ viewer { role } }`, "documentId": servertest.Hash(servertest.ListedQuery)},                         // the id decides
				servertest.Object{"query": `{ viewer { role } }`, "extensions": named(servertest.Hash(servertest.ListedQuery))[2]["extensions"]}, // as Apollo's link for sockets sends it
			)
			s := ada.Connect()
			const me = `{"viewer": {"user": {"id": "ada"}}}`
			for _, request := range requests {
				ada.Do(http.MethodPost, "/graphql", nil, request).Want(http.StatusOK).Answer().Data().Is(me)
				ada.Do(http.MethodGet, parameters(request), nil, nil).Want(http.StatusOK).Answer().Data().Is(me)
				stream := map[string]string{"Accept": "text/event-stream"}
				ada.Do(http.MethodPost, "/graphql", stream, request).Events().Next().Is(me)
				ada.Do(http.MethodGet, parameters(request), stream, nil).Events().Next().Is(me) // event by GET
				s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": request})
				s.Next("1").Is(me)
				s.Read().At("type").Is(`"complete"`)
			}
			// A mutation is not run by GET, under whatever name.
			r := ada.Do(http.MethodGet, parameters(servertest.Object{"documentId": servertest.Hash(servertest.ListedRename)}), nil, nil)
			servertest.Want(t, "mutation by GET", r.StatusCode, http.StatusNotAcceptable)
			ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"documentId": servertest.Hash(servertest.ListedRename)}).Answer().Data().
				Is(`{"setPresenceHidden": {"user": {"id": "ada"}}}`)
		})
	}
}

// Subscriptions run by their ids as well, on every transport that carries them.
func TestListedSubscriptionsRun(t *testing.T) {
	t.Parallel()
	settings := servertest.ListOf(t, servertest.Object{"follow-1": servertest.Follows, "create": servertest.CreateCustomer, "update": servertest.UpdateCustomer})
	ada := servertest.Join(t, servertest.Start(t, settings), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	request := servertest.Object{"documentId": "follow-1", "variables": servertest.Object{"after": customer["cursor"]}}
	const event = `{"customerChanged": {"version": 2}}`
	s := ada.Connect()
	s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": request})
	s.Next("1").Is(event)
	for _, accept := range []string{"text/event-stream", "text/event-stream, application/json"} {
		ada.Do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, request).Events().Next().Is(event)
	}
	accept := map[string]string{"Accept": `multipart/mixed;subscriptionSpec="1.0", application/json`} // Apollo Client's
	ada.Do(http.MethodPost, "/graphql", accept, request).Parts().Next().Is(event)
	single := ada.Reserve()
	stream := single.Open()
	single.Send(http.MethodPost, "/graphql/stream", "*/*", servertest.Object{
		"documentId": "follow-1", "variables": servertest.Object{"after": customer["cursor"]}, "extensions": servertest.Object{"operationId": "1"},
	}).Want(http.StatusAccepted)
	stream.Events().Next().Is(event)
}

// Documents that are not listed do not run. A client that sends an unknown id gets the answer that makes Apollo
// Client and urql send the text, and the text is refused for good.
func TestUnlistedDocumentsDoNotRun(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.ListOf(t, servertest.Manifest())), "acme", "ada", collab.RoleMember)
	const other = `{ viewer { role } }`
	withText := servertest.Object{"query": other, "extensions": servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": servertest.Hash(other)}}}
	for _, tc := range []struct {
		request servertest.Object
		code    string
	}{
		{servertest.Object{"documentId": "nothing"}, "PERSISTED_QUERY_NOT_FOUND"},
		{servertest.Object{"extensions": servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": servertest.Hash(other)}}}, "PERSISTED_QUERY_NOT_FOUND"},
		{withText, "PERSISTED_DOCUMENT_REQUIRED"},
		{servertest.Object{"query": other}, "PERSISTED_DOCUMENT_REQUIRED"},
		{servertest.Object{"query": other, "documentId": "nothing"}, "PERSISTED_DOCUMENT_REQUIRED"},
		{servertest.Object{"query": servertest.ListedQuery + " fragment f on User { id }"}, "PERSISTED_DOCUMENT_REQUIRED"},
		{servertest.Object{"query": strings.Replace(servertest.ListedQuery, "id", "id name", 1)}, "PERSISTED_DOCUMENT_REQUIRED"},
		{servertest.Object{"query": introspectionQuery}, "PERSISTED_DOCUMENT_REQUIRED"},
		{servertest.Object{"query": "", "extensions": servertest.Object{"persistedQuery": "nonsense"}}, "PERSISTED_DOCUMENT_REQUIRED"},
	} {
		code := func(r *servertest.Response) string { return r.Answer().Code() }
		servertest.Want(t, "POST", code(ada.Do(http.MethodPost, "/graphql", nil, tc.request)), tc.code)
		servertest.Want(t, "GET", code(ada.Do(http.MethodGet, parameters(tc.request), nil, nil)), tc.code)
		for _, accept := range []string{"text/event-stream", "multipart/mixed;subscriptionSpec=1.0"} {
			header := map[string]string{"Accept": accept}
			if text := ada.Do(http.MethodPost, "/graphql", header, tc.request).Text(); !strings.Contains(text, tc.code) {
				t.Errorf("%s: got %s, want %s", accept, text, tc.code)
			}
		}
		s := ada.Connect()
		s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": tc.request})
		message := s.Read()
		message.At("type").Is(`"error"`)
		servertest.Want(t, "socket", message.At("payload").Code(), tc.code)
	}
	single := ada.Reserve()
	servertest.Want(t, "single", single.Operate("1", other, nil).Want(http.StatusBadRequest).Answer().Code(), "PERSISTED_DOCUMENT_REQUIRED")
}

// Without a list, a text whose hash matches is kept under that hash, for all transports.
func TestAutomaticPersistedQueries(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	const text = `query Other { viewer { user { id } } }`
	const me = `{"viewer": {"user": {"id": "ada"}}}`
	byHash := servertest.Object{"extensions": servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": servertest.Hash(text)}}}
	both := servertest.Object{"query": text, "extensions": byHash["extensions"]}
	post := func(request servertest.Object) servertest.Answer {
		return ada.Do(http.MethodPost, "/graphql", nil, request).Want(http.StatusOK).Answer()
	}

	unknown := post(byHash)
	servertest.Want(t, "code", unknown.Code(), "PERSISTED_QUERY_NOT_FOUND")
	unknown.At("errors.0.message").Is(`"PersistedQueryNotFound"`)
	forged := servertest.Object{"query": servertest.ListedQuery, "extensions": byHash["extensions"]}
	servertest.Want(t, "forged", post(forged).Code(), "BAD_USER_INPUT")
	servertest.Want(t, "still unknown", post(byHash).Code(), "PERSISTED_QUERY_NOT_FOUND")

	post(both).Data().Is(me)                                                               // with the text
	post(byHash).Data().Is(me)                                                             // by the hash
	post(servertest.Object{"documentId": "sha256:" + servertest.Hash(text)}).Data().Is(me) // by its id
	ada.Do(http.MethodGet, parameters(byHash), nil, nil).Answer().Data().Is(me)            // by GET
	s := ada.Connect()
	s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": byHash})
	s.Next("1").Is(me) // on a socket
	servertest.Want(t, "forged later", post(forged).Code(), "BAD_USER_INPUT")

	// A text may come with any name of itself, and with no other one.
	const third = `query Third { viewer { user { id } } }`
	s.Read().At("type").Is(`"complete"`)
	prefixed := servertest.Object{"extensions": servertest.Object{"persistedQuery": servertest.Object{"sha256Hash": "sha256:" + servertest.Hash(third)}}}
	for _, request := range append(named(servertest.Hash(third)), prefixed) {
		request["query"] = third
		post(request).Data().Is(me)
		ada.Do(http.MethodGet, parameters(request), nil, nil).Want(http.StatusOK).Answer().Data().Is(me)
		s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": request})
		s.Next("1").Is(me)
		s.Read().At("type").Is(`"complete"`)
	}
	post(servertest.Object{"documentId": servertest.Hash(third)}).Data().Is(me)
	const fourth = `query Fourth { viewer { user { id } } }`
	post(servertest.Object{"query": fourth, "documentId": servertest.Hash(fourth)}).Data().Is(me)
	post(servertest.Object{"documentId": "sha256:" + servertest.Hash(fourth)}).Data().Is(me)
	for _, wrong := range []servertest.Object{
		{"query": fourth, "documentId": servertest.Hash(text)}, {"query": fourth, "documentId": "mine"}, {"query": fourth, "documentId": "sha256:" + strings.ToUpper(servertest.Hash(fourth))},
		{"query": text, "documentId": servertest.Hash(text), "extensions": servertest.Object{"persistedQuery": servertest.Object{"sha256Hash": servertest.Hash(fourth)}}},
		{"documentId": servertest.Hash(fourth), "extensions": servertest.Object{"persistedQuery": servertest.Object{"sha256Hash": servertest.Hash(text)}}},
		{"documentId": servertest.Hash(text), "extensions": servertest.Object{"persistedQuery": servertest.Object{"sha256Hash": servertest.Hash(fourth)}}},
	} {
		servertest.Want(t, fmt.Sprint(wrong), post(wrong).Code(), "BAD_USER_INPUT")
		servertest.Want(t, fmt.Sprint("GET ", wrong), ada.Do(http.MethodGet, parameters(wrong), nil, nil).Answer().Code(), "BAD_USER_INPUT")
		s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": wrong})
		servertest.Want(t, fmt.Sprint("socket ", wrong), s.Read().At("payload").Code(), "BAD_USER_INPUT")
	}

	// A very long text is run, but not kept.
	long := text + "#" + strings.Repeat("x", 40_000)
	byLong := servertest.Object{"query": long, "extensions": servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": servertest.Hash(long)}}}
	post(byLong).Data().Is(me)
	delete(byLong, "query")
	servertest.Want(t, "long, by its hash", post(byLong).Code(), "PERSISTED_QUERY_NOT_FOUND")
}

// A request that neither has a document nor names one is told so, whatever else it has in its place.
func TestRequestsWithoutADocument(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	for _, extensions := range []servertest.Object{
		{"persistedQuery": servertest.Object{"version": 2, "sha256Hash": servertest.Object{}}},
		{"persistedQuery": nil}, {"persistedQuery": servertest.Object{"sha256Hash": ""}}, {"documentId": 7},
	} {
		request := servertest.Object{"extensions": extensions}
		servertest.Want(t, fmt.Sprint(request), ada.Do(http.MethodPost, "/graphql", nil, request).Want(http.StatusBadRequest).Answer().Code(), "BAD_USER_INPUT")
		s := ada.Connect()
		s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": request})
		message := s.Read()
		servertest.Want(t, fmt.Sprint(request, " on a socket"), message.At("payload").Code(), "BAD_USER_INPUT")
	}
}

// Clients that subscribe by the hash and clients that send the text share one execution.
func TestPersistedSubscriptionsAreShared(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	broadcasts := at.Server.Broadcasts
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	extensions := servertest.Object{"persistedQuery": servertest.Object{"version": 1, "sha256Hash": servertest.Hash(servertest.Follows)}}
	for _, payload := range []servertest.Object{{"query": servertest.Follows, "extensions": extensions}, {"extensions": extensions}, {"query": servertest.Follows}} {
		payload["variables"] = servertest.Object{"after": customer["cursor"]}
		s := ada.Connect()
		s.Write(servertest.Object{"id": "1", "type": "subscribe", "payload": payload})
		eventually.Is(t, "broadcasts", func() int64 { return int64(broadcasts.Stats().Broadcasts) }, 1)
		defer s.Next("1")
	}
	eventually.Is(t, "members", func() int64 { return int64(broadcasts.Stats().Members) }, 3)
	servertest.Want(t, "broadcasts", broadcasts.Stats().Broadcasts, 1)
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
}

// A list that can't work stops the start with a sentence that names it.
func TestBadDocumentLists(t *testing.T) {
	t.Parallel()
	for content, sentence := range map[string]string{
		"nonsense":                           "is neither a manifest of Apollo's nor a JSON object",
		`["{ viewer { role } }"]`:            "is neither a manifest of Apollo's nor a JSON object",
		`{}`:                                 "lists no document",
		`{"a": "{ viewer { nonsense } }"}`:   "document a of ",
		`{"a": "query {"}`:                   "document a of ",
		`{"a": {"body": "{ viewer { id }"}}`: "is neither a manifest of Apollo's nor a JSON object",
	} {
		settings := servertest.ListOf(t, content)
		settings["ADDR"], settings["AUTH_SECRET"] = "127.0.0.1:0", servertest.Secret
		err := server.Run(t.Context(), settings, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), sentence) || !strings.Contains(err.Error(), "documents.json") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q in it", content, err, sentence)
		}
	}
}
