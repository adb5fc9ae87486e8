package httpd

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
)

// Bounds of one response, in bytes of its JSON. 100 customers with the longest notes have 6 MB in most
// languages.
const (
	maxAnswer = 8 << 20
	// maxEvent is the bound of one event, which the hub keeps while subscribers catch up.
	maxEvent = 2 << 20
	// maxBulk is the bound of a response with a bulk field.
	maxBulk = 64 << 20
)

// bulk is the directive of a field that reads everything that is kept about a person.
const bulk = "bulk"

// Bytes of JSON besides texts: the punctuation of a field, and the longest value that is not a text,
// which is a cursor.
const (
	fieldBytes  = len(`"":,`)
	scalarBytes = 30
)

// An answerBudget bounds the bytes of one response. Each field is charged when it is resolved, before
// its bytes are written.
type answerBudget struct {
	most   atomic.Int64
	used   atomic.Int64
	errors atomic.Int64
	turn   answerTurn
}

type answerBudgetKey struct{}

func (b *answerBudget) spent() bool { return b.used.Load() > b.most.Load() }

var errAnswerTooLarge = collab.Errorf(collab.LimitExceeded, "the response would be larger than the server allows; ask for smaller pages, or for less of each item")

// limitAnswer bounds the bytes of a response. It replaces a larger response by an error: a part of
// the response would look as if data were missing.
func (s *Server) limitAnswer(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	budget := &answerBudget{}
	budget.most.Store(maxAnswer)
	if operation := graphql.GetOperationContext(ctx).Operation; operation != nil && operation.Operation == ast.Subscription {
		budget.most.Store(maxEvent)
	} else {
		budget.turn.queue = s.largeAnswers // events have a turn already
		defer budget.turn.release()
	}
	response := next(context.WithValue(ctx, answerBudgetKey{}, budget))
	if response == nil {
		return nil
	}
	if budget.spent() || int64(len(response.Data)) > budget.most.Load() {
		return &graphql.Response{Errors: gqlerror.List{s.present(ctx, errAnswerTooLarge)}}
	}
	if len(response.Errors) > maxErrors {
		response.Errors = response.Errors[:maxErrors]
	}
	return response
}

// countBytes charges each field to the budget of the response, and resolves no more fields once the
// budget is spent.
func countBytes(ctx context.Context, next graphql.Resolver) (any, error) {
	budget, _ := ctx.Value(answerBudgetKey{}).(*answerBudget)
	if budget == nil { // a subscription that begins has no response yet
		return next(ctx)
	}
	if budget.spent() {
		return nil, errAnswerTooLarge
	}
	value, err := next(ctx)
	field := graphql.GetFieldContext(ctx).Field
	if field.Definition.Directives.ForName(bulk) != nil {
		budget.most.Store(maxBulk)
	}
	used := budget.used.Add(int64(fieldBytes + len(field.Alias) + valueBytes(value)))
	if budget.spent() {
		return nil, errAnswerTooLarge
	}
	if used > largeAnswer {
		if err := budget.turn.take(ctx); err != nil {
			return nil, err
		}
	}
	return value, err
}

// valueBytes returns the approximate length of a field's value as JSON. The fields of an object are
// counted one by one.
func valueBytes(value any) int {
	switch value := value.(type) {
	case string:
		return textBytes(value)
	case *string:
		if value != nil {
			return textBytes(*value)
		}
	case collab.ID:
		return textBytes(string(value))
	case collab.JSON:
		return len(value)
	case []string:
		sum := 0
		for _, text := range value {
			sum += textBytes(text)
		}
		return sum
	case []collab.ID:
		sum := 0
		for _, id := range value {
			sum += textBytes(string(id))
		}
		return sum
	}
	return scalarBytes
}

// textBytes returns the length of a text as JSON.
func textBytes(text string) int {
	n := len(text) + len(`"",`)
	for i := range len(text) {
		switch b := text[i]; {
		case b == '"' || b == '\\' || b == '\n' || b == '\r' || b == '\t':
			n++
		case b < ' ':
			n += len(`\u0000`) - 1
		}
	}
	return n
}

// fewErrors makes a response collect no more errors than it shows.
func fewErrors(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		budget, _ := ctx.Value(answerBudgetKey{}).(*answerBudget)
		if budget != nil && (budget.spent() || budget.errors.Add(1) > maxErrors) {
			return nil // it is not collected
		}
		return present(ctx, err)
	}
}
