// Package stream serves GraphQL over HTTP: queries and mutations with one JSON response, and subscriptions with a
// response of many events (event stream, single connection mode, multipart).
package stream

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/engine"
	"tandem/internal/hub"
	"tandem/internal/session"
	"tandem/internal/transport"
)

// Streams serve subscriptions over plain HTTP, one in each response: as an event stream or multipart. Queries and
// mutations get JSON, unless the client accepts only an event stream.
type Streams struct {
	Engine *engine.Engine
	// Stats counts the streams.
	Stats *transport.Stats
	// Reserve, if set, is called before each stream, and counts it among the person's connections
	// until release is called. The error is a *Busy.
	Reserve func(ctx context.Context) (release func(), err error)
	// Plain serves operations that need no stream.
	Plain Plain
	// Bearer returns the person whose token came with a request, and when the token expires.
	Bearer func(context.Context) (person string, expires time.Time)
	// Now, if set, is the clock by which tokens expire.
	Now func() time.Time
	// Stall is how long a write may make no progress before the stream ends.
	Stall time.Duration
	// Draining ends when the instance stops. Then every response with a subscription is aborted.
	Draining context.Context
}

// Supports reports whether the client of a request accepts a stream.
func (t *Streams) Supports(r *http.Request) bool {
	if r.Header.Get("Upgrade") != "" || accepted(r).stream == "" {
		return false
	}
	return r.Method == http.MethodGet || r.Method == http.MethodPost && transport.IsJSON(r)
}

// Do answers a request. Some clients accept streams for all operations, so the operation decides whether the
// response is a stream.
func (t *Streams) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	accepts := accepted(r)
	params, err := readParams(r)
	// A document without this word has no subscription; a persisted document has no text here.
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
	case operation.IsMutation() && r.Method == http.MethodGet:
		w.Header().Set("Allow", http.MethodPost)
		transport.RefuseInput(w, r, http.StatusMethodNotAllowed, "a mutation needs POST")
	case !operation.IsSubscription():
		t.respond(w, r, accepts.format(params), operation)
	default:
		t.follow(w, r, accepts.format(params), operation)
	}
}

// needsNoStream reports whether an operation with one response gets JSON.
func (a acceptance) needsNoStream() bool { return a.json || a.stream != eventStream }

// format returns the format of the stream that a client prefers.
func (a acceptance) format(params graphql.RawParams) format {
	if a.stream == mixed {
		return multipart{}
	}
	return newSSE(params)
}

// refuse answers with the errors of a document as the only event.
func (t *Streams) refuse(w http.ResponseWriter, f format, errs gqlerror.List) {
	out := newHTTPStream(w, f, t.Stall, "", func() {})
	defer out.close()
	out.send(f.complete(f.event(nil, hub.Event{Payload: transport.ErrorsPayload(errs)})))
}

// respond answers with the response of a query or a mutation as the only event.
func (t *Streams) respond(w http.ResponseWriter, r *http.Request, f format, operation *engine.Operation) {
	held := transport.TakeHold(r.Context())
	defer held.Release()
	payload := operation.Respond()
	transport.Answered(held, payload)
	out := newHTTPStream(w, f, t.Stall, "", func() {})
	defer out.close()
	out.send(f.complete(f.event(nil, hub.Event{Payload: payload})))
}

// follow answers with the events of a subscription. The response begins after the subscription has, so a client that
// has received its first byte misses no later event.
func (t *Streams) follow(w http.ResponseWriter, r *http.Request, f format, operation *engine.Operation) {
	w, left, ok := t.openStream(w, r, protocolOf(f))
	if !ok {
		return
	}
	t.boundConn(r)
	ctx, end := t.connection(r)
	defer end(transport.ErrClosed)
	defer func() { left(context.Cause(ctx)) }()
	stream, err := operation.Subscribe(resumes(r, f), nil)
	transport.TakeHold(r.Context()).Release()
	if err == nil {
		// A closed connection can't be distinguished from a lost one here.
		defer stream.Close(false)
	}
	out := newHTTPStream(w, f, t.Stall, engine.BeginsAfter(stream), func() { end(transport.ErrConnectionLost) })
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

// connection returns the context of a stream. It ends with the request, when the token expires, and when the
// instance stops.
func (t *Streams) connection(r *http.Request) (context.Context, context.CancelCauseFunc) {
	ctx, end := context.WithCancelCause(r.Context())
	current, _ := session.From(ctx)
	stayed := t.whenDraining(current, func() { end(transport.ErrDraining) })
	expiry := session.NewExpiry(current, func() { end(transport.ErrExpired) })
	return ctx, func(cause error) {
		end(cause)
		stayed()
		expiry.Stop()
	}
}

// withSession adds a session to a request, for an operation that follows it. The token of a stream can't be
// replaced: a client opens another stream instead.
func (t *Streams) withSession(r *http.Request) *http.Request {
	_, expires := t.Bearer(r.Context())
	return r.WithContext(session.With(r.Context(), session.New(expires, t.Now, nil)))
}

// whenDraining calls f when the instance stops, unless callOff is called. It does so at a random time, so that not
// all clients reconnect at once, and notifies the session before.
func (t *Streams) whenDraining(current *session.Session, f func()) (callOff func() bool) {
	return context.AfterFunc(t.Draining, func() {
		wait := rand.N(transport.DrainWindow)
		if current.Drain(rand.N(transport.DrainWindow)) {
			wait += transport.DrainTick
		}
		time.AfterFunc(wait, f)
	})
}

// breakOffAfter aborts a response that the server ended because it drains or the token has expired.
func breakOffAfter(ctx context.Context, r *http.Request) {
	if cause := context.Cause(ctx); errors.Is(cause, transport.ErrDraining) || errors.Is(cause, transport.ErrExpired) {
		breakOff(r)
	}
}

// resumes returns the cursor that an EventSource sends when it reconnects, or "".
func resumes(r *http.Request, f format) string {
	if _, is := f.(sse); is {
		return r.Header.Get("Last-Event-ID")
	}
	return ""
}
