package httpd

import (
	"context"
	"fmt"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/cost"
	"tandem/internal/transport"
)

// A Count is told what happened, by words that are known beforehand. A nil
// function is not told.
type Count struct {
	// Operation is told of each operation its type, and whether it went well.
	Operation func(kind, outcome string)
	// Error is told the code of each error that a client was shown.
	Error func(code string)
	// Refused is told why a connection was refused.
	Refused func(reason string)
	// Limited is told what was refused since it came too often, or there were too many.
	Limited func(what string)
}

// The words of Count.
var (
	OperationKinds = []string{string(ast.Query), string(ast.Mutation), string(ast.Subscription)}
	Outcomes       = []string{outcomeOK, outcomeError}
	ErrorCodes     = []string{
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

const (
	outcomeOK    = "ok"
	outcomeError = "error"
	otherCode    = "OTHER"
)

func (n Count) operation(kind ast.Operation, failed bool) {
	if n.Operation == nil {
		return
	}
	outcome := outcomeOK
	if failed {
		outcome = outcomeError
	}
	n.Operation(string(kind), outcome)
}

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

func (n Count) refused(reason string) {
	if n.Refused != nil {
		n.Refused(reason)
	}
}

// countErrors counts what clients are shown.
func (c Config) countErrors(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := present(ctx, err)
		c.Count.error(fmt.Sprint(shown.Extensions["code"])) // of several types
		return shown
	}
}

// countOperations counts queries and mutations. One execution of a subscription
// may be for many, so the engine counts those.
func (c Config) countOperations(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	kind := graphql.GetOperationContext(ctx).Operation.Operation
	responses := next(ctx)
	if kind == ast.Subscription {
		return responses
	}
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if response != nil {
			c.Count.operation(kind, len(response.Errors) > 0)
		}
		return response
	}
}

// measure has the engine tell of its connections, and ask whether there is room for another.
func (c Config) measure(engine *transport.Engine) {
	if c.Stats != nil {
		engine.Stats = c.Stats
	}
	engine.Admit = c.admit
	engine.RenderTime = c.OperationTime
	if engine.Underway = c.underway; c.underway != nil {
		c.Broadcasts.Room = c.underway.Room
	}
	c.Broadcasts.Who = who
	engine.Allow, engine.Follow = c.Limiter.allow, c.Limiter.follow
	engine.Subscribed = func(err error) { c.Count.operation(ast.Subscription, err != nil) }
}

// guard asks the gate about every request.
func (c Config) guard(next http.Handler) http.Handler {
	if c.Gate == nil {
		return next
	}
	return c.Gate.guard(next)
}

// admit lets a stream begin, until leave is called.
func (c Config) admit(ctx context.Context) (leave func(), err error) {
	if err := c.Limiter.connect(ctx, true); err != nil || c.Gate == nil {
		return func() {}, err
	}
	return c.Gate.admit(ctx)
}

// enter counts a socket among those of its person, until leave is called.
func (c Config) enter(ctx context.Context) (leave func(), err error) {
	if err := c.Limiter.connect(ctx, false); err != nil || c.Gate == nil {
		return func() {}, err
	}
	person, _ := bearer(ctx)
	return c.Gate.enter(person)
}
