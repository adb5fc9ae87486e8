package main

import (
	"context"
	"log/slog"

	"tandem/internal/transport"
)

// A requestLog adds the id of a request to the lines that are about one.
type requestLog struct{ slog.Handler }

// Handle writes a line.
func (l requestLog) Handle(ctx context.Context, line slog.Record) error {
	if id := transport.RequestID(ctx); id != "" {
		line = line.Clone()
		line.AddAttrs(slog.String("requestId", id))
	}
	return l.Handler.Handle(ctx, line)
}

// WithAttrs returns a log whose lines all have attributes.
func (l requestLog) WithAttrs(attributes []slog.Attr) slog.Handler {
	return requestLog{l.Handler.WithAttrs(attributes)}
}

// WithGroup returns a log whose attributes are in a group.
func (l requestLog) WithGroup(name string) slog.Handler { return requestLog{l.Handler.WithGroup(name)} }
