package websocket

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
	"tandem/internal/session"
	"tandem/internal/transport"
)

// A connection is the server's end of one client's WebSocket.
type connection struct {
	transport *Server
	exec      graphql.GraphExecutor
	negotiated
	socket *socket
	reader reader
	opened time.Time
	slot   int // of its pings
	// requestID is the id of the upgrade request.
	requestID string

	// Used by the reader only, which is one goroutine at a time.
	upgradeCtx        context.Context // of the upgrade request; nil after connection_ack
	buffered          bytes.Reader    // bytes that the client sent right after that request
	messagesBeforeAck int
	registered        bool // with the poller
	initTimer         *time.Timer
	initReceived      bool
	number            int         // of the newest operation
	large             *fair.Grant // for the message that is being read, if it is a large one

	mu         sync.Mutex         // guards what follows; locked after socket.mu and operation.mu, before Session.mu
	waiting    context.CancelFunc // ends the wait in makeRoom; nil while it does not wait
	cause      error              // why the connection ended; nil while it is open
	session    *session.Session   // set by the reader at connection_ack
	signedIn   context.Context    // of new operations; set with session
	release    func()             // ends what reserve began; nil if it has not begun
	operations []*operation       // few, so that a linear search is fast
	answering  int                // queries and mutations under way
	draining   bool               // no more operations begin
	drainTimer *time.Timer        // bounds the wait for answers when draining
	expiry     *time.Timer        // set shortly before the token expires
}

// read reads and handles one message, and then parks the connection until the next one.
func (c *connection) read() {
	received, err := c.reader.message()
	inStep := err == nil // the next byte begins a frame
	if inStep {
		c.socket.heard()
		err = c.handle(received)
	}
	c.large.Release() // if no operation has taken it over
	c.large = nil
	if err == nil {
		c.park()
		return
	}
	var bad *closeError
	switch {
	case errors.As(err, &bad):
		c.close(bad.code, bad.reason)
		c.await(inStep)
	case errors.Is(err, errGoodbye):
		c.end(transport.ErrClosed)
	default:
		c.end(transport.ErrConnectionLost)
	}
	c.finish()
}

// park waits for the next message without a goroutine if the poller can, or otherwise in a new goroutine:
// the stack of this one has grown, and a small idle stack takes a few kilobytes less.
func (c *connection) park() {
	if c.buffered.Len() > 0 || !c.socket.park(c.transport.poller) {
		go c.read()
	}
}

// await reads until the client has answered the close frame, or is gone. Unread bytes would make the
// kernel discard the close frame.
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

// finish releases everything that the connection holds.
func (c *connection) finish() {
	c.end(transport.ErrClosed)
	c.mu.Lock()
	operations, release := c.operations, c.release
	c.operations = nil
	c.draining = true
	for _, timer := range []*time.Timer{c.initTimer, c.expiry, c.drainTimer} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.mu.Unlock()
	for _, o := range operations {
		o.stop()
	}
	if release != nil {
		release()
	}
	c.socket.end()
	c.transport.remove(c)
}

// end cancels the connection's operations. The first cause counts.
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

// makeRoom waits until the server has memory for a large message.
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
	c.large, err = c.transport.Underway.Begin(ctx, true)
	c.mu.Lock()
	c.waiting = nil
	c.mu.Unlock()
	if err != nil {
		return &closeError{transport.CloseTryAgain, "too many operations are under way; try again later"}
	}
	c.socket.heard() // the server did not read during the wait
	return nil
}

// ended returns why the connection ended, or nil while it is open.
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
		if code == transport.CloseNormal {
			return errGoodbye
		}
		return errors.New("the client is going away")
	}
	return nil
}

// close begins to close the connection. It sends no complete for its operations: a client would take that
// for the end of a subscription.
func (c *connection) close(code ws.StatusCode, reason string) {
	c.end(transport.ErrClosed)
	c.socket.goodbye(code, reason)
}

// closeWith is close for a code with a fixed reason.
func (c *connection) closeWith(code ws.StatusCode) { c.close(code, transport.ReasonOf(code)) }

// watchExpiry sets a timer that closes the connection when its token expires, if it does so soon. The
// monitor calls it periodically: a timer for the whole life of a connection would cost as much as an
// operation.
func (c *connection) watchExpiry(soon time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil || c.cause != nil {
		return
	}
	left := c.session.Left()
	if left > soon || c.expiry != nil && !c.expiry.Stop() { // a timer that can't be stopped calls expire now
		return
	}
	c.expiry = time.AfterFunc(left, c.expire)
}

// clockSet looks again at what the clock on the wall decides.
func (c *connection) clockSet(soon time.Duration) {
	c.mu.Lock()
	current := c.session
	c.mu.Unlock()
	if current != nil {
		current.Recheck()
		c.watchExpiry(soon)
	}
}

// expire closes the connection, unless its token was replaced.
func (c *connection) expire() {
	c.mu.Lock()
	replaced := c.session.Left() > 0
	c.expiry = nil
	c.mu.Unlock()
	if replaced {
		return
	}
	c.end(transport.ErrExpired)
	c.socket.goodbye(transport.CodeOf(transport.ErrExpired), transport.ErrExpired.Error())
}

// renew replaces the token for later operations and for the expiry of the connection.
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
	c.signedIn = session.With(context.WithoutCancel(ctx), c.session)
	return c.signedIn, expires, nil
}

// lost closes a connection whose client has been silent for too long.
func (c *connection) lost() {
	c.end(transport.ErrConnectionLost)
	c.socket.kill()
}

// clean reports whether the client or the server closed the connection for good. A client whose
// connection broke, whose token expired or whose server restarts will reconnect soon.
func (c *connection) clean() bool {
	cause := c.ended()
	return cause == nil || errors.Is(cause, transport.ErrClosed)
}

// ping sends a ping. The older protocol also has a message that clients wait for.
func (c *connection) ping() {
	frames := appendFrame(nil, ws.OpPing)
	if c.dialect == legacy {
		frames = appendFrame(frames, ws.OpText, []byte(`{"type":"ka"}`))
	}
	c.socket.send(frames)
}

func (c *connection) sendMessage(m message) { c.socket.send(appendMessage(nil, m)) }

// show returns the text of a panic for the client.
func (c *connection) show(cause any) string {
	errs := c.transport.Engine.Show(context.Background(), fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
	return errs.Error()
}
