package bench_test

import (
	"crypto/rand"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// watched are settings under which operations are watched more and more.
var watched = []struct {
	name     string
	settings map[string]string
}{
	{"nothing", map[string]string{"SLOW_OPERATION": "0"}},
	{"slow-log", map[string]string{}}, // the default
	{"traced-0.01", map[string]string{"OTEL_TRACES_SAMPLER_ARG": "0.01"}},
	{"traced-1", map[string]string{"OTEL_TRACES_SAMPLER_ARG": "1"}},
}

// BenchmarkWatching measures what traces and the log of slow operations cost a query and a mutation over HTTP. The collector is in this
// process, and throws away what it reads.
func BenchmarkWatching(b *testing.B) {
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	b.Cleanup(collector.Close)
	for _, name := range []string{"sqlite", "postgres"} {
		for _, watch := range watched {
			settings, database := benchSettings(b, name)
			maps.Copy(settings, watch.settings)
			if watch.settings["OTEL_TRACES_SAMPLER_ARG"] != "" {
				settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.URL
			}
			ada := servertest.Join(b, servertest.Start(b, settings), rand.Text(), "ada", collab.RoleMember)
			customer := ada.Create(servertest.Object{"name": "0"})
			version := 0
			for operation, run := range map[string]func(){
				"query": func() { ada.Ask("query Find { customers(first: 20) { nodes { name owner { name } } } }", nil) },
				"mutation": func() {
					version++
					ada.Update(customer, version, servertest.Object{"name": strconv.Itoa(version)})
				},
			} {
				b.Run(name+"/"+operation+"/"+watch.name, func(b *testing.B) {
					used := measureCPU(b, database)
					for b.Loop() {
						run()
					}
					b.ReportMetric(float64(used.used(b).Microseconds())/float64(b.N), "cpu-µs/op")
				})
			}
		}
	}
}
