// Package engine runs GraphQL operations for every transport. It prepares an operation, answers
// queries and mutations, and turns a subscription into a Stream of rendered events. All subscribers
// that see the same bytes share one execution. When a person's access changes, the engine subscribes
// again in the new scope, after the last event. It knows no transport, and no entity of the CRM.
//
// # From a subscribe message to the first event
//
//  1. Subscribe checks the size of the operation and the person's quota, and calls begin.
//  2. begin has the hub follow the log up to the cursor, and then identifies the person.
//  3. open makes the subscriber a member of the broadcast with its key (Broadcasts.Join), or opens a
//     room or a session for its connection, if the field is marked @perConnection.
//  4. The first member starts the execution; its resolver tells the feed which changes are events.
//  5. Next returns the events that the member lacks; from then on the broadcast calls the sink.
package engine

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

const (
	// plannedDocuments bounds the number of cached plans, and longestPlanned the length, in bytes, of
	// a document whose plan is cached.
	plannedDocuments = 1000
	longestPlanned   = 4 << 10

	// LongestSubscribed bounds the document of a subscription, in bytes, and LongestVariables its
	// variables, as JSON. The engine keeps both as long as the subscription lasts.
	LongestSubscribed = 32 << 10
	LongestVariables  = 8 << 10
)

// An Identity is the person for whom an operation runs.
type Identity struct {
	// Scope is equal for people who may see the same. User is the id of the person.
	Scope, User string
	// Org is the id of the organization.
	Org string
	// Standing is equal as long as the values are that @perViewer fields depend on, such as the role.
	Standing string
	// Shared returns a context that carries the scope and nothing else about the person. Own returns
	// a context that carries the person.
	Shared, Own func(context.Context) context.Context
	// Hides returns the entities that are hidden from the person at the time of the call, even if
	// the rest of the identity is outdated by then. nil if nothing is hidden from anybody.
	Hides hub.Hides
}

// person returns the person as the hub knows them.
func (i Identity) person() hub.Person { return hub.NewPerson(i.User, i.Hides) }

// A Config is the settings of an Engine, and what it calls.
type Config struct {
	// Broadcasts are the executions that subscriptions share.
	Broadcasts *hub.Broadcasts
	// Identify returns the person of a connection's context.
	Identify func(context.Context) (Identity, error)
	// Present turns an error into the one that the client receives.
	Present graphql.ErrorPresenterFunc
	// Reserve, if set, is called before each subscription, and counts it in the person's quota until
	// release is called. The error is for the client.
	Reserve func(ctx context.Context) (release func(), err error)
	// RenderTime is how long one event may take to render. A low value leaves gaps in events while
	// the database is busy. A high value lets a hanging database delay all subscribers of an
	// execution. 0 sets no limit.
	RenderTime time.Duration
	// Subscribing, if set, is called before each attempt to subscribe, which then has the context that it returns. The attempt
	// ends with ended: after is the cursor that it began after, or "".
	Subscribing func(ctx context.Context, operation *graphql.OperationContext) (attempt context.Context, ended func(after string, err error))
}

// An Engine runs the operations of all connections of an instance.
type Engine struct {
	config Config
	plans  *lru.LRU[*plan]
	rooms  roomOperations
}

// New returns an engine.
func New(c Config) *Engine { return &Engine{config: c, plans: lru.New[*plan](plannedDocuments)} }

// An Operation is a client's operation, ready to run.
type Operation struct {
	engine *Engine
	exec   graphql.GraphExecutor
	ctx    context.Context // of the operation; ends with it
	params graphql.RawParams
	opCtx  *graphql.OperationContext
}

// Prepare parses and validates an operation. The errors are for the client.
func (e *Engine) Prepare(ctx context.Context, exec graphql.GraphExecutor, params graphql.RawParams) (*Operation, gqlerror.List) {
	params.Headers = nil // subscribers share the execution, but not the headers of the first
	params.ReadTime = graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}
	opCtx, errs := exec.CreateOperationContext(graphql.StartOperationTrace(ctx), &params)
	if errs != nil {
		return nil, exec.DispatchError(graphql.WithOperationContext(ctx, opCtx), errs).Errors
	}
	return &Operation{engine: e, exec: exec, ctx: ctx, params: params, opCtx: opCtx}, nil
}

// IsSubscription reports whether the operation has more than one response.
func (o *Operation) IsSubscription() bool { return o.opCtx.Operation.Operation == ast.Subscription }

// IsMutation reports whether the operation writes.
func (o *Operation) IsMutation() bool { return o.opCtx.Operation.Operation == ast.Mutation }

// IsQuery reports whether the operation only reads, once.
func (o *Operation) IsQuery() bool { return o.opCtx.Operation.Operation == ast.Query }

// Respond runs a query or a mutation and returns its response as JSON.
func (o *Operation) Respond() []byte {
	ctx := graphql.WithOperationContext(o.ctx, o.opCtx)
	responses, ctx := o.exec.DispatchOperation(ctx, o.opCtx)
	return encode(responses(ctx))
}

// headTime bounds how long a new connection waits for Head. A low value leaves the head out while the
// database is busy. A high value delays the connection while the database hangs.
const headTime = 2 * time.Second

// Head returns the head of the log for a new connection: a client that subscribes after it misses nothing that
// is committed later. It returns "" if the head can't be read, or the person may not read.
func (e *Engine) Head(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, headTime)
	defer cancel()
	identity, err := e.config.Identify(ctx)
	if err != nil {
		return ""
	}
	head, err := e.config.Broadcasts.Head(ctx, identity.Org)
	if err != nil {
		return ""
	}
	return head.String()
}

// Show returns an error as the client receives it.
func (e *Engine) Show(ctx context.Context, err error) gqlerror.List {
	if list, ok := err.(gqlerror.List); ok {
		return list
	}
	return gqlerror.List{e.config.Present(ctx, err)}
}

// BadInput returns an error about something that the client sent.
func BadInput(message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": "BAD_USER_INPUT"}}
}
