package httpd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/engine"
	"tandem/internal/transport"
	"tandem/internal/transport/stream"
	"tandem/internal/transport/websocket"
)

// An Operation describes an operation that ran. All but Name and Took have few values.
type Operation struct {
	// Name is the name that the client chose, or for an operation without one the beginning of the SHA-256 of
	// its document. It has at most cost.MaxName bytes.
	Name string
	// Type is one of OperationTypes, Transport one of Transports, and Status one of Statuses.
	Type, Transport, Status string
	// Took is the time from the arrival of the operation to its response, or until the subscription had begun.
	Took time.Duration
}

// The values of an Operation, and of how a subscription began after a cursor.
var (
	OperationTypes = []string{string(ast.Query), string(ast.Mutation), string(ast.Subscription)}
	Transports     = []string{overHTTP, overPolling, overStream, overWebSocket}
	Statuses       = []string{statusOK, statusRefused, statusFailed, statusCanceled}
	Resumptions    = []string{resumed, resynced, unresumed}
)

const (
	overHTTP      = "http"
	overPolling   = "polling"   // a query over HTTP that reads Count.Polled
	overStream    = "sse"       // a subscription over HTTP, whatever the format of its stream
	overWebSocket = "websocket" // any operation on a socket

	statusOK       = "ok"
	statusRefused  = "refused"  // by a rule: the client has to send something else
	statusFailed   = "failed"   // by the server: the same operation can succeed
	statusCanceled = "canceled" // by the client, which left

	resumed   = "resumed"
	resynced  = "resync" // the log can't be read after the cursor
	unresumed = "failed"
)

const (
	// transportExtension is the name under which the statistics of an operation have its transport.
	transportExtension = "transport"
	// hashLength is how many digits of a document's hash identify it. Among 100 documents, two have the same
	// digits with a probability of 1 in 10^10.
	hashLength = 12
)

// transportLabel returns the label of a transport. Subscriptions and polls over plain HTTP have labels of their own.
func transportLabel(t graphql.Transport) string {
	switch t.(type) {
	case *websocket.Server:
		return overWebSocket
	case *stream.SingleConnection:
		return overStream
	}
	return overHTTP
}

// countOperations counts queries and mutations. Subscriptions share executions, so the engine counts
// them.
func (s *Server) countOperations(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	operation := graphql.GetOperationContext(ctx)
	responses := next(ctx)
	if operation.Operation.Operation == ast.Subscription {
		return responses
	}
	return func(inner context.Context) *graphql.Response {
		response := responses(inner)
		if response != nil {
			// Not of inner, which limitTime has ended by now: ctx ends early only if the client leaves.
			s.Count.operation(operation, statusOf(ctx, codesOf(response.Errors)...))
		}
		return response
	}
}

// countSubscription counts, traces and watches an attempt to subscribe, which has the context that it returns.
func (s *Server) countSubscription(ctx context.Context, operation *graphql.OperationContext) (attempt context.Context, ended func(after string, err error)) {
	attempt, watch := s.Slow.Watch(ctx)
	return attempt, func(after string, err error) {
		status := s.subscribed(ctx, operation, after, err)
		s.noteSlow(graphql.WithOperationContext(ctx, operation), watch, operation, stepSubscribe, status, operation.Stats.OperationStart)
	}
}

// subscribed counts and traces an attempt to subscribe, which has just ended, and returns its status.
func (s *Server) subscribed(ctx context.Context, operation *graphql.OperationContext, after string, err error) (status string) {
	var codes []string
	if err != nil {
		codes = codesOfError(err)
	}
	status = statusOf(ctx, codes...)
	s.Count.operation(operation, status)
	if s.Tracer != nil {
		s.Tracer.Subscribed(ctx, describe(ctx, operation), operation.Stats.OperationStart, status, status == statusFailed)
	}
	if s.Count.Resumed != nil && after != "" {
		s.Count.Resumed(resumption(status, codes))
	}
	return status
}

// operation counts an operation, and the fields at its root.
func (n Count) operation(operation *graphql.OperationContext, status string) {
	if n.Operation == nil {
		return
	}
	took, kind := time.Since(operation.Stats.OperationStart), string(operation.Operation.Operation)
	polls := false
	for _, field := range engine.RootFields(operation) {
		if !strings.HasPrefix(field.Name, "__") {
			n.Field(kind, field.Name)
		}
		polls = polls || field.Name == n.Polled
	}
	n.Operation(Operation{Name: nameOf(operation), Type: kind, Transport: transportOf(operation, polls), Status: status, Took: took})
}

// nameOf returns the name of an operation, or the beginning of the hash of its document: that by which persisted
// queries name it too.
func nameOf(operation *graphql.OperationContext) string {
	if name := operation.Operation.Name; name != "" {
		return name
	}
	return hashOf(operation)
}

// hashOf returns the beginning of the hash of an operation's document.
func hashOf(operation *graphql.OperationContext) string {
	sum := sha256.Sum256([]byte(operation.RawQuery))
	return "sha256:" + hex.EncodeToString(sum[:])[:hashLength]
}

// transportOf returns how an operation came. polls reports whether it reads Count.Polled.
func transportOf(operation *graphql.OperationContext, polls bool) string {
	over, _ := operation.Stats.GetExtension(transportExtension).(string)
	switch {
	case over != overHTTP:
		return over
	case operation.Operation.Operation == ast.Subscription:
		return overStream
	case polls:
		return overPolling
	}
	return overHTTP
}

// statusOf returns the status of an operation with the codes of its errors.
func statusOf(ctx context.Context, codes ...string) string {
	status := statusOK
	for _, code := range codes {
		switch collab.Code(code) {
		case collab.Internal, collab.Unavailable, collab.Timeout:
			if errors.Is(ctx.Err(), context.Canceled) {
				return statusCanceled
			}
			return statusFailed
		}
		status = statusRefused
	}
	return status
}

// codesOf returns the codes of the errors in a response.
func codesOf(errs gqlerror.List) []string {
	codes := make([]string, 0, len(errs))
	for _, err := range errs {
		codes = append(codes, fmt.Sprint(err.Extensions["code"])) // of several types
	}
	return codes
}

// codesOfError returns the codes of an error that has not been presented to a client yet.
func codesOfError(err error) []string {
	if list, is := errors.AsType[gqlerror.List](err); is {
		return codesOf(list)
	}
	if busy, is := errors.AsType[*transport.Busy](err); is {
		return []string{busy.Code}
	}
	return []string{string(collab.CodeOf(err))}
}

// resumption returns how a subscription began after a cursor.
func resumption(status string, codes []string) string {
	switch {
	case status == statusOK:
		return resumed
	case len(codes) > 0 && codes[0] == string(collab.ResyncRequired):
		return resynced
	}
	return unresumed
}
