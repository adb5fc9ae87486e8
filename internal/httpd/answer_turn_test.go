package httpd

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// Of several large responses of one organization one is completed at a time. Small ones, and those of others, do not
// wait for it.
func TestLargeAnswersTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		queue := fair.New(fair.Limits{Total: 2, PerOrg: 1})
		begin := func(org collab.ID, bytes int) (*answerBudget, <-chan error) {
			budget := &answerBudget{turn: answerTurn{queue: queue}}
			budget.most.Store(maxAnswer)
			ctx := collab.WithClaims(context.WithValue(t.Context(), answerBudgetKey{}, budget), collab.Claims{OrganizationID: org, UserID: "ada"})
			ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Field: graphql.CollectedField{Field: &ast.Field{Definition: &ast.FieldDefinition{}}}})
			resolved := make(chan error, 1)
			go func() {
				_, err := countBytes(ctx, func(context.Context) (any, error) { return strings.Repeat("x", bytes), nil })
				resolved <- err
			}()
			synctest.Wait()
			return budget, resolved
		}
		waits := func(what string, resolved <-chan error, want bool) {
			t.Helper()
			select {
			case err := <-resolved:
				if want || err != nil {
					t.Errorf("%s does not wait, %v", what, err)
				}
			default:
				if !want {
					t.Errorf("%s waits", what)
				}
			}
		}
		first, one := begin("acme", largeAnswer+1)
		waits("the first", one, false)
		second, two := begin("acme", largeAnswer+1)
		waits("the second", two, true)
		_, small := begin("acme", largeAnswer/2)
		waits("a small one", small, false)
		other, three := begin("globex", largeAnswer+1)
		waits("another organization's", three, false)
		first.turn.release()
		synctest.Wait()
		waits("the second, after the first,", two, false)
		second.turn.release()
		other.turn.release()
	})
}

func TestWaitingForATurnEndsWithTheOperation(t *testing.T) {
	t.Parallel()
	queue := fair.New(fair.Limits{Total: 1})
	held := &answerTurn{queue: queue}
	if err := held.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	waiting := &answerTurn{queue: queue}
	if err := waiting.take(ended); err == nil {
		t.Error("a response took a turn that another one has")
	}
	waiting.release()
	held.release()
	if err := waiting.take(t.Context()); err != nil {
		t.Errorf("the turn was not released: %v", err)
	}
}
