package httpd

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
)

// A field is charged at least what it takes in the answer, for any text.
func TestFieldChargeCoversItsBytes(t *testing.T) {
	t.Parallel()
	text := "\x00\x1f\n\t\r\"\\\u007f<&>文" + strings.Repeat("a", 100)
	var written bytes.Buffer
	graphql.MarshalString(text).MarshalGQL(&written)
	for name, value := range map[string]any{"text": text, "pointer": &text, "list": []string{text}, "ids": []collab.ID{collab.ID(text)}} {
		if charged := valueBytes(value); charged < written.Len() || charged > written.Len()+1 {
			t.Errorf("%s: charged %d for %d bytes", name, charged, written.Len())
		}
	}
	if charged := valueBytes(collab.JSON(`{"a":1}`)); charged != 7 {
		t.Errorf("JSON: charged %d for 7 bytes", charged)
	}
}

// Once a response is as large as it may be, no resolver runs and no error is collected.
func TestNothingIsResolvedBeyondTheBudget(t *testing.T) {
	t.Parallel()
	budget := &answerBudget{}
	budget.most.Store(100_000)
	ctx := graphql.WithFieldContext(context.WithValue(context.Background(), answerBudgetKey{}, budget),
		&graphql.FieldContext{Field: graphql.CollectedField{Field: &ast.Field{Name: "notes", Alias: "notes", Definition: &ast.FieldDefinition{}}}})
	resolved := 0
	for range 50 {
		_, _ = countBytes(ctx, func(context.Context) (any, error) {
			resolved++
			return strings.Repeat("x", 10_000), nil
		})
	}
	if resolved != 10 {
		t.Errorf("%d fields of 10,000 bytes were resolved of a budget of 100,000", resolved)
	}
	present := fewErrors(func(context.Context, error) *gqlerror.Error { return &gqlerror.Error{} })
	if present(ctx, errAnswerTooLarge) != nil {
		t.Error("an error was collected for a response that is replaced")
	}
}

func TestErrorsStopBeingCollected(t *testing.T) {
	t.Parallel()
	present := fewErrors(func(context.Context, error) *gqlerror.Error { return &gqlerror.Error{} })
	budget := &answerBudget{}
	budget.most.Store(maxAnswer)
	ctx := context.WithValue(context.Background(), answerBudgetKey{}, budget)
	collected := 0
	for range 1000 {
		if present(ctx, errAnswerTooLarge) != nil {
			collected++
		}
	}
	if collected != maxErrors {
		t.Errorf("%d errors were collected", collected)
	}
	if present(context.Background(), errAnswerTooLarge) == nil {
		t.Error("an error outside of a response is not shown")
	}
}
