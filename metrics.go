package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// serveMetrics serves /metrics on an address of its own, if there is one, until
// end is called: also while the instance drains.
func (a *app) serveMetrics() (end func(), err error) {
	if a.settings.MetricsAddr == "" {
		return func() {}, nil
	}
	listener, err := net.Listen("tcp", a.settings.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("can't serve metrics on %s: %w; stop the program that uses the port, or set METRICS_ADDR to another one", a.settings.MetricsAddr, errors.Unwrap(err))
	}
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", a.measure().Handler())
	server := &http.Server{
		Handler: routes, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	go func() { _ = server.Serve(listener) }()
	a.log.Info("serving metrics", "at", "http://"+listener.Addr().String()+"/metrics")
	return func() { _ = server.Close() }, nil
}
