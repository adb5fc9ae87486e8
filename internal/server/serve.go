package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"tandem/internal/config"
	"tandem/internal/delivery"
)

// serve listens, serves until ctx ends or a restart is asked for, and then drains: it accepts no new work, closes sockets so that their
// clients resume elsewhere, and finishes the requests under way.
func (s *Server) serve(ctx context.Context, out io.Writer, summary summary, demo company, restart *restart) error {
	listener, err := s.listen(restart)
	if err != nil {
		return err
	}
	endOthers, err := s.serveOthers()
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer endOthers()
	defer s.startBackground()()
	draining, drain := context.WithCancel(context.Background())
	defer drain()
	var sockets sync.WaitGroup
	server := s.httpServer(s.handler(draining, &sockets, demo, restart))
	serve := server.Serve
	if server.TLSConfig = s.tlsConfig(); server.TLSConfig != nil {
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	if s.options.Opened != nil {
		s.options.Opened(s)
	}
	failed := make(chan error, 1)
	go func() { failed <- serve(listener) }()
	if restart.addr == nil {
		s.greet(out, summary, listener.Addr(), demo.people)
	} else {
		restart.announce(out, s.origin(listener.Addr()))
	}
	restart.addr = listener.Addr()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	case <-restart.asked:
	}
	s.stop(server, drain, &sockets)
	return nil
}

// serveOthers serves what has an address of its own, until end is called.
func (s *Server) serveOthers() (end func(), err error) {
	endMetrics, err := s.serveMetrics()
	if err != nil {
		return nil, err
	}
	endChallenges, err := s.serveChallenges()
	if err != nil {
		endMetrics()
		return nil, err
	}
	return func() {
		endChallenges()
		endMetrics()
	}, nil
}

// listen opens the address of the settings, or after a restart the one of before.
func (s *Server) listen(restart *restart) (net.Listener, error) {
	addr := s.settings.Addr
	if restart.addr != nil {
		addr = restart.addr.String()
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("can't listen on %s: %w; stop the program that uses the port, or set ADDR to another one", addr, errors.Unwrap(err))
	}
	return listener, nil
}

// startBackground starts the work besides requests, until end is called. It outlives the connections, which need it.
func (s *Server) startBackground() (end func()) {
	background, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	s.watching.tracer.Bus(s.Bus).Listen(background, s.hub.Announce)
	s.Bus.ListenMarks(background, s.Service.WakeInbox)
	running.Go(func() { s.hub.Run(background) })
	running.Go(func() { s.rooms.Run(background) })
	if days := s.settings.Retention; days > 0 {
		running.Go(func() { s.Service.Retain(background, time.Duration(days)*config.Day) })
	}
	running.Go(func() { s.Service.KeepIndexed(background) })
	for _, worker := range s.workers {
		running.Go(func() { worker.Run(background) })
	}
	running.Go(func() { s.recaller.Run(background, cmp.Or(s.options.RecallEvery, delivery.RecallEvery)) })
	running.Go(func() { s.watching.slow.Run(background, explaining(s.Store)) })
	running.Go(func() { s.Service.CompareInboxes(background) })
	running.Go(func() { s.gate.Overload.Run(background) })
	running.Go(func() { s.Service.RecordRefusals(background) })
	if s.verifier.Keys != nil {
		running.Go(func() { s.verifier.Keys.Run(background) })
	}
	if s.issuer != nil {
		running.Go(func() { s.issuer.Run(background) })
	}
	return func() {
		cancel()
		running.Wait()
	}
}

// Sockets returns the number of open sockets.
func (s *Server) Sockets() int { return int(s.stats.Sockets()) }

// HTTPConnections returns the number of open connections other than sockets.
func (s *Server) HTTPConnections() int { return int(s.gate.HTTP()) }
