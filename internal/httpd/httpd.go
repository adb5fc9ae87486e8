// Package httpd serves HTTP: routes, limits, origins, authentication, health checks, the demo's
// CRM, and the playground's page.
package httpd

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/fair"
	"tandem/internal/hub"
	"tandem/internal/requestid"
	"tandem/internal/slowlog"
	"tandem/internal/tracing"
	"tandem/internal/transport"
	"tandem/internal/variables"
	"tandem/web"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

// A Config is the settings of a Server, and what it calls.
type Config struct {
	Schema graphql.ExecutableSchema
	// Scalars are the scalars of the schema that do not accept every value.
	Scalars map[string]variables.Scalar
	// CheckArguments returns an error for arguments of a field that each fit their type and are wrong together.
	CheckArguments func(field *ast.FieldDefinition, arguments map[string]any) error
	// Hooks are called around every operation and response.
	Hooks Hooks
	// Broadcasts are the executions that subscriptions share.
	Broadcasts *hub.Broadcasts
	// Verifier checks credentials.
	Verifier *auth.Verifier
	// AllowedOrigins are the origins of other sites whose pages may send requests, such as
	// https://crm.example.com; one * stands for any text. The server's own origin is always allowed.
	AllowedOrigins []string
	// AllowedHeaders are the headers that those pages may send besides the usual ones; * allows all.
	AllowedHeaders []string
	// AllowThisMachine allows the pages of this machine, on any port.
	AllowThisMachine bool
	// InitTimeout is how long a socket may take to send connection_init.
	InitTimeout time.Duration
	// Introspection lets clients query the schema.
	Introspection bool
	// Playground is served at /playground; nil serves none.
	Playground *Playground
	// Demo is served at /; nil serves none.
	Demo *Demo
	// Ready returns an error while the instance can't serve.
	Ready func(context.Context) error
	// Stopping reports whether the instance received the signal to stop. It is not ready then.
	Stopping func() bool
	// Draining ends when the instance begins to stop: a moment after the signal, when load balancers
	// have noticed that it is not ready.
	Draining context.Context
	// Gate decides which connections the server accepts; nil accepts all.
	Gate *Gate
	// Limiter has the rate limits of people and addresses; nil sets none.
	Limiter *Limiter
	// RegionHeader, if set, is where trusted proxies name the region of their client.
	RegionHeader string
	// SignInRefused, if set, is called for each failed sign-in, with the reason and the context of the
	// request. claims are empty unless they were verified.
	SignInRefused func(ctx context.Context, claims collab.Claims, reason string)
	// Unsubscribe serves the links that end e-mail.
	Unsubscribe *Unsubscribe
	// Diagnosis answers tandem check; nil answers nobody.
	Diagnosis *Diagnosis
	// Documents are the documents that clients may run; nil allows all.
	Documents *Documents
	// OperationTime bounds a query or a mutation; 0 sets no limit.
	OperationTime time.Duration
	// ResponseTime is how long a client may take to read a response other than a stream. A low
	// value cuts off large responses to slow phones. A high value lets a client that does not read
	// hold a connection for that time. 0 sets no limit.
	ResponseTime time.Duration
	// Stats counts the connections.
	Stats *transport.Stats
	// Count counts operations, errors and refusals.
	Count Count
	// Tracer traces requests and operations; nil traces none.
	Tracer *tracing.Tracer
	// Slow logs slow operations; nil logs none.
	Slow *slowlog.Log
	// Sockets counts the open sockets, so that the shutdown can wait for their close frames.
	Sockets *sync.WaitGroup
	// Log gets a line for every operation at level debug; nil logs nothing.
	Log *slog.Logger
	// Version is the program's version, for /healthz.
	Version string
	// Underway bounds the memory of the operations under way; nil sets no bound.
	Underway *transport.Underway
}

// A Server answers all HTTP requests of an instance, and its WebSockets.
type Server struct {
	Config

	handler http.Handler
	allowed []originPattern            // of AllowedOrigins
	present graphql.ErrorPresenterFunc // Hooks.Present, which also counts errors and names their requests

	largeAnswers *fair.Queue
}

