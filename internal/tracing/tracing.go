// Package tracing sends traces to an OpenTelemetry collector: a request, its operation, the write and its statements, the
// announcement, and the broadcasts of the change on all instances.
//
// The edges of the program call it; the domain, the hub and the stores know nothing of OpenTelemetry. A nil *Tracer is
// tracing that is off: its methods do nothing, and its decorators return what they are given.
package tracing

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	// maxQueue bounds the spans that wait for the collector. With a low value a busy second loses spans. A high value
	// costs memory while the collector is away: about a kilobyte for each.
	maxQueue = 4096
	// maxExport bounds the spans of one request to the collector.
	maxExport = 512
	// exportEvery is how long a span waits at most until it is sent.
	exportEvery = time.Second
	// exportTimeout bounds one request to the collector. There is one attempt for each span.
	exportTimeout = 5 * time.Second
	// closeTimeout bounds how long Close waits for the collector. The end of the program has room for it.
	closeTimeout = time.Second
)

// A Config says where traces go, and which requests are traced.
type Config struct {
	// Endpoint is the URL of the collector's traces over OTLP and HTTP.
	Endpoint string
	// Headers are sent to the collector, for instance to sign in. They may be secret.
	Headers map[string]string
	// Ratio is the part of the requests that are traced, from 0 to 1.
	Ratio float64
	// Service, Version, Instance and Region describe this instance. An empty Region is left out.
	Service, Version, Instance, Region string
	Log                                *slog.Logger
}

// A Tracer makes spans and sends them to the collector. It never waits for the collector.
type Tracer struct {
	tracer   trace.Tracer
	provider *sdk.TracerProvider
	queue    *queue
}

// New returns a tracer. It does not connect to the collector yet.
func New(ctx context.Context, c Config) (*Tracer, error) {
	exporter, err := otlptracehttp.New(ctx,
		otlptracehttp.WithEndpointURL(c.Endpoint), otlptracehttp.WithHeaders(c.Headers), otlptracehttp.WithTimeout(exportTimeout),
		otlptracehttp.WithCompression(otlptracehttp.GzipCompression), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		return nil, fmt.Errorf("traces can't be sent: %w", err)
	}
	attributes := []attribute.KeyValue{
		attribute.String("service.name", c.Service), attribute.String("service.version", c.Version), attribute.String("service.instance.id", c.Instance),
	}
	if c.Region != "" {
		attributes = append(attributes, attribute.String("cloud.region", c.Region))
	}
	q := newQueue(exporter, c.Log)
	provider := sdk.NewTracerProvider(
		sdk.WithResource(resource.NewSchemaless(attributes...)), sdk.WithSampler(newSampler(c.Ratio)), sdk.WithSpanProcessor(q),
		sdk.WithRawSpanLimits(sdk.SpanLimits{
			AttributeValueLengthLimit: maxAttribute, AttributeCountLimit: 32, EventCountLimit: 0, LinkCountLimit: 0,
		}),
	)
	return &Tracer{tracer: provider.Tracer("tandem", trace.WithInstrumentationVersion(c.Version)), provider: provider, queue: q}, nil
}

// maxAttribute bounds the value of an attribute in characters. The longest are statements.
const maxAttribute = 4096

// Close sends the spans that wait, as far as the collector takes them in time. No span is sent, and nothing is logged,
// after it.
func (t *Tracer) Close() {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	_ = t.provider.Shutdown(ctx)
	t.queue.sender.close()
}

// Dropped returns how many spans the collector did not get.
func (t *Tracer) Dropped() int64 { return t.queue.sender.dropped.Load() }

// isTraced reports whether ctx is part of a trace that is sent.
func isTraced(ctx context.Context) bool { return trace.SpanContextFromContext(ctx).IsSampled() }

// ID returns the id of the trace that ctx belongs to, or "" if it is not traced.
func ID(ctx context.Context) string {
	if c := trace.SpanContextFromContext(ctx); c.IsSampled() {
		return c.TraceID().String()
	}
	return ""
}
