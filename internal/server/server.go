package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"tandem/graph"
	"tandem/internal/auth"
	"tandem/internal/certificates"
	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/delivery"
	"tandem/internal/httpd"
	"tandem/internal/hub"
	"tandem/internal/presence"
	"tandem/internal/transport"
	"tandem/resolvers"
)

// A Server is the program, wired.
type Server struct {
	// Service, Broadcasts, Store and Bus are for tests.
	Service    *collab.Service
	Broadcasts *hub.Broadcasts
	Store      collab.Store
	Bus        collab.Bus

	settings    config.Settings
	options     Options
	log         *slog.Logger
	hub         *hub.Hub
	rooms       *presence.Rooms
	resolver    *resolvers.Resolver
	verifier    *auth.Verifier
	gate        *httpd.Gate
	limiter     *httpd.Limiter
	schema      graphql.ExecutableSchema
	backends    Backends
	documents   *httpd.Documents // nil lets clients run any
	stats       *transport.Stats
	underway    *transport.Underway
	meters      meters
	logStats    logStats
	workers     []*delivery.Worker
	recaller    *delivery.Recaller
	links       delivery.Links // of digests
	watching    watching
	certificate certificateSource    // nil if the server speaks plain HTTP
	issuer      *certificates.Issuer // nil without ACME_HOSTS
	stopping    atomic.Bool          // the instance received the signal to stop
}

// newServer wires an instance. It starts nothing.
func newServer(settings config.Settings, store collab.Store, backends Backends, verifier *auth.Verifier, out outgoing, watching watching, log *slog.Logger, options Options) (*Server, error) {
	now := time.Now
	if options.Now != nil {
		now = options.Now
	}
	service := collab.NewService(watching.tracer.Store(store), watching.tracer.Bus(backends.Bus), backends.Presences, log, now)
	rooms := presence.NewRooms(backends.Presences, log)
	resolver := resolvers.New(service, backends.Presences, rooms, log, options.LoaderWait)
	schema := graph.NewExecutableSchema(resolver.Config())
	meters := newMeters(settings, schema.Schema())
	service.CountBy(meters.service)
	stats := &transport.Stats{Ended: meters.ended}
	late := &httpd.Lateness{Bound: lateEvent}
	underway := httpd.NewUnderway(memoryLimit() / operationsShare)
	changes := hub.New(store, service, log, hub.Options{RingBytes: memoryLimit() / ringsShare})
	broadcasts := hub.NewBroadcasts(changes, hub.BroadcastOptions{
		MaxPerPerson: settings.MaxConnectionsPerPerson * executionsPerConnection,
		KeptBytes:    memoryLimit() / eventsShare,
		PersonOf:     httpd.PersonOf,
		Room:         underway.Room,
		Traced:       watching.tracer.Broadcast,
		Delivered: func(sinceCommit, sinceHeard time.Duration) {
			late.Observe(sinceHeard)
			meters.delivered(sinceCommit, sinceHeard)
		},
	})
	limiter := newLimiter(settings, options, backends.Limits, meters.count.Limited)
	out.offer(service, settings)
	workers, err := newWorkers(settings, service, store, backends.Presences, out, log, now, meters.sent)
	if err != nil {
		return nil, err
	}
	documents, err := readDocuments(settings, schema)
	return &Server{
		Service: service, Broadcasts: broadcasts, Store: store, Bus: backends.Bus, backends: backends,
		settings: settings, options: options, log: log, hub: changes, rooms: rooms, resolver: resolver, verifier: verifier,
		gate:    newGate(settings, overload(options, stats, late, log), limiter.Peer, meters.count.Refused),
		limiter: limiter, schema: schema, documents: documents, stats: stats, underway: underway, meters: meters, workers: workers, links: out.links, watching: watching,
		recaller: delivery.NewRecaller(store, log, now),
	}, err
}

// readDocuments reads the list of documents that clients may run, if the settings name one.
func readDocuments(settings config.Settings, schema graphql.ExecutableSchema) (*httpd.Documents, error) {
	if settings.PersistedDocuments == "" {
		return nil, nil
	}
	return httpd.ReadDocuments(settings.PersistedDocuments, schema.Schema())
}

// handler wires the HTTP side. draining ends when the instance begins to stop; sockets counts the
// open sockets.
func (s *Server) handler(draining context.Context, sockets *sync.WaitGroup, demo company, restart *restart) http.Handler {
	settings := httpd.Config{
		Schema: s.schema, Scalars: resolvers.Scalars, CheckArguments: resolvers.CheckArguments,
		Hooks: httpd.Hooks{
			Identify: s.resolver.Identify, Hidden: s.Service.HiddenFrom, Operation: s.resolver.Admit, Response: s.resolver.AttachLoaders,
			Present: s.resolver.Present, Recover: s.resolver.Recover,
		},
		Broadcasts:     s.Broadcasts,
		Verifier:       s.verifier,
		AllowedOrigins: s.settings.AllowedOrigins,
		AllowedHeaders: s.settings.AllowedHeaders, AllowThisMachine: s.settings.Demo(),
		InitTimeout:   s.settings.ConnectionInitTimeout,
		Introspection: s.settings.OrDemo(s.settings.Introspection),
		Ready:         s.Store.Ping,
		Stopping:      s.stopping.Load,
		Draining:      draining,
		Gate:          s.gate,
		Limiter:       s.limiter,
		RegionHeader:  s.settings.RegionHeader,
		SignInRefused: s.Service.SignInRefused,
		Documents:     s.documents,
		Unsubscribe:   &httpd.Unsubscribe{ReaderOf: s.readerOf, Wants: s.Service.WantsMail, End: s.Service.EndMail, Product: s.settings.ProductName, PublicURL: s.settings.PublicURL},
		Diagnosis:     &httpd.Diagnosis{Key: checkKey(s.links.Key), Instance: instanceName()},
		OperationTime: cmp.Or(s.options.OperationTime, operationTime),
		ResponseTime:  cmp.Or(s.options.ResponseTime, responseTime),
		Stats:         s.stats,
		Count:         s.meters.count,
		Tracer:        s.watching.tracer,
		Slow:          s.watching.slow,
		Sockets:       sockets,
		Underway:      s.underway,
		Log:           s.log,
		Version:       Version(),
	}
	if s.settings.OrDemo(s.settings.Playground) {
		settings.Playground = &httpd.Playground{People: demo.people, Examples: demo.examples}
	}
	if s.settings.Demo() {
		settings.Demo = &httpd.Demo{People: demo.people, Members: membersOf(s.Store), Sign: signer(s.verifier), Restart: restart.ask}
	}
	return httpd.New(settings)
}
