package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"tandem/internal/transport/stream"
)

const (
	// NoticeTime is how long /readyz fails before an instance stops to accept connections. A low value makes
	// load balancers send clients to a closed port, since they have not checked /readyz yet. A high value
	// delays a deployment. An instance without connections skips it.
	NoticeTime = time.Second
	// DrainTime bounds requests under way once the instance stops. A low value cuts off slow requests. A high
	// value delays a deployment.
	DrainTime = 10 * time.Second
	// readTime bounds the arrival of a request. A low value is too short for large requests of slow phones. A
	// high value lets a client that sends slowly on purpose hold a connection.
	readTime = 30 * time.Second
	// headerTime bounds the arrival of its headers.
	headerTime = 10 * time.Second
	// maxHeader bounds the headers of a request, in bytes. A low value rejects large cookies and documents in a
	// URL. A high value lets unauthenticated clients take memory.
	maxHeader = 64 << 10
)

// EndTime bounds the time from the signal to the end of the program: the notice, the drain, and the release of rooms
// and connections. A hanging database or Redis does not prolong it.
const EndTime = NoticeTime + DrainTime + 3*time.Second

// untilStopped returns a context that ends with the first signal to stop. The program exits at the second signal, and
// at the latest EndTime after the first. Nothing that was committed is lost. The exit status is then 1, so that an
// interrupted command does not look complete.
func untilStopped() context.Context {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		select {
		case <-signals:
		case <-time.After(EndTime):
			fmt.Fprintf(os.Stderr, "tandem: something did not end within %v; the program ends without it\n", EndTime)
		}
		os.Exit(1)
	}()
	return ctx
}

// httpServer returns the server of the public address.
func (s *Server) httpServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: cmp.Or(s.options.ReadHeaderTime, headerTime),
		ReadTimeout:       cmp.Or(s.options.ReadTime, readTime),
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ConnState:         s.gate.ConnState,
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return s.gate.ConnContext(stream.WithConn(ctx, conn), conn)
		},
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// stop ends the service of clients in order: the instance reports that it is not ready, waits until load balancers have
// noticed, tells sockets to close (drain), and finishes the requests under way.
func (s *Server) stop(server *http.Server, drain func(), sockets *sync.WaitGroup) {
	s.stopping.Store(true)
	s.giveNotice(server)
	drain()
	s.shutDown(server, sockets)
}

// giveNotice waits until load balancers have noticed that the instance is not ready.
func (s *Server) giveNotice(server *http.Server) {
	s.log.Info("draining")
	if s.gate.Open() == 0 {
		return
	}
	server.SetKeepAlivesEnabled(false) // clients then open new connections, which load balancers send elsewhere
	time.Sleep(NoticeTime)
}

// shutDown closes the listener, and waits for requests under way and for sockets.
func (s *Server) shutDown(server *http.Server, sockets *sync.WaitGroup) {
	ctx, cancel := context.WithTimeout(context.Background(), DrainTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		s.log.Warn("requests were cut off", "after", DrainTime)
	}
	waitFor(ctx, sockets)
}

// waitFor waits until the group is done, or ctx ends.
func waitFor(ctx context.Context, group *sync.WaitGroup) {
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
