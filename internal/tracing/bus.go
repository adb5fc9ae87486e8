package tracing

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"tandem/internal/collab"
)

// Bus returns a bus whose announcements carry the trace of their request to all instances.
func (t *Tracer) Bus(bus collab.Bus) collab.Bus {
	if t == nil {
		return bus
	}
	return &tracedBus{bus, t}
}

type tracedBus struct {
	collab.Bus
	tracer *Tracer
}

// Announce traces an announcement, which names the span.
func (b *tracedBus) Announce(ctx context.Context, change *collab.Change) error {
	if !isTraced(ctx) {
		return b.Bus.Announce(ctx, change)
	}
	ctx, span := b.tracer.tracer.Start(ctx, "announce", trace.WithSpanKind(trace.SpanKindProducer), trace.WithAttributes(describe(change)...))
	defer span.End()
	traced := *change // which others read already
	traced.Trace = write(ctx)
	err := b.Bus.Announce(ctx, &traced)
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	return err
}

// Listen traces what an instance does with announcements that are part of a trace.
func (b *tracedBus) Listen(ctx context.Context, heard func(*collab.Change)) {
	b.Bus.Listen(ctx, func(change *collab.Change) {
		announced, ok := b.tracer.announced(change)
		if !ok {
			heard(change)
			return
		}
		_, span := b.tracer.tracer.Start(announced, "receive", trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(describe(change)...))
		defer span.End()
		heard(change)
	})
}

// announced returns the context of the announcement of a change, and whether it is part of a trace.
func (t *Tracer) announced(change *collab.Change) (context.Context, bool) {
	if change.Trace == "" {
		return nil, false
	}
	ctx := parse(context.Background(), change.Trace)
	return ctx, isTraced(ctx)
}

// Broadcast traces the delivery of a change to the members of a broadcast, which has just ended.
func (t *Tracer) Broadcast(change *collab.Change, operation string, members int, began time.Time) {
	if t == nil {
		return
	}
	ctx, ok := t.announced(change)
	if !ok {
		return
	}
	_, span := t.tracer.Start(ctx, "broadcast "+operation, trace.WithTimestamp(began), trace.WithAttributes(describe(change)...))
	span.SetAttributes(attribute.Int("tandem.members", members))
	span.End()
}

// describe returns where a change is in which log, and its type.
func describe(change *collab.Change) []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("tandem.organization", string(change.OrgID)), attribute.Int64("tandem.position", change.Cursor.Position),
		attribute.String("tandem.change", string(change.Type)),
	}
}
