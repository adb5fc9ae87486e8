package live_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// Accept alone does not show which clients want a stream.
func TestAcceptDecides(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	tests := []struct {
		name, accept, query string
		status              int
		kind                string
	}{
		{"a query that takes only a stream", "text/event-stream", servertest.Who, 200, "text/event-stream; charset=utf-8"},
		{"a query that takes JSON too", "text/event-stream, application/json", servertest.Who, 200, "application/json"},
		{"a query of urql", servertest.UrqlQuery, servertest.Who, 200, "application/graphql-response+json"},
		{"a query of Apollo Client that may defer", "multipart/mixed;deferSpec=20220824,application/json", servertest.Who, 200, "application/json"},
		{"a bad query of urql", servertest.UrqlQuery, `{ nonsense }`, 400, "application/graphql-response+json"},
		{"a bad query that mentions a subscription", servertest.UrqlQuery, `{ subscription }`, 400, "application/graphql-response+json"},
		{"a subscription of urql", servertest.UrqlSubscription, servertest.Follows, 200, "text/event-stream; charset=utf-8"},
		{"a subscription that takes everything", servertest.UrqlQuery, servertest.Follows, 200, "text/event-stream; charset=utf-8"},
		{"a subscription by weights", "text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=\"1.0\"", servertest.Follows, 200,
			`multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"`},
		{"a subscription that takes no stream", "application/json", servertest.Follows, 200, "application/json"},
		{"a subscription that takes parts of another kind", "multipart/mixed, application/json", servertest.Follows, 200, "application/json"},
		{"a bad subscription that takes only a stream", "text/event-stream", `subscription { nonsense }`, 200, "text/event-stream; charset=utf-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := servertest.Join(t, at, "acme", "ada", collab.RoleMember).Stream(test.accept, test.query, nil).Want(test.status)
			servertest.Want(t, "Content-Type", got.Header.Get("Content-Type"), test.kind)
		})
	}
}

// graphql-sse: validation errors are a next event of an accepted stream, and complete has a data line.
func TestErrorsAreANextEvent(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	text := ada.Stream("text/event-stream", `subscription { nonsense }`, nil).Text()
	_, events, _ := strings.Cut(text, "\n\n")
	if !strings.HasPrefix(events, `event: next`+"\n"+`data: {"errors":[{"message":"Cannot query field`) ||
		!strings.HasSuffix(events, "\n\nevent: complete\ndata:\n\n") || strings.Contains(events, `"data":`) {
		t.Errorf("got %q", events)
	}
	text = ada.Stream("text/event-stream", servertest.Who, nil).Text()
	if !strings.HasSuffix(text, "\n\nevent: next\ndata: {\"data\":{\"viewer\":{\"user\":{\"id\":\"ada\"}}}}\n\nevent: complete\ndata:\n\n") {
		t.Errorf("got %q", text)
	}
}

func TestEventStreamByGET(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	get := func(query, variables string) *servertest.Response {
		values := url.Values{"query": {query}, "variables": {variables}}
		return ada.Do(http.MethodGet, "/graphql?"+values.Encode(), map[string]string{"Accept": "text/event-stream"}, nil)
	}
	events := get(servertest.Follows, `{"after":"`+customer["cursor"].(string)+`"}`).Events()
	events.Next().Is(`{"customerChanged": {"version": 2}}`)
	get(servertest.Who, "").Events().Next().Is(`{"viewer": {"user": {"id": "ada"}}}`)
	servertest.Want(t, "Allow", get(`mutation { setPresenceHidden(hidden: true) { user { id } } }`, "").Want(http.StatusMethodNotAllowed).Header.Get("Allow"), "POST")
	get(servertest.Follows, "nonsense").Want(http.StatusBadRequest)
	anonymous := &servertest.Person{T: t, At: ada.At, Token: ""}
	anonymous.Do(http.MethodGet, "/graphql?query="+url.QueryEscape(servertest.Who), map[string]string{"Accept": "text/event-stream"}, nil).Want(http.StatusUnauthorized)
}

// An EventSource sends the id of its last event when it reconnects. That id takes precedence over the after of its
// URL, which is as old as the page.
func TestLastEventIDResumes(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	ada.Update(customer, 1, servertest.Object{"name": "v2"})
	ada.Update(customer, 2, servertest.Object{"name": "v3"})
	query, after := servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]}
	r := ada.Stream("text/event-stream", query, after)
	first := servertest.Event(r, r.Reader())
	if !strings.Contains(first.Data, `"cursor":"`+first.Id+`"`) {
		t.Errorf("the id is %q of %s", first.Id, first.Data)
	}
	resume := func(id string) *servertest.Response {
		header := map[string]string{"Accept": "text/event-stream", "Last-Event-ID": id}
		return ada.Do(http.MethodPost, "/graphql", header, servertest.Object{"query": query, "variables": after})
	}
	resume(first.Id).Events().Next().At("customerChanged.version").Is(`3`)
	resume("").Events().Next().At("customerChanged.version").Is(`2`)
	resume("nonsense").Events().WantEnd("error", "BAD_USER_INPUT")

	// The other transports ignore it.
	header := map[string]string{"Accept": "multipart/mixed;subscriptionSpec=1.0", "Last-Event-ID": first.Id}
	parts := ada.Do(http.MethodPost, "/graphql", header, servertest.Object{"query": query, "variables": after}).Parts()
	parts.Next().At("customerChanged.version").Is(`2`)
}

// A client that lost the stream before the first event resumes where it began.
func TestEventStreamSaysWhereItBegins(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	customer := ada.Create(servertest.Object{"name": "v1"})
	r := ada.Stream("text/event-stream", servertest.CustomerChanged, nil)
	ada.Update(customer, 1, servertest.Object{"name": "v2"}) // its headers have arrived, so it is subscribed
	e := servertest.Event(r, r.Reader())
	if !strings.Contains(e.Data, `"version":2`) {
		t.Errorf("got %s", e.Data)
	}
	opening := make([]byte, 200)
	n, _ := ada.Stream("text/event-stream", servertest.CustomerChanged, nil).Body.Read(opening)
	retry, id, _ := strings.Cut(string(opening[:n]), "\n")
	if !strings.HasPrefix(retry, "retry: ") || id != "id: "+e.Id+"\n\n" {
		t.Errorf("got %q", opening[:n])
	}
}

func TestMultipartAsItIsWritten(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	accept := "multipart/mixed;subscriptionSpec=1.0"
	text := ada.Stream(accept, servertest.Follows, servertest.Object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()}).Text()
	const part = "\r\n--graphql\r\nContent-Type: application/json\r\n\r\n"
	if !strings.HasPrefix(text, part+`{"payload":null,"errors":[{"message":`) || strings.Contains(text, "locations") ||
		!strings.Contains(text, `"extensions":{"code":"RESYNC_REQUIRED",`) || !strings.HasSuffix(text, "\"}}]}\r\n--graphql--\r\n") {
		t.Errorf("got %q", text)
	}
	text = ada.Stream(accept, `subscription { nonsense }`, nil).Text()
	if !strings.HasPrefix(text, part+`{"payload":{"errors":[{"message":`) || !strings.HasSuffix(text, "}}\r\n--graphql--\r\n") {
		t.Errorf("got %q", text)
	}
}
