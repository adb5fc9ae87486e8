package stream

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/engine"
	"tandem/internal/fair"
	"tandem/internal/hub"
	"tandem/internal/session"
	"tandem/internal/transport"
)

// A reservedStream is a stream of the single connection mode, from its reservation on.
type reservedStream struct {
	streams *Streams
	person  string
	ctx     context.Context // of the stream; its cause is why the stream ended
	end     context.CancelCauseFunc
	// following is the context of the subscriptions. It ends with the stream, and earlier when the instance
	// stops: queries and mutations under way are still answered.
	following context.Context
	session   *session.Session // of its operations
	unused    *time.Timer      // ends a reservation that is not used
	opened    bool             // guarded by SingleConnection.mu
	ready     chan struct{}    // closed when the stream is open
	out       *httpStream      // set before ready is closed

	mu         sync.Mutex // guards what follows; locked before Session.mu
	closing    bool       // no more operations begin
	running    int
	idle       chan struct{}   // closed when closing is set and no operation runs
	expiry     *session.Expiry // ends the stream when the first of its tokens expires
	expires    time.Time
	operations map[string]*singleOperation
}

// A singleOperation is an operation whose responses are sent on a reserved stream.
type singleOperation struct {
	id      string
	format  sse
	ctx     context.Context
	stop    context.CancelFunc
	held    *fair.Grant // its memory, until it is answered, or found to be a subscription
	stopped bool        // by the client; guarded by reservedStream.mu
}

func newReservedStream(t *SingleConnection, person string) *reservedStream {
	ctx, end := context.WithCancelCause(context.Background())
	following, stop := context.WithCancelCause(ctx)
	lasts := session.New(time.Time{}, t.Now, nil)
	stayed := t.whenDraining(lasts, func() { stop(transport.ErrDraining) })
	context.AfterFunc(ctx, func() { stayed() })
	return &reservedStream{
		session: lasts,
		streams: t.Streams, person: person, ctx: ctx, end: end, following: following,
		unused: time.AfterFunc(reservationTime, func() { end(transport.ErrClosed) }),
		ready:  make(chan struct{}), idle: make(chan struct{}), operations: make(map[string]*singleOperation),
	}
}

// expireWith ends the stream when the token of a request that it depends on expires.
func (s *reservedStream) expireWith(r *http.Request) {
	_, expires := s.streams.Bearer(r.Context())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.expiry != nil && !expires.Before(s.expires) {
		return
	}
	s.expires = expires
	s.session.Extend(expires)
	if s.expiry != nil {
		s.expiry.Check()
		return
	}
	s.expiry = session.NewExpiry(s.session, func() { s.end(transport.ErrExpired) })
	context.AfterFunc(s.ctx, s.expiry.Stop)
}

// wait waits until the stream has ended, or the instance stops and the operations under way are answered. Nothing
// is sent after it returns.
func (s *reservedStream) wait() {
	<-s.following.Done()
	s.mu.Lock()
	s.closing = true
	if s.running == 0 {
		close(s.idle)
	}
	s.mu.Unlock()
	<-s.idle
	s.end(transport.ErrDraining) // unless it has ended for another reason
}

// begin registers an operation, or returns the status with which it is rejected.
func (s *reservedStream) begin(r *http.Request, id string) (*singleOperation, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing || s.following.Err() != nil:
		return nil, http.StatusNotFound
	case s.operations[id] != nil:
		return nil, http.StatusConflict
	case s.running >= transport.MaxOperations:
		return nil, http.StatusTooManyRequests
	}
	o := &singleOperation{id: id, format: sse{operation: string(engine.EncodeJSON(id))}}
	// The operation outlives its request, and ends with the stream.
	o.ctx, o.stop = context.WithCancel(session.With(context.WithoutCancel(r.Context()), s.session))
	ended := context.AfterFunc(s.ctx, o.stop)
	context.AfterFunc(o.ctx, func() { ended() })
	s.operations[id] = o
	s.running++
	return o, 0
}

// finish ends what begin began.
func (s *reservedStream) finish(o *singleOperation) {
	o.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operations[o.id] == o {
		delete(s.operations, o.id)
	}
	if s.running--; s.running == 0 && s.closing {
		close(s.idle)
	}
}

