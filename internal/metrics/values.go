package metrics

import (
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// Values returns the present value of each metric by its name and labels, as name{label="value"}. A histogram has two: its
// name with _sum and with _count. A family that can't be read is left out, as in a scrape.
func (r *Registry) Values() map[string]float64 {
	families, _ := r.registry.Gather()
	values := make(map[string]float64)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name, labels := family.GetName(), labelsOf(metric)
			switch family.GetType() {
			case dto.MetricType_COUNTER:
				values[name+labels] = metric.GetCounter().GetValue()
			case dto.MetricType_GAUGE:
				values[name+labels] = metric.GetGauge().GetValue()
			case dto.MetricType_HISTOGRAM:
				values[name+"_sum"+labels] = metric.GetHistogram().GetSampleSum()
				values[name+"_count"+labels] = float64(metric.GetHistogram().GetSampleCount())
			}
		}
	}
	return values
}

func labelsOf(metric *dto.Metric) string {
	if len(metric.GetLabel()) == 0 {
		return ""
	}
	labels := make([]string, len(metric.GetLabel()))
	for i, label := range metric.GetLabel() {
		labels[i] = label.GetName() + `="` + label.GetValue() + `"`
	}
	return "{" + strings.Join(labels, ",") + "}"
}
