package metrics

import (
	"math"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// Values returns the present value of each gauge and counter by its name and labels, as name{label="value"}. A histogram has
// two: its name with _sum and with _count. Metrics of other types are left out, and so are values that are not finite, which
// JSON can't express. A family that can't be read is left out, as in a scrape.
func (r *Registry) Values() map[string]float64 {
	families, _ := r.registry.Gather()
	values := make(map[string]float64)
	set := func(name string, value float64) {
		if !math.IsNaN(value) && !math.IsInf(value, 0) {
			values[name] = value
		}
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name, labels := family.GetName(), labelsOf(metric)
			switch family.GetType() {
			case dto.MetricType_COUNTER:
				set(name+labels, metric.GetCounter().GetValue())
			case dto.MetricType_GAUGE:
				set(name+labels, metric.GetGauge().GetValue())
			case dto.MetricType_HISTOGRAM:
				set(name+"_sum"+labels, metric.GetHistogram().GetSampleSum())
				set(name+"_count"+labels, float64(metric.GetHistogram().GetSampleCount()))
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
