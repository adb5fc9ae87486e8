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
	"tandem/internal/transport"
)

// What is limited, as Count.Limited is told.
const (
	limitedRequests           = "requests"
	limitedAddressRequests    = "address_requests"
	limitedMutations          = "mutations"
	limitedBeats              = "beats"
	limitedConnections        = "connections"
	limitedAddressConnections = "address_connections"
	limitedSignIns            = "sign_ins"
	limitedSubscriptions      = "subscriptions"
)

// A Limiter bounds what people and addresses may do, and how often. A zero limit
// is none, and so is a nil Limiter.
type Limiter struct {
	// Limits counts.
	Limits collab.Limits
	// Proxies are the networks whose word on where a request comes from is taken.
	Proxies []netip.Prefix
	// Requests bounds the operations of a person on all transports, Mutations the
	// writes among them, and Beats those that only renew or change a presence.
	Requests, Mutations, Beats collab.Limit
	// AddressRequests bounds the requests of an address, before it is known who asks.
	AddressRequests collab.Limit
	// Connections bounds the sockets and streams that a person opens, and
	// AddressConnections those that an address does.
	Connections, AddressConnections collab.Limit
	// SignIns bounds the refused credentials of an address.
	SignIns collab.Limit
	// Subscriptions bounds those of a person that are open on this instance; 0 is no bound.
	Subscriptions int
	// Refused, if set, is told what of the above was refused.
	Refused func(what string)

	following places
}

// take counts n, or returns when to come back. Who is "" is not limited.
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

// knock bounds the requests of an address, and the sockets that it opens, and notes
// where they come from. It comes before everything that costs more. locate is told too.
func (l *Limiter) knock(locate func(ctx context.Context, address string), next http.Handler) http.Handler {
	if l == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := l.address(r)
		locate(r.Context(), at)
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

// ask bounds the requests of a person, who is known by now. The operations of a
// socket are bounded one by one.
func (l *Limiter) ask(next http.Handler) http.Handler {
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

// allow lets a person begin one operation.
func (l *Limiter) allow(ctx context.Context) error {
	if l == nil {
		return nil
	}
	person, _ := bearer(ctx)
	return l.take(ctx, limitedRequests, person, l.Requests, 1)
}

// connect lets a person open a socket or a stream. Sockets have been counted of
// their address already.
func (l *Limiter) connect(ctx context.Context, stream bool) error {
	if l == nil {
		return nil
	}
	if stream {
		if err := l.take(ctx, limitedAddressConnections, addressOf(ctx), l.AddressConnections, 1); err != nil {
			return busy(err)
		}
	}
	person, _ := bearer(ctx)
	if err := l.take(ctx, limitedConnections, person, l.Connections, 1); err != nil {
		return busy(err)
	}
	return nil
}

// signIn counts a refused credential of an address, and returns what to say of it.
// Too many are told to come back later. A good credential is accepted all the
// same: nobody is locked out by somebody who guesses next to them.
func (l *Limiter) signIn(ctx context.Context, refused error) error {
	if l == nil {
		return refused
	}
	if err := l.take(ctx, limitedSignIns, addressOf(ctx), l.SignIns, 1); err != nil {
		return busy(err)
	}
	return refused
}

// follow lets a person begin a subscription, which is counted until leave is called.
func (l *Limiter) follow(ctx context.Context) (leave func(), err error) {
	if l == nil || l.Subscriptions <= 0 {
		return func() {}, nil
	}
	person, _ := bearer(ctx)
	leave, ok := l.following.take(person, l.Subscriptions)
	if !ok {
		l.refused(limitedSubscriptions)
		return nil, collab.Errorf(collab.LimitExceeded, "a person may have at most %d subscriptions; complete some first", l.Subscriptions)
	}
	return leave, nil
}

// beats are the mutations that renew or change a presence, and write nothing.
var beats = map[string]bool{"heartbeat": true, "updatePresence": true, "leaveRoom": true}

// write bounds the mutations of a person, each field of an operation for itself.
func (l *Limiter) write(ctx context.Context) error {
	operation := graphql.GetOperationContext(ctx)
	if l == nil || operation.Operation.Operation != ast.Mutation {
		return nil
	}
	beating, writing := 0, 0
	for _, field := range graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Mutation"}) {
		if beats[field.Name] {
			beating++
		} else {
			writing++
		}
	}
	person, _ := bearer(ctx)
	if err := l.take(ctx, limitedBeats, person, l.Beats, beating); err != nil {
		return err
	}
	return l.take(ctx, limitedMutations, person, l.Mutations, writing)
}

// limitWrites refuses the mutations of a person that come too often.
func (c Config) limitWrites(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if err := c.Limiter.write(ctx); err != nil {
		answerWith(ctx, http.StatusTooManyRequests, err)
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{c.Hooks.Present(ctx, err)}})
	}
	return next(ctx)
}

// busy returns an error of too often as the wire refuses connections with it.
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
