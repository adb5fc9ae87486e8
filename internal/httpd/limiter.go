package httpd

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/engine"
	"tandem/internal/transport"
)

// The labels of Count.Limited.
const (
	limitedRequests           = "requests"
	limitedAddressRequests    = "address_requests"
	limitedMutations          = "mutations"
	limitedInputs             = "batch_inputs"
	limitedBeats              = "beats"
	limitedConnections        = "connections"
	limitedAddressConnections = "address_connections"
	limitedSignIns            = "sign_ins"
	limitedSubscriptions      = "subscriptions"
)

// A Limiter has the rate limits of people and addresses. A zero limit does not limit, and neither
// does a nil Limiter.
type Limiter struct {
	// Limits counts the uses of each limit.
	Limits collab.Limits
	// Proxies are the networks of trusted proxies, whose X-Forwarded-For counts.
	Proxies []netip.Prefix
	// Requests limits the operations of a person on all transports, Mutations their writes, and Beats
	// their mutations that only renew or change a presence.
	Requests, Mutations, Beats collab.Limit
	// Inputs limits the inputs of a person's mutations that take several.
	Inputs collab.Limit
	// AddressRequests limits the requests of an address before they are authenticated.
	AddressRequests collab.Limit
	// Connections limits the sockets and streams that a person opens, and AddressConnections those
	// that an address opens.
	Connections, AddressConnections collab.Limit
	// SignIns limits the rejected credentials of an address.
	SignIns collab.Limit
	// Subscriptions bounds the open subscriptions of a person on this instance; 0 sets no bound.
	Subscriptions int
	// Refused, if set, is called with a label for each refusal.
	Refused func(what string)

	subscribed quota
}

// take counts n uses of a limit by a person or an address, or returns an error with the time to wait.
// An empty who is not limited.
func (l *Limiter) take(ctx context.Context, what, who string, limit collab.Limit, n int) error {
	if l == nil || who == "" || n == 0 || limit.Off() {
		return nil
	}
	wait := l.Limits.Take(ctx, collab.LimitKey{What: what, Who: who}, limit, n)
	if wait <= 0 {
		return nil
	}
	l.refused(what)
	return &collab.Error{
		Code: collab.RateLimited, RetryAfter: wait,
		Message: fmt.Sprintf("this came too often; come back in %v", wait.Round(time.Millisecond)+time.Millisecond),
	}
}

func (l *Limiter) refused(what string) {
	if l.Refused != nil {
		l.Refused(what)
	}
}

// limitAddress limits the requests of an address, and the sockets that it opens, and adds the address
// to the context. It comes before everything that costs more.
func (s *Server) limitAddress(next http.Handler) http.Handler {
	l := s.Limiter
	if l == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := l.address(r)
		s.Gate.setAddress(r.Context(), at)
		r = r.WithContext(collab.WithOrigin(context.WithValue(r.Context(), addressKey{}, at), origin(r, at)))
		what, limit := limitedAddressRequests, l.AddressRequests
		if r.Header.Get("Upgrade") != "" {
			what, limit = limitedAddressConnections, l.AddressConnections
		}
		if err := l.take(r.Context(), what, at, limit, 1); err != nil {
			transport.WriteBusy(w, r, busy(err))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// limitPerson limits the requests of an authenticated person. allow limits the operations of a socket
// one by one.
func (s *Server) limitPerson(next http.Handler) http.Handler {
	l := s.Limiter
	if l == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			if err := l.allow(r.Context()); err != nil {
				transport.WriteBusy(w, r, busy(err))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// allow counts one operation of a person.
func (l *Limiter) allow(ctx context.Context) error {
	if l == nil {
		return nil
	}
	person, _ := bearer(ctx)
	return l.take(ctx, limitedRequests, person, l.Requests, 1)
}

// openStream counts a stream that a person opens.
func (l *Limiter) openStream(ctx context.Context) error {
	if l == nil {
		return nil
	}
	if err := l.take(ctx, limitedAddressConnections, addressOf(ctx), l.AddressConnections, 1); err != nil {
		return busy(err)
	}
	return l.openSocket(ctx)
}

// openSocket counts a socket that a person opens. limitAddress has counted it for its address.
func (l *Limiter) openSocket(ctx context.Context) error {
	if l == nil {
		return nil
	}
	person, _ := bearer(ctx)
	if err := l.take(ctx, limitedConnections, person, l.Connections, 1); err != nil {
		return busy(err)
	}
	return nil
}

// signIn counts a rejected credential of an address, and returns the error for the client: that of the
// credential, or a time to wait after too many of them. Valid credentials are accepted meanwhile, so
// nobody can lock out others by guessing.
func (l *Limiter) signIn(ctx context.Context, refused error) error {
	if l == nil {
		return refused
	}
	if err := l.take(ctx, limitedSignIns, addressOf(ctx), l.SignIns, 1); err != nil {
		return busy(err)
	}
	return refused
}

// reserveSubscription counts one more subscription of a person until release is called.
func (l *Limiter) reserveSubscription(ctx context.Context) (release func(), err error) {
	if l == nil || l.Subscriptions <= 0 {
		return func() {}, nil
	}
	person, _ := bearer(ctx)
	release, ok := l.subscribed.reserve(person, l.Subscriptions)
	if !ok {
		l.refused(limitedSubscriptions)
		return nil, collab.Errorf(collab.LimitExceeded, "a person may have at most %d subscriptions; complete some first", l.Subscriptions)
	}
	return release, nil
}

// beat is the directive of mutations that only renew or change a presence.
const beat = "beat"

// each is the directive of arguments with several inputs, each of which the field writes.
const each = "each"

// write counts the mutations of a person: each field of an operation is one. It counts the inputs of fields with
// several inputs, too.
func (l *Limiter) write(ctx context.Context) error {
	operation := graphql.GetOperationContext(ctx)
	if l == nil || operation.Operation.Operation != ast.Mutation {
		return nil
	}
	beating, writing, inputs := 0, 0, 0
	for _, field := range engine.RootFields(operation) {
		if field.Definition.Directives.ForName(beat) != nil {
			beating++
		} else {
			writing++
			inputs += inputsOf(field.Field, operation.Variables)
		}
	}
	person, _ := bearer(ctx)
	if err := l.take(ctx, limitedBeats, person, l.Beats, beating); err != nil {
		return err
	}
	if err := l.take(ctx, limitedInputs, person, l.Inputs, inputs); err != nil {
		return err
	}
	return l.take(ctx, limitedMutations, person, l.Mutations, writing)
}

// inputsOf returns the number of inputs of a field that takes several, and 0 for any other field.
func inputsOf(field *ast.Field, variables map[string]any) int {
	for _, argument := range field.Definition.Arguments {
		if argument.Directives.ForName(each) != nil {
			if inputs, several := field.ArgumentMap(variables)[argument.Name].([]any); several {
				return len(inputs)
			}
			return 1
		}
	}
	return 0
}

// limitWrites rejects mutations above the rate limit of their person.
func (s *Server) limitWrites(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if err := s.Limiter.write(ctx); err != nil {
		answerWith(ctx, http.StatusTooManyRequests, err)
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{s.present(ctx, err)}})
	}
	return next(ctx)
}

// busy converts an error of a Limiter to a *transport.Busy.
func busy(err error) error {
	known, is := err.(*collab.Error)
	if !is {
		return err
	}
	return &transport.Busy{Code: string(known.Code), Message: known.Message, After: known.RetryAfter, TooOften: true}
}

func isBusy(err error) bool {
	_, is := err.(*transport.Busy)
	return is
}
