package transport

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/fair"
	"tandem/internal/hub"
)

// A session is one stream of the single connection mode, from its reservation on.
type session struct {
	streams *Streams
	person  string
	ctx     context.Context // of the stream; its cause says why it ended
	end     context.CancelCauseFunc
	// following is the context of the subscriptions. It ends with the stream, and
	// before that when the instance stops: requests under way are still answered.
	following context.Context
	lasts     *hub.Session  // what its operations see of it
	unused    *time.Timer   // ends a reservation that nobody comes for
	opened    bool          // guarded by SingleStream.mu
	ready     chan struct{} // closed when there is a stream
	out       *httpStream   // there once ready is closed

	mu         sync.Mutex // guards what follows
	closing    bool       // nothing new is begun
	running    int
	idle       chan struct{} // closed when closing and nothing runs
	expiry     *time.Timer   // ends the stream with the first of its tokens
	expires    time.Time
	operations map[string]*singleOperation
}

// A singleOperation is one that is sent on a session's stream.
type singleOperation struct {
	id      string
	format  sse
	ctx     context.Context
	stop    context.CancelFunc
	held    *fair.Grant // what it is counted for until it is answered, or follows
	stopped bool        // by its client; guarded by session.mu
}

func newSession(t *SingleStream, person string) *session {
	ctx, end := context.WithCancelCause(context.Background())
	following, stop := context.WithCancelCause(ctx)
	lasts := hub.NewSession(time.Time{}, nil)
	stayed := t.whenDraining(lasts, func() { stop(errDraining) })
	context.AfterFunc(ctx, func() { stayed() })
	return &session{
		lasts:   lasts,
		streams: t.Streams, person: person, ctx: ctx, end: end, following: following,
		unused: time.AfterFunc(reservationTime, func() { end(errClosed) }),
		ready:  make(chan struct{}), idle: make(chan struct{}), operations: make(map[string]*singleOperation),
	}
}

// depend ends the stream when the token of a request that it depends on expires.
func (s *session) depend(r *http.Request) {
	_, expires := s.streams.Bearer(r.Context())
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.expiry == nil:
		s.expiry = time.AfterFunc(time.Until(expires), func() { s.end(errExpired) })
		context.AfterFunc(s.ctx, func() { s.expiry.Stop() })
	case expires.Before(s.expires):
		s.expiry.Reset(time.Until(expires))
	default:
		return
	}
	s.expires = expires
	s.lasts.Extend(expires)
}

// wait waits until the stream has ended, or the instance stops and requests under
// way are answered. Nothing is sent any more when it returns.
func (s *session) wait() {
	<-s.following.Done()
	s.mu.Lock()
	s.closing = true
	if s.running == 0 {
		close(s.idle)
	}
	s.mu.Unlock()
	<-s.idle
	s.end(errDraining) // unless it ended for another reason
}

// begin makes room for an operation, or says with which status it is refused.
func (s *session) begin(r *http.Request, id string) (*singleOperation, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing || s.following.Err() != nil:
		return nil, http.StatusNotFound
	case s.operations[id] != nil:
		return nil, http.StatusConflict
	case s.running >= maxOperations:
		return nil, http.StatusTooManyRequests
	}
	o := &singleOperation{id: id, format: sse{operation: string(quote(id))}}
	// It outlives its request, and ends with the stream.
	o.ctx, o.stop = context.WithCancel(hub.WithSession(context.WithoutCancel(r.Context()), s.lasts))
	ended := context.AfterFunc(s.ctx, o.stop)
	context.AfterFunc(o.ctx, func() { ended() })
	s.operations[id] = o
	s.running++
	return o, 0
}

// finish ends what begin began.
func (s *session) finish(o *singleOperation) {
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

// operate begins an operation. Its responses come on the stream.
func (s *session) operate(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, err := readParams(r)
	id, _ := params.Extensions["operationId"].(string)
	switch {
	case err != nil:
		writeErrors(w, r, http.StatusBadRequest, "the operation can't be read: "+err.Error())
		return
	case id == "" || len(id) > maxID:
		writeErrors(w, r, http.StatusBadRequest, fmt.Sprintf("an operation needs extensions.operationId, of at most %d bytes", maxID))
		return
	}
	o, refused := s.begin(r, id)
	if refused != 0 {
		Refuse(w, r, refused, refusals[refused])
		return
	}
	if !s.prepare(w, r, exec, params, o) {
		s.finish(o)
	}
}

// prepare answers the request of an operation and runs it, and reports whether it does.
func (s *session) prepare(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, params graphql.RawParams, o *singleOperation) bool {
	operation, errs := s.streams.Engine.Prepare(o.ctx, exec, params)
	switch {
	case errs != nil:
		WriteErrors(w, r, http.StatusBadRequest, errs)
		return false
	case operation.isMutation() && r.Method == http.MethodGet:
		w.Header().Set("Allow", http.MethodPost)
		writeErrors(w, r, http.StatusMethodNotAllowed, "a mutation needs POST")
		return false
	case o.ctx.Err() != nil: // stopped meanwhile
		w.WriteHeader(http.StatusNoContent)
		return false
	}
	s.depend(r)
	var stream Stream
	var err error
	if operation.IsSubscription() {
		stream, err = operation.Subscribe("", nil)
	} else {
		o.held = takeHold(o.ctx)
	}
	w.WriteHeader(http.StatusAccepted)
	go s.run(o, operation, stream, err)
	return true
}

// run sends the responses of an operation once there is a stream, until its end.
func (s *session) run(o *singleOperation, operation *Operation, stream Stream, err error) {
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
		answered(o.held, payload)
		s.out.send(o.format.complete(o.format.event(nil, hub.Event{Payload: payload})))
		return
	}
	s.out.send(o.format.failed(nil, s.streams.Engine.Show(o.ctx, err)))
}

// until returns the context of an operation's sending: a subscription's ends also
// when the instance stops.
func (o *singleOperation) until(following context.Context, subscribes bool) (context.Context, func()) {
	if !subscribes {
		return o.ctx, func() {}
	}
	ctx, stop := context.WithCancel(o.ctx)
	release := context.AfterFunc(following, stop)
	return ctx, func() { release(); stop() }
}

// remove ends an operation that the client has enough of.
func (s *session) remove(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("operationId")
	if id == "" {
		writeErrors(w, r, http.StatusBadRequest, "the operationId is missing")
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

// stoppedByClient reports whether an operation ended for good, rather than with its stream.
func (s *session) stoppedByClient(o *singleOperation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return o.stopped
}

// refusals are the answers to an operation that is not begun, by their status.
var refusals = map[int]gqlerror.List{
	http.StatusNotFound:        {badInput("the stream has ended: reserve another one by PUT")},
	http.StatusConflict:        {badInput("an operation with this id is under way")},
	http.StatusTooManyRequests: {limitError(maxOperations)},
}

var tooManyStreams = gqlerror.List{{
	Message:    "there are too many streams that were reserved and not closed; try again later",
	Extensions: map[string]any{"code": "LIMIT_EXCEEDED"},
}}
