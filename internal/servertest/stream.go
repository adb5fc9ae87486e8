package servertest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// Told is an event of a subscription, or how it ended.
type Told struct {
	Data Answer
	// End is "", or how the subscription ended: "complete", "error" with a code,
	// or "lost" when the connection broke off without a word about it.
	End, Code string
}

// Refusal is the end of a subscription whose response has errors and no data.
func Refusal(errs any) Told {
	first := errs.([]any)[0].(Object)
	extensions, _ := first["extensions"].(Object)
	code, _ := extensions["code"].(string)
	return Told{End: "error", Code: code}
}

// Heard is what a response tells.
func Heard(t testing.TB, response Object) Told {
	t.Helper()
	if _, hasData := response["data"]; !hasData {
		return Refusal(response["errors"])
	}
	if response["errors"] != nil {
		t.Errorf("errors: %v", response["errors"])
	}
	return Told{Data: AnswerOf(t, response["data"])}
}

// Events are those of a subscription.
type Events struct {
	t testing.TB
	// Told waits for the next event or the end.
	Told func() Told
}

// Next waits for the next event. An end fails the test.
func (e Events) Next() Answer {
	e.t.Helper()
	told := e.Told()
	if told.End != "" {
		e.t.Fatalf("the subscription ended with %s %s", told.End, told.Code)
	}
	return told.Data
}

// WantEnd checks that the subscription ends now, and how.
func (e Events) WantEnd(end, code string) {
	e.t.Helper()
	if got := e.Told(); got.End != end || got.Code != code {
		e.t.Errorf("got the event %s or the end %q %q, want the end %q %q", got.Data, got.End, got.Code, end, code)
	}
}

// A Wire is a way to subscribe.
type Wire struct {
	Name      string
	Subscribe func(p *Person, query string, variables Object) Events
}

var Wires = []Wire{
	{"graphql-transport-ws", OverSocket},
	{"sse", func(p *Person, query string, variables Object) Events {
		return p.Stream("text/event-stream", query, variables).Events()
	}},
	{"sse-single", func(p *Person, query string, variables Object) Events {
		s := p.Reserve()
		stream := s.Open()
		answer := s.Operate("1", query, variables)
		if answer.StatusCode == http.StatusBadRequest { // what can't begin is refused here, and never on the stream
			return Events{p.T, func() Told { return Refusal(answer.Answer().Get("errors")) }}
		}
		answer.Want(http.StatusAccepted)
		return stream.Events()
	}},
	{"multipart", func(p *Person, query string, variables Object) Events {
		return p.Stream(`multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json`, query, variables).Parts()
	}},
}

// OnEveryWire runs a test over each of the ways to subscribe, which differ in nothing else.
func OnEveryWire(t *testing.T, test func(*testing.T, Wire)) {
	for _, w := range Wires {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			test(t, w)
		})
	}
}

func OverSocket(p *Person, query string, variables Object) Events {
	s := p.Connect()
	s.Subscribe("1", query, variables)
	return Events{p.T, func() Told {
		p.T.Helper()
		encoded, err := s.Conn.Next(Patience)
		if err != nil {
			if code := websocket.CloseStatus(err); code != websocket.StatusServiceRestart && code != 4403 {
				p.T.Errorf("closed with %v", err)
			}
			return Told{End: "lost"}
		}
		var m Object
		if err := json.Unmarshal(encoded, &m); err != nil {
			p.T.Fatal(err)
		}
		switch m["type"] {
		case "next":
			return Heard(p.T, m["payload"].(Object))
		case "error":
			return Refusal(m["payload"])
		}
		return Told{End: m["type"].(string)}
	}}
}

// A Response is one that may go on.
type Response struct {
	t testing.TB
	*http.Response
}

// Do sends any request as the person.
func (p *Person) Do(method, path string, header map[string]string, body any) *Response {
	p.T.Helper()
	ctx, cancel := context.WithTimeout(p.T.Context(), Patience)
	p.T.Cleanup(cancel)
	var encoded []byte
	if body != nil {
		encoded, _ = json.Marshal(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.At.URL+path, bytes.NewReader(encoded))
	if err != nil {
		p.T.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+p.Token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		p.T.Fatal(err)
	}
	p.T.Cleanup(func() { _ = answer.Body.Close() })
	return &Response{p.T, answer}
}

// Stream subscribes with an Accept header, by POST.
func (p *Person) Stream(accept, query string, variables Object) *Response {
	p.T.Helper()
	return p.Do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, Object{"query": query, "variables": variables})
}

// Text is the whole body.
func (r *Response) Text() string {
	r.t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

// Want checks the status of an answer.
func (r *Response) Want(status int) *Response {
	r.t.Helper()
	if r.StatusCode != status {
		r.t.Errorf("got %s, want %d", r.Status, status)
	}
	return r
}

// lost is the end of a body that broke off. A body that ends in order looks to most
// clients like a subscription that is complete.
func (r *Response) lost(err error) Told {
	r.t.Helper()
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		r.t.Errorf("the response ended with %v", err)
	}
	return Told{End: "lost"}
}

