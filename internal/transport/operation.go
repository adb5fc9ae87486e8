package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/fair"
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
	held       *fair.Grant // what it is counted for until it is answered, or follows

	answered bool // or found to be a subscription; guarded by connection.mu

	mu      sync.Mutex // guards what follows
	stream  Stream
	pulling bool // a goroutine pulls from the stream, which is its alone meanwhile
	again   bool // it has to go on, although it was told that the operation is live
	stopped bool // the stream is closed, or will be by the goroutine that pulls
	clean   bool // how it is closed
}

func newOperation(c *connection, id string) *operation {
	return &operation{
		connection: c, id: id,
		before: []byte(`{"id":` + string(quote(id)) + `,"type":"` + c.dialect.next + `","payload":`),
	}
}

// run runs the operation, and for a subscription until it is live.
func (o *operation) run(body json.RawMessage) {
	defer o.connection.answered(o)
	defer func() { o.held.Release() }()
	defer o.recover()
	engine := o.connection.transport.Engine
	if engine.Allow != nil {
		if err := engine.Allow(o.ctx); err != nil {
			o.failWith(err)
			return
		}
	}
	if err := o.awaitTurn(); err != nil {
		o.failWith(err)
		return
	}
	params, err := DecodeParams(body)
	if err != nil {
		o.fail(gqlerror.List{badRequest(o.connection.dialect.subscribe)})
		return
	}
	prepared, errs := engine.Prepare(o.ctx, o.connection.exec, params)
	switch {
	case errs != nil:
		o.fail(errs)
		return
	case !prepared.IsSubscription():
		o.respond(prepared.Respond())
		return
	}
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

// awaitTurn waits until the operation may run, unless its message was a large one,
// which waited before it was read.
func (o *operation) awaitTurn() (err error) {
	if o.held == nil {
		o.held, err = o.connection.transport.Engine.Underway.begin(o.ctx, false)
	}
	return err
}

// recover makes an error of a panic, which ends the operation and nothing else.
func (o *operation) recover() {
	if cause := recover(); cause != nil {
		o.failWith(fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
	}
}

// respond sends the one response of a query or a mutation. The id is free, and
// the next operation may come, when the client could know of it.
func (o *operation) respond(payload []byte) {
	answered(o.held, payload)
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

// pull sends events until the operation is live, or ends.
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

// send sends events, and counts them until the client has taken them: other
// events of its person are rendered afterwards.
func (o *operation) send(events []hub.Event) {
	size := 0
	for _, event := range events {
		size += len(event.Payload)
	}
	held := o.connection.transport.Engine.Underway.charge(o.ctx, size)
	defer held.Release()
	whileResting(o.stream, func() {
		o.connection.socket.sendInTurn(o.ctx, func() []byte { return o.frames(events) })
	})
}

// release ends a pull, unless it reports that the pull has to go on: the
// operation became live, and fell behind again already. Nobody else uses the
// stream while somebody pulls, so it is closed here if it was stopped meanwhile.
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

// Take sends events at once. If the client is behind, it takes none, and goes on
// by itself when the client has caught up.
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

// Resume goes on by itself: the broadcast hands it no more for now.
func (o *operation) Resume() { o.resume() }

// resume goes on after the client has caught up.
func (o *operation) resume() {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.stopped:
	case o.pulling: // it has not noticed yet that it was live in between
		o.again = true
	default:
		o.pulling = true
		go o.pull()
	}
}

// frameBuffers hold frames while they are written; the socket copies what it keeps.
var frameBuffers = sync.Pool{New: func() any { return new([]byte) }}

// End ends the operation, as the broadcast behind it did.
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
		deflated := event.Form.Bytes(func() []byte { return deflate(event.Payload) })
		return appendDeflatedFrame(dst, o.before, deflated, closingBrace)
	}
	return appendFrame(dst, ws.OpText, o.before, event.Payload, closingBrace)
}

var closingBrace = []byte{'}'}

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

// stop lets go of the operation. It may be called more than once.
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
