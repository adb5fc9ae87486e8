package kubernetes

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/kubernetes/" + name)
	if err == nil {
		err = yaml.UnmarshalStrict(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// The rule of prometheus-adapter makes the metric that the autoscaler asks for, of pods, from the job of prometheus.yaml.
func TestAdapter(t *testing.T) {
	var adapter struct {
		Rules []struct {
			SeriesQuery, MetricsQuery string
			Name                      struct{ As string }
			Resources                 struct {
				Overrides map[string]struct{ Resource string }
			}
		}
	}
	readYAML(t, "adapter.yaml", &adapter)
	scaler := read(t).scaler.Spec.Metrics[0].Pods
	for _, rule := range adapter.Rules {
		if rule.Name.As == scaler.Metric.Name && rule.SeriesQuery == scaler.Metric.Name+`{job="tandem"}` && strings.HasPrefix(rule.MetricsQuery, "sum(") &&
			rule.Resources.Overrides["namespace"].Resource == "namespace" && rule.Resources.Overrides["pod"].Resource == "pod" {
			return
		}
	}
	t.Errorf("no rule of %+v makes %s of pods", adapter.Rules, scaler.Metric.Name)
}

// The job has the name that the alerts expect, and keeps the port of the metrics of the pods.
func TestScrapeJob(t *testing.T) {
	var config struct {
		Jobs []struct {
			Name      string           `json:"job_name"`
			Discovery []map[string]any `json:"kubernetes_sd_configs"`
			Relabel   []struct {
				From   []string `json:"source_labels"`
				To     string   `json:"target_label"`
				Regex  string
				Action string
			} `json:"relabel_configs"`
		} `json:"scrape_configs"`
	}
	readYAML(t, "prometheus.yaml", &config)
	pod := read(t).deployment.Spec.Template
	job, kept := config.Jobs[0], pod.Labels["app"]+";"+pod.Spec.Containers[0].Ports[1].Name
	var labels []string
	for _, rule := range job.Relabel {
		labels = append(labels, rule.To)
	}
	if job.Name != "tandem" || job.Discovery[0]["role"] != "pod" || job.Relabel[0].Regex != kept || !slices.Contains(labels, "namespace") || !slices.Contains(labels, "pod") {
		t.Errorf("the job is %+v, and has to keep %s", job, kept)
	}
}
