// Package transport is the realtime wire: it carries GraphQL operations and the
// events of subscriptions to clients. One engine runs the operations; each
// protocol is a thin way of asking it and of writing down what it answers. The
// package knows no noun of the CRM.
package transport

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// plannedDocuments is how many documents' plans are kept.
const plannedDocuments = 1000

// longestPlanned is how long a document may be, in bytes, whose plan is kept.
const longestPlanned = 4 << 10

const (
	// longestSubscribed bounds the document of a subscription, in bytes, and
	// longestVariables its variables, as JSON. Both are kept while it goes on.
	longestSubscribed = 32 << 10
	longestVariables  = 8 << 10
)

// An Identity is on whose behalf an operation runs.
type Identity struct {
	// Scope is equal for those who may see the same, and User names the person in it.
	Scope, User string
	// Org is the organization, as a log has it.
	Org string
	// Standing is equal for as long as the person's role and the like are: what @perViewer
	// fields are made of.
	Standing string
	// Shared returns a context that carries the scope, and nothing else of the
	// person; Own one that carries the person.
	Shared, Own func(context.Context) context.Context
	// Hides finds out what is hidden from the person whenever it is asked, whatever else of
	// the identity may be outdated then; nil if nothing is hidden from anybody.
	Hides hub.Hides
}

// person is whom a subscription of the identity is for.
func (i Identity) person() hub.Person { return hub.NewPerson(i.User, i.Hides) }

// An Engine runs the operations of all connections of an instance.
type Engine struct {
	// Stats are measures of the connections that use the engine.
	Stats *Stats
	// Admit, if set, is asked before a stream begins whether there is room for
	// another connection of the one who asks. leave gives it up again. The error is
	// a *Busy. For sockets, Init says so.
	Admit func(ctx context.Context) (leave func(), err error)
	// Allow, if set, is asked before each operation of a socket. The error is for the client.
	Allow func(ctx context.Context) error
	// Follow, if set, is asked before each subscription for a place among those of
	// the person, which leave gives up. The error is for the client.
	Follow func(ctx context.Context) (leave func(), err error)
	// RenderTime is how long one event may take to render. Shorter, and a busy
	// database leaves holes in events; longer, and one that hangs holds up all who
	// share them. 0 is for ever.
	RenderTime time.Duration
	// Underway bounds the operations under way; nil does not.
	Underway *Underway
	// Subscribed, if set, is told of each subscription whether it began.
	Subscribed func(err error)

	broadcasts *hub.Broadcasts
	identify   func(context.Context) (Identity, error)
	present    graphql.ErrorPresenterFunc
	plans      *lru.LRU[*plan]
	rooms      roomOperations
}

// NewEngine returns an engine. identify finds out who asks, from the context of
// a connection; present turns an error into what a client is shown.
func NewEngine(broadcasts *hub.Broadcasts, identify func(context.Context) (Identity, error), present graphql.ErrorPresenterFunc) *Engine {
	return &Engine{Stats: &Stats{}, broadcasts: broadcasts, identify: identify, present: present, plans: lru.New[*plan](plannedDocuments)}
}

// An Operation is one that a client asked for, ready to run.
type Operation struct {
	engine *Engine
	exec   graphql.GraphExecutor
	ctx    context.Context // of the operation; ends with it
	params graphql.RawParams
	opCtx  *graphql.OperationContext
}

// Prepare parses and validates an operation. The errors are for the client.
func (e *Engine) Prepare(ctx context.Context, exec graphql.GraphExecutor, params graphql.RawParams) (*Operation, gqlerror.List) {
	params.Headers = nil // nothing of the one who asks first may reach those who share
	params.ReadTime = graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}
	opCtx, errs := exec.CreateOperationContext(graphql.StartOperationTrace(ctx), &params)
	if errs != nil {
		return nil, exec.DispatchError(graphql.WithOperationContext(ctx, opCtx), errs).Errors
	}
	return &Operation{engine: e, exec: exec, ctx: ctx, params: params, opCtx: opCtx}, nil
}

// IsSubscription reports whether the operation has more than one response.
func (o *Operation) IsSubscription() bool { return o.opCtx.Operation.Operation == ast.Subscription }

// Respond runs a query or a mutation and returns its response as JSON.
func (o *Operation) Respond() []byte {
	ctx := graphql.WithOperationContext(o.ctx, o.opCtx)
	responses, ctx := o.exec.DispatchOperation(ctx, o.opCtx)
	return encode(responses(ctx))
}

// Show returns what a client is shown of an error.
func (e *Engine) Show(ctx context.Context, err error) gqlerror.List {
	if list, ok := err.(gqlerror.List); ok {
		return list
	}
	return gqlerror.List{e.present(ctx, err)}
}