// An SseEvent is one of an event stream, as an EventSource reads it.
type SseEvent struct{ event, Id, Data string }

// Reader returns a function that reads the next event that has data, or else
// fails with why there is none.
func (r *Response) Reader() func() (SseEvent, error) {
	r.t.Helper()
	if kind := r.Header.Get("Content-Type"); r.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		r.t.Fatalf("got %s of %q: %s", r.Status, kind, r.Text())
	}
	lines := bufio.NewReader(r.Body)
	id := ""
	return func() (e SseEvent, err error) {
		for hasData := false; ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				return e, err
			}
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			value = strings.TrimPrefix(value, " ")
			switch {
			case line == "\n" && hasData:
				e.Id = id
				return e, nil
			case line == "\n":
				e = SseEvent{}
			case name == "event":
				e.event = value
			case name == "id":
				id = value
			case name == "data":
				e.Data, hasData = value, true
			}
		}
	}
}

// Event reads the next event, which there must be.
func Event(r *Response, read func() (SseEvent, error)) SseEvent {
	r.t.Helper()
	e, err := read()
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// Events reads what a subscription tells on an event stream of one or of many operations.
func (r *Response) Events() Events {
	read := r.Reader()
	return Events{r.t, func() Told {
		r.t.Helper()
		e, err := read()
		if err != nil {
			return r.lost(err)
		}
		if e.event == "complete" {
			return Told{End: "complete"}
		}
		var response Object
		if err := json.Unmarshal([]byte(e.Data), &response); err != nil {
			r.t.Fatalf("%q: %v", e.Data, err)
		}
		if payload, ok := response["payload"].(Object); ok {
			Want[any](r.t, "id", response["id"], "1")
			response = payload
		}
		got := Heard(r.t, response)
		if got.End != "" {
			if last := Event(r, read); last.event != "complete" {
				r.t.Errorf("got %+v after the errors, want complete", last)
			}
		}
		return got
	}}
}

// Parts reads what a subscription tells in the parts of a response.
func (r *Response) Parts() Events {
	r.t.Helper()
	Want(r.t, "content type", r.Header.Get("Content-Type"), `multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"`)
	parts := multipart.NewReader(r.Body, "graphql")
	return Events{r.t, func() Told {
		r.t.Helper()
		for {
			part, err := parts.NextPart()
			if err != nil {
				return r.lost(err)
			}
			var message Object
			if err := json.NewDecoder(part).Decode(&message); err != nil {
				return r.lost(err)
			}
			payload, hasPayload := message["payload"]
			switch {
			case !hasPayload && len(message) == 0: // a heartbeat
				continue
			case payload == nil:
				return Refusal(message["errors"])
			}
			return Heard(r.t, payload.(Object))
		}
	}}
}

// A Single is a reserved stream of the single connection mode.
type Single struct {
	*Person
	Token string
}

// Reservation is a stream of the single connection mode that somebody reserved, as a person uses it.
func (p *Person) Reservation(token string) *Single { return &Single{p, token} }

func (p *Person) Reserve() *Single {
	p.T.Helper()
	answer := p.Do(http.MethodPut, "/graphql/stream", nil, nil).Want(http.StatusCreated)
	return &Single{p, answer.Text()}
}

// Send sends a request about the stream.
func (s *Single) Send(method, path, accept string, body any) *Response {
	s.T.Helper()
	return s.Do(method, path, map[string]string{"Accept": accept, "X-GraphQL-Event-Stream-Token": s.Token}, body)
}

// Open opens the stream.
func (s *Single) Open() *Response {
	s.T.Helper()
	return s.Send(http.MethodGet, "/graphql/stream", "text/event-stream", nil)
}

// Operate begins an operation on the stream.
func (s *Single) Operate(id, query string, variables Object) *Response {
	s.T.Helper()
	return s.Send(http.MethodPost, "/graphql/stream", "*/*",
		Object{"query": query, "variables": variables, "extensions": Object{"operationId": id}})
}

const Follows = `subscription($after: Cursor) { customerChanged(after: $after) { version } }`

const (
	UrqlQuery        = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
	UrqlSubscription = "text/event-stream, multipart/mixed"
	Who              = `{ viewer { user { id } } }`
)

const Refresh = `mutation ($token: String!) { refreshSession(token: $token) { user { id name } } }`

// Until returns the person with a token that is good until then.
func (p *Person) Until(user, org string, expires time.Time) *Person {
	p.T.Helper()
	token, err := auth.NewVerifier([]string{Secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: collab.RoleMember, Name: "Ada the Second",
	}, expires)
	if err != nil {
		p.T.Fatal(err)
	}
	return &Person{T: p.T, At: p.At, Token: token}
}
