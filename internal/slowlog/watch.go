package slowlog

import (
	"context"
	"strings"
	"sync"
	"time"

	"tandem/internal/fair"
)

// A Watch is an operation under way: what it has waited for, and the statements that it has sent.
type Watch struct {
	log *Log

	mu           sync.Mutex // guards what follows; innermost
	waited       time.Duration
	statements   int
	inStatements time.Duration
	slowest      string // the text of a statement
	slowestTook  time.Duration
}

// An Operation describes an operation without its variables.
type Operation struct {
	// Name tells it from others. The log takes the name in a line from the context.
	Name string
	// Type is query, mutation or subscription. Step is the part of a subscription: subscribe, or event.
	Type, Step string
	// Document is the beginning of the hash of the document.
	Document string
	// Status is that of its metrics.
	Status string
	Took   time.Duration
}

type watchKey struct{}

// Watch begins to watch an operation, whose calls have the context that it returns.
func (l *Log) Watch(ctx context.Context) (context.Context, *Watch) {
	if l == nil {
		return ctx, nil
	}
	w := &Watch{log: l}
	return context.WithValue(fair.ObserveWaits(ctx, w.wait), watchKey{}, w), w
}

// wait adds a time for which a call waited.
func (w *Watch) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waited += d
}

// Statement adds a statement that has just ended to the operation of ctx.
func (l *Log) Statement(ctx context.Context, text string, began time.Time, _ error) {
	w, ok := ctx.Value(watchKey{}).(*Watch)
	if !ok {
		return
	}
	took := time.Since(began)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statements++
	w.inStatements += took
	if took > w.slowestTook {
		w.slowest, w.slowestTook = text, took
	}
}

// IsSlow reports whether an operation is slow that took this time.
func (w *Watch) IsSlow(took time.Duration) bool { return w != nil && took >= w.log.threshold }

// Log has the operation logged. ctx is that of the operation.
func (w *Watch) Log(ctx context.Context, o Operation) {
	attributes, slowest := w.describe(o)
	w.log.add(o.Type+" "+o.Step+" "+o.Name, slowOperation{context.WithoutCancel(ctx), attributes, slowest})
}

// describe returns what a line says of the operation without its plan, and the slowest statement, or "".
func (w *Watch) describe(o Operation) (attributes []any, slowest string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	attributes = []any{"type", o.Type}
	if o.Step != "" {
		attributes = append(attributes, "step", o.Step)
	}
	attributes = append(attributes, "document", o.Document, "status", o.Status, "took", o.Took, "waited", w.waited,
		"statements", w.statements, "inStatements", w.inStatements)
	if w.slowest != "" {
		attributes = append(attributes, "slowest", shorten(strings.Join(strings.Fields(w.slowest), " ")), "slowestTook", w.slowestTook)
	}
	return attributes, w.slowest
}
