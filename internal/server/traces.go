package server

import (
	"context"
	"log/slog"

	"tandem/internal/config"
	"tandem/internal/tracing"
)

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
func observers(tracer *tracing.Tracer) []observer {
	if tracer == nil {
		return nil
	}
	return []observer{tracer.Statement}
}
