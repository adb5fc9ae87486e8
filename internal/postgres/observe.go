package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// An Observer is called after each statement, with its text, which has placeholders for the values. ctx is that of the
// call to the store. It must be quick.
type Observer = func(ctx context.Context, text string, began time.Time, err error)

// observed reports the statements of a pool to observers.
type observed []Observer

func (o observed) ran(ctx context.Context, text string, began time.Time, err error) {
	for _, observe := range o {
		observe(ctx, text, began, err)
	}
}

// A begun is a statement that runs outside a batch.
type begun struct {
	text string
	at   time.Time
}

type begunKey struct{}

// TraceQueryStart is pgx.QueryTracer's.
func (o observed) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, begunKey{}, begun{data.SQL, time.Now()})
}

// TraceQueryEnd is pgx.QueryTracer's.
func (o observed) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if b, ok := ctx.Value(begunKey{}).(begun); ok {
		o.ran(ctx, b.text, b.at, data.Err)
	}
}

// TraceBatchStart is pgx.BatchTracer's.
func (o observed) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery is pgx.BatchTracer's. Postgres runs the statements of a batch one after the other, so the time between two
// results is that of one statement.
func (o observed) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	o.ran(ctx, data.SQL, data.ReadStartTime, data.Err)
}

// TraceBatchEnd is pgx.BatchTracer's.
func (o observed) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
