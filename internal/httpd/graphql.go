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
		Engine: engine, Init: c.init, Enter: c.enter, Renew: c.renew,
		InitTimeout: c.InitTimeout, Stall: stall, PingInterval: pingInterval,
		AllowOrigin: c.allowsOrigin, Draining: c.Draining, Sockets: c.Sockets,
	})
	server.AddTransport(&transport.SingleStream{Streams: streams, Path: streamPath})
	server.AddTransport(streams)
	server.AddTransport(gqltransport.GET{})
	server.AddTransport(gqltransport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](parsedDocuments))
	server.SetParserTokenLimit(maxTokens)
	server.SetErrorPresenter(c.Hooks.Present)
	server.SetRecoverFunc(c.Hooks.Recover)
	server.AroundOperations(c.countOperations)
	server.AroundOperations(c.Hooks.Operation)
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
			writeError(w, http.StatusUnauthorized, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withToken(r.Context(), token.Claims, token.ExpiresAt)))
	})
}

// init checks the payload of connection_init. It may be left out where the
// upgrade itself brought a token. The context that it returns holds nothing of
// the upgrade request, which is long over.
func (c Config) init(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
	claims, _ := collab.ClaimsFrom(ctx)
	expires, ok := ctx.Value(expiryKey{}).(time.Time)
	if !ok || len(payload) > 0 {
		token, err := c.Verifier.InitPayload(payload)
		if err != nil {
			c.Count.refused(refusedToken)
			return nil, time.Time{}, err
		}
		claims, expires = token.Claims, token.ExpiresAt
	}
	return withToken(context.Background(), claims, expires), expires, nil
}

// renew checks a fresh token for a socket. It has to be of the same person, or what
// runs on the socket would go on in the name of another.
func (c Config) renew(ctx context.Context, token string) (context.Context, time.Time, error) {
	fresh, err := c.Verifier.InitPayload(map[string]any{"authorization": token})
	if err != nil {
		c.Count.refused(refusedToken)
		return nil, time.Time{}, err
	}
	was, _ := collab.ClaimsFrom(ctx)
	if fresh.UserID != was.UserID || fresh.OrganizationID != was.OrganizationID {
		return nil, time.Time{}, collab.Errorf(collab.Forbidden, "the fresh token is another person's; open another connection with it")
	}
	return withToken(context.Background(), fresh.Claims, fresh.ExpiresAt), fresh.ExpiresAt, nil
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
