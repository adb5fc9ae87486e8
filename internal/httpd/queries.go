package httpd

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"tandem/internal/cost"
	"tandem/internal/transport"
)

// maxErrors bounds the errors of one response: a document may have one for each word.
const maxErrors = 50

// limitCost refuses documents and operations that would cost too much, on all
// transports.
type limitCost struct {
	// parsed are the documents that were found valid, and need no second look.
	parsed graphql.Cache[*ast.QueryDocument]
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = limitCost{}

// ExtensionName names the extension.
func (limitCost) ExtensionName() string { return "limitCost" }

// Validate has nothing to find wrong.
func (limitCost) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters looks at how a new document is written, before it is
// validated, since that alone can take seconds. To parse it twice takes little.
func (l limitCost) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if _, known := l.parsed.Get(ctx, params.Query); known {
		return nil
	}
	if err := transport.CheckDocument(params.Query); err != nil {
		wrong := gqlerror.Errorf("%s", err)
		errcode.Set(wrong, errcode.ParseFailed)
		return refuseCost(ctx, wrong)
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: params.Query}, maxTokens)
	if err != nil {
		return nil // the executor meets it too, and says so
	}
	return refuseCost(ctx, cost.Shape(doc))
}

// MutateOperationContext looks at what an operation asks for.
func (limitCost) MutateOperationContext(ctx context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	return refuseCost(ctx, cost.Check(operation.Operation, operation.Variables))
}

func refuseCost(ctx context.Context, err *gqlerror.Error) *gqlerror.Error {
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

// limitErrors keeps the response to a document that is wrong everywhere short.
func limitErrors(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	if response != nil && len(response.Errors) > maxErrors {
		response.Errors = response.Errors[:maxErrors]
	}
	return response
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
