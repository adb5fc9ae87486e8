// Tandem is the realtime collaboration server of a CRM. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"tandem/graph"
	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/httpd"
	"tandem/internal/hub"
	"tandem/internal/memory"
	"tandem/internal/postgres"
	"tandem/internal/redis"
	"tandem/internal/sqlite"
	"tandem/internal/transport"
	"tandem/resolvers"
)

func main() {
	ctx := untilStopped()
	limitMemory()
	err := execute(ctx, os.Args[1:], environment(os.Environ()), os.Stdout, os.Stderr)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "tandem:", err)
	if _, ok := errors.AsType[misuse](err); ok {
		os.Exit(statusUsage)
	}
	os.Exit(1)
}

func environment(pairs []string) map[string]string {
	out := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		out[name] = value
	}
	return out
}

// run is the server: it opens what the settings name, serves until ctx
// ends, and drains. out is for the person at the terminal, logs for the log.
func run(ctx context.Context, environment map[string]string, out, logs io.Writer) error {
	s, err := readSettings(environment)
	if err != nil {
		return err
	}
	log, err := newLogger(s, logs)
	if err != nil {
		return err
	}
	for _, warning := range s.warnings() {
		log.Warn(warning)
	}
	summary := s.summary()
	log.Info("starting", summary.attributes()...)
	store, err := openStore(ctx, s, log)
	if err != nil {
		return err
	}
	defer store.Close()
	linked, err := openLinks(ctx, s, log)
	if err != nil {
		return err
	}
	defer linked.close()
	app := newApp(s, store, linked, log)
	if err := app.readDocuments(); err != nil {
		return err
	}
	if s.demo() {
		if err := app.openDemo(ctx); err != nil {
			return err
		}
	}
	return app.serve(ctx, out, summary)
}

func newLogger(s settings, w io.Writer) (*slog.Logger, error) {
	level, err := s.level()
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	handler := slog.Handler(slog.NewTextHandler(w, options))
	if s.LogFormat == "json" {
		handler = slog.NewJSONHandler(w, options)
	}
	return slog.New(requestLog{handler}).With("instance", instanceName()), nil
}

func openStore(ctx context.Context, s settings, log *slog.Logger) (collab.Store, error) {
	if !s.usesSQLite() {
		return postgres.Open(ctx, s.DatabaseURL)
	}
	file := s.sqliteFile()
	if strings.TrimPrefix(s.DatabaseURL, "sqlite:") == "" {
		if err := os.MkdirAll(dataFolder, 0o700); err != nil {
			return nil, fmt.Errorf("the data folder can't be made: %w; start where you may write, or set DATABASE_URL", err)
		}
	}
	if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return nil, fmt.Errorf("DATABASE_URL names a file in %s, which can't be used: %w; make the folder first", filepath.Dir(file), errors.Unwrap(err))
	}
	store, err := sqlite.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	store.LogTo(log)
	return store, nil
}

// links are what instances share besides the store, or what a single one has instead.
type links struct {
	bus       collab.Bus
	presences collab.Presences
	limits    collab.Limits
	close     func()
}

// unlinked are those of a single instance.
func unlinked() links {
	return links{memory.NewBus(), memory.NewPresences(time.Now), memory.NewLimits(time.Now), func() {}}
}

func openLinks(ctx context.Context, s settings, log *slog.Logger) (links, error) {
	if s.RedisURL == "" {
		return unlinked(), nil
	}
	client, err := redis.Open(ctx, s.RedisURL, log)
	if err != nil {
		return links{}, err
	}
	return links{
		redis.NewBus(client, log), redis.NewPresences(client, nil),
		redis.NewLimits(client, memory.NewLimits(time.Now), log, nil), func() { _ = client.Close() },
	}, nil
}

// app is the program, wired.
type app struct {
	settings   settings
	log        *slog.Logger
	store      collab.Store
	bus        collab.Bus
	service    *collab.Service
	hub        *hub.Hub
	rooms      *hub.Rooms
	resolver   *resolvers.Resolver
	broadcasts *hub.Broadcasts
	verifier   *auth.Verifier
	gate       *httpd.Gate
	limiter    *httpd.Limiter
	schema     graphql.ExecutableSchema
	documents  *httpd.Documents // nil lets clients run any
	// operationTime is how long an operation may take, responseTime its answer to be read.
	operationTime, responseTime time.Duration
	stats                       *transport.Stats
	count                       httpd.Count
	stopping                    atomic.Bool // told to stop
	// people are those of the demo; nil for real.
	people   []httpd.Person
	examples httpd.Examples
}

