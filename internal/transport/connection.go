package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gobwas/ws"

	"tandem/internal/hub"
)

// A connection speaks a protocol with one client.
type connection struct {
	transport *WebSocket
	exec      graphql.GraphExecutor
	dialect   *dialect // nil for a client that offered none that is spoken
	socket    *socket
	reader    reader
	ctx       context.Context // of the connection; its cause says why it ended
	end       context.CancelCauseFunc
	opened    time.Time

	// Of whoever reads, which is one goroutine at a time.
	initTimer *time.Timer
	expiry    *time.Timer
	begun     bool            // connection_init came
	signedIn  context.Context // of the operations; nil until connection_init was acknowledged
	number    int             // of the newest operation

	mu         sync.Mutex // guards what follows
	operations map[string]*operation
	answering  int         // how many operations are to be answered yet
	draining   bool        // no more operations begin
	patience   *time.Timer // ends the wait for answers when draining
}

// read handles one message, and goes on in a goroutine of its own: the stack of
// the one before grew while it handled the message, and a connection that idles
// with a small one costs a few kilobytes less.
func (c *connection) read() {
	received, err := c.reader.message()
	inStep := err == nil // what comes next begins a frame
	if inStep {
		c.socket.heard()
		err = c.handle(received)
	}
	if err == nil {
		go c.read()
		return
	}
	var bad *closeError
	switch {
	case errors.As(err, &bad):
		c.close(bad.code, bad.reason)
		c.await(inStep)
	case errors.Is(err, errGoodbye):
		c.end(errClosed)
	default:
		c.end(hub.ErrConnectionLost)
	}
	c.finish()
}

// await reads on until the client has answered the close frame, or is gone. What
// was never read would make the kernel take the close frame back.
func (c *connection) await(inStep bool) {
	for inStep {
		_, err := c.reader.message()
		var bad *closeError
		if err != nil && !errors.As(err, &bad) {
			return
		}
		inStep = err == nil
	}
	_, _ = io.Copy(io.Discard, c.reader.from)
}

// finish lets go of everything.
func (c *connection) finish() {
	c.end(errClosed)
	c.mu.Lock()
	operations := c.operations
	c.operations = nil
	c.draining = true
	for _, timer := range []*time.Timer{c.initTimer, c.expiry, c.patience} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.mu.Unlock()
	for _, o := range operations {
		o.stop()
	}
	c.socket.end()
	c.transport.leave(c)
}

// control answers a control frame.
func (c *connection) control(op ws.OpCode, payload []byte) error {
	c.socket.heard()
	switch op {
	case ws.OpPing:
		c.socket.send(appendFrame(nil, ws.OpPong, payload))
	case ws.OpClose:
		code := answerClose(payload)
		c.socket.goodbye(code, "")
		if code == ws.StatusNormalClosure {
			return errGoodbye
		}
		return errors.New("the client is going away")
	}
	return nil
}

// close begins to close the connection. Its operations end without a word, since
// a client takes complete for the end of a stream.
func (c *connection) close(code ws.StatusCode, reason string) {
	c.end(errClosed)
	c.socket.goodbye(code, reason)
}

// expire closes the connection since its token has expired.
func (c *connection) expire() {
	c.end(errExpired)
	c.socket.goodbye(closeForbidden, errExpired.Error())
}

// lost ends a connection whose client was not heard of for too long.
func (c *connection) lost() {
	c.end(hub.ErrConnectionLost)
	c.socket.kill()
}

// clean reports whether the connection ends for good, or goes on. A client whose
// connection broke, whose token ran out or whose server restarts will be back in
// a moment.
func (c *connection) clean() bool {
	cause := context.Cause(c.ctx)
	return cause == nil || errors.Is(cause, errClosed)
}

// ping asks whether the client is there; the older protocol has a message for it
// that clients wait for.
func (c *connection) ping() {
	frames := appendFrame(nil, ws.OpPing)
	if c.dialect == legacy {
		frames = appendFrame(frames, ws.OpText, []byte(`{"type":"ka"}`))
	}
	c.socket.send(frames)
}

func (c *connection) say(m message) { c.socket.send(appendMessage(nil, m)) }

// show returns what a client is shown of a panic.
func (c *connection) show(cause any) string {
	errs := c.transport.Engine.Show(c.ctx, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
	return errs.Error()
}
