package server

import (
	"context"
	"log/slog"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/slowlog"
	"tandem/internal/tracing"
)

// watching is what watches operations and their statements.
type watching struct {
	tracer *tracing.Tracer // nil if nothing is traced
	slow   *slowlog.Log    // nil if slow operations are not logged
}

// openWatching returns what the settings ask for.
func openWatching(ctx context.Context, s config.Settings, log *slog.Logger) (watching, error) {
	tracer, err := openTracer(ctx, s, log)
	return watching{tracer, slowlog.New(s.SlowOperation, log)}, err
}

// openTracer returns the tracer that the settings ask for; nil if they ask for none.
func openTracer(ctx context.Context, s config.Settings, log *slog.Logger) (*tracing.Tracer, error) {
	url := s.TracesURL()
	if url == "" {
		return nil, nil
	}
	return tracing.New(ctx, tracing.Config{
		Endpoint: url, Headers: s.TraceHeaders(), Ratio: s.TraceRatio,
		Service: s.ServiceName, Version: Version(), Instance: instanceName(), Region: s.Region, Log: log,
	})
}

// observers returns what is called after each statement.
func (w watching) observers() (all []observer) {
	if w.tracer != nil {
		all = append(all, w.tracer.Statement)
	}
	if w.slow != nil {
		all = append(all, w.slow.Statement)
	}
	return all
}

// explaining returns how a store explains statements, as both stores do.
func explaining(store collab.Store) slowlog.Explain {
	if explains, ok := store.(interface {
		Explain(ctx context.Context, text string) (string, error)
	}); ok {
		return explains.Explain
	}
	return func(context.Context, string) (string, error) { return "", nil }
}
