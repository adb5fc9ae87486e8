package httpd

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
)

// Bounds of one response, in bytes of its JSON. 100 customers whose notes are as
// long as they may be have 6 MB in most languages.
const (
	maxAnswer = 8 << 20
	// maxEvent is for one event, which is kept while its subscribers catch up.
	maxEvent = 2 << 20
	// maxExport is for the answer with everything that is kept about a person.
	maxExport = 64 << 20
)

// exportField is the field whose answer may be as long as maxExport.
const exportField = "exportPersonalData"

// Bytes of JSON besides the texts: what surrounds a field, and the longest value
// that is not a text, a cursor.
const (
	fieldBytes  = len(`"":,`)
	scalarBytes = 30
)

// An answerBudget is what one response may still grow by. Fields charge it as they
// are resolved, before their bytes are written anywhere.
type answerBudget struct {
	most   atomic.Int64
	used   atomic.Int64
	errors atomic.Int64
}

type answerBudgetKey struct{}

func (b *answerBudget) spent() bool { return b.used.Load() > b.most.Load() }

var errAnswerTooLarge = collab.Errorf(collab.LimitExceeded, "the answer is larger than the server sends in one piece; ask for smaller pages (first), or for less of each item")

// limitAnswer bounds the bytes of a response. One that would be larger is replaced
// by an error: a part of it would look like data that is gone.
func (c Config) limitAnswer(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	budget := &answerBudget{}
	budget.most.Store(maxAnswer)
	if operation := graphql.GetOperationContext(ctx).Operation; operation != nil && operation.Operation == ast.Subscription {
		budget.most.Store(maxEvent)
	}
	response := next(context.WithValue(ctx, answerBudgetKey{}, budget))
	if response == nil {
		return nil
	}
	if budget.spent() || int64(len(response.Data)) > budget.most.Load() {
		return &graphql.Response{Errors: gqlerror.List{c.Hooks.Present(ctx, errAnswerTooLarge)}}
	}
	if len(response.Errors) > maxErrors {
		response.Errors = response.Errors[:maxErrors]
	}
	return response
}

// countBytes charges the budget of the response with each field, and resolves
// nothing more once it is spent.
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
	if field.Name == exportField {
		budget.most.Store(maxExport)
	}
	budget.used.Add(int64(fieldBytes + len(field.Alias) + valueBytes(value)))
	if budget.spent() {
		return nil, errAnswerTooLarge
	}
	return value, err
}

// valueBytes returns how long a value of a field is as JSON, at least roughly. What
// is below an object is counted field by field.
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

// textBytes returns how long a text is as JSON.
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

// fewErrors has a response collect no more errors than it shows.
func fewErrors(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		budget, _ := ctx.Value(answerBudgetKey{}).(*answerBudget)
		if budget != nil && (budget.spent() || budget.errors.Add(1) > maxErrors) {
			return nil // it is not collected
		}
		return present(ctx, err)
	}
}
