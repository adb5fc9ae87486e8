package main

import (
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

	"tandem/internal/transport"
)

const (
	// noticeTime is how long an instance that is told to stop goes on as before,
	// but for /readyz. Shorter than a load balancer takes to ask, and that sends
	// clients to a closed port; longer, and a deployment waits. An instance without
	// connections takes no notice.
	noticeTime = time.Second
	// drainTime is how long requests under way may take once the instance stops.
	// Shorter, and slow ones are cut off; longer, and a deployment waits.
	drainTime = 10 * time.Second
	// readTime is how long a request may take to arrive. Shorter, and slow phones
	// can't send a large one; longer, and who sends slowly on purpose holds a
	// connection for as long.
	readTime = 30 * time.Second
	// maxHeader bounds the headers of a request, in bytes. Fewer, and large cookies
	// and documents in a URL are refused; more, and who is nobody yet takes memory.
	maxHeader = 64 << 10
)

// endTime bounds everything between the signal to stop and the end of the program: the notice, the
// drain, and what lets go of rooms and connections afterwards. A database or a Redis that hangs does
// not prolong it.
const endTime = noticeTime + drainTime + 3*time.Second

// untilStopped returns a context that ends with the first signal to stop. The program ends at once
// with the second signal, and at the latest endTime after the first: nothing that was committed is lost.
// Its status is then 1, so that what was cut off, as an audit, is not taken for done.
func untilStopped() context.Context {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		select {
		case <-signals:
		case <-time.After(endTime):
			fmt.Fprintf(os.Stderr, "tandem: something did not end within %v; the program ends without it\n", endTime)
		}
		os.Exit(1)
	}()
	return ctx
}

// newServer returns the server of all that people use.
func (a *app) newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       readTime,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ConnState:         a.gate.ConnState,
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return a.gate.ConnContext(transport.WithConn(ctx, conn), conn)
		},
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
}

// giveNotice lets load balancers see that the instance stops, before it does.
func (a *app) giveNotice(server *http.Server) {
	a.log.Info("draining")
	if a.gate.Open() == 0 {
		return
	}
	server.SetKeepAlivesEnabled(false) // who asks again comes over a new connection, and may be sent elsewhere
	time.Sleep(noticeTime)
}

// shutDown ends the listening, and waits for requests under way and for sockets.
func (a *app) shutDown(server *http.Server, sockets *sync.WaitGroup) {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		a.log.Warn("requests were cut off", "after", drainTime)
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
