// Package transport is the realtime wire: it carries GraphQL operations and the
// events of subscriptions to clients. One engine runs the operations; each
// protocol is a thin way of asking it and of writing down what it answers. The
// package knows no noun of the CRM.
package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// plannedDocuments is how many documents' plans are kept.
const plannedDocuments = 1000

// longestPlanned is how long a document may be, in bytes, whose plan is kept.
const longestPlanned = 32 << 10

// An Identity is on whose behalf an operation runs.
type Identity struct {
	// Scope is equal for those who may see the same, and User names the person in it.
	Scope, User string
	// Shared returns a context that carries the scope, and nothing else of the
	// person; Own one that carries the person.
	Shared, Own func(context.Context) context.Context
	// Hides reports whether the person may not see an entity that there is; nil if
	// nothing is hidden from anybody.
	Hides func(ctx context.Context, entity string) (bool, error)
}

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

// DecodeParams reads the parameters of an operation. Numbers stay as they were
// written, since an integer that became a float is none for GraphQL.
func DecodeParams(from io.Reader) (graphql.RawParams, error) {
	var params struct {
		graphql.RawParams
		DocumentID string `json:"documentId"`
	}
	decoder := json.NewDecoder(from)
	decoder.UseNumber()
	err := decoder.Decode(&params)
	if params.DocumentID != "" {
		params.RawParams = withDocumentID(params.RawParams, params.DocumentID)
	}
	return params.RawParams, err
}

