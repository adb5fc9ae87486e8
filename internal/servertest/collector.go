package servertest

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	"google.golang.org/protobuf/proto"
)

// A Span is a span that a Collector received.
type Span struct {
	Trace, ID, Parent, Name string
	// Attributes are its own, and those of its instance.
	Attributes map[string]string
}

// A Collector takes traces by OTLP over HTTP.
type Collector struct {
	URL string

	mu      sync.Mutex // guards what follows
	spans   []Span
	headers http.Header // of the last request
	away    bool
}

// Collect starts a collector.
func Collect(t testing.TB) *Collector {
	t.Helper()
	c := &Collector{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.take(t, w, r) }))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

// SetAway has the collector refuse what comes, or take it again.
func (c *Collector) SetAway(away bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = away
}

// Spans returns what came so far.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// Header returns a header of the last request.
func (c *Collector) Header(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.headers.Get(name)
}

func (c *Collector) take(t testing.TB, w http.ResponseWriter, r *http.Request) {
	var request collector.ExportTraceServiceRequest
	unzipped, err := gzip.NewReader(r.Body)
	if err != nil {
		t.Error(err)
		return
	}
	body, err := io.ReadAll(unzipped)
	if err == nil {
		err = proto.Unmarshal(body, &request)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		t.Errorf("not a request of OTLP at %s: %v", r.URL.Path, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.headers = r.Header
	if c.away {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	c.spans = append(c.spans, spansOf(&request)...)
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func spansOf(request *collector.ExportTraceServiceRequest) (spans []Span) {
	for _, instance := range request.ResourceSpans {
		for _, scope := range instance.ScopeSpans {
			for _, span := range scope.Spans {
				attributes := make(map[string]string)
				for _, attribute := range slices.Concat(instance.Resource.Attributes, span.Attributes) {
					attributes[attribute.Key] = textOf(attribute.Value)
				}
				spans = append(spans, Span{
					Trace: hex.EncodeToString(span.TraceId), ID: hex.EncodeToString(span.SpanId), Parent: hex.EncodeToString(span.ParentSpanId),
					Name: span.Name, Attributes: attributes,
				})
			}
		}
	}
	return spans
}

func textOf(value *common.AnyValue) string {
	if text, ok := value.Value.(*common.AnyValue_StringValue); ok {
		return text.StringValue
	}
	return value.String()
}
