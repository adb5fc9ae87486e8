package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tandem/internal/collab"
)

const (
	urqlQuery        = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
	urqlSubscription = "text/event-stream, multipart/mixed"
	who              = `{ viewer { user { id } } }`
)

// Which clients want a stream can't be told from Accept alone.
func TestAcceptDecides(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	tests := []struct {
		name, accept, query string
		status              int
		kind                string
	}{
		{"a query that takes only a stream", "text/event-stream", who, 200, "text/event-stream; charset=utf-8"},
		{"a query that takes JSON too", "text/event-stream, application/json", who, 200, "application/json"},
		{"a query of urql", urqlQuery, who, 200, "application/graphql-response+json"},
		{"a query of Apollo Client that may defer", "multipart/mixed;deferSpec=20220824,application/json", who, 200, "application/json"},
		{"a bad query of urql", urqlQuery, `{ nonsense }`, 400, "application/graphql-response+json"},
		{"a bad query that mentions a subscription", urqlQuery, `{ subscription }`, 400, "application/graphql-response+json"},
		{"a subscription of urql", urqlSubscription, follows, 200, "text/event-stream; charset=utf-8"},
		{"a subscription that takes everything", urqlQuery, follows, 200, "text/event-stream; charset=utf-8"},
		{"a subscription by weights", "text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=\"1.0\"", follows, 200,
			`multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"`},
		{"a subscription that takes no stream", "application/json", follows, 200, "application/json"},
		{"a subscription that takes parts of another kind", "multipart/mixed, application/json", follows, 200, "application/json"},
		{"a bad subscription that takes only a stream", "text/event-stream", `subscription { nonsense }`, 200, "text/event-stream; charset=utf-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := join(t, at, "acme", "ada", collab.RoleMember).stream(test.accept, test.query, nil).want(test.status)
			want(t, "content type", got.Header.Get("Content-Type"), test.kind)
		})
	}
}

// graphql-sse: errors of validation are a next event of an accepted stream, and
// complete has a data line.
func TestErrorsAreANextEvent(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	text := ada.stream("text/event-stream", `subscription { nonsense }`, nil).text()
	_, events, _ := strings.Cut(text, "\n\n")
	if !strings.HasPrefix(events, `event: next`+"\n"+`data: {"errors":[{"message":"Cannot query field`) ||
		!strings.HasSuffix(events, "\n\nevent: complete\ndata:\n\n") || strings.Contains(events, `"data":`) {
		t.Errorf("got %q", events)
	}
	text = ada.stream("text/event-stream", who, nil).text()
	if !strings.HasSuffix(text, "\n\nevent: next\ndata: {\"data\":{\"viewer\":{\"user\":{\"id\":\"ada\"}}}}\n\nevent: complete\ndata:\n\n") {
		t.Errorf("got %q", text)
	}
}

func TestEventStreamByGET(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	ada.update(customer, 1, object{"name": "v2"})
	get := func(query, variables string) *response {
		values := url.Values{"query": {query}, "variables": {variables}}
		return ada.do(http.MethodGet, "/graphql?"+values.Encode(), map[string]string{"Accept": "text/event-stream"}, nil)
	}
	next := get(follows, `{"after":"`+customer["cursor"].(string)+`"}`).events()
	want(t, "event", next().data, object{"customerChanged": object{"version": 2}})
	want(t, "answer", get(who, "").events()().data, object{"viewer": object{"user": object{"id": "ada"}}})
	want(t, "Allow", get(`mutation { setPresenceHidden(hidden: true) { user { id } } }`, "").want(http.StatusMethodNotAllowed).Header.Get("Allow"), "POST")
	get(follows, "nonsense").want(http.StatusBadRequest)
	anonymous := &person{t: t, at: ada.at, token: ""}
	anonymous.do(http.MethodGet, "/graphql?query="+url.QueryEscape(who), map[string]string{"Accept": "text/event-stream"}, nil).want(http.StatusUnauthorized)
}

// An EventSource sends the id of its last event when it comes back. It counts, and
// not the after of its URL, which is as old as the page.
func TestLastEventIDResumes(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	ada.update(customer, 1, object{"name": "v2"})
	ada.update(customer, 2, object{"name": "v3"})
	query, after := customerChanged, object{"after": customer["cursor"]}
	r := ada.stream("text/event-stream", query, after)
	first := event(r, r.reader())
	if !strings.Contains(first.data, `"cursor":"`+first.id+`"`) {
		t.Errorf("the id is %q of %s", first.id, first.data)
	}
	resume := func(id string) *response {
		header := map[string]string{"Accept": "text/event-stream", "Last-Event-ID": id}
		return ada.do(http.MethodPost, "/graphql", header, object{"query": query, "variables": after})
	}
	want(t, "version", resume(first.id).events()().data.(object)["customerChanged"].(object)["version"], 3)
	want(t, "version", resume("").events()().data.(object)["customerChanged"].(object)["version"], 2)
	want(t, "end", resume("nonsense").events()(), told{end: "error", code: "BAD_USER_INPUT"})

	// It is of no meaning to the other ways.
	header := map[string]string{"Accept": "multipart/mixed;subscriptionSpec=1.0", "Last-Event-ID": first.id}
	parts := ada.do(http.MethodPost, "/graphql", header, object{"query": query, "variables": after}).parts()
	want(t, "version", parts().data.(object)["customerChanged"].(object)["version"], 2)
}

// Who lost the stream before the first event resumes where it began.
func TestEventStreamSaysWhereItBegins(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.create(object{"name": "v1"})
	r := ada.stream("text/event-stream", customerChanged, nil)
	ada.update(customer, 1, object{"name": "v2"}) // its headers are there, so it follows
	e := event(r, r.reader())
	if !strings.Contains(e.data, `"version":2`) {
		t.Errorf("got %s", e.data)
	}
	opening := make([]byte, 200)
	n, _ := ada.stream("text/event-stream", customerChanged, nil).Body.Read(opening)
	retry, id, _ := strings.Cut(string(opening[:n]), "\n")
	if !strings.HasPrefix(retry, "retry: ") || id != "id: "+e.id+"\n\n" {
		t.Errorf("got %q", opening[:n])
	}
}

func TestMultipartAsItIsWritten(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	accept := "multipart/mixed;subscriptionSpec=1.0"
	text := ada.stream(accept, follows, object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()}).text()
	const part = "\r\n--graphql\r\nContent-Type: application/json\r\n\r\n"
	if !strings.HasPrefix(text, part+`{"payload":null,"errors":[{"message":`) || strings.Contains(text, "locations") ||
		!strings.Contains(text, `"extensions":{"code":"RESYNC_REQUIRED",`) || !strings.HasSuffix(text, "\"}}]}\r\n--graphql--\r\n") {
		t.Errorf("got %q", text)
	}
	text = ada.stream(accept, `subscription { nonsense }`, nil).text()
	if !strings.HasPrefix(text, part+`{"payload":{"errors":[{"message":`) || !strings.HasSuffix(text, "}}\r\n--graphql--\r\n") {
		t.Errorf("got %q", text)
	}
}
