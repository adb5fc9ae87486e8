// Loadtest measures a Tandem server on this machine, and checks that no event
// is lost, doubled or out of order.
//
//	go run ./cmd/loadtest                                  # starts a server of its own, on SQLite
//	go run ./cmd/loadtest -clients 5000 -topics 50 -rate 200 -duration 20s
//	go run ./cmd/loadtest -url http://127.0.0.1:8080 -pid 4711
//
// It connects clients over graphql-transport-ws, each of which follows one
// customer; publishes edits of those customers over HTTP, at a rate or as fast as
// a window of events in progress allows; and ends with status 1 if anything was
// lost, duplicated, out of order or failed. Every load is bounded in time, and it
// connects to loopback addresses only.
//
// A latency is the time from the moment for which an edit was scheduled to its
// arrival at a client. So an edit that is sent late, because the server was slow,
// counts as late; with a rate, waiting hides nothing (coordinated omission).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the whole program. It returns its exit status: 0, 1 for a failure or
// anything that went wrong with the deliveries, 2 for invalid flags.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	s, err := readSettings(args, errs)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(errs, "loadtest:", err)
		return 2
	}
	ctx, cancel := context.WithTimeout(ctx, s.longest())
	defer cancel()
	if s.series != "" {
		if err := measureSeries(ctx, s, out, errs); err != nil {
			fmt.Fprintln(errs, "loadtest:", err)
			return 1
		}
		return 0
	}
	r, err := measure(ctx, s, errs)
	if err != nil {
		fmt.Fprintln(errs, "loadtest:", err)
		return 1
	}
	if s.json {
		err = r.writeJSON(out)
	} else {
		err = r.write(out)
	}
	if err != nil || !r.clean() {
		return 1
	}
	return 0
}
