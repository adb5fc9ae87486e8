package httpd

import (
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// logOperations logs each query and mutation with the time it took, and each execution of a
// subscription that begins, at level debug. The log adds the operation's name, its organization, and
// the id of the request.
func (s *Server) logOperations(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if s.Log == nil || !s.Log.Enabled(ctx, slog.LevelDebug) {
		return next(ctx)
	}
	kind, began := graphql.GetOperationContext(ctx).Operation.Operation, time.Now()
	responses := next(ctx)
	if kind == ast.Subscription {
		s.Log.DebugContext(ctx, "subscription executed", "took", time.Since(began))
		return responses
	}
	return func(ctx context.Context) *graphql.Response {
		response := responses(ctx)
		if response != nil {
			s.Log.DebugContext(ctx, string(kind)+" executed", "took", time.Since(began), "errors", len(response.Errors))
		}
		return response
	}
}
