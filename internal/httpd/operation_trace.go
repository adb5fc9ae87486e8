package httpd

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
	"tandem/internal/tracing"
)

// traceOperations traces queries and mutations. An attempt to subscribe is traced by countSubscription, and what an execution
// of a subscription does by the broadcasts.
func (s *Server) traceOperations(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	operation := graphql.GetOperationContext(ctx)
	if s.Tracer == nil || operation.Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	traced, end := s.Tracer.Operation(ctx, describe(ctx, operation))
	responses := next(traced)
	return func(inner context.Context) *graphql.Response {
		response := responses(inner)
		if response != nil {
			status := statusOf(ctx, codesOf(response.Errors)...)
			end(status, status == statusFailed)
		}
		return response
	}
}

// describe describes an operation without its content.
func describe(ctx context.Context, operation *graphql.OperationContext) tracing.Operation {
	claims, _ := collab.ClaimsFrom(ctx)
	return tracing.Operation{
		Name: nameOf(operation), Type: string(operation.Operation.Operation), Organization: string(claims.OrganizationID),
	}
}
