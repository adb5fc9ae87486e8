package metrics_test

import (
	"fmt"
	"testing"

	"tandem/internal/metrics"
)

// BenchmarkOperation times what the metrics of one operation cost: its bounded name, and a histogram with four labels.
func BenchmarkOperation(b *testing.B) {
	names := metrics.NewNames(100)
	took := metrics.New().Histogram(metrics.Family{
		Name: "tandem_took_seconds", Help: "Took.", Labels: []string{"operation", "type", "transport", "status"},
	}, []float64{.005, .01, .025, .05, .1, .25, .5, 1, 10})
	var operations []string
	for i := range 200 {
		operations = append(operations, fmt.Sprint("Operation", i))
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			took(0.02, names.Label(operations[i%len(operations)]), "query", "websocket", "ok")
		}
	})
}
