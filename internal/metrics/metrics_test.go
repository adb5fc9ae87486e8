package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tandem/internal/metrics"
)

// scrape returns what Prometheus would read.
func scrape(t *testing.T, r *metrics.Registry) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	r.Handler().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if recorder.Code != http.StatusOK {
		t.Fatalf("status %d: %s", recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func wantLines(t *testing.T, body string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %q in\n%s", line, body)
		}
	}
}

func TestReadAsksAtEachScrape(t *testing.T) {
	t.Parallel()
	r := metrics.New()
	reads := 0.0
	r.Read([]metrics.Family{
		{Name: "tandem_open", Help: "Open.", Labels: []string{"transport"}},
		{Name: "tandem_done_total", Kind: metrics.Counter, Help: "Done."},
	}, func(set metrics.Set) {
		reads++
		set("tandem_open", 3, "websocket")
		set("tandem_open", 4, "sse")
		set("tandem_done_total", reads)
	})
	wantLines(t, scrape(t, r), `tandem_open{transport="websocket"} 3`, `tandem_open{transport="sse"} 4`,
		"# TYPE tandem_open gauge", "# TYPE tandem_done_total counter", "tandem_done_total 1")
	wantLines(t, scrape(t, r), "tandem_done_total 2")
}

func TestCountersBeginAtZero(t *testing.T) {
	t.Parallel()
	r := metrics.New()
	count := r.Counter(metrics.Family{Name: "tandem_refused_total", Help: "Refused.", Labels: []string{"reason"}},
		[]string{"full"}, []string{"origin"})
	wantLines(t, scrape(t, r), `tandem_refused_total{reason="full"} 0`, `tandem_refused_total{reason="origin"} 0`)
	count("full")
	count("full")
	wantLines(t, scrape(t, r), `tandem_refused_total{reason="full"} 2`)
}

func TestHistograms(t *testing.T) {
	t.Parallel()
	r := metrics.New()
	plain := r.Histogram(metrics.Family{Name: "tandem_wait_seconds", Help: "Wait."}, []float64{0.1, 1})
	labelled := r.Histogram(metrics.Family{Name: "tandem_open_seconds", Help: "Open.", Labels: []string{"transport"}}, []float64{1})
	plain(0.05)
	plain(0.5)
	plain(5)
	labelled(0.5, "sse")
	wantLines(t, scrape(t, r), `tandem_wait_seconds_bucket{le="0.1"} 1`, `tandem_wait_seconds_bucket{le="1"} 2`,
		`tandem_wait_seconds_bucket{le="+Inf"} 3`, "tandem_wait_seconds_count 3", `tandem_open_seconds_count{transport="sse"} 1`)
}

// A value that fits no family does not hide the others.
func TestWrongValueHidesNothing(t *testing.T) {
	t.Parallel()
	r := metrics.New()
	r.Read([]metrics.Family{{Name: "tandem_open", Help: "Open."}}, func(set metrics.Set) {
		set("tandem_open", 1)
		set("tandem_opem", 2)
		set("tandem_open", 3, "a label too many")
	})
	wantLines(t, scrape(t, r), "tandem_open 1")
}

func TestRuntimeAndProcess(t *testing.T) {
	t.Parallel()
	body := scrape(t, metrics.New())
	for _, name := range []string{"go_goroutines ", "process_open_fds ", "go_build_info{"} {
		if !strings.Contains(body, "\n"+name) {
			t.Errorf("no %s", name)
		}
	}
}
