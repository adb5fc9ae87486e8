package tracing

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// A queue has the spans that wait for the collector. It drops and counts those that it has no room for.
type queue struct {
	sdk.SpanProcessor // has room for all spans that OnEnd lets through, so it drops none itself
	sender            *sender
}

func newQueue(exporter sdk.SpanExporter, log *slog.Logger) *queue {
	s := &sender{SpanExporter: exporter, log: log}
	return &queue{sender: s, SpanProcessor: sdk.NewBatchSpanProcessor(s, sdk.WithMaxQueueSize(maxQueue),
		sdk.WithMaxExportBatchSize(maxExport), sdk.WithBatchTimeout(exportEvery), sdk.WithExportTimeout(exportTimeout))}
}

// OnEnd takes a span. It never waits.
func (q *queue) OnEnd(span sdk.ReadOnlySpan) {
	if q.sender.waiting.Add(1) > maxQueue {
		q.sender.waiting.Add(-1)
		q.sender.dropped.Add(1)
		return
	}
	q.SpanProcessor.OnEnd(span)
}

// A sender sends spans to the collector, and counts those that the collector does not take. It logs once when the
// collector is away, and once when it is back.
type sender struct {
	sdk.SpanExporter
	log     *slog.Logger
	waiting atomic.Int64 // spans in the queue and under way
	dropped atomic.Int64

	mu     sync.Mutex // guards what follows, and is held while a line is logged
	away   bool       // the last request failed
	closed bool       // nothing is logged any more
}

// ExportSpans sends spans. It returns no error, since the processor would log each.
func (s *sender) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := s.SpanExporter.ExportSpans(ctx, spans)
	s.waiting.Add(-int64(len(spans)))
	if err != nil {
		s.dropped.Add(int64(len(spans)))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed || s.away == (err != nil):
	case err != nil:
		s.log.Warn("the collector takes no traces; spans are dropped until it does", "error", err)
	default:
		s.log.Info("the collector takes traces again", "dropped", s.dropped.Load())
	}
	s.away = err != nil
	return nil
}

// close ends the log.
func (s *sender) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}
