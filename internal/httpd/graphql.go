package httpd

import (
	"context"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/transport"
	"tandem/internal/variables"
)

// Hooks are what the resolvers do around every operation and response.
type Hooks struct {
	Identify func(context.Context) (*collab.Viewer, error)
	// Hidden returns those of the entities that a viewer may not see.
	Hidden func(context.Context, *collab.Viewer, []collab.ID) (map[collab.ID]bool, error)
	// Operation returns the context of an operation, with the person who asks.
	Operation func(context.Context) (context.Context, error)
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
	c.Hooks.Present = c.countErrors(nameErrors(c.Hooks.Present))
	engine := transport.NewEngine(c.Broadcasts, c.identify, c.Hooks.Present)
	c.measure(engine)
	plain := transport.Plain{Engine: engine, Compress: newCompress()}
	streams := &transport.Streams{Engine: engine, Plain: plain, Bearer: bearer, Stall: stall, Draining: c.Draining}
	by := c.preparer()
	for _, t := range []graphql.Transport{
		&transport.WebSocket{
			Engine: engine, Init: c.init, Enter: c.enter, Renew: c.renew, Closed: c.Gate.closed,
			InitTimeout: c.InitTimeout, Stall: stall, PingInterval: pingInterval,
			AllowOrigin: c.allowsSocket, Draining: c.Draining, Sockets: c.Sockets,
		},
		&transport.SingleStream{Streams: streams, Path: streamPath},
		streams, plain, transport.Others{},
	} {
		server.AddTransport(prepared{t, by})
	}
	server.SetQueryCache(handedDocuments{})
	server.Use(oneStream{})
	server.Use(limitCost{})
	server.SetErrorPresenter(fewErrors(c.Hooks.Present))
	server.SetRecoverFunc(c.Hooks.Recover)
	server.AroundOperations(c.countOperations)
	server.AroundOperations(c.logOperations)
	server.AroundOperations(c.limitTime)
	server.AroundOperations(c.limitWrites)
	server.AroundOperations(c.admitPerson)
	server.AroundResponses(c.limitAnswer)
	server.AroundFields(countBytes)
	server.AroundResponses(c.Hooks.Response)
	if c.Introspection {
		server.Use(extension.Introspection{})
	}
	return transport.Breakable(server)
}

// preparer returns what prepares the operations of all transports.
func (c Config) preparer() *preparer {
	schema := &variables.Schema{Schema: c.Schema.Schema(), Scalars: scalars, Suggest: c.Introspection}
	return &preparer{
		schema: schema, persisted: newPersisted(c.Documents), validator: newValidator(schema),
		parsed: newTexts(parsedDocuments, longestKept, parsedBytes, func(text string, _ *ast.QueryDocument) int { return len(text) }),
		failed: func() *graphql.OperationContext {
			return &graphql.OperationContext{DisableIntrospection: true, RecoverFunc: c.Hooks.Recover}
		},
	}
}

// admitPerson runs an operation in the name of the person who asks. One who can't be found out is
// shown an error as any other, with the id of the request, and it is counted.
func (c Config) admitPerson(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	admitted, err := c.Hooks.Operation(ctx)
	if err != nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{c.Hooks.Present(ctx, err)}})
	}
	return next(admitted)
}

// identify tells the wire on whose behalf an operation runs.
func (c Config) identify(ctx context.Context) (transport.Identity, error) {
	v, err := c.Hooks.Identify(ctx)
	if err != nil {
		return transport.Identity{}, err
	}
	scope := v.Scope()
	return transport.Identity{
		Scope: scope.Key(), User: string(v.User.ID), Org: string(scope.OrgID), Standing: v.Standing(),
		Hides: func(asks context.Context, entityIDs []collab.ID) (map[collab.ID]bool, error) {
			now, err := c.Hooks.Identify(ctx)
			if err != nil {
				return nil, err
			}
			return c.Hooks.Hidden(asks, now, entityIDs)
		},
		Shared: func(ctx context.Context) context.Context { return collab.WithScope(ctx, scope) },
		Own:    func(ctx context.Context) context.Context { return collab.WithViewer(ctx, v) },
	}, nil
}

// writeError answers in the shape of a GraphQL response, so that a client finds
// the code where it looks for it.
func writeError(w http.ResponseWriter, r *http.Request, status int, err error) {
	transport.Refuse(w, r, status, errorsOf(err))
	_, _ = w.Write([]byte("\n")) // for people who ask from a terminal
}

func errorsOf(err error) gqlerror.List {
	return gqlerror.List{{Message: err.Error(), Extensions: map[string]any{"code": collab.CodeOf(err)}}}
}

// nameErrors has every error name its request, and keeps its message short.
func nameErrors(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		return transport.Name(transport.RequestID(ctx), gqlerror.List{shorten(present(ctx, err))})[0]
	}
}
