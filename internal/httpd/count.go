package httpd

import (
	"context"
	"fmt"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/cost"
)

// A Count has functions that count what happens, with labels from the lists below. A nil function is
// not called.
type Count struct {
	// Operation is called after each operation that ran. If it is set, so is Field.
	Operation func(Operation)
	// Polled is the field of queries that clients without a connection read again and again.
	Polled string
	// Field is called for each field that such an operation selects at its root, with one of OperationTypes. Fields of
	// introspection do not count.
	Field func(operationType, field string)
	// Slow is called with one of OperationTypes for each operation that took long.
	Slow func(operationType string)
	// Resumed is called with one of Resumptions after each attempt to subscribe after a cursor.
	Resumed func(outcome string)
	// Error is called with the code of each error that a client received.
	Error func(code string)
	// SignInRefused is called with one of SignInRefusals when credentials are rejected.
	SignInRefused func(reason string)
	// Refused is called with the reason when a connection is rejected.
	Refused func(reason string)
	// Region is called for each request with the region of its client, if proxies name regions.
	Region func(region string)
	// Limited is called with a label when a rate limit or a quota rejects something.
	Limited func(what string)
}

// The labels of Count.
var (
	ErrorCodes = []string{
		string(collab.BadInput), string(collab.Unauthenticated), string(collab.Forbidden), string(collab.ResyncRequired),
		string(collab.LimitExceeded), string(collab.RateLimited), string(collab.Timeout), string(collab.Unavailable), string(collab.Internal),
		cost.Code, codeNotFound, codeRequired,
		"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", otherCode,
	}
	Refusals = []string{
		refusedFull, refusedPerson, refusedOrigin, refusedToken, CauseMemory, CauseHandshakes, CauseLatency,
	}
	Limited = []string{
		limitedRequests, limitedAddressRequests, limitedMutations, limitedBeats, limitedConnections,
		limitedAddressConnections, limitedSignIns, limitedSubscriptions,
	}
)

const otherCode = "OTHER"

func (n Count) error(code string) {
	if n.Error == nil {
		return
	}
	for _, known := range ErrorCodes {
		if code == known {
			n.Error(code)
			return
		}
	}
	n.Error(otherCode)
}

func (n Count) signInRefused(reason string) {
	if n.SignInRefused != nil {
		n.SignInRefused(reason)
	}
}

func (n Count) refused(reason string) {
	if n.Refused != nil {
		n.Refused(reason)
	}
}

// countErrors counts the errors that clients receive.
func (s *Server) countErrors(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := present(ctx, err)
		s.Count.error(fmt.Sprint(shown.Extensions["code"])) // of several types
		return shown
	}
}

// guard has the gate check every request.
func (s *Server) guard(next http.Handler) http.Handler {
	if s.Gate == nil {
		return next
	}
	return s.Gate.guard(next)
}

// reserveStream reserves a place for a stream until release is called.
func (s *Server) reserveStream(ctx context.Context) (release func(), err error) {
	if err := s.Limiter.openStream(ctx); err != nil || s.Gate == nil {
		return func() {}, err
	}
	return s.Gate.reserveStream(ctx)
}

// reserveSocket counts a socket that has signed in until release is called.
func (s *Server) reserveSocket(ctx context.Context) (release func(), err error) {
	if err := s.Limiter.openSocket(ctx); err != nil || s.Gate == nil {
		return func() {}, err
	}
	person, _ := bearer(ctx)
	return s.Gate.reserve(person)
}
