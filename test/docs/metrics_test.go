package docs_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var metricName = regexp.MustCompile(`^tandem_[a-z_]+$`)

// Every metric of the program has a row in docs/operations/observe.md with its meaning, and every metric there is one of the program.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/operations/observe.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := documentedMetrics(t, string(text))
	exists := map[string]bool{}
	for _, name := range textsOf(productionFiles(t, "../../internal/server")) {
		if metricName.MatchString(name) {
			exists[name] = true
		}
	}
	if len(exists) < 40 {
		t.Fatalf("found %d metrics", len(exists))
	}
	for name := range exists {
		if !slices.Contains(documented, name) {
			t.Errorf("docs/operations/observe.md does not explain %s", name)
		}
	}
	for _, name := range documented {
		if !exists[name] {
			t.Errorf("docs/operations/observe.md explains %s, which is not a metric", name)
		}
	}
}

// documentedMetrics returns the metrics in the table of a document: each row has their names, labels and meaning.
func documentedMetrics(t *testing.T, text string) (names []string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "| `tandem_") {
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) < 5 || len(strings.TrimSpace(cells[3])) < len("always 1") {
			t.Errorf("no meaning in %s", line)
			continue
		}
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			names = append(names, name[1])
		}
	}
	return names
}