func newApp(s settings, store collab.Store, with links, log *slog.Logger) *app {
	service := collab.NewService(store, with.bus, log, time.Now)
	service.Presences = with.presences
	changes := hub.New(store, log)
	changes.Altered, changes.Unheard = service.Heard, service.Unheard
	rooms := hub.NewRooms(with.presences, log)
	a := &app{
		settings: s, log: log, store: store, bus: with.bus, service: service, hub: changes, rooms: rooms,
		resolver: resolvers.New(service, with.presences, rooms, log), broadcasts: hub.NewBroadcasts(changes),
		verifier: auth.NewVerifier(s.AuthSecrets, s.AuthIssuer, s.AuthAudience, time.Now),
		stats:    &transport.Stats{}, operationTime: operationTime, responseTime: responseTime,
	}
	if s.AuthJWKSURL != "" {
		a.verifier.Keys = auth.NewKeys(s.AuthJWKSURL, log, time.Now)
	}
	a.schema = graph.NewExecutableSchema(a.resolver.Config())
	a.gate = a.newGate()
	a.limiter = a.newLimiter(with.limits)
	a.gate.Address = a.limiter.Peer
	return a
}

// readDocuments reads what clients may run, if there is a list.
func (a *app) readDocuments() (err error) {
	if a.settings.PersistedDocuments != "" {
		a.documents, err = httpd.ReadDocuments(a.settings.PersistedDocuments, a.schema.Schema())
	}
	return err
}

// serve listens, serves until ctx ends, and then drains: no new work, sockets
// closed so that their clients resume elsewhere, requests under way finished.
func (a *app) serve(ctx context.Context, out io.Writer, summary summary) error {
	listener, err := net.Listen("tcp", a.settings.Addr)
	if err != nil {
		return fmt.Errorf("can't listen on %s: %w; stop the program that uses the port, or set ADDR to another one", a.settings.Addr, errors.Unwrap(err))
	}
	endMetrics, err := a.serveMetrics()
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer endMetrics()
	// What runs in the background outlives the connections, which need it to the end.
	background, end := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer end()
	a.bus.Listen(background, func(change *collab.Change) {
		a.service.Heard(change)
		a.hub.Announce(change)
	})
	running.Go(func() { a.hub.Run(background) })
	running.Go(func() { a.rooms.Run(background) })
	if days := a.settings.Retention; days > 0 {
		running.Go(func() { a.service.Retain(background, time.Duration(days)*day) })
	}
	running.Go(func() { a.service.KeepIndexed(background) })
	running.Go(func() { a.gate.Overload.Run(background) })
	running.Go(func() { a.service.RecordRefusals(background) })
	if a.verifier.Keys != nil {
		running.Go(func() { a.verifier.Keys.Run(background) })
	}

	draining, drain := context.WithCancel(context.Background())
	defer drain()
	var sockets sync.WaitGroup
	server := a.newServer(a.handler(draining, &sockets))
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	a.greet(out, summary, listener.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.stopping.Store(true)
	a.giveNotice(server)
	drain()
	a.shutDown(server, &sockets)
	return nil
}

// handler wires the HTTP side. draining ends when the instance begins to stop;
// sockets counts the open ones.
func (a *app) handler(draining context.Context, sockets *sync.WaitGroup) http.Handler {
	config := httpd.Config{
		Schema: a.schema,
		Hooks: httpd.Hooks{
			Identify: a.resolver.Identify, Hidden: a.service.HiddenFrom, Operation: a.resolver.Admit, Response: a.resolver.AttachLoaders,
			Present: a.resolver.Present, Recover: a.resolver.Recover,
		},
		Broadcasts:     a.broadcasts,
		Verifier:       a.verifier,
		AllowedOrigins: a.settings.AllowedOrigins,
		AllowedHeaders: a.settings.AllowedHeaders, AllowThisMachine: a.settings.demo(),
		InitTimeout:    a.settings.ConnectionInitTimeout,
		Introspection:  a.settings.orDemo(a.settings.Introspection),
		Ready:          a.store.Ping,
		Stopping:       a.stopping.Load,
		Draining:       draining,
		Gate:           a.gate,
		Limiter:        a.limiter,
		SignInRefused:  a.service.SignInRefused,
		Documents:      a.documents,
		OperationTime:  a.operationTime,
		ResponseTime:   a.responseTime,
		Stats:          a.stats,
		Count:          a.count,
		Sockets:        sockets,
		OperationBytes: memoryLimit() / operationsShare,
		Log:            a.log,
		Version:        programVersion(),
	}
	if a.settings.orDemo(a.settings.Playground) {
		config.Playground = &httpd.Playground{People: a.people, Examples: a.examples}
	}
	return httpd.New(config)
}
