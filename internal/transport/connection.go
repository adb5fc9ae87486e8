package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
)

// maxOperations bounds the operations of one connection that are under way.
const maxOperations = 1000

// A connection speaks a protocol with one client.
type connection struct {
	transport *WebSocket
	exec      graphql.GraphExecutor
	dialect   *dialect
	socket    *socket
	reader    reader
	ctx       context.Context // of the connection; its cause says why it ended
	end       context.CancelCauseFunc
	initTimer *time.Timer
	expiry    *time.Timer

	mu         sync.Mutex // guards what follows
	ready      bool       // connection_init was acknowledged
	inits      int
	signedIn   context.Context // of the operations, from connection_init on
	operations map[string]*operation
}

// A message is one of either side.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// read handles one message, and goes on in a goroutine of its own: the stack of
// the one before grew while it handled the message, and a connection that idles
// with a small one costs a few kilobytes less.
func (c *connection) read() {
	received, err := c.reader.message()
	if err == nil {
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
		c.await()
	case errors.Is(err, errGoodbye):
		c.end(errClosed)
	default:
		c.end(hub.ErrConnectionLost)
	}
	c.finish()
}

// await reads on until the client has answered the close frame, or is gone.
func (c *connection) await() {
	for {
		if _, err := c.reader.message(); err != nil {
			return
		}
	}
}

// finish lets go of everything.
func (c *connection) finish() {
	c.end(errClosed)
	c.stopTimers()
	c.mu.Lock()
	operations := c.operations
	c.operations = nil
	c.mu.Unlock()
	for _, o := range operations {
		o.stop()
	}
	c.socket.end()
	c.transport.leave(c)
}

func (c *connection) stopTimers() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, timer := range []*time.Timer{c.initTimer, c.expiry} {
		if timer != nil {
			timer.Stop()
		}
	}
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

func (c *connection) drain() {
	c.end(errDraining)
	c.socket.goodbye(closeServiceRestart, errDraining.Error())
}

// lost ends a connection whose client was not heard of for too long.
func (c *connection) lost() {
	c.end(hub.ErrConnectionLost)
	c.socket.end()
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

func (c *connection) say(m message) {
	encoded, _ := json.Marshal(m) // a message always encodes
	c.socket.send(appendFrame(nil, ws.OpText, encoded))
}

// handle does what a message says. A *closeError is a breach of the protocol.
func (c *connection) handle(received []byte) error {
	var m message
	if err := json.Unmarshal(received, &m); err != nil {
		return c.malformed("a message must be a JSON object with a type")
	}
	switch m.Type {
	case "connection_init":
		return c.init(m.Payload)
	case c.dialect.subscribe:
		return c.subscribe(m)
	case c.dialect.unsubscribe:
		c.unsubscribe(m.ID)
		return nil
	case "ping", "pong", "connection_terminate":
		return c.minor(m)
	}
	return c.malformed(fmt.Sprintf("unknown message type %.40q", m.Type))
}

// malformed is the answer to a message that can't be understood. The older
// protocol goes on.
func (c *connection) malformed(reason string) error {
	if c.dialect == legacy {
		c.say(message{Type: "connection_error", Payload: json.RawMessage(`{"message":` + string(quote(reason)) + `}`)})
		return nil
	}
	return &closeError{closeBadMessage, reason}
}

// minor handles what only one of the protocols has.
func (c *connection) minor(m message) error {
	switch {
	case c.dialect == legacy && m.Type == "connection_terminate":
		c.socket.goodbye(ws.StatusNormalClosure, "")
		return errGoodbye
	case c.dialect == legacy || m.Type == "connection_terminate":
		return c.malformed(fmt.Sprintf("unknown message type %q", m.Type))
	case m.Type == "ping":
		c.say(message{Type: "pong", Payload: m.Payload})
	}
	return nil
}

// init signs the client in.
func (c *connection) init(payload json.RawMessage) error {
	c.mu.Lock()
	c.inits++
	again := c.inits > 1
	c.mu.Unlock()
	if again {
		return &closeError{closeTwoInits, "Too many initialisation requests"}
	}
	var fields map[string]any
	if len(payload) > 0 && json.Unmarshal(payload, &fields) != nil {
		return c.malformed("the payload of connection_init must be an object")
	}
	signedIn, expires, err := c.transport.Init(c.ctx, fields)
	if err != nil {
		if c.dialect == legacy {
			c.say(message{Type: "connection_error", Payload: json.RawMessage(`{"message":` + string(quote(err.Error())) + `}`)})
		}
		return &closeError{closeForbidden, err.Error()}
	}
	c.initTimer.Stop()
	c.mu.Lock()
	c.ready, c.signedIn = true, signedIn
	c.expiry = time.AfterFunc(time.Until(expires), func() {
		c.end(errExpired)
		c.socket.goodbye(closeForbidden, errExpired.Error())
	})
	c.mu.Unlock()
	c.say(message{Type: "connection_ack"})
	if c.dialect == legacy {
		c.say(message{Type: "ka"}) // clients begin to watch with the first
	}
	return nil
}

// subscribe begins an operation.
func (c *connection) subscribe(m message) error {
	c.mu.Lock()
	ready, signedIn, count := c.ready, c.signedIn, len(c.operations)
	_, taken := c.operations[m.ID]
	c.mu.Unlock()
	params, err := DecodeParams(bytes.NewReader(m.Payload))
	switch {
	case !ready:
		return &closeError{closeNoInit, "Unauthorized"}
	case m.ID == "" || err != nil:
		return c.malformed("subscribe needs an id, and a payload with a query")
	case taken && c.dialect == legacy:
		c.unsubscribe(m.ID) // an id that is used again stops the operation before
	case taken:
		return &closeError{closeDuplicate, fmt.Sprintf("Subscriber for %s already exists", m.ID)}
	case count >= maxOperations:
		c.refuse(m.ID, gqlerror.List{limitError(maxOperations)})
		return nil
	}
	o := newOperation(c, m.ID, signedIn)
	c.mu.Lock()
	c.operations[m.ID] = o
	c.mu.Unlock()
	go o.run(params)
	return nil
}

func limitError(most int) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf("a connection may have at most %d operations at a time; complete some first", most),
		Extensions: map[string]any{"code": "LIMIT_EXCEEDED"},
	}
}

// refuse answers an operation that does not run.
func (c *connection) refuse(id string, errs gqlerror.List) {
	var payload []byte
	if c.dialect == legacy {
		payload, _ = json.Marshal(errs[0])
	} else {
		payload, _ = json.Marshal(errs)
	}
	c.say(message{ID: id, Type: "error", Payload: valid(payload)})
}

// unsubscribe ends an operation that the client has enough of.
func (c *connection) unsubscribe(id string) {
	if o := c.forget(id, nil); o != nil {
		o.stop()
		if c.dialect == legacy {
			c.say(message{ID: id, Type: "complete"})
		}
	}
}

// forget takes an operation off the list, so that its id is free again. only, if
// not nil, is the operation that it must be.
func (c *connection) forget(id string, only *operation) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.operations[id]
	if o == nil || only != nil && o != only {
		return nil
	}
	delete(c.operations, id)
	return o
}