// New returns a server.
func New(c Config) *Server {
	s := &Server{Config: c, largeAnswers: newLargeAnswers()}
	for _, origin := range c.AllowedOrigins {
		s.allowed = append(s.allowed, newOriginPattern(origin))
	}
	s.present = s.countErrors(nameErrors(c.Hooks.Present))
	s.handler = chain(s.routes(),
		requestid.Handler,
		s.countRefusals,
		secureHeaders,
		s.limitResponse,
	)
	return s
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// A middleware wraps a handler.
type middleware func(http.Handler) http.Handler

// chain wraps a handler in middlewares. A request passes the first one first.
func chain(h http.Handler, middlewares ...middleware) http.Handler {
	for _, m := range slices.Backward(middlewares) {
		h = m(h)
	}
	return h
}

// routes returns the handlers of all paths.
func (s *Server) routes() http.Handler {
	routes := http.NewServeMux()
	// Cheap checks come first, and no body is read before its sender is authenticated.
	graphQL := chain(s.graphQL(),
		s.Tracer.Handler,
		s.allowOrigins,
		limitBody,
		s.guard,
		refuseLostUpgrades,
		refuseForms,
		s.limitAddress,
		s.readRegion,
		s.authenticate,
		s.limitPerson,
		s.Underway.Handler,
		readBody,
		answerable,
	)
	routes.Handle("/graphql", graphQL)
	routes.Handle(streamPath, graphQL)
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "alive, version "+s.Version) })
	routes.HandleFunc("GET /readyz", s.readyz)
	routes.Handle("GET /unsubscribe", s.limitAddress(http.HandlerFunc(s.Unsubscribe.ask)))
	routes.Handle("POST /unsubscribe", s.limitAddress(http.HandlerFunc(s.Unsubscribe.end)))
	if s.Diagnosis != nil {
		routes.Handle("GET /diagnosis", s.limitAddress(http.HandlerFunc(s.diagnose)))
	}
	s.pages(routes)
	return routes
}

// pages adds what people open in a browser: the playground, and the demo or what stands in its place.
func (s *Server) pages(routes *http.ServeMux) {
	if s.Playground != nil {
		files := newCompress()(http.FileServerFS(web.Playground()))
		routes.Handle("GET /playground", page(http.StripPrefix("/playground", files)))
		routes.Handle("GET /playground/", page(http.StripPrefix("/playground/", files)))
		routes.HandleFunc("GET /playground/session.json", s.Playground.session)
	} else {
		routes.HandleFunc("GET /playground", notHere("the playground is off; PLAYGROUND=true switches it on"))
	}
	switch {
	case s.Demo != nil:
		s.Demo.serve(routes)
	case s.Playground != nil:
		routes.Handle("GET /{$}", http.RedirectHandler("/playground", http.StatusFound))
	default:
		routes.HandleFunc("GET /{$}", notHere("this server answers GraphQL at /graphql"))
	}
}

// countRefusals counts the errors of requests that are rejected before anything executes them.
func (s *Server) countRefusals(next http.Handler) http.Handler {
	return transport.CountRefusals(next, s.Count.error)
}

// readyz tells load balancers whether to send clients to this instance.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.Stopping() {
		writeText(w, http.StatusServiceUnavailable, "draining")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if s.Ready(ctx) != nil {
		writeText(w, http.StatusServiceUnavailable, "not ready: the database does not answer")
		return
	}
	writeText(w, http.StatusOK, "ready")
}

// limitBody rejects a body by its Content-Length if it is too large, and bounds reads of all others.
func limitBody(next http.Handler) http.Handler {
	bounded := http.MaxBytesHandler(next, maxBody)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > maxBody {
			w.Header().Set("Connection", "close")
			tooLarge := &http.MaxBytesError{Limit: maxBody}
			writeError(w, r, bodyStatus(tooLarge), badBody(tooLarge))
			return
		}
		bounded.ServeHTTP(w, r)
	})
}

// notHere answers 404 with a hint.
func notHere(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusNotFound, text) }
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
