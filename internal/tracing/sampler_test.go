package tracing

import (
	"context"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func TestSampler(t *testing.T) {
	t.Parallel()
	const wanted, unwanted = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
	for _, test := range []struct {
		name, parent string
		kind         trace.SpanKind
		drawn        float64
		sampled      bool
	}{
		{"a request", "", trace.SpanKindServer, 0.2, true},
		{"a request above the ratio", "", trace.SpanKindServer, 0.25, false},
		{"a request of a traced client", wanted, trace.SpanKindServer, 0.2, true},
		{"a request of a traced client above the ratio", wanted, trace.SpanKindServer, 0.25, false},
		{"a request of an untraced client", unwanted, trace.SpanKindServer, 0, false},
		{"an operation on a socket", "", trace.SpanKindInternal, 0.2, true},
		{"an operation on a socket above the ratio", "", trace.SpanKindInternal, 0.25, false},
		{"an announcement", wanted, trace.SpanKindConsumer, 0.9, true},
		{"below a request that is not traced", unwanted, trace.SpanKindInternal, 0, false},
	} {
		s := sampler{0.25, func() float64 { return test.drawn }}
		got := s.ShouldSample(sdk.SamplingParameters{ParentContext: parse(context.Background(), test.parent), Kind: test.kind})
		if sampled := got.Decision == sdk.RecordAndSample; sampled != test.sampled {
			t.Errorf("%s: sampled is %t", test.name, sampled)
		}
	}
}
