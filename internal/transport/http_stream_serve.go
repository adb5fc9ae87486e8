package transport

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// Streams serve subscriptions over plain HTTP, one in a response: as an event
// stream, or in parts. What needs no stream is answered as JSON, unless the
// client takes nothing but an event stream.
type Streams struct {
	Engine *Engine
	// Plain answers what needs no stream.
	Plain Plain
	// Bearer says whose token a request came with, and until when it is good.
	Bearer func(context.Context) (person string, expires time.Time)
	// Stall is how long a write may make no progress before the stream is ended.
	Stall time.Duration
	// Draining ends when the instance stops; then every subscription breaks off.
	Draining context.Context
}

// Supports reports whether the client of a request takes a stream.
func (t *Streams) Supports(r *http.Request) bool {
	if r.Header.Get("Upgrade") != "" || accepted(r).stream == "" {
		return false
	}
	return r.Method == http.MethodGet || r.Method == http.MethodPost && isJSON(r)
}

// Do answers a request. Which clients want a stream can't be told from what they
// accept: some accept streams for everything. So it depends on the operation.
func (t *Streams) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	accepts := accepted(r)
	params, err := readParams(r)
	// A text without the word is none; a persisted document comes without its text.
	subscribes := params.Query == "" || strings.Contains(params.Query, "subscription")
	if err != nil || !subscribes && accepts.needsNoStream() {
		t.Plain.Do(w, r, exec)
		return
	}
	r = t.withSession(r)
	operation, errs := t.Engine.Prepare(r.Context(), exec, params)
	switch {
	case errs != nil && accepts.json && !accepts.streamFirst,
		errs == nil && !operation.IsSubscription() && accepts.needsNoStream():
		t.Plain.Do(w, r, exec)
	case errs != nil:
		t.refuse(w, accepts.format(params), errs)
	case operation.isMutation() && r.Method == http.MethodGet:
		w.Header().Set("Allow", http.MethodPost)
		writeErrors(w, r, http.StatusMethodNotAllowed, "a mutation needs POST")
	case !operation.IsSubscription():
		t.respond(w, accepts.format(params), operation)
	default:
		t.follow(w, r, accepts.format(params), operation)
	}
}

func (o *Operation) isMutation() bool { return o.opCtx.Operation.Operation == ast.Mutation }

// needsNoStream reports whether an operation with one response gets it as JSON.
func (a acceptance) needsNoStream() bool { return a.json || a.stream != eventStream }

// format returns how to write the stream that a client prefers.
func (a acceptance) format(params graphql.RawParams) format {
	if a.stream == mixed {
		return multipart{}
	}
	return newSSE(params)
}

// refuse answers with the errors of a document, as the only event.
func (t *Streams) refuse(w http.ResponseWriter, f format, errs gqlerror.List) {
	out := newHTTPStream(w, f, t.Stall, "", func() {})
	defer out.close()
	out.send(f.complete(f.event(nil, hub.Event{Payload: errorsPayload(errs)})))
}

// respond answers with the response of a query or a mutation, as the only event.
func (t *Streams) respond(w http.ResponseWriter, f format, operation *Operation) {
	held := takeHold(operation.ctx)
	defer held.Release()
	payload := operation.Respond()
	answered(held, payload)
	out := newHTTPStream(w, f, t.Stall, "", func() {})
	defer out.close()
	out.send(f.complete(f.event(nil, hub.Event{Payload: payload})))
}

// follow answers with the events of a subscription. The response begins when the
// subscription has: what happens after its first byte is not missed.
func (t *Streams) follow(w http.ResponseWriter, r *http.Request, f format, operation *Operation) {
	w, left, ok := t.Engine.openStream(w, r, protocolOf(f))
	if !ok {
		return
	}
	t.boundConn(r)
	ctx, end := t.connection(r)
	defer end(errClosed)
	defer func() { left(context.Cause(ctx)) }()
	stream, err := operation.Subscribe(resumes(r, f), nil)
	takeHold(r.Context()).Release()
	if err == nil {
		// Who closes such a connection and who loses it can't be told apart.
		defer stream.Close(false)
	}
	out := newHTTPStream(w, f, t.Stall, begins(stream), func() { end(hub.ErrConnectionLost) })
	defer out.close()
	if err == nil {
		err = out.pull(ctx, stream, f)
	}
	if err != nil {
		out.send(f.failed(nil, t.Engine.Show(r.Context(), err)))
		return
	}
	breakOffAfter(ctx, r)
}

// connection returns the context of a stream: it ends with the request and with
// the token, and when the instance stops.
func (t *Streams) connection(r *http.Request) (context.Context, context.CancelCauseFunc) {
	ctx, end := context.WithCancelCause(r.Context())
	session, _ := hub.SessionFrom(ctx)
	stayed := t.whenDraining(session, func() { end(errDraining) })
	_, expires := t.Bearer(r.Context())
	expiry := time.AfterFunc(time.Until(expires), func() { end(errExpired) })
	return ctx, func(cause error) {
		end(cause)
		stayed()
		expiry.Stop()
	}
}

// withSession gives a request a session, for an operation that follows it. A
// stream can't take a fresh token: a client opens another one as easily.
func (t *Streams) withSession(r *http.Request) *http.Request {
	_, expires := t.Bearer(r.Context())
	return r.WithContext(hub.WithSession(r.Context(), hub.NewSession(expires, nil)))
}

// whenDraining calls f when the instance stops, unless it is called off: each at
// a moment of its own, since all who come back at once trouble the others. The
// session is told beforehand.
func (t *Streams) whenDraining(session *hub.Session, f func()) (callOff func() bool) {
	return context.AfterFunc(t.Draining, func() {
		wait := rand.N(drainWindow)
		if session.Drain(rand.N(drainWindow)) {
			wait += drainTick
		}
		time.AfterFunc(wait, f)
	})
}

// breakOffAfter breaks a response off if it ends although its client is there.
func breakOffAfter(ctx context.Context, r *http.Request) {
	if cause := context.Cause(ctx); errors.Is(cause, errDraining) || errors.Is(cause, errExpired) {
		breakOff(r)
	}
}

// resumes returns the cursor that a browser sends by itself when it comes back, or "".
func resumes(r *http.Request, f format) string {
	if _, is := f.(sse); is {
		return r.Header.Get("Last-Event-ID")
	}
	return ""
}

// begins returns the cursor that a stream begins after, or "" for one that has none.
func begins(stream Stream) string {
	if f, is := stream.(*followed); is {
		return f.cursor()
	}
	return ""
}
