package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"tandem/internal/operator"
)

// serveMetrics serves /metrics, and the page and profiles for operators, on an address of its own, if there is one, until
// end is called: also while the instance drains.
func (s *Server) serveMetrics() (end func(), err error) {
	if s.settings.MetricsAddr == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", s.settings.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("can't serve metrics on %s: %w; stop the program that uses the port, or set METRICS_ADDR to another one", s.settings.MetricsAddr, errors.Unwrap(err))
	}
	s.readMetrics(s.meters.registry)
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", s.meters.registry.Handler())
	operator.Route(routes, s.operatorState)
	server := &http.Server{
		Handler: routes, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	go func() { _ = server.Serve(listener) }()
	s.log.Info("serving metrics", "at", "http://"+listener.Addr().String()+"/metrics")
	return func() { _ = server.Close() }, nil
}

// operatorState reads what the page for operators shows.
func (s *Server) operatorState() operator.State {
	return operator.State{
		Version: Version(), Region: s.settings.Region, Now: time.Now(), Values: s.meters.registry.Values(),
		Rings: s.hub.Inspect(operator.Most), Broadcasts: s.Broadcasts.Inspect(operator.Most),
	}
}
