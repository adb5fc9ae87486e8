package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/auth"
	"tandem/internal/collab"
)

// What a subscription tells: an event, or how it ended.
type told struct {
	data any
	// end is "", or how the subscription ended: "complete", "error" with a code,
	// or "lost" when the connection broke off without a word about it.
	end, code string
}

// refusal is the end of a subscription whose response has errors and no data.
func refusal(errs any) told {
	first := errs.([]any)[0].(object)
	extensions, _ := first["extensions"].(object)
	code, _ := extensions["code"].(string)
	return told{end: "error", code: code}
}

// heard is what a response tells.
func heard(t *testing.T, response object) told {
	t.Helper()
	if _, hasData := response["data"]; !hasData {
		return refusal(response["errors"])
	}
	if response["errors"] != nil {
		t.Errorf("errors: %v", response["errors"])
	}
	return told{data: response["data"]}
}

// A wire is a way to subscribe. The function it returns waits for what comes next.
type wire struct {
	name      string
	subscribe func(p *person, query string, variables object) func() told
}

var wires = []wire{
	{"graphql-transport-ws", overSocket},
	{"sse", func(p *person, query string, variables object) func() told {
		return p.stream("text/event-stream", query, variables).events()
	}},
	{"sse-single", func(p *person, query string, variables object) func() told {
		s := p.reserve()
		stream := s.open()
		answer := s.operate("1", query, variables)
		if answer.StatusCode == http.StatusBadRequest { // what can't begin is refused here, and never on the stream
			return func() told { return refusal(answer.object()["errors"]) }
		}
		answer.want(http.StatusAccepted)
		return stream.events()
	}},
	{"multipart", func(p *person, query string, variables object) func() told {
		return p.stream(`multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json`, query, variables).parts()
	}},
}

// onEveryWire runs a test over each of the ways to subscribe, which differ in nothing else.
func onEveryWire(t *testing.T, test func(*testing.T, wire)) {
	for _, w := range wires {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			test(t, w)
		})
	}
}

func overSocket(p *person, query string, variables object) func() told {
	s := p.connect()
	s.subscribe("1", query, variables)
	return func() told {
		p.t.Helper()
		encoded, err := s.conn.next(patience)
		if err != nil {
			if code := websocket.CloseStatus(err); code != websocket.StatusServiceRestart && code != 4403 {
				p.t.Errorf("closed with %v", err)
			}
			return told{end: "lost"}
		}
		var m object
		if err := json.Unmarshal(encoded, &m); err != nil {
			p.t.Fatal(err)
		}
		switch m["type"] {
		case "next":
			return heard(p.t, m["payload"].(object))
		case "error":
			return refusal(m["payload"])
		}
		return told{end: m["type"].(string)}
	}
}

func TestResumesAfterACursorInOrder(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
		customer := ada.create(object{"name": "v1"})
		for version := 2; version <= 40; version++ { // more than come together
			ada.update(customer, version-1, object{"notes": time.Duration(version).String()})
		}
		next := w.subscribe(ada, customerChanged, object{"after": customer["cursor"]})
		for version := 2; version <= 45; version++ {
			if version > 40 {
				ada.update(customer, version-1, object{"notes": time.Duration(version).String()})
			}
			got := next()
			if got.end != "" {
				t.Fatalf("ended with %+v", got)
			}
			want(t, "version", got.data.(object)["customerChanged"].(object)["version"], version)
		}
	})
}

func TestResyncRequiredOnEveryWire(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
		next := w.subscribe(ada, customerChanged, object{"after": collab.Cursor{Epoch: 1, Position: 1}.String()})
		want(t, "end", next(), told{end: "error", code: "RESYNC_REQUIRED"})
	})
}

func TestErrorsOnEveryWire(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	onEveryWire(t, func(t *testing.T, w wire) {
		ada := join(t, at, "acme", "ada", collab.RoleMember)
		ended := w.subscribe(ada, `subscription { nonsense }`, nil)()
		want(t, "end", ended, told{end: "error", code: "GRAPHQL_VALIDATION_FAILED"})
		ended = w.subscribe(ada, `subscription { customerChanged(maxPerSecond: -1) { version } }`, nil)()
		want(t, "end", ended, told{end: "error", code: "BAD_USER_INPUT"})
	})
}

func TestPresenceOnEveryWire(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	onEveryWire(t, func(t *testing.T, w wire) {
		org := "org of " + w.name
		ada, ben := join(t, at, org, "ada", collab.RoleMember), join(t, at, org, "ben", collab.RoleMember)
		next := w.subscribe(ada, `subscription { presence(room: "r", clientId: "a") { snapshot { id } joined { id } } }`, nil)
		want(t, "snapshot", next().data.(object)["presence"].(object)["snapshot"], []any{object{"id": "ada"}})
		w.subscribe(ben, `subscription { presence(room: "r", clientId: "b") { totalCount } }`, nil)
		want(t, "joined", next().data.(object)["presence"].(object)["joined"], []any{object{"id": "ben"}})
	})
}

// A drain breaks subscriptions off, so that their clients come back, and never
// says that one is complete.
func TestDrainOnEveryWire(t *testing.T) {
	t.Parallel()
	onEveryWire(t, func(t *testing.T, w wire) {
		at := start(t, embedded(t))
		ada := join(t, at, "acme", "ada", collab.RoleMember)
		customer := ada.create(object{"name": "v1"})
		next := w.subscribe(ada, customerChanged, object{"after": customer["cursor"]})
		ada.update(customer, 1, object{"name": "v2"})
		want(t, "version", next().data.(object)["customerChanged"].(object)["version"], 2)
		at.drain(t)
		want(t, "end", next(), told{end: "lost"})
	})
}

func TestExpiredTokenOnEveryWire(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	onEveryWire(t, func(t *testing.T, w wire) {
		token, err := auth.NewVerifier([]string{secret}, "", "", time.Now).Sign(collab.Claims{
			UserID: "ada", OrganizationID: "acme", Role: collab.RoleMember,
		}, time.Now().Add(2*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		next := w.subscribe(&person{t: t, at: at, token: token}, customerChanged, nil)
		want(t, "end", next(), told{end: "lost"})
	})
}

// A response is one that may go on.
type response struct {
	t *testing.T
	*http.Response
}

// ask sends any request as the person.
func (p *person) do(method, path string, header map[string]string, body any) *response {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	p.t.Cleanup(cancel)
	var encoded []byte
	if body != nil {
		encoded, _ = json.Marshal(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, p.at.url+path, bytes.NewReader(encoded))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = answer.Body.Close() })
	return &response{p.t, answer}
}

// stream subscribes with an Accept header, by POST.
func (p *person) stream(accept, query string, variables object) *response {
	p.t.Helper()
	return p.do(http.MethodPost, "/graphql", map[string]string{"Accept": accept}, object{"query": query, "variables": variables})
}

// text is the whole body.
func (r *response) text() string {
	r.t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

// want checks the status of an answer.
func (r *response) want(status int) *response {
	r.t.Helper()
	if r.StatusCode != status {
		r.t.Errorf("got %s, want %d", r.Status, status)
	}
	return r
}

// lost is the end of a body that broke off. One that ends in order looks to most
// clients like a subscription that is complete.
func (r *response) lost(err error) told {
	r.t.Helper()
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		r.t.Errorf("the response ended with %v", err)
	}
	return told{end: "lost"}
}
