package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// A resubscribing is a subscription that survives changes of access. When its person's scope changes, it subscribes
// again in the new scope, exactly where the old stream ended. It keeps little data for that, since most connections
// are idle.
type resubscribing struct {
	engine    *Engine
	exec      graphql.GraphExecutor
	ctx       context.Context // of the operation
	plan      *plan
	variables []byte // as JSON
	sink      hub.Sink
	release   func() // ends the reservation in the person's quota
	stream    Stream // in the person's present scope
	// hidden reports whether the entity was hidden from the person when the stream began, and has stayed
	// so. Such a subscription behaves like one to an id that does not exist.
	hidden bool
}

// newResubscribing returns the subscription of an operation that stream began.
func newResubscribing(o *Operation, stream Stream, sink hub.Sink, release func(), hidden bool) *resubscribing {
	variables, _ := json.Marshal(o.params.Variables) // they came as JSON
	return &resubscribing{
		engine: o.engine, exec: o.exec, ctx: o.ctx, plan: o.engine.plan(o.opCtx), variables: variables,
		sink: sink, release: release, stream: stream, hidden: hidden,
	}
}

// Next waits for events, and resubscribes when the scope changes.
func (f *resubscribing) Next(ctx context.Context) ([]hub.Event, error) {
	for {
		events, err := f.stream.Next(ctx)
		if !errors.Is(err, hub.ErrScopeChanged) {
			return events, err
		}
		if err := f.resubscribe(ctx); err != nil {
			return nil, err
		}
	}
}

// resubscribe continues the subscription at its cursor, in the person's present scope. It waits
// while the database is unavailable, and returns an error if the person may no longer follow.
func (f *resubscribing) resubscribe(ctx context.Context) error {
	if member, is := f.stream.(memberStream); is {
		if member.Delivered() {
			f.hidden = false // its end says nothing that the person does not know
		}
		stays := false
		err := hub.Retry(ctx, isUnavailable, func() (err error) { stays, err = f.keeps(member); return err })
		if stays || err != nil {
			return err
		}
	}
	after := f.cursor()
	f.stream.Close(true)
	f.stream = closedStream{after}
	return hub.Retry(ctx, isUnavailable, func() error { return f.begin(after) })
}

// keeps reports whether the person's scope and standing are unchanged, so that the member continues. It then reads
// nothing again, and an open window of maxPerSecond goes on.
func (f *resubscribing) keeps(member memberStream) (bool, error) {
	if !member.Stay() {
		return false, nil
	}
	identity, err := f.engine.config.Identify(f.ctx)
	if err != nil || !member.HasKeyPrefix(identity.key(f.plan.perViewer)) {
		return false, err
	}
	return true, f.recheckHidden(member)
}

// recheckHidden finds out whether the one entity that a member follows is hidden from the person
// now. The error is ErrAccessLost if it was visible before.
func (f *resubscribing) recheckHidden(member memberStream) error {
	hidden, err := member.Hidden(f.ctx)
	switch {
	case err != nil:
		return err
	case hidden && !f.hidden:
		return hub.ErrAccessLost
	}
	f.hidden = hidden
	return nil
}

// isUnavailable reports whether an operation failed because something that the server needs is
// unavailable.
func isUnavailable(err error) bool {
	if list, is := errors.AsType[gqlerror.List](err); is {
		return len(list) > 0 && fmt.Sprint(list[0].Extensions["code"]) == "UNAVAILABLE"
	}
	return hub.IsUnavailable(err)
}

// begin subscribes after a cursor, in the person's present scope.
func (f *resubscribing) begin(after string) error {
	params, err := f.plan.params(f.variables)
	if err != nil {
		return err
	}
	operation, errs := f.engine.Prepare(f.ctx, f.exec, params)
	if errs != nil {
		return errs
	}
	stream, hidden, err := operation.begin(operation.ctx, after, f.sink)
	switch {
	case err != nil:
		return err
	case hidden && !f.hidden:
		stream.Close(true)
		return hub.ErrAccessLost
	}
	f.stream, f.hidden = stream, hidden
	return nil
}

// Close ends the subscription.
func (f *resubscribing) Close(clean bool) {
	f.stream.Close(clean)
	f.release()
}

// slowAfter is how long a client may accept no events before its subscription drops the changes that it has read ahead.
// A low value makes slow clients read the log again and again. A high value keeps the changes in memory.
const slowAfter = time.Second

// Deliver calls send, which sends events of a stream. If send takes long, the stream drops the changes that it has read
// ahead. No other goroutine may use the stream meanwhile.
func Deliver(stream Stream, send func()) {
	f, is := stream.(*resubscribing)
	if !is {
		send()
		return
	}
	dropped := make(chan struct{})
	timer := time.AfterFunc(slowAfter, func() {
		defer close(dropped)
		if member, is := f.stream.(memberStream); is {
			member.DropReadAhead()
		}
	})
	send()
	if !timer.Stop() {
		<-dropped
	}
}

// cursor returns the position of the subscription in the log, or "" for a subscription that does not read the log.
func (f *resubscribing) cursor() string {
	switch stream := f.stream.(type) {
	case memberStream:
		return stream.Cursor().String()
	case closedStream:
		return stream.after
	}
	return ""
}

// closedStream stands for a stream that was closed until another one takes its place. It keeps the cursor, since an
// attempt to subscribe again may fail or be cut short, and the next attempt has to continue there.
type closedStream struct{ after string }

func (closedStream) Next(context.Context) ([]hub.Event, error) { return nil, hub.ErrScopeChanged }
func (closedStream) Close(bool)                                {}

// BeginsAfter returns the cursor that a stream begins after, or "" for one that has none.
func BeginsAfter(stream Stream) string {
	if f, is := stream.(*resubscribing); is {
		return f.cursor()
	}
	return ""
}
