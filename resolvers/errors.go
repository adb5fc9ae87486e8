package resolvers

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
)

// Present turns any error into the error that a client gets. A *collab.Error or a Problem
// keeps its message and code. Any other error is logged, and becomes INTERNAL without its text.
// The cause of an UNAVAILABLE is logged too, but only once in a while: an outage affects every request.
func (r *Resolver) Present(ctx context.Context, err error) *gqlerror.Error {
	shown := graphql.DefaultErrorPresenter(ctx, err)
	known, isKnown := errors.AsType[*collab.Error](err)
	problem, isProblem := asProblem(err)
	switch {
	case isKnown:
		if known.Code == collab.Unavailable {
			r.away.add("a client was told UNAVAILABLE", err, "path", shown.Path.String())
		}
		return withRetry(present(shown, known.Code, known.Message), known)
	case introspects(ctx):
		return present(shown, collab.Forbidden, "introspection is off on this server; schema.graphqls has the schema")
	case isProblem:
		return present(shown, collab.BadInput, problem.Error())
	case shown.Err == nil: // made by the parser or the validator, about the document
		return shown
	case errors.Is(err, context.DeadlineExceeded):
		return present(shown, collab.Timeout, "this took too long and was given up; ask for less, or try again, a write with the same clientMutationId")
	case errors.Is(err, context.Canceled):
		return present(shown, collab.Unavailable, "the request ended before the answer was there")
	}
	r.log.ErrorContext(ctx, "internal error", "path", shown.Path.String(), "error", err)
	return present(shown, collab.Internal, "something went wrong on our side; try again")
}

// introspects reports whether an error was caused by an introspection query while
// introspection is off. gqlgen has no error type for it.
func introspects(ctx context.Context) bool {
	field := graphql.GetFieldContext(ctx)
	if field == nil || !graphql.HasOperationContext(ctx) || !graphql.GetOperationContext(ctx).DisableIntrospection {
		return false
	}
	return field.Field.Field != nil && (field.Field.Name == "__schema" || field.Field.Name == "__type")
}

func present(shown *gqlerror.Error, code collab.Code, message string) *gqlerror.Error {
	return &gqlerror.Error{
		Message: message, Path: shown.Path, Locations: shown.Locations,
		Extensions: map[string]any{"code": code},
	}
}

// withRetry adds the time after which to retry, if it is known.
func withRetry(shown *gqlerror.Error, err *collab.Error) *gqlerror.Error {
	if err.RetryAfter > 0 {
		shown.Extensions["retryAfterMs"] = err.RetryAfter.Milliseconds() + 1 // rounded up, so that a retry is not too early
	}
	return shown
}

// Recover turns a panic of a resolver into an error, which Present then logs and hides.
func (r *Resolver) Recover(_ context.Context, cause any) error {
	return fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
}

// asProblem returns the Problem in err's chain. A conflict is one by the type of its entity.
func asProblem(err error) (collab.Problem, bool) {
	if conflict, ok := errors.AsType[*collab.Conflict](err); ok {
		return conflict.Typed(), true
	}
	return errors.AsType[collab.Problem](err)
}

// answer returns the result of a mutation whose result is a union: what it did, a Problem
// as data, or a failure.
func answer[T any](done T, err error) (collab.Answer, error) {
	if problem, ok := asProblem(err); ok {
		return problem, nil
	}
	if err != nil {
		return nil, err
	}
	return done, nil
}
