package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gobwas/ws"

	"tandem/internal/fair"
	"tandem/internal/hub"
)

// A connection speaks a protocol with one client.
type connection struct {
	transport *WebSocket
	exec      graphql.GraphExecutor
	spoken
	socket *socket
	reader reader
	opened time.Time
	slot   int // when it is pinged
	// requestID is the id of the upgrade request.
	requestID string

	// Of the reader, which is one goroutine at a time.
	arrived   context.Context // of the upgrade request; nil once signed in
	early     bytes.Reader    // what the client sent right behind that request
	before    int             // messages before connection_ack
	polled    bool            // the poller knows it
	initTimer *time.Timer
	begun     bool        // connection_init came
	number    int         // of the newest operation
	large     *fair.Grant // for the message that is being read, if that is a large one

	mu         sync.Mutex         // guards what follows
	waiting    context.CancelFunc // ends the wait for room; nil while nobody waits
	cause      error              // why the connection ended; nil while it is open
	session    *hub.Session       // nil until connection_init was acknowledged, by the reader
	signedIn   context.Context    // of the operations that begin; nil as session is
	leave      func()             // gives up the person's place among the connections; nil for none
	operations []*operation       // few, so that looking through them is quick
	answering  int                // how many operations are to be answered yet
	draining   bool               // no more operations begin
	patience   *time.Timer        // ends the wait for answers when draining
	expiry     *time.Timer        // set for the last stretch before the token expires
}

// read handles one message, and has the next one read when it comes.
func (c *connection) read() {
	received, err := c.reader.message()
	inStep := err == nil // what comes next begins a frame
	if inStep {
		c.socket.heard()
		err = c.handle(received)
	}
	c.large.Release() // unless an operation took it over
	c.large = nil
	if err == nil {
		c.rest()
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

// rest has the next message read when it comes: by a goroutine of its own, since
// the stack of this one grew while it handled a message, and one that idles with a
// small stack costs a few kilobytes less; and where the poller can tell when it
// comes, by none until then.
func (c *connection) rest() {
	if c.early.Len() > 0 || !c.socket.rest(c.transport.poller) {
		go c.read()
	}
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
	operations, leave := c.operations, c.leave
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
	if leave != nil {
		leave()
	}
	c.socket.end()
	c.transport.leave(c)
}

// end ends what the connection's operations do. The first cause counts.
func (c *connection) end(cause error) {
	c.mu.Lock()
	if c.cause != nil {
		c.mu.Unlock()
		return
	}
	c.cause = cause
	if c.waiting != nil {
		c.waiting()
	}
	operations := slices.Clone(c.operations)
	c.mu.Unlock()
	for _, o := range operations {
		o.cancel()
	}
}

// makeRoom waits until there is room for a large message.
func (c *connection) makeRoom() error {
	c.mu.Lock()
	ctx, cancel := context.WithCancel(c.signedIn)
	defer cancel()
	c.waiting = cancel
	over := c.cause != nil
	c.mu.Unlock()
	if over {
		return errGoodbye
	}
	var err error
	c.large, err = c.transport.Engine.Underway.begin(ctx, true)
	c.mu.Lock()
	c.waiting = nil
	c.mu.Unlock()
	if err != nil {
		return &closeError{closeTryAgain, "too much is under way; try again later"}
	}
	c.socket.heard() // the client was not read while it waited
	return nil
}

// ended is why the connection ended; nil while it is open.
func (c *connection) ended() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
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

// watchExpiry ends the connection when its token has expired, if that is soon. It
// is called again now and then: a timer for each connection from its beginning
// would cost as much as its operation.
func (c *connection) watchExpiry(soon time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil || c.cause != nil || c.expiry != nil {
		return
	}
	expires := c.session.Expires()
	if left := time.Until(expires); !expires.IsZero() && left <= soon {
		c.expiry = time.AfterFunc(left, c.expire)
	}
}

// expire closes the connection if its token has expired, and was not replaced.
func (c *connection) expire() {
	c.mu.Lock()
	replaced := time.Until(c.session.Expires()) > 0
	c.expiry = nil
	c.mu.Unlock()
	if replaced {
		return
	}
	c.end(errExpired)
	c.socket.goodbye(closeForbidden, errExpired.Error())
}

// renew takes a fresh token, for the operations that follow and until it expires.
func (c *connection) renew(_ context.Context, token string) (context.Context, time.Time, error) {
	if c.transport.Renew == nil {
		return nil, time.Time{}, errors.New("the transport renews no sessions")
	}
	c.mu.Lock()
	signedIn := c.signedIn
	c.mu.Unlock()
	ctx, expires, err := c.transport.Renew(signedIn, token)
	if err != nil {
		return nil, time.Time{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.signedIn = hub.WithSession(context.WithoutCancel(ctx), c.session)
	return c.signedIn, expires, nil
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
	cause := c.ended()
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
	errs := c.transport.Engine.Show(context.Background(), fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
	return errs.Error()
}