// withDocumentID puts the id of a persisted document where extensions of the
// executor find it: gqlgen has no place for it.
func withDocumentID(params graphql.RawParams, id string) graphql.RawParams {
	if params.Extensions == nil {
		params.Extensions = make(map[string]any)
	}
	params.Extensions["documentId"] = id
	return params
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

// IsProtocolError reports whether errors are about the document rather than from running it.
func IsProtocolError(errs gqlerror.List) bool {
	return errcode.GetErrorKind(errs) == errcode.KindProtocol
}

// IsSubscription reports whether the operation has more than one response.
func (o *Operation) IsSubscription() bool { return o.opCtx.Operation.Operation == ast.Subscription }

// Respond runs a query or a mutation and returns its response as JSON.
func (o *Operation) Respond() []byte {
	ctx := graphql.WithOperationContext(o.ctx, o.opCtx)
	responses, ctx := o.exec.DispatchOperation(ctx, o.opCtx)
	return encode(responses(ctx))
}

// A Stream is the events of a subscription, on their way to one client. Next may
// be used by one goroutine at a time.
type Stream interface {
	// Next waits for events: at least one, as JSON. With a sink it returns
	// nothing once the sink is handed all that comes.
	Next(ctx context.Context) ([]hub.Event, error)
	// Close ends it. clean tells whether the connection was closed by one of its
	// ends, rather than lost.
	Close(clean bool)
}

// Subscribe begins to follow a subscription. after, if it is not "", replaces
// the operation's own argument of that name. The error is for the client.
func (o *Operation) Subscribe(after string, sink hub.Sink) (Stream, error) {
	stream, err := o.allowed(after, sink)
	if o.engine.Subscribed != nil {
		o.engine.Subscribed(err)
	}
	return stream, err
}

func (o *Operation) allowed(after string, sink hub.Sink) (Stream, error) {
	var leave func()
	if o.engine.Follow != nil {
		var err error
		if leave, err = o.engine.Follow(o.ctx); err != nil {
			return nil, err
		}
	}
	stream, err := o.subscribe(after, sink)
	if err != nil {
		if leave != nil {
			leave()
		}
		return nil, err
	}
	return newFollowed(o, stream, sink, leave), nil
}

// subscribe begins in the scope that the person has. What alters it from then on
// is noticed by the stream; and what altered it just before, by asking once more.
func (o *Operation) subscribe(after string, sink hub.Sink) (Stream, error) {
	for {
		identity, err := o.engine.identify(o.ctx)
		if err != nil {
			return nil, err
		}
		stream, err := o.subscribeAs(identity, after, sink)
		if err != nil {
			return nil, err
		}
		now, err := o.engine.identify(o.ctx)
		if err == nil && now.Scope == identity.Scope {
			return stream, nil
		}
		stream.Close(true)
		if err != nil {
			return nil, err
		}
	}
}

func (o *Operation) subscribeAs(identity Identity, after string, sink hub.Sink) (Stream, error) {
	p := o.engine.plan(o.opCtx)
	carry, user := identity.Shared, ""
	if p.perViewer {
		carry, user = identity.Own, identity.User
		if own, err := o.subscribeOwn(identity, p); own != nil || err != nil {
			return own, err
		}
	}
	if after == "" {
		after = p.after(o.opCtx.Variables)
	}
	cursor, err := hub.ParseAfter(after)
	if err != nil {
		return nil, err
	}
	start := func(feed *hub.Feed) (hub.Execution, error) { return o.start(context.Background(), carry, feed) }
	member, err := o.engine.broadcasts.Join(o.ctx, p.key(o.opCtx, identity.Scope, user), identity.User, start, cursor, sink)
	if err != nil {
		return nil, err
	}
	return memberStream{member}, nil
}

// subscribeOwn begins to follow a room or a session, or returns nothing if the
// operation follows something else. Both are a person's own business, so only
// operations that are executed per user can.
func (o *Operation) subscribeOwn(identity Identity, p *plan) (Stream, error) {
	var feed hub.Feed
	execution, err := o.start(o.ctx, identity.Own, &feed)
	switch {
	case err != nil:
		return nil, err
	case feed.SessionFeed() != nil:
		return o.openSession(feed.SessionFeed(), execution)
	case feed.RoomFeed() == nil:
		execution.Close()
		return nil, nil
	}
	user := ""
	if p.personal {
		user = identity.User
	}
	shared, done := o.engine.rooms.enter(p.key(o.opCtx, identity.Scope, user))
	room := newRoomStream(feed.RoomFeed(), execution, shared, done)
	if err := room.watch(o.ctx, o.engine.broadcasts); err != nil {
		room.Close(true)
		return nil, err
	}
	return room, nil
}

type memberStream struct{ *hub.Member }

func (m memberStream) Close(bool) { m.Member.Close() }

// Show returns what a client is shown of an error.
func (e *Engine) Show(ctx context.Context, err error) gqlerror.List {
	if list, ok := err.(gqlerror.List); ok {
		return list
	}
	return gqlerror.List{e.present(ctx, err)}
}

// start begins an execution whose resolver connects the feed.
func (o *Operation) start(ctx context.Context, carry func(context.Context) context.Context, feed *hub.Feed) (hub.Execution, error) {
	ctx, cancel := context.WithCancel(hub.WithFeed(ofExecution(carry(ctx)), feed))
	params := o.params
	opCtx, errs := o.exec.CreateOperationContext(graphql.StartOperationTrace(ctx), &params)
	if errs != nil {
		cancel()
		return nil, errs
	}
	ctx = graphql.WithOperationContext(ctx, opCtx)
	responses, ctx := o.exec.DispatchOperation(ctx, opCtx)
	x := &execution{responses: responses, ctx: withRoot(ctx, opCtx), cancel: cancel, time: o.engine.RenderTime, show: o.engine.Show}
	if feed.Connected() {
		return x, nil
	}
	defer cancel()
	response := responses(ctx)
	if response == nil || len(response.Errors) == 0 {
		return nil, fmt.Errorf("the resolver of %s connected no feed", opCtx.Operation.Name)
	}
	return nil, response.Errors
}

// withRoot adds the root field, which gqlgen leaves out of the context of an
// event, so that the path of an error below it begins with it.
func withRoot(ctx context.Context, opCtx *graphql.OperationContext) context.Context {
	fields := graphql.CollectFields(opCtx, opCtx.Operation.SelectionSet, []string{"Subscription"})
	if len(fields) != 1 {
		return ctx
	}
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Subscription", Field: fields[0], IsResolver: true})
}

// execution renders the events of one operation.
type execution struct {
	responses graphql.ResponseHandler
	ctx       context.Context
	cancel    context.CancelFunc
	time      time.Duration // for one event
	show      func(context.Context, error) gqlerror.List
}

// Render executes the selection for the event that was pushed last. A panic that
// gqlgen does not catch is an error of this event.
func (x *execution) Render(context.Context) (payload []byte) {
	defer func() {
		if cause := recover(); cause != nil {
			errs := x.show(x.ctx, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
			payload = encode(&graphql.Response{Errors: errs})
		}
	}()
	ctx := x.ctx
	if x.time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, x.time)
		defer cancel()
	}
	return encode(x.responses(ctx))
}

// Close ends the execution.
func (x *execution) Close() { x.cancel() }

// encode writes a response as JSON, in bytes of its own: gqlgen reuses those of
// the response. Text that is no UTF-8 would make a client drop its whole
// connection, so it is made valid.
func encode(response *graphql.Response) []byte {
	if response == nil {
		return []byte(`{"data":null}`)
	}
	if len(response.Errors) == 0 && len(response.Extensions) == 0 {
		payload := make([]byte, 0, len(response.Data)+len(`{"data":}`))
		payload = append(payload, `{"data":`...)
		payload = append(payload, response.Data...)
		return valid(append(payload, '}'))
	}
	payload, err := json.Marshal(response)
	if err != nil {
		return []byte(`{"errors":[{"message":"the response can't be encoded","extensions":{"code":"INTERNAL"}}]}`)
	}
	return valid(payload)
}
