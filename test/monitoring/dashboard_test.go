package monitoring_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A dashboard is a file of Grafana, as far as the test reads it.
type dashboard struct {
	Panels []struct {
		ID                       int
		Type, Title, Description string
		Targets                  []struct{ Expr, LegendFormat string }
	}
	Templating struct {
		List []struct{ Name, Type, Definition string }
	}
}

// questions are the titles of its rows.
var questions = []string{
	"Is it healthy?", "Who is connected?", "How fast do changes arrive?", "What is shared?", "What fails?", "Which features are used?",
}

// ofGrafana replaces what Grafana puts into a query, where that is not a string for Prometheus.
var ofGrafana = strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h")

var (
	labelInLegend = regexp.MustCompile(`\{\{(\w+)\}\}`)
	valuesOfLabel = regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`)
)

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/grafana/tandem.json")
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every query of the dashboard reads metrics and labels that an instance exposes, and its legend names labels of the result.
func TestDashboardReadsMetricsThatExist(t *testing.T) {
	t.Parallel()
	d, metrics := readDashboard(t), expose(t)
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			result, err := metrics.check(ofGrafana.Replace(target.Expr))
			if err != nil {
				t.Errorf("%s: %s: %v", panel.Title, target.Expr, err)
				continue
			}
			for _, name := range labelInLegend.FindAllStringSubmatch(target.LegendFormat, -1) {
				if !result[name[1]] {
					t.Errorf("%s: the legend %q names a label that the result lacks; it has: %s", panel.Title, target.LegendFormat, result)
				}
			}
		}
	}
	for _, variable := range d.Templating.List {
		if variable.Type != "query" {
			continue
		}
		if of := valuesOfLabel.FindStringSubmatch(variable.Definition); of == nil || !metrics[of[1]][of[2]] {
			t.Errorf("the variable %s has values of %s, which do not exist", variable.Name, variable.Definition)
		}
	}
}

// The dashboard has a row for each question, and every panel explains itself.
func TestDashboardAnswersQuestions(t *testing.T) {
	t.Parallel()
	var rows []string
	ids, panels := map[int]bool{}, 0
	for _, panel := range readDashboard(t).Panels {
		if ids[panel.ID] {
			t.Errorf("two panels have the id %d", panel.ID)
		}
		ids[panel.ID] = true
		if panel.Type == "row" {
			rows, panels = append(rows, panel.Title), 0
			continue
		}
		panels++
		if len(rows) == 0 || panel.Title == "" || panel.Description == "" || len(panel.Targets) == 0 {
			t.Errorf("the panel %d %q needs a row, a title, a description and a query", panel.ID, panel.Title)
		}
	}
	if !slices.Equal(rows, questions) || panels == 0 {
		t.Errorf("got the rows %q, the last with %d panels", rows, panels)
	}
}
