// Package httpd is the program's HTTP side: its routes, their limits, who may
// call them from where, and its pages.
package httpd

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/transport"
	"tandem/web"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

// A Config is what the HTTP side serves, and how.
type Config struct {
	Schema graphql.ExecutableSchema
	// Hooks are what the resolvers do around every operation and response.
	Hooks Hooks
	// Broadcasts are what subscriptions share.
	Broadcasts *hub.Broadcasts
	// Verifier checks credentials.
	Verifier *auth.Verifier
	// AllowedOrigins are the origins of other sites whose pages may call, as
	// https://crm.example.com; one * stands for any text. The server's own is always allowed.
	AllowedOrigins []string
	// AllowedHeaders are what those pages may send besides what is usual; * is anything.
	AllowedHeaders []string
	// AllowThisMachine lets the pages of this machine call, whatever port they are served from.
	AllowThisMachine bool
	// InitTimeout is how long a socket may take to send connection_init.
	InitTimeout time.Duration
	// Introspection lets clients ask for the schema.
	Introspection bool
	// Playground is served at /playground; nil serves none.
	Playground *Playground
	// Ready returns an error while the instance can't serve.
	Ready func(context.Context) error
	// Stopping reports whether the instance was told to stop: it is not ready then.
	Stopping func() bool
	// Draining ends when the instance begins to stop, a moment after it was told, when
	// load balancers know of it.
	Draining context.Context
	// Gate decides which connections are taken; nil takes all.
	Gate *Gate
	// Limiter bounds what people and addresses do; nil does not.
	Limiter *Limiter
	// SignInRefused, if set, is told of everybody who tried to sign in and could not, and
	// why, with the context of the request. claims are empty unless they can be believed.
	SignInRefused func(ctx context.Context, claims collab.Claims, reason string)
	// Documents are all that clients may run; nil lets them run any.
	Documents *Documents
	// OperationTime is how long a query or a mutation may take; 0 is for ever.
	OperationTime time.Duration
	// ResponseTime is how long a client may take to read a response that is no
	// stream. Too short, and slow phones lose large ones; too long, and who does
	// not read on purpose holds a connection for as long. 0 is for ever.
	ResponseTime time.Duration
	// Stats take the measures of the connections.
	Stats *transport.Stats
	// Count is told what happened.
	Count Count
	// Sockets counts the open ones, so that the shutdown can wait for their goodbye.
	Sockets *sync.WaitGroup
	// Log is told of every operation at level debug; nil is not told.
	Log *slog.Logger
	// Version is the release of the program, which /healthz shows.
	Version string

	// OperationBytes bounds, in bytes, what the operations under way take until their
	// answers are read; 0 is no bound.
	OperationBytes int64

	underway *transport.Underway // by OperationBytes; nil is no bound
	allowed  []originPattern     // AllowedOrigins
}

// New returns the handler of all routes.
func New(c Config) http.Handler {
	for _, origin := range c.AllowedOrigins {
		c.allowed = append(c.allowed, newOriginPattern(origin))
	}
	c.underway = c.newUnderway()
	routes := http.NewServeMux()
	graphQL := c.allowOrigins(limitBody(c.guard(refuseLostUpgrades(refuseForms(c.Limiter.knock(c.Gate.locate, c.authenticate(c.Limiter.ask(c.underway.Handler(readBody(answerable(c.graphQL())))))))))))
	routes.Handle("/graphql", graphQL)
	routes.Handle(streamPath, graphQL)
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusOK, "alive, version "+c.Version) })
	routes.HandleFunc("GET /readyz", c.readyz)
	if c.Playground != nil {
		files := newCompress()(http.FileServerFS(web.Playground()))
		routes.Handle("GET /playground", page(http.StripPrefix("/playground", files)))
		routes.Handle("GET /playground/", page(http.StripPrefix("/playground/", files)))
		routes.HandleFunc("GET /playground/session.json", c.Playground.session)
		routes.Handle("GET /{$}", http.RedirectHandler("/playground", http.StatusFound))
	} else {
		routes.HandleFunc("GET /{$}", notHere("this server answers GraphQL at /graphql"))
		routes.HandleFunc("GET /playground", notHere("the playground is off; PLAYGROUND=true switches it on"))
	}
	return transport.NameRequests(transport.CountRefusals(secureHeaders(limitResponse(routes, c.ResponseTime)), c.Count.error))
}

// readyz says whether a load balancer should send clients here.
func (c Config) readyz(w http.ResponseWriter, r *http.Request) {
	if c.Stopping() {
		writeText(w, http.StatusServiceUnavailable, "draining")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if c.Ready(ctx) != nil {
		writeText(w, http.StatusServiceUnavailable, "not ready: the database does not answer")
		return
	}
	writeText(w, http.StatusOK, "ready")
}

// limitBody refuses a body that says that it is too large before it is read, and bounds what is read of the others.
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

// notHere answers that there is nothing, and what to do.
func notHere(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writeText(w, http.StatusNotFound, text) }
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
