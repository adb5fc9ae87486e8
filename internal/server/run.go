package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"tandem/graph"
	"tandem/internal/collab"
	"tandem/internal/config"
)

// Options are settings for tests and benchmarks besides the environment. The zero value is the program as it ships.
type Options struct {
	// Backends replace those that the settings name.
	Backends *Backends
	// Store wraps the store, if it is set.
	Store func(collab.Store) collab.Store
	// LoaderWait, OperationTime, ResponseTime, ReadTime, ReadHeaderTime and RecallEvery replace the default times unless they
	// are 0.
	LoaderWait, OperationTime, ResponseTime, ReadTime, ReadHeaderTime, RecallEvery time.Duration
	// AddressConnections replaces the limit of connections by address, if it is set.
	AddressConnections *collab.Limit
	// Now, if set, is the clock of what is stored and of what is sent.
	Now func() time.Time
	// Load, if set, is the only measure of overload; above 1 the instance is overloaded.
	Load func() float64
	// Opened is called before the server listens.
	Opened func(*Server)
}

// Main is the program. It executes the command in the arguments until a signal stops it, prints an error, and returns
// the exit status: 0, 2 for a mistake in the arguments, or 1 for any other error.
func Main(arguments, environment []string) (status int) {
	ctx := untilStopped()
	limitMemory()
	err := Execute(ctx, arguments, pairs(environment), os.Stdout, os.Stderr)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "tandem:", err)
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

// pairs returns the variables of an environment by name.
func pairs(environment []string) map[string]string {
	values := make(map[string]string, len(environment))
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	return values
}

// Run reads the settings of an environment, opens what they name, serves until ctx ends, and drains. out is for
// the person at the terminal, logs for the log.
func Run(ctx context.Context, environment map[string]string, out, logs io.Writer) error {
	return RunWith(ctx, environment, out, logs, Options{})
}

// RunWith is Run with options.
func RunWith(ctx context.Context, environment map[string]string, out, logs io.Writer, options Options) error {
	s, err := config.Read(environment)
	if err != nil {
		return err
	}
	log, err := NewLogger(s, logs)
	if err != nil {
		return err
	}
	for _, warning := range s.Warnings() {
		log.Warn(warning)
	}
	if err := tryParts(s, log); err != nil {
		return err
	}
	summary := summarize(s)
	log.Info("starting", summary.attributes()...)
	restart := newRestart()
	for {
		err := openAndServe(ctx, s, out, summary, log, options, restart)
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // it was asked to end while it started
		}
		if err != nil {
			return err
		}
		if !restart.again(ctx) {
			log.Info("ended")
			return nil
		}
		log.Info("starting again")
	}
}

// tryParts is an error for settings that their part of the program refuses. The server finds them before it opens anything.
func tryParts(s config.Settings, log *slog.Logger) error {
	if _, err := readPush(s); err != nil {
		return err
	}
	if _, err := openMail(s, log); err != nil {
		return err
	}
	if _, err := openCertificate(s, log); err != nil {
		return err
	}
	if s.NATSURL != "" {
		if err := natsSettings(s).Check(); err != nil {
			return err
		}
	}
	_, err := readDocuments(s, graph.NewExecutableSchema(graph.Config{}))
	return err
}

// openAndServe opens what the settings name, serves until ctx ends or a restart is asked for, and closes all of it.
func openAndServe(ctx context.Context, s config.Settings, out io.Writer, summary summary, log *slog.Logger, options Options, restart *restart) error {
	watching, err := openWatching(ctx, s, log)
	if err != nil {
		return err
	}
	defer watching.tracer.Close()
	store, err := openStore(ctx, s, log, watching.observers()...)
	if err != nil {
		return err
	}
	defer store.Close()
	if options.Store != nil {
		store = options.Store(store)
	}
	backends, err := openBackends(ctx, s, log, options)
	if err != nil {
		return err
	}
	defer backends.Close()
	verifier, err := newVerifier(s, log)
	if err != nil {
		return err
	}
	outgoing, err := openOutgoing(ctx, s, store, log)
	if err != nil {
		return err
	}
	server, err := newServer(s, store, backends, verifier, outgoing, watching, log, options)
	if err != nil {
		return err
	}
	if err := server.openCertificates(); err != nil {
		return err
	}
	demo, err := openDemo(ctx, s, store, verifier, log)
	if err != nil {
		return err
	}
	return server.serve(ctx, out, summary, demo, restart)
}

// NewLogger returns the log of an instance, which is written to w.
func NewLogger(s config.Settings, w io.Writer) (*slog.Logger, error) {
	level, err := s.Level()
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	handler := slog.Handler(slog.NewTextHandler(w, options))
	if s.LogFormat == "json" {
		handler = slog.NewJSONHandler(w, options)
	}
	log := slog.New(requestLog{handler}).With("instance", instanceName(), "version", Version())
	if s.Region != "" {
		log = log.With("region", s.Region)
	}
	return log, nil
}
