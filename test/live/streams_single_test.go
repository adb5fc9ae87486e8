package live_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// graphql-sse: the server accepts a reservation with 201 and a token; only one
// connection can fulfil it.
func TestReservationIsOpenedOnce(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.Reserve()
	s.Send(http.MethodPut, "/graphql/stream", "*/*", nil).Want(http.StatusConflict)
	first := s.Open().Want(http.StatusOK)
	s.Open().Want(http.StatusConflict)
	s.Send(http.MethodPut, "/graphql/stream", "text/plain", nil).Want(http.StatusConflict)
	s.Send(http.MethodPut, "/graphql/stream", "application/json", nil).Want(http.StatusNotAcceptable)

	// Once the stream is over, the token is invalid.
	_ = first.Body.Close()
	eventually.Is(t, "the token is invalid", func() int { return s.Open().StatusCode }, http.StatusNotFound)
	s.Send(http.MethodPut, "/graphql/stream", "*/*", nil).Want(http.StatusCreated)
}

// graphql-sse: the token may be in the URL, where a browser's EventSource can put it.
func TestReservationTokenInURL(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.Reserve()
	accept := map[string]string{"Accept": "text/event-stream"}
	events := ada.Do(http.MethodGet, "/graphql/stream?token="+s.Token, accept, nil).Events()
	s.Operate("1", `{ viewer { user { id } } }`, nil).Want(http.StatusAccepted)
	events.Next().Is(`{"viewer": {"user": {"id": "ada"}}}`)
	events.WantEnd("complete", "")
}

func TestReservationBelongsToPerson(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	s := servertest.Join(t, at, "acme", "ada", collab.RoleMember).Reserve()
	for _, other := range []*servertest.Person{servertest.Join(t, at, "acme", "eve", collab.RoleAdmin), servertest.Join(t, at, "other", "ada", collab.RoleAdmin)} {
		theirs := other.Reservation(s.Token)
		theirs.Open().Want(http.StatusNotFound)
		theirs.Operate("1", `{ viewer { user { id } } }`, nil).Want(http.StatusNotFound)
		theirs.Send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).Want(http.StatusNotFound)
	}
	(&servertest.Person{T: t, At: at, Token: "nonsense"}).Reservation(s.Token).Open().Want(http.StatusUnauthorized)
}

func TestReservationsOfOnePersonAreBounded(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for range 100 {
		ada.Reserve()
	}
	refused := ada.Do(http.MethodPut, "/graphql/stream", nil, nil).Want(http.StatusTooManyRequests)
	servertest.Want(t, "Retry-After", refused.Header.Get("Retry-After"), "5")
	servertest.Join(t, at, "acme", "ben", collab.RoleMember).Reserve()
}

// graphql-sse: an invalid request for an operation is answered with an error there, and not on the stream.
func TestSingleStreamRefuses(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	ada.Reservation("nonsense").Operate("1", servertest.Follows, nil).Want(http.StatusNotFound)
	ada.Reservation("").Open().Want(http.StatusNotFound)
	s := ada.Reserve()
	s.Operate("", servertest.Follows, nil).Want(http.StatusBadRequest)
	s.Operate(strings.Repeat("x", 257), servertest.Follows, nil).Want(http.StatusBadRequest)
	s.Operate("1", `subscription { nonsense }`, nil).Want(http.StatusBadRequest)
	s.Operate("1", servertest.Follows, nil).Want(http.StatusAccepted) // so the id is free again
	s.Operate("1", servertest.Follows, nil).Want(http.StatusConflict)
	s.Send(http.MethodPost, "/graphql/stream", "text/html", servertest.Object{"query": servertest.Follows}).Want(http.StatusNotAcceptable)
	s.Send(http.MethodPost, "/graphql/stream", "*/*", "nonsense").Want(http.StatusBadRequest)
	s.Send(http.MethodDelete, "/graphql/stream", "*/*", nil).Want(http.StatusBadRequest)
	s.Send(http.MethodPatch, "/graphql/stream", "*/*", nil).Want(http.StatusMethodNotAllowed)
	byURL := s.Send(http.MethodGet, "/graphql/stream?query=mutation{setPresenceHidden(hidden:true){user{id}}}&extensions={%22operationId%22:%222%22}", "*/*", nil)
	byURL.Want(http.StatusMethodNotAllowed)
}

// graphql-sse: operations may come before the stream does.
func TestOperationsOnAReservation(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.Reserve()
	s.Operate("1", servertest.Follows, nil).Want(http.StatusAccepted)
	ada.Create(servertest.Object{"name": "v1"}) // after 202 nothing is missed
	s.Open().Events().Next().Is(`{"customerChanged": {"version": 1}}`)
}

// graphql-sse: a DELETE stops an operation. Its id is free again, and it sends nothing more.
func TestDeleteStopsAnOperation(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	s := ada.Reserve()
	events := s.Open().Events()
	s.Operate("1", servertest.Follows, nil).Want(http.StatusAccepted)
	ada.Create(servertest.Object{"name": "v1"})
	events.Next().Is(`{"customerChanged": {"version": 1}}`)
	s.Send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).Want(http.StatusOK)
	s.Send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).Want(http.StatusOK)
	ada.Create(servertest.Object{"name": "v1"})
	s.Operate("1", servertest.CreateCustomer, servertest.Object{"input": servertest.Object{"name": ""}}).Want(http.StatusAccepted)
	events.Next().At("createCustomer.__typename").Is(`"InvalidInput"`)
	events.WantEnd("complete", "")
}

// A client that leaves a room by DELETE is gone at once; a client that loses its connection has a grace period to
// come back.
func TestDeleteLeavesTheRoomAtOnce(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleMember), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	events := servertest.OverSocket(ada, `subscription { presence(room: "r", clientId: "a") { joined { id } left } }`, nil)
	events.Next().Is(`{"presence": {"joined": [], "left": []}}`)
	s := ben.Reserve()
	s.Open()
	s.Operate("1", `subscription { presence(room: "r", clientId: "b") { totalCount } }`, nil).Want(http.StatusAccepted)
	events.Next().Is(`{"presence": {"joined": [{"id": "ben"}], "left": []}}`)
	s.Send(http.MethodDelete, "/graphql/stream?operationId=1", "*/*", nil).Want(http.StatusOK)
	events.Next().Is(`{"presence": {"joined": [], "left": ["ben"]}}`)
}
