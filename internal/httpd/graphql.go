package httpd

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/engine"
	"tandem/internal/requestid"
	"tandem/internal/transport"
	"tandem/internal/transport/stream"
	"tandem/internal/transport/websocket"
	"tandem/internal/variables"
)

// Hooks are functions of the resolvers that run around every operation and response.
type Hooks struct {
	Identify func(context.Context) (*collab.Viewer, error)
	// Hidden reports for each entity whether the viewer may not see it.
	Hidden func(context.Context, *collab.Viewer, []collab.ID) (map[collab.ID]bool, error)
	// Operation returns the context of an operation, with its viewer.
	Operation func(context.Context) (context.Context, error)
	Response  graphql.ResponseMiddleware
	Present   graphql.ErrorPresenterFunc
	Recover   graphql.RecoverFunc
}

// Bounds of the transports.
const (
	parsedDocuments = 1000     // parsed documents in the cache
	parsedBytes     = 2 << 20  // bytes of their texts; parsed, they take up to fifty times as much
	longestKept     = 32 << 10 // bytes of the longest document in a cache
	maxTokens       = 15_000
	stall           = 30 * time.Second
	pingInterval    = 12 * time.Second
)

// streamPath is the path of the single connection mode of event streams.
const streamPath = "/graphql/stream"

// graphQL returns the handler of /graphql and the paths below it.
func (s *Server) graphQL() http.Handler {
	server := handler.New(s.Schema)
	operations := engine.New(engine.Config{
		Broadcasts: s.Broadcasts, Identify: s.identify, Present: s.present, Reserve: s.Limiter.reserveSubscription, RenderTime: s.OperationTime,
		Subscribing: s.countSubscription,
	})
	by := s.preparer()
	for _, t := range s.transports(operations) {
		server.AddTransport(prepared{t, by, transportLabel(t)})
	}
	server.SetQueryCache(preparedDocuments{})
	server.Use(oneStream{})
	server.Use(limitCost{s.Schema.Schema()})
	server.SetErrorPresenter(fewErrors(s.present))
	server.SetRecoverFunc(s.Hooks.Recover)
	server.AroundOperations(s.traceOperations)
	server.AroundOperations(s.watchOperations)
	server.AroundOperations(s.countOperations)
	server.AroundOperations(s.logOperations)
	server.AroundOperations(s.limitTime)
	server.AroundOperations(s.limitWrites)
	server.AroundOperations(s.identifyViewer)
	server.AroundResponses(s.watchEvents)
	server.AroundResponses(s.limitAnswer)
	server.AroundFields(countBytes)
	server.AroundResponses(s.Hooks.Response)
	if s.Introspection {
		server.Use(extension.Introspection{})
	}
	return stream.Breakable(server)
}

// transports returns the transports. A request is served by the first that supports it.
func (s *Server) transports(operations *engine.Engine) []graphql.Transport {
	plain := stream.Plain{Engine: operations, Compress: newCompress()}
	stats := cmp.Or(s.Stats, &transport.Stats{})
	streams := &stream.Streams{
		Engine: operations, Stats: stats, Reserve: s.reserveStream, Plain: plain, Bearer: bearer, Stall: stall, Draining: s.Draining,
	}
	return []graphql.Transport{
		&websocket.Server{
			Engine: operations, Stats: stats, Underway: s.Underway, Allow: s.Limiter.allow,
			Init: s.init, Reserve: s.reserveSocket, Ack: s.acknowledgement(operations), Renew: s.renew, Closed: s.Gate.closed,
			InitTimeout: s.InitTimeout, Stall: stall, PingInterval: pingInterval,
			AllowOrigin: s.allowsSocket, Draining: s.Draining, Sockets: s.Sockets,
		},
		&stream.SingleConnection{Streams: streams, Path: streamPath},
		streams, plain, stream.Unsupported{},
	}
}

// preparer returns the preparer of the operations of all transports.
func (s *Server) preparer() *preparer {
	schema := &variables.Schema{Schema: s.Schema.Schema(), Scalars: s.Scalars, Suggest: s.Introspection, CheckArguments: s.CheckArguments}
	return &preparer{
		schema: schema, persisted: newPersisted(s.Documents), validator: newValidator(schema),
		parsed: newTexts(parsedDocuments, longestKept, parsedBytes, func(text string, _ *ast.QueryDocument) int { return len(text) }),
		failed: func() *graphql.OperationContext {
			return &graphql.OperationContext{DisableIntrospection: true, RecoverFunc: s.Hooks.Recover}
		},
	}
}

// identifyViewer adds the viewer to the context of an operation. If there is none, the client receives an
// error like any other: with the id of the request, and counted.
func (s *Server) identifyViewer(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	identified, err := s.Hooks.Operation(ctx)
	if err != nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{s.present(ctx, err)}})
	}
	return next(identified)
}

// identify returns the person for whom an operation runs.
func (s *Server) identify(ctx context.Context) (engine.Identity, error) {
	v, err := s.Hooks.Identify(ctx)
	if err != nil {
		return engine.Identity{}, err
	}
	scope := v.Scope()
	return engine.Identity{
		Scope: scope.Key(), User: string(v.User.ID), Org: string(scope.OrgID), Standing: v.Standing(),
		Hides: func(asks context.Context, entityIDs []collab.ID) (map[collab.ID]bool, error) {
			now, err := s.Hooks.Identify(ctx)
			if err != nil {
				return nil, err
			}
			return s.Hooks.Hidden(asks, now, entityIDs)
		},
		Shared: func(ctx context.Context) context.Context { return collab.WithScope(ctx, scope) },
		Own:    func(ctx context.Context) context.Context { return collab.WithViewer(ctx, v) },
	}, nil
}

// writeError answers with a GraphQL response, so that a client finds the code in its usual place.
func writeError(w http.ResponseWriter, r *http.Request, status int, err error) {
	transport.Refuse(w, r, status, errorsOf(err))
	_, _ = w.Write([]byte("\n")) // for people who ask from a terminal
}

func errorsOf(err error) gqlerror.List {
	return gqlerror.List{{Message: err.Error(), Extensions: map[string]any{"code": collab.CodeOf(err)}}}
}

// nameErrors adds the id of the request to every error, and bounds its message.
func nameErrors(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		return requestid.Annotate(requestid.From(ctx), gqlerror.List{shorten(present(ctx, err))})[0]
	}
}
