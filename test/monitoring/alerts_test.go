package monitoring_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

const folder = "../../deploy/prometheus/"

// An alert is a rule of Prometheus, as far as the test reads it.
type alert struct {
	Alert, Expr string
	Labels      map[string]string
	Annotations map[string]string
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(folder + file)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func readAlerts(t *testing.T) (alerts []alert) {
	t.Helper()
	var rules struct{ Groups []struct{ Rules []alert } }
	readYAML(t, "alerts.yaml", &rules)
	for _, group := range rules.Groups {
		alerts = append(alerts, group.Rules...)
	}
	if len(alerts) < 10 {
		t.Fatalf("there are %d alerts", len(alerts))
	}
	return alerts
}

func TestAlertsReadMetricsThatExist(t *testing.T) {
	t.Parallel()
	metrics := expose(t)
	for _, a := range readAlerts(t) {
		if _, err := metrics.check(a.Expr); err != nil {
			t.Errorf("%s: %v", a.Alert, err)
		}
	}
}

// Each alert has a severity, a summary, a runbook in docs/operations/alerts.md, and a test in which it fires. Each
// runbook there is that of an alert.
func TestAlertsHaveRunbooks(t *testing.T) {
	t.Parallel()
	fire, runbooks, alerts := firing(t), runbooks(t), readAlerts(t)
	for _, a := range alerts {
		if severity := a.Labels["severity"]; severity != "critical" && severity != "warning" || a.Annotations["summary"] == "" {
			t.Errorf("%s needs a severity, critical or warning, and a summary", a.Alert)
		}
		if want := "docs/operations/alerts.md#" + strings.ToLower(a.Alert); a.Annotations["runbook"] != want {
			t.Errorf("%s has the runbook %q, want %s", a.Alert, a.Annotations["runbook"], want)
		}
		if len(runbooks[a.Alert]) < 80 {
			t.Errorf("docs/operations/alerts.md does not say what to do about %s", a.Alert)
		}
		if !fire[a.Alert] {
			t.Errorf("%s fires in no test of alerts_test.yaml", a.Alert)
		}
		delete(runbooks, a.Alert)
	}
	for name := range runbooks {
		t.Errorf("docs/operations/alerts.md has a runbook for %s, which is not an alert", name)
	}
}

// firing returns the alerts that fire in alerts_test.yaml.
func firing(t *testing.T) map[string]bool {
	t.Helper()
	var file struct {
		Tests []struct {
			Cases []struct {
				Alertname string
				Expected  []any `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	readYAML(t, "alerts_test.yaml", &file)
	fire := map[string]bool{}
	for _, test := range file.Tests {
		for _, c := range test.Cases {
			fire[c.Alertname] = fire[c.Alertname] || len(c.Expected) > 0
		}
	}
	return fire
}

var headingOfRunbook = regexp.MustCompile(`(?m)^## (\w+)\n`)

// runbooks returns the texts below the headings of docs/operations/alerts.md, by alert.
func runbooks(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	section := string(text)
	texts, found := map[string]string{}, headingOfRunbook.FindAllStringSubmatchIndex(section, -1)
	for i, at := range found {
		end := len(section)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		texts[section[at[2]:at[3]]] = strings.TrimSpace(section[at[1]:end])
	}
	return texts
}

// Prometheus accepts its files, and the alerts fire when they should and are silent otherwise.
func TestPrometheusAcceptsItsFiles(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Fatal("promtool of Prometheus is missing; install it, on Debian as root with: make promtool")
	}
	for _, arguments := range [][]string{
		{"check", "config", "prometheus.yaml"}, {"check", "rules", "alerts.yaml"}, {"test", "rules", "alerts_test.yaml"},
	} {
		command := exec.CommandContext(t.Context(), promtool, arguments...)
		command.Dir = folder
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(arguments, " "), err, out)
		}
	}
}
