package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// logged is a message of the server log in a document: its level, and its text in backticks, of which "…" stands for the rest.
var logged = regexp.MustCompile("\\b(?:ERROR|WARN|INFO) `([^`]+)`")

// Messages of the server log that docs/operations/observe.md explains are in the code.
func TestDocumentedLogMessagesExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/operations/observe.md")
	if err != nil {
		t.Fatal(err)
	}
	messages := logged.FindAllStringSubmatch(string(text), -1)
	if len(messages) < 20 {
		t.Fatalf("found %d messages", len(messages))
	}
	texts := textsOf(productionFiles(t, "../../internal", "../../resolvers"))
	for _, m := range messages {
		if message := strings.TrimSpace(strings.Trim(m[1], "…")); !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, message) }) {
			t.Errorf("docs/operations/observe.md explains %q, which nothing logs", m[1])
		}
	}
}
