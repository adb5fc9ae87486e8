package main

import (
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// A single is a reserved stream of the single connection mode.
type single struct {
	*person
	token string
}

func (p *person) reserve() *single {
	p.t.Helper()
	answer := p.do(http.MethodPut, "/graphql/stream", nil, nil).want(http.StatusCreated)
	return &single{p, answer.text()}
}

// send sends a request about the stream.
func (s *single) send(method, path, accept string, body any) *response {
	s.t.Helper()
	return s.do(method, path, map[string]string{"Accept": accept, "X-GraphQL-Event-Stream-Token": s.token}, body)
}

// open opens the stream.
func (s *single) open() *response {
	s.t.Helper()
	return s.send(http.MethodGet, "/graphql/stream", "text/event-stream", nil)
}

// operate begins an operation on the stream.
func (s *single) operate(id, query string, variables object) *response {
	s.t.Helper()
	return s.send(http.MethodPost, "/graphql/stream", "*/*",
		object{"query": query, "variables": variables, "extensions": object{"operationId": id}})
}

const follows = `subscription($after: Cursor) { customerChanged(after: $after) { version } }`

// graphql-sse: the server accepts a reservation with 201 and a token; only one
// connection can fulfil it.
func TestReservationIsOpenedOnce(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.reserve()
	s.send(http.MethodPut, "/graphql/stream", "*/*", nil).want(http.StatusConflict)
	first := s.open().want(http.StatusOK)
	s.open().want(http.StatusConflict)
	s.send(http.MethodPut, "/graphql/stream", "text/plain", nil).want(http.StatusConflict)
	s.send(http.MethodPut, "/graphql/stream", "application/json", nil).want(http.StatusNotAcceptable)

	// Once it is over, the token means nothing.
	_ = first.Body.Close()
	for s.open().StatusCode == http.StatusConflict {
	}
	s.open().want(http.StatusNotFound)
	s.send(http.MethodPut, "/graphql/stream", "*/*", nil).want(http.StatusCreated)
}

// graphql-sse: the token may be in the URL, where a browser's EventSource can put it.
func TestReservationTokenInURL(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.reserve()
	accept := map[string]string{"Accept": "text/event-stream"}
	next := ada.do(http.MethodGet, "/graphql/stream?token="+s.token, accept, nil).events()
	s.operate("1", `{ viewer { user { id } } }`, nil).want(http.StatusAccepted)
	want(t, "data", next().data, object{"viewer": object{"user": object{"id": "ada"}}})
	want(t, "end", next().end, "complete")
}

func TestReservationIsItsPersons(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	s := join(t, at, "acme", "ada", collab.RoleMember).reserve()
	for _, other := range []*person{join(t, at, "acme", "eve", collab.RoleAdmin), join(t, at, "other", "ada", collab.RoleAdmin)} {
		theirs := &single{other, s.token}
		theirs.open().want(http.StatusNotFound)
		theirs.operate("1", `{ viewer { user { id } } }`, nil).want(http.StatusNotFound)
		theirs.send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).want(http.StatusNotFound)
	}
	(&single{&person{t: t, at: at, token: "nonsense"}, s.token}).open().want(http.StatusUnauthorized)
}

func TestReservationsOfOnePersonAreBounded(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for range 100 {
		ada.reserve()
	}
	refused := ada.do(http.MethodPut, "/graphql/stream", nil, nil).want(http.StatusTooManyRequests)
	want(t, "Retry-After", refused.Header.Get("Retry-After"), "5")
	join(t, at, "acme", "ben", collab.RoleMember).reserve()
}

// graphql-sse: what is wrong with the request of an operation is answered there,
// and not on the stream.
func TestSingleStreamRefuses(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	(&single{ada, "nonsense"}).operate("1", follows, nil).want(http.StatusNotFound)
	(&single{ada, ""}).open().want(http.StatusNotFound)
	s := ada.reserve()
	s.operate("", follows, nil).want(http.StatusBadRequest)
	s.operate(strings.Repeat("x", 257), follows, nil).want(http.StatusBadRequest)
	s.operate("1", `subscription { nonsense }`, nil).want(http.StatusBadRequest)
	s.operate("1", follows, nil).want(http.StatusAccepted) // so the id was free again
	s.operate("1", follows, nil).want(http.StatusConflict)
	s.send(http.MethodPost, "/graphql/stream", "text/html", object{"query": follows}).want(http.StatusNotAcceptable)
	s.send(http.MethodPost, "/graphql/stream", "*/*", "nonsense").want(http.StatusBadRequest)
	s.send(http.MethodDelete, "/graphql/stream", "*/*", nil).want(http.StatusBadRequest)
	s.send(http.MethodPatch, "/graphql/stream", "*/*", nil).want(http.StatusMethodNotAllowed)
	byURL := s.send(http.MethodGet, "/graphql/stream?query=mutation{setPresenceHidden(hidden:true){user{id}}}&extensions={%22operationId%22:%222%22}", "*/*", nil)
	byURL.want(http.StatusMethodNotAllowed)
}

// graphql-sse: operations may come before the stream does.
func TestOperationsOnAReservation(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.reserve()
	s.operate("1", follows, nil).want(http.StatusAccepted)
	ada.create(object{"name": "v1"}) // after 202 nothing is missed
	want(t, "event", s.open().events()().data, object{"customerChanged": object{"version": 1}})
}

// graphql-sse: a DELETE stops an operation. Its id is free again, and nothing
// more is told of it.
func TestDeleteStopsAnOperation(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.reserve()
	next := s.open().events()
	s.operate("1", follows, nil).want(http.StatusAccepted)
	ada.create(object{"name": "v1"})
	want(t, "event", next().data, object{"customerChanged": object{"version": 1}})
	s.send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).want(http.StatusOK)
	s.send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).want(http.StatusOK)
	ada.create(object{"name": "v1"})
	s.operate("1", createCustomer, object{"input": object{"name": ""}}).want(http.StatusAccepted)
	want(t, "answer", next().data.(object)["createCustomer"].(object)["__typename"], "InvalidInput")
	want(t, "end", next().end, "complete")
}

// A client that leaves a room by DELETE is gone at once; one that is lost has a while to come back.
func TestDeleteLeavesTheRoomAtOnce(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleMember), join(t, at, "acme", "ben", collab.RoleMember)
	next := overSocket(ada, `subscription { presence(room: "r", clientId: "a") { joined { id } left } }`, nil)
	next()
	s := ben.reserve()
	s.open()
	s.operate("1", `subscription { presence(room: "r", clientId: "b") { totalCount } }`, nil).want(http.StatusAccepted)
	want(t, "joined", next().data.(object)["presence"].(object)["joined"], []any{object{"id": "ben"}})
	s.send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).want(http.StatusOK)
	want(t, "left", next().data.(object)["presence"].(object)["left"], []any{"ben"})
}
