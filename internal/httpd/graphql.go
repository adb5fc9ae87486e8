package httpd

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
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
	parsedDocuments = 1000 // how many parsed documents are kept
	maxTokens       = 15_000
	stall           = 30 * time.Second
	pingInterval    = 12 * time.Second
)

// graphQL returns the handler of /graphql.
func (c Config) graphQL() http.Handler {
	server := handler.New(c.Schema)
	server.AddTransport(&transport.WebSocket{
		Engine: transport.NewEngine(c.Broadcasts, c.identify, c.Hooks.Present), Init: c.init,
		InitTimeout: c.InitTimeout, Stall: stall, PingInterval: pingInterval,
		AllowOrigin: c.allowsOrigin, Draining: c.Draining, Sockets: c.Sockets,
	})
	server.AddTransport(gqltransport.GET{})
	server.AddTransport(gqltransport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](parsedDocuments))
	server.SetParserTokenLimit(maxTokens)
	server.SetErrorPresenter(c.Hooks.Present)
	server.SetRecoverFunc(c.Hooks.Recover)
	server.AroundOperations(c.Hooks.Operation)
	server.AroundResponses(c.Hooks.Response)
	if c.Introspection {
		server.Use(extension.Introspection{})
	} else {
		server.SetDisableSuggestion(true)
	}
	return server
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
	return len(c.AllowedOrigins) > 0 && c.cors().OriginAllowed(r)
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
			writeError(w, http.StatusUnauthorized, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withToken(r.Context(), token.Claims, token.ExpiresAt)))
	})
}

// init checks the payload of connection_init. It may be left out where the
// upgrade itself brought a token.
func (c Config) init(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
	if expires, ok := ctx.Value(expiryKey{}).(time.Time); ok && len(payload) == 0 {
		return ctx, expires, nil
	}
	token, err := c.Verifier.InitPayload(payload)
	if err != nil {
		return ctx, time.Time{}, err
	}
	return withToken(ctx, token.Claims, token.ExpiresAt), token.ExpiresAt, nil
}

type expiryKey struct{}

func withToken(ctx context.Context, claims collab.Claims, expires time.Time) context.Context {
	return context.WithValue(collab.WithClaims(ctx, claims), expiryKey{}, expires)
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
