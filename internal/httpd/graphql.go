package httpd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/transport"
)

// Hooks are what the resolvers do around every operation and response.
type Hooks struct {
	Identify  func(context.Context) (*collab.Viewer, error)
	Operation graphql.OperationMiddleware
	Response  graphql.ResponseMiddleware
	Present   graphql.ErrorPresenterFunc
	Recover   graphql.RecoverFunc
}

// Bounds of the wire.
const (
	parsedDocuments = 1000     // how many parsed documents are kept
	parsedBytes     = 2 << 20  // of how many bytes of text; parsed it takes up to fifty times as many
	longestKept     = 32 << 10 // how long a document may be that is kept
	maxTokens       = 15_000
	stall           = 30 * time.Second
	pingInterval    = 12 * time.Second
)

// streamPath is where the single connection mode of event streams is served.
const streamPath = "/graphql/stream"

// graphQL returns the handler of /graphql, and of what is below it.
func (c Config) graphQL() http.Handler {
	server := handler.New(c.Schema)
	c.Hooks.Present = c.countErrors(c.Hooks.Present)
	engine := transport.NewEngine(c.Broadcasts, c.identify, c.Hooks.Present)
	c.measure(engine)
	streams := &transport.Streams{Engine: engine, Bearer: bearer, Stall: stall, Draining: c.Draining}
	server.AddTransport(&transport.WebSocket{
		Engine: engine, Init: c.init,
		InitTimeout: c.InitTimeout, Stall: stall, PingInterval: pingInterval,
		AllowOrigin: c.allowsOrigin, Draining: c.Draining, Sockets: c.Sockets,
	})
	server.AddTransport(&transport.SingleStream{Streams: streams, Path: streamPath})
	server.AddTransport(streams)
	server.AddTransport(gqltransport.GET{})
	server.AddTransport(gqltransport.POST{})
	parsed := newTexts(parsedDocuments, longestKept, parsedBytes, func(text string, _ *ast.QueryDocument) int { return len(text) })
	server.SetQueryCache(parsed)
	server.Use(newPersisted(c.Documents))
	server.Use(limitCost{parsed})
	server.SetParserTokenLimit(maxTokens)
	server.SetErrorPresenter(c.Hooks.Present)
	server.SetRecoverFunc(c.Hooks.Recover)
	server.AroundOperations(c.countOperations)
	server.AroundOperations(c.limitTime)
	server.AroundOperations(c.limitWrites)
	server.AroundOperations(c.Hooks.Operation)
	server.AroundResponses(limitErrors)
	server.AroundResponses(c.Hooks.Response)
	if c.Introspection {
		server.Use(extension.Introspection{})
	} else {
		server.SetDisableSuggestion(true)
	}
	return transport.Breakable(server)
}

// identify tells the wire on whose behalf an operation runs.
func (c Config) identify(ctx context.Context) (transport.Identity, error) {
	v, err := c.Hooks.Identify(ctx)
	if err != nil {
		return transport.Identity{}, err
	}
	scope := v.Scope()
	return transport.Identity{
		Scope: scope.Key(), User: string(v.User.ID),
		Shared: func(ctx context.Context) context.Context { return collab.WithScope(ctx, scope) },
		Own:    func(ctx context.Context) context.Context { return collab.WithViewer(ctx, v) },
	}, nil
}

// allowsOrigin reports whether a page of an origin may open a socket: one of our own
// host, or of an allowed origin. The cors package knows the patterns; it does not see upgrades.
func (c Config) allowsOrigin(r *http.Request, origin string) bool {
	if u, err := url.Parse(origin); err == nil && strings.EqualFold(u.Host, r.Host) {
		return true
	}
	if len(c.AllowedOrigins) > 0 && c.cors().OriginAllowed(r) {
		return true
	}
	c.Count.refused(refusedOrigin)
	return false
}

// authenticate lets a request through with the claims of its bearer token. A
// socket may bring its token later, in connection_init.
func (c Config) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization := r.Header.Get("Authorization")
		if authorization == "" && r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		token, err := c.Verifier.Verify(authorization)
		if err != nil {
			c.Count.error(string(collab.CodeOf(err)))
			if err = c.Limiter.signIn(r.Context(), err); isBusy(err) {
				transport.WriteBusy(w, err)
				return
			}
			writeError(w, http.StatusUnauthorized, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withToken(r.Context(), token.Claims, token.ExpiresAt)))
	})
}

// init checks the payload of connection_init. It may be left out where the
// upgrade itself brought a token.
func (c Config) init(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
	expires, ok := ctx.Value(expiryKey{}).(time.Time)
	if !ok || len(payload) > 0 {
		token, err := c.Verifier.InitPayload(payload)
		if err != nil {
			c.Count.refused(refusedToken)
			return ctx, time.Time{}, c.Limiter.signIn(ctx, err)
		}
		ctx, expires = withToken(ctx, token.Claims, token.ExpiresAt), token.ExpiresAt
	}
	return ctx, expires, c.enter(ctx)
}

type expiryKey struct{}

func withToken(ctx context.Context, claims collab.Claims, expires time.Time) context.Context {
	return context.WithValue(collab.WithClaims(ctx, claims), expiryKey{}, expires)
}

// bearer returns the person whose token a request came with, and until when it is good.
func bearer(ctx context.Context) (string, time.Time) {
	claims, _ := collab.ClaimsFrom(ctx)
	expires, _ := ctx.Value(expiryKey{}).(time.Time)
	return fmt.Sprintf("%q %q", claims.OrganizationID, claims.UserID), expires
}

// writeError answers in the shape of a GraphQL response, so that a client finds
// the code where it looks for it.
func writeError(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(graphql.Response{Errors: gqlerror.List{{
		Message: err.Error(), Extensions: map[string]any{"code": collab.CodeOf(err)},
	}}})
}