// operate begins an operation. Its responses are sent on the stream.
func (s *reservedStream) operate(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, err := readParams(r)
	id, _ := params.Extensions["operationId"].(string)
	switch {
	case err != nil:
		transport.RefuseInput(w, r, http.StatusBadRequest, "the operation can't be read: "+err.Error())
		return
	case id == "" || len(id) > transport.MaxID:
		transport.RefuseInput(w, r, http.StatusBadRequest, fmt.Sprintf("an operation needs extensions.operationId, of at most %d bytes", transport.MaxID))
		return
	}
	o, refused := s.begin(r, id)
	if refused != 0 {
		transport.Refuse(w, r, refused, refusals[refused])
		return
	}
	if !s.prepare(w, r, exec, params, o) {
		s.finish(o)
	}
}

// prepare answers the request of an operation and runs it, and reports whether it does.
func (s *reservedStream) prepare(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params graphql.RawParams, o *singleOperation) bool {
	operation, errs := s.streams.Engine.Prepare(o.ctx, exec, params)
	switch {
	case errs != nil:
		transport.WriteErrors(w, r, http.StatusBadRequest, errs)
		return false
	case operation.IsMutation() && r.Method == http.MethodGet:
		w.Header().Set("Allow", http.MethodPost)
		transport.RefuseInput(w, r, http.StatusMethodNotAllowed, "a mutation needs POST")
		return false
	case o.ctx.Err() != nil: // stopped meanwhile
		w.WriteHeader(http.StatusNoContent)
		return false
	}
	s.expireWith(r)
	var stream engine.Stream
	var err error
	if operation.IsSubscription() {
		stream, err = operation.Subscribe("", nil)
	} else {
		o.held = transport.TakeHold(o.ctx)
	}
	w.WriteHeader(http.StatusAccepted)
	go s.run(o, operation, stream, err)
	return true
}

// run sends the responses of an operation, once the stream is open.
func (s *reservedStream) run(o *singleOperation, operation *engine.Operation, stream engine.Stream, err error) {
	defer s.finish(o)
	defer o.held.Release()
	if stream != nil {
		defer func() { stream.Close(s.stoppedByClient(o)) }()
	}
	ctx, release := o.until(s.following, stream != nil)
	defer release()
	select {
	case <-s.ready:
	case <-ctx.Done():
		return
	}
	switch {
	case err != nil:
	case stream != nil:
		if err = s.out.pull(ctx, stream, o.format); err == nil {
			return
		}
	default:
		payload := operation.Respond()
		transport.Answered(o.held, payload)
		s.out.send(o.format.complete(o.format.event(nil, hub.Event{Payload: payload})))
		return
	}
	s.out.send(o.format.failed(nil, s.streams.Engine.Show(o.ctx, err)))
}

// until returns the context of an operation's responses. That of a subscription also ends when the instance stops.
func (o *singleOperation) until(following context.Context, subscribes bool) (context.Context, func()) {
	if !subscribes {
		return o.ctx, func() {}
	}
	ctx, stop := context.WithCancel(o.ctx)
	release := context.AfterFunc(following, stop)
	return ctx, func() { release(); stop() }
}

// remove ends an operation at the client's request.
func (s *reservedStream) remove(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("operationId")
	if id == "" {
		transport.RefuseInput(w, r, http.StatusBadRequest, "the operationId is missing")
		return
	}
	s.mu.Lock()
	o := s.operations[id]
	delete(s.operations, id)
	if o != nil {
		o.stopped = true
	}
	s.mu.Unlock()
	if o != nil {
		o.stop()
	}
	w.WriteHeader(http.StatusOK)
}

// stoppedByClient reports whether the client ended an operation, rather than that it ended with its stream.
func (s *reservedStream) stoppedByClient(o *singleOperation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return o.stopped
}

// refusals are the errors of a rejected operation, by status.
var refusals = map[int]gqlerror.List{
	http.StatusNotFound:        {engine.BadInput("the stream has ended: reserve another one by PUT")},
	http.StatusConflict:        {engine.BadInput("an operation with this id is under way")},
	http.StatusTooManyRequests: {transport.LimitError(transport.MaxOperations)},
}

var tooManyStreams = gqlerror.List{{
	Message:    "too many streams are reserved or open; try again later",
	Extensions: map[string]any{"code": "LIMIT_EXCEEDED"},
}}
