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

// limitCost rejects operations that would cost too much, on all transports.
type limitCost struct{ schema *ast.Schema }

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = limitCost{}

// ExtensionName names the extension.
func (limitCost) ExtensionName() string { return "limitCost" }

// Validate accepts every schema.
func (limitCost) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext rejects an operation that would cost too much.
func (l limitCost) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	err := cost.Check(l.schema, operation.Operation, operation.Variables)
	if err != nil {
		answerWith(ctx, http.StatusUnprocessableEntity, err)
	}
	return err
}

// limitTime bounds the time of a query or a mutation, with its database calls.
func (s *Server) limitTime(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if s.OperationTime <= 0 || graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, s.OperationTime)
	responses := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer cancel()
		response := responses(ctx)
		if response == nil && ctx.Err() == context.DeadlineExceeded {
			response = &graphql.Response{Errors: gqlerror.List{s.present(ctx, ctx.Err())}}
		}
		return response
	}
}

// limitResponse bounds how long a client may take to read a response. Streams have a bound for each
// write instead.
func (s *Server) limitResponse(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.ResponseTime <= 0 || r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		_ = control.SetWriteDeadline(time.Now().Add(s.ResponseTime))
		next.ServeHTTP(w, r)
		_ = control.SetWriteDeadline(time.Time{}) // for the next request on the connection
	})
}
