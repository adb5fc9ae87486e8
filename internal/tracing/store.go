package tracing

import (
	"context"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"tandem/internal/collab"
)

// Store returns a store whose writes are traced.
func (t *Tracer) Store(store collab.Store) collab.Store {
	if t == nil {
		return store
	}
	return &tracedStore{store, t}
}

type tracedStore struct {
	collab.Store
	tracer *Tracer
}

// Write traces a write, if it is part of a trace.
func (s *tracedStore) Write(ctx context.Context, intent collab.Intent, decide collab.Decide) (*collab.Written, error) {
	if !isTraced(ctx) {
		return s.Store.Write(ctx, intent, decide)
	}
	ctx, span := s.tracer.tracer.Start(ctx, "write")
	written, err := s.Store.Write(ctx, intent, decide)
	endWrite(span, 1, err)
	return written, err
}

// WriteAll traces the writes of a batch as one.
func (s *tracedStore) WriteAll(ctx context.Context, writes []collab.Planned) ([]collab.Outcome, error) {
	if !isTraced(ctx) {
		return s.Store.WriteAll(ctx, writes)
	}
	ctx, span := s.tracer.tracer.Start(ctx, "write")
	outcomes, err := s.Store.WriteAll(ctx, writes)
	endWrite(span, len(writes), err)
	return outcomes, err
}

// endWrite ends the span of writes. An error's text may have content, so its code stands for it.
func endWrite(span trace.Span, writes int, err error) {
	span.SetAttributes(attribute.Int("tandem.writes", writes))
	setError(span, err)
	span.End()
}

// setError marks a span as failed if the error is a fault of the server. Refusals are not.
func setError(span trace.Span, err error) {
	switch code := collab.CodeOf(err); {
	case err == nil:
	case code == collab.Internal || code == collab.Unavailable || code == collab.Timeout:
		span.SetStatus(codes.Error, string(code))
	}
}

// Statement traces a statement that has just ended, by its text without the values of its parameters.
func (t *Tracer) Statement(ctx context.Context, text string, began time.Time, err error) {
	if !isTraced(ctx) {
		return
	}
	text = strings.TrimSpace(text)
	verb, _, _ := strings.Cut(text, " ")
	_, span := t.tracer.Start(ctx, "statement "+strings.ToUpper(strings.TrimSpace(verb)), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(began), trace.WithAttributes(attribute.String("db.query.text", text)))
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
