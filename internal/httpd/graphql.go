package httpd

import (
	"context"
	"encoding/json"
	"net/http"
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
	Operation graphql.OperationMiddleware
	Response  graphql.ResponseMiddleware
	Present   graphql.ErrorPresenterFunc
	Recover   graphql.RecoverFunc
}

// Bounds of the wire.
const (
	parsedDocuments = 1000 // how many parsed documents are kept
	maxTokens       = 15_000
	writeTimeout    = 30 * time.Second
	pingInterval    = 15 * time.Second
)

// graphQL returns the handler of /graphql.
func (c Config) graphQL() http.Handler {
	server := handler.New(c.Schema)
	server.AddTransport(transport.WebSocket{
		Init: c.init, InitTimeout: c.InitTimeout, WriteTimeout: writeTimeout, PingInterval: pingInterval,
		Origins: c.AllowedOrigins, Draining: c.Draining, Sockets: c.Sockets,
	})
	server.AddTransport(gqltransport.GET{})
	server.AddTransport(gqltransport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](parsedDocuments))
	server.SetParserTokenLimit(maxTokens)
	server.SetErrorPresenter(c.Hooks.Present)
	server.SetRecoverFunc(c.Hooks.Recover)
	server.AroundOperations(refuseLostStreams)
	server.AroundOperations(c.Hooks.Operation)
	server.AroundResponses(c.Hooks.Response)
	if c.Introspection {
		server.Use(extension.Introspection{})
	} else {
		server.SetDisableSuggestion(true)
	}
	return server
}

// refuseLostStreams answers a subscription over plain HTTP, where only its first
// event would arrive, with what to do.
func refuseLostStreams(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription && !transport.Streams(ctx) {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{{
			Message:    "subscriptions need a WebSocket: connect to this address with the subprotocol graphql-transport-ws",
			Extensions: map[string]any{"code": collab.BadInput},
		}}})
	}
	return next(ctx)
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
