package httpd

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/slowlog"
)

// The steps of a subscription that can be slow.
const (
	stepSubscribe = "subscribe"
	stepEvent     = "event"
)

// watchOperations logs queries and mutations that are slow.
func (s *Server) watchOperations(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	operation := graphql.GetOperationContext(ctx)
	if s.Slow == nil || isSubscription(operation) {
		return next(ctx)
	}
	watched, watch := s.Slow.Watch(ctx)
	responses := next(watched)
	return func(inner context.Context) *graphql.Response {
		response := responses(inner)
		if response != nil {
			s.noteSlow(ctx, watch, operation, "", statusOf(ctx, codesOf(response.Errors)...), operation.Stats.OperationStart)
		}
		return response
	}
}

// watchEvents logs events of subscriptions that are slow to render.
func (s *Server) watchEvents(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	operation := graphql.GetOperationContext(ctx)
	if s.Slow == nil || !isSubscription(operation) {
		return next(ctx)
	}
	began := time.Now()
	watched, watch := s.Slow.Watch(ctx)
	response := next(watched)
	if response != nil {
		s.noteSlow(ctx, watch, operation, stepEvent, statusOf(ctx, codesOf(response.Errors)...), began)
	}
	return response
}

// isSubscription reports whether what runs is a subscription. A document that can't be run has no operation: gqlgen renders its
// errors as a response too.
func isSubscription(operation *graphql.OperationContext) bool {
	return operation.Operation != nil && operation.Operation.Operation == ast.Subscription
}

// noteSlow logs and counts what began at a time, if it was slow.
func (s *Server) noteSlow(ctx context.Context, watch *slowlog.Watch, operation *graphql.OperationContext, step, status string, began time.Time) {
	took := time.Since(began)
	if !watch.IsSlow(took) {
		return
	}
	kind := string(operation.Operation.Operation)
	if s.Count.Slow != nil {
		s.Count.Slow(kind)
	}
	watch.Log(ctx, slowlog.Operation{
		Name: nameOf(operation), Type: kind, Step: step, Document: hashOf(operation), Status: status, Took: took,
	})
}
