package english_test

import (
	"strings"
	"testing"

	"tandem/internal/english"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		english.Plural("deal"): "deals", english.Plural("company"): "companies", english.Plural("survey"): "surveys",
		english.Plural("address"): "addresses", english.Plural("branch"): "branches", english.Plural("TaxBox"): "TaxBoxes",
		english.WithArticle("call"): "a call", english.WithArticle("order"): "an order",
		english.Counted(1, "reply"): "1 reply", english.Counted(2, "reply"): "2 replies",
		english.Times(2): "twice", english.Times(3): "3 times",
		english.List(nil): "", english.List(strings.Fields("a")): "a", english.List(strings.Fields("a b")): "a and b", english.List(strings.Fields("a b c")): "a, b and c",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
