package transport

import (
	"context"
	"errors"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// An operation is one of a connection, from subscribe to complete. For a
// subscription it is the sink of its events: no goroutine is kept for it while
// the client keeps up.
type operation struct {
	connection *connection
	id         string
	before     []byte // what comes before the payload in a message with an event
	ctx        context.Context
	cancel     context.CancelFunc

	mu      sync.Mutex // guards what follows
	stream  Stream
	pulls   int  // how many pull from the stream, or are about to stop
	stopped bool // the stream is closed by whoever is last to use it
}

func newOperation(c *connection, id string, ctx context.Context) *operation {
	ctx, cancel := context.WithCancel(ctx)
	return &operation{
		connection: c, id: id, ctx: ctx, cancel: cancel,
		before: []byte(`{"id":` + string(quote(id)) + `,"type":"` + c.dialect.next + `","payload":`),
	}
}

// run runs the operation, and for a subscription until it is live.
func (o *operation) run(params graphql.RawParams) {
	prepared, errs := o.connection.transport.Engine.Prepare(o.ctx, o.connection.exec, params)
	if errs != nil {
		o.fail(errs)
		return
	}
	if !prepared.IsSubscription() {
		o.connection.socket.sendInTurn(o.ctx, o.frame(nil, prepared.Respond()))
		o.complete()
		return
	}
	stream, err := prepared.Subscribe("", o)
	if err != nil {
		o.failWith(err)
		return
	}
	o.mu.Lock()
	o.stream = stream
	o.pulls++
	o.mu.Unlock()
	o.pull()
}

// pull sends events until the operation is live, or ends.
func (o *operation) pull() {
	defer o.rest()
	for {
		events, err := o.stream.Next(o.ctx)
		switch {
		case err != nil:
			o.failWith(err)
			return
		case events == nil:
			return
		}
		o.connection.socket.sendInTurn(o.ctx, o.frames(events))
	}
}

// Take sends events at once. If the client is behind, it takes none, and goes on
// by itself when the client has caught up.
func (o *operation) Take(events []hub.Event) bool {
	buffer := frameBuffers.Get().(*[]byte)
	frames := (*buffer)[:0]
	for _, event := range events {
		frames = o.frame(frames, event.Payload)
	}
	taken := o.connection.socket.offer(frames, o.resume)
	*buffer = frames
	frameBuffers.Put(buffer)
	return taken
}

// resume goes on after the client has caught up.
func (o *operation) resume() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.stopped {
		o.pulls++
		go o.pull()
	}
}

// rest ends a pull.
func (o *operation) rest() {
	o.mu.Lock()
	o.pulls--
	last := o.stopped && o.pulls == 0
	o.mu.Unlock()
	if last {
		o.stream.Close(o.clean())
	}
}

// frameBuffers hold frames while they are written; the socket copies what it keeps.
var frameBuffers = sync.Pool{New: func() any { return new([]byte) }}

// End ends the operation, as the broadcast behind it did.
func (o *operation) End(err error) { go o.failWith(err) }

func (o *operation) frames(events []hub.Event) []byte {
	var frames []byte
	for _, event := range events {
		frames = o.frame(frames, event.Payload)
	}
	return frames
}

func (o *operation) frame(dst, payload []byte) []byte {
	return appendFrame(dst, ws.OpText, o.before, payload, []byte{'}'})
}

// failWith ends the operation with an error, unless it is over already.
func (o *operation) failWith(err error) {
	if o.ctx.Err() != nil {
		o.stop()
		return
	}
	o.fail(o.connection.transport.Engine.Show(o.ctx, err))
}

// fail ends the operation with errors. No complete follows.
func (o *operation) fail(errs gqlerror.List) {
	if o.connection.forget(o.id, o) != nil {
		o.connection.refuse(o.id, errs)
	}
	o.stop()
}

// complete ends an operation that has no more to say.
func (o *operation) complete() {
	if o.connection.forget(o.id, o) != nil {
		o.connection.say(message{ID: o.id, Type: "complete"})
	}
	o.stop()
}

// stop lets go of the operation. It may be called more than once.
func (o *operation) stop() {
	clean := o.clean()
	o.cancel()
	o.mu.Lock()
	unused := !o.stopped && o.stream != nil && o.pulls == 0
	o.stopped = true
	o.mu.Unlock()
	if unused {
		o.stream.Close(clean)
	}
}

// clean reports whether the operation ends for good. A client whose connection
// broke, whose token ran out or whose server restarts will be back in a moment.
func (o *operation) clean() bool {
	cause := context.Cause(o.connection.ctx)
	return cause == nil || errors.Is(cause, errClosed)
}
