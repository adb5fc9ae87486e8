package transport

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

// followed is a subscription on its way to a client for as long as the client
// wants it, whatever its person may see: when that changes, it begins again in
// the scope that they have now, exactly where the old one ended. What it keeps for
// that is little, since most connections only ever wait.
type followed struct {
	engine    *Engine
	exec      graphql.GraphExecutor
	ctx       context.Context // of the operation
	plan      *plan
	variables []byte // as JSON
	sink      hub.Sink
	leave     func() // gives up the person's place among the subscriptions
	stream    Stream // the one in the scope that the person has now
	// hidden tells that the entity that it follows was hidden from the person when the stream
	// began, and that the person was told nothing of it. Such a subscription goes on as one to an
	// id that does not exist.
	hidden bool
}

// newFollowed returns the subscription of an operation that stream began.
func newFollowed(o *Operation, stream Stream, sink hub.Sink, leave func(), hidden bool) *followed {
	variables, _ := json.Marshal(o.params.Variables) // they came as JSON
	return &followed{
		engine: o.engine, exec: o.exec, ctx: o.ctx, plan: o.engine.plan(o.opCtx), variables: variables,
		sink: sink, leave: leave, stream: stream, hidden: hidden,
	}
}

// Next waits for events, in whatever scope they come.
func (f *followed) Next(ctx context.Context) ([]hub.Event, error) {
	for {
		events, err := f.stream.Next(ctx)
		if !errors.Is(err, hub.ErrScopeChanged) {
			return events, err
		}
		if err := f.again(ctx); err != nil {
			return nil, err
		}
	}
}

// again has the subscription go on where it is, in the scope that the person has now. It waits for
// a database that is away, and ends with an error if the person may not follow it any more.
func (f *followed) again(ctx context.Context) error {
	if member, is := f.stream.(memberStream); is {
		if member.Told() {
			f.hidden = false // so its end says nothing that they do not know
		}
		stays := false
		err := hub.Persist(ctx, away, func() (err error) { stays, err = f.stays(member); return err })
		if stays || err != nil {
			return err
		}
	}
	after := f.cursor()
	f.stream.Close(true)
	f.stream = ended{}
	return hub.Persist(ctx, away, func() error { return f.begin(after) })
}

// stays reports whether the change of access leaves the person's scope and standing as they were, so
// that the member goes on. Then nothing that it read is read again, and no window of maxPerSecond begins anew.
func (f *followed) stays(member memberStream) (bool, error) {
	if !member.Stay() {
		return false, nil
	}
	identity, err := f.engine.identify(f.ctx)
	if err != nil || !member.In(identity.key(f.plan.perViewer)) {
		return false, err
	}
	return true, f.judge(member)
}

// judge finds out whether the one entity that a member follows is hidden from the person now. The error
// is ErrAccessLost if it was not before.
func (f *followed) judge(member memberStream) error {
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

// away reports whether an operation failed because something that the server needs is away.
func away(err error) bool {
	if list, is := errors.AsType[gqlerror.List](err); is {
		return len(list) > 0 && fmt.Sprint(list[0].Extensions["code"]) == "UNAVAILABLE"
	}
	return hub.Away(err)
}

// begin begins the subscription after a cursor, in the scope that the person has now.
func (f *followed) begin(after string) error {
	params, err := f.plan.params(f.variables)
	if err != nil {
		return err
	}
	operation, errs := f.engine.Prepare(f.ctx, f.exec, params)
	if errs != nil {
		return errs
	}
	stream, hidden, err := operation.place(after, f.sink)
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
func (f *followed) Close(clean bool) {
	f.stream.Close(clean)
	if f.leave != nil {
		f.leave()
	}
}

// restAfter is how long a client may take no events before what its subscription
// read ahead is let go of. Shorter, and slow clients make it read the log again and
// again.
const restAfter = time.Second

// whileResting sends events of a stream. If that takes long, the stream lets go of
// what it read ahead. Nobody else may use the stream meanwhile.
func whileResting(stream Stream, send func()) {
	f, is := stream.(*followed)
	if !is {
		send()
		return
	}
	rested := make(chan struct{})
	timer := time.AfterFunc(restAfter, func() {
		defer close(rested)
		if member, is := f.stream.(memberStream); is {
			member.Rest()
		}
	})
	send()
	if !timer.Stop() {
		<-rested
	}
}

// cursor is where the subscription begins, or "" for one that is of no log.
func (f *followed) cursor() string {
	if member, is := f.stream.(memberStream); is {
		return member.Cursor().String()
	}
	return ""
}

// ended is a stream that is closed.
type ended struct{}

func (ended) Next(context.Context) ([]hub.Event, error) { return nil, hub.ErrScopeChanged }
func (ended) Close(bool)                                {}
