package metrics_test

import (
	"encoding/json"
	"maps"
	"math"
	"strings"
	"testing"

	"tandem/internal/metrics"
)

func TestValues(t *testing.T) {
	t.Parallel()
	r := metrics.New()
	r.Read([]metrics.Family{
		{Name: "tandem_open", Help: "Open.", Labels: []string{"state", "of"}},
		{Name: "tandem_done_total", Kind: metrics.Counter, Help: "Done."},
	}, func(set metrics.Set) {
		set("tandem_open", 3, "used", "all")
		set("tandem_open", math.NaN(), "unknown", "all")
		set("tandem_open", math.Inf(1), "endless", "all")
		set("tandem_open", math.Inf(-1), "bottomless", "all")
		set("tandem_done_total", 7)
	})
	wait := r.Histogram(metrics.Family{Name: "tandem_wait_seconds", Help: "Wait.", Labels: []string{"over"}}, []float64{1})
	wait(0.5, "sse")
	wait(2, "sse")
	values := r.Values()
	if _, err := json.Marshal(values); err != nil {
		t.Error(err)
	}
	maps.DeleteFunc(values, func(name string, _ float64) bool { return !strings.HasPrefix(name, "tandem_") })
	want := map[string]float64{
		`tandem_open{of="all",state="used"}`: 3, "tandem_done_total": 7,
		`tandem_wait_seconds_sum{over="sse"}`: 2.5, `tandem_wait_seconds_count{over="sse"}`: 2,
	}
	if !maps.Equal(values, want) {
		t.Errorf("got %v, want %v", values, want)
	}
}
