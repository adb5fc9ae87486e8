package tracing

import (
	"context"
	"log/slog"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"

	"tandem/internal/eventually"
)

// A stuck exporter hangs until it is released.
type stuck struct{ release chan struct{} }

func (s stuck) ExportSpans(context.Context, []sdk.ReadOnlySpan) error {
	<-s.release
	return nil
}

func (stuck) Shutdown(context.Context) error { return nil }

// While the collector hangs, the queue takes what it has room for, drops the rest without waiting, and counts it.
func TestFullQueueDropsSpans(t *testing.T) {
	t.Parallel()
	exporter := stuck{make(chan struct{})}
	q := newQueue(exporter, slog.New(slog.DiscardHandler))
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(q))
	for range maxQueue + 100 {
		_, span := provider.Tracer("").Start(t.Context(), "span")
		span.End()
	}
	if waiting, dropped := q.sender.waiting.Load(), q.sender.dropped.Load(); waiting != maxQueue || dropped != 100 {
		t.Errorf("%d spans wait, and %d are dropped", waiting, dropped)
	}
	close(exporter.release)
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	eventually.Is(t, "the spans that wait", q.sender.waiting.Load, 0)
}

// A tracer that is off wraps nothing.
func TestOffWrapsNothing(t *testing.T) {
	t.Parallel()
	var off *Tracer
	if off.Store(nil) != nil || off.Bus(nil) != nil || off.Handler(nil) != nil {
		t.Error("a tracer that is off wraps what it is given")
	}
	off.Close()
	if ID(t.Context()) != "" {
		t.Error("a context without a trace has an id")
	}
}
