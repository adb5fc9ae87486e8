package websocket

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/engine"
	"tandem/internal/fair"
	"tandem/internal/hub"
	"tandem/internal/requestid"
	"tandem/internal/transport"
)

// An operation is an operation of a connection, from subscribe to complete. For a subscription it is the sink of
// the events, and needs no goroutine while the client keeps up.
type operation struct {
	connection *connection
	id         string
	before     []byte // the beginning of a message with an event, up to the payload
	ctx        context.Context
	cancel     context.CancelFunc
	held       *fair.Grant // its memory, until it is answered, or found to be a subscription

	answered bool // or found to be a subscription; guarded by connection.mu

	mu      sync.Mutex // guards what follows; locked after broadcast.mu, before connection.mu
	stream  engine.Stream
	pulling bool // a goroutine pulls from the stream; no other goroutine may use the stream meanwhile
	again   bool // that goroutine must not end yet: the operation became live, and fell behind again
	stopped bool // the stream is closed, or the pulling goroutine will close it
	clean   bool // the argument of stream.Close
}

func newOperation(c *connection, id string) *operation {
	return &operation{
		connection: c, id: id,
		before: []byte(`{"id":` + string(engine.EncodeJSON(id)) + `,"type":"` + c.dialect.next + `","payload":`),
	}
}

// run runs the operation; a subscription until it is live.
func (o *operation) run(body json.RawMessage) {
	defer o.connection.answered(o)
	defer func() { o.held.Release() }()
	defer o.recover()
	server := o.connection.transport
	if allow := server.Allow; allow != nil {
		if err := allow(o.ctx); err != nil {
			o.failWith(err)
			return
		}
	}
	if err := o.awaitTurn(); err != nil {
		o.failWith(err)
		return
	}
	params, err := engine.DecodeParams(body)
	if err != nil {
		o.fail(gqlerror.List{badRequest(o.connection.dialect.subscribe)})
		return
	}
	prepared, errs := server.Engine.Prepare(o.ctx, o.connection.exec, params)
	switch {
	case errs != nil:
		o.fail(errs)
		return
	case !prepared.IsSubscription():
		o.respond(prepared.Respond())
		return
	}
	o.follow(prepared)
}

// follow subscribes, and sends events until the operation is live.
func (o *operation) follow(prepared *engine.Operation) {
	o.connection.answered(o)
	stream, err := prepared.Subscribe("", o)
	if err != nil {
		o.failWith(err)
		return
	}
	o.held.Release()
	o.mu.Lock()
	o.stream, o.pulling = stream, true
	o.mu.Unlock()
	o.pull()
}

// awaitTurn waits until there is memory for the operation. A large message has waited before it was read.
func (o *operation) awaitTurn() (err error) {
	if o.held == nil {
		o.held, err = o.connection.transport.Underway.Begin(o.ctx, false)
	}
	return err
}

// recover turns a panic into an error that ends only the operation.
func (o *operation) recover() {
	if cause := recover(); cause != nil {
		o.failWith(fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
	}
}

// respond sends the response of a query or a mutation. It frees the id when it sends the response, and returns
// when the client has accepted it.
func (o *operation) respond(payload []byte) {
	transport.Answered(o.held, payload)
	o.connection.socket.sendInTurn(o.ctx, func() []byte {
		if o.connection.forget(o.id, o) == nil {
			return nil
		}
		frames := o.frame(make([]byte, 0, len(payload)+len(o.before)+128), hub.Event{Payload: payload})
		return appendMessage(frames, message{ID: o.id, Type: "complete"})
	})
	o.stop()
	o.connection.socket.drained()
}

// pull sends events until the operation is live or ends.
func (o *operation) pull() {
	live := false
	defer func() {
		if !live {
			o.release()
		}
	}()
	defer o.recover()
	for !live {
		events, err := o.stream.Next(o.ctx)
		switch {
		case err != nil:
			o.failWith(err)
			return
		case events == nil:
			live = !o.release()
		default:
			o.send(events)
		}
	}
}

// send sends events, and counts their memory until the client has accepted them. More events of its person are
// rendered only afterwards.
func (o *operation) send(events []hub.Event) {
	size := 0
	for _, event := range events {
		size += len(event.Payload)
	}
	held := o.connection.transport.Underway.Charge(o.ctx, size)
	defer held.Release()
	engine.Deliver(o.stream, func() {
		o.connection.socket.sendInTurn(o.ctx, func() []byte { return o.frames(events) })
	})
}

// release ends a pull, or reports that the pull has to continue because the operation fell behind again. It closes
// the stream if the operation was stopped meanwhile, since only the pulling goroutine may use the stream.
func (o *operation) release() (again bool) {
	o.mu.Lock()
	again, o.again = o.again && !o.stopped, false
	o.pulling = again
	closes := o.stopped
	o.mu.Unlock()
	if closes {
		o.stream.Close(o.clean)
	}
	return again
}

// Take sends events at once. If the client is behind it accepts none, and the operation pulls once the client has
// caught up.
func (o *operation) Take(events []hub.Event) bool {
	buffer := frameBuffers.Get().(*[]byte)
	frames := (*buffer)[:0]
	for _, event := range events {
		frames = o.frame(frames, event)
	}
	taken := o.connection.socket.offer(o.ctx, frames, o.resume)
	*buffer = frames
	frameBuffers.Put(buffer)
	return taken
}

// Resume starts to pull: the broadcast delivers nothing until the operation is live again.
func (o *operation) Resume() { o.resume() }

// resume starts a goroutine that pulls, or makes the running one continue.
func (o *operation) resume() {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.stopped:
	case o.pulling: // the goroutine has not ended since the operation became live
		o.again = true
	default:
		o.pulling = true
		go o.pull()
	}
}

// frameBuffers hold frames while they are written; the socket copies what it keeps.
var frameBuffers = sync.Pool{New: func() any { return new([]byte) }}

// End ends the operation with the error that ended its broadcast.
func (o *operation) End(err error) { go o.failWith(err) }

func (o *operation) frames(events []hub.Event) []byte {
	var frames []byte
	for _, event := range events {
		frames = o.frame(frames, event)
	}
	return frames
}

// frame appends the message with an event.
func (o *operation) frame(dst []byte, event hub.Event) []byte {
	if o.connection.deflates && len(event.Payload) >= deflateFrom {
		deflated := event.Encoding.Bytes(func() []byte { return deflate(event.Payload) })
		return appendDeflatedFrame(dst, o.before, deflated, closingBrace)
	}
	return appendFrame(dst, ws.OpText, o.before, event.Payload, closingBrace)
}

var closingBrace = []byte{'}'}

// failWith ends the operation with an error, unless it has ended.
func (o *operation) failWith(err error) {
	if o.ctx.Err() != nil {
		o.stop()
		return
	}
	o.fail(o.connection.transport.Engine.Show(o.ctx, err))
}

// fail ends the operation with errors, without complete.
func (o *operation) fail(errs gqlerror.List) {
	if o.connection.forget(o.id, o) != nil {
		o.connection.refuse(o.id, requestid.From(o.ctx), errs)
	}
	o.stop()
}

// stop cancels the operation and closes its stream. It may be called more than once.
func (o *operation) stop() {
	o.cancel()
	o.mu.Lock()
	if o.stopped {
		o.mu.Unlock()
		return
	}
	o.stopped, o.clean = true, o.connection.clean()
	closes := o.stream != nil && !o.pulling
	o.mu.Unlock()
	if closes {
		o.stream.Close(o.clean)
	}
}
