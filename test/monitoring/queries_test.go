package monitoring_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// A query is one that is checked: the labels that its result has, and what is wrong with it.
type query struct {
	of       exposed
	problems []string
}

// check returns the labels of a query's result, and reports the metrics and labels of the query that do not exist.
func (e exposed) check(text string) (labels, error) {
	expression, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return nil, err
	}
	q := &query{of: e}
	result := q.labels(expression)
	if len(q.problems) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(q.problems, "; "))
	}
	return result, nil
}

// labels returns the labels that the result of an expression has.
func (q *query) labels(expression parser.Expr) labels {
	switch e := expression.(type) {
	case *parser.VectorSelector:
		return q.selected(e)
	case *parser.MatrixSelector:
		return q.labels(e.VectorSelector)
	case *parser.SubqueryExpr:
		return q.labels(e.Expr)
	case *parser.ParenExpr:
		return q.labels(e.Expr)
	case *parser.UnaryExpr:
		return q.labels(e.Expr)
	case *parser.AggregateExpr:
		return q.aggregated(e)
	case *parser.BinaryExpr:
		return q.combined(e)
	case *parser.Call:
		return q.called(e)
	case *parser.NumberLiteral, *parser.StringLiteral:
		return labels{}
	}
	q.problem("the test does not know %T", expression)
	return labels{}
}

func (q *query) problem(format string, args ...any) {
	q.problems = append(q.problems, fmt.Sprintf(format, args...))
}

// want reports the names that are not among the labels of an expression.
func (q *query) want(names []string, has labels, expression parser.Expr) {
	for _, name := range names {
		if !has[name] {
			q.problem("%s has no label %s; it has: %s", expression, name, has)
		}
	}
}

func (q *query) selected(e *parser.VectorSelector) labels {
	has, exists := q.of[e.Name]
	if !exists {
		q.problem("there is no metric %s", e.Name)
		return labels{}
	}
	for _, matcher := range e.LabelMatchers {
		if matcher.Name != "__name__" {
			q.want([]string{matcher.Name}, has, e)
		}
	}
	return has
}

func (q *query) aggregated(e *parser.AggregateExpr) labels {
	has := q.labels(e.Expr)
	q.want(e.Grouping, has, e.Expr)
	switch {
	case e.Op == parser.TOPK || e.Op == parser.BOTTOMK:
		return has
	case e.Without:
		rest := maps.Clone(has)
		for _, name := range e.Grouping {
			delete(rest, name)
		}
		return rest
	}
	return labelsOf(e.Grouping...)
}

func (q *query) combined(e *parser.BinaryExpr) labels {
	left, right := q.labels(e.LHS), q.labels(e.RHS)
	matching := e.VectorMatching
	if matching == nil { // one side is a number
		return left.with(right)
	}
	if matching.On {
		q.want(matching.MatchingLabels, left, e.LHS)
		q.want(matching.MatchingLabels, right, e.RHS)
	}
	many, one, of := left, right, e.RHS
	if matching.Card == parser.CardOneToMany {
		many, one, of = right, left, e.LHS
	}
	q.want(matching.Include, one, of)
	switch {
	case e.Op == parser.LOR:
		return left.with(right)
	case matching.Card == parser.CardOneToOne && matching.On:
		return labelsOf(matching.MatchingLabels...)
	}
	return many.with(labelsOf(matching.Include...))
}

func (q *query) called(e *parser.Call) labels {
	result := labels{}
	for _, argument := range e.Args {
		result = result.with(q.labels(argument))
	}
	if e.Func.Name == "histogram_quantile" {
		q.want([]string{"le"}, result, e.Args[1])
		delete(result, "le")
	}
	return result
}

func TestQueriesAreChecked(t *testing.T) {
	t.Parallel()
	of := exposed{
		"open": labelsOf("job", "instance", "protocol"), "info": labelsOf("job", "instance", "region"),
		"took_bucket": labelsOf("job", "instance", "le", "operation"),
	}
	for text, want := range map[string]string{
		`open{protocol="sse"}`:                          "instance, job, protocol",
		`open{color="red"}`:                             "! open{color=\"red\"} has no label color; it has: instance, job, protocol",
		`closed`:                                        "! there is no metric closed",
		`sum by (protocol) (rate(open[5m]))`:            "protocol",
		`sum by (code) (open)`:                          "! open has no label code; it has: instance, job, protocol",
		`sum without (instance) (open)`:                 "job, protocol",
		`topk(3, sum by (protocol) (open)) > 0`:         "protocol",
		`sum(open) / sum(info)`:                         "",
		`open * on (instance) group_left (region) info`: "instance, job, protocol, region",
		`open * on (instance) group_left (color) info`:  "! info has no label color; it has: instance, job, region",
		`histogram_quantile(0.9, sum by (le, operation) (rate(took_bucket[5m])))`: "operation",
		`histogram_quantile(0.9, sum by (operation) (rate(took_bucket[5m])))`:     "! sum by (operation) (rate(took_bucket[5m])) has no label le; it has: operation",
		`max_over_time(sum by (protocol) (open)[1h:1m]) or -info`:                 "instance, job, protocol, region",
		`time() - max by (job) (open) > 3 * 60`:                                   "job",
	} {
		got, err := of.check(text)
		said := got.String()
		if err != nil {
			said = "! " + err.Error()
		}
		if said != want {
			t.Errorf("%s: got %q, want %q", text, said, want)
		}
	}
	if _, err := of.check(`sum(open`); err == nil {
		t.Error("a query that can't be parsed is accepted")
	}
}
