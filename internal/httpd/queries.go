package httpd

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/cost"
)

// limitCost refuses operations that would cost too much, on all transports.
type limitCost struct{}

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = limitCost{}

// ExtensionName names the extension.
func (limitCost) ExtensionName() string { return "limitCost" }

// Validate has nothing to find wrong.
func (limitCost) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext looks at what an operation asks for.
func (limitCost) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	err := cost.Check(operation.Operation, operation.Variables)
	if err != nil {
		answerWith(ctx, http.StatusUnprocessableEntity, err)
	}
	return err
}

// limitTime gives a query or a mutation so long. The database gives up with it.
func (c Config) limitTime(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if c.OperationTime <= 0 || graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, c.OperationTime)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer cancel()
		response := responses(ctx)
		if response == nil && ctx.Err() == context.DeadlineExceeded {
			response = &graphql.Response{Errors: gqlerror.List{c.Hooks.Present(ctx, ctx.Err())}}
		}
		return response
	}
}

// limitResponse bounds how long a response may take to be read. Streams, which
// are to take long, have a bound of their own for each write.
func limitResponse(next http.Handler, most time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if most <= 0 || r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		_ = control.SetWriteDeadline(time.Now().Add(most))
		next.ServeHTTP(w, r)
		_ = control.SetWriteDeadline(time.Time{}) // the connection may be used again
	})
}
