package websocket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/engine"
	"tandem/internal/requestid"
	"tandem/internal/session"
	"tandem/internal/transport"
	"tandem/internal/wellformed"
)

// A message is a message of the client or the server.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// handle acts on a message. A *closeError is a violation of the protocol.
func (c *connection) handle(received []byte) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &closeError{transport.CloseInternal, c.show(cause)}
		}
	}()
	if c.ended() != nil {
		return nil // the connection is closing: ignore the message
	}
	if c.session == nil {
		if c.messagesBeforeAck++; c.messagesBeforeAck > maxEarlyMessages {
			return &closeError{transport.CloseBadMessage, "too many messages before connection_ack"}
		}
	}
	m, err := readMessage(received)
	if err != nil {
		return c.malformed("a message must be a JSON object with a type, and have no name twice")
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

// readMessage reads a message. Its handler checks the payload, since a wrong one may only end an
// operation.
func readMessage(received []byte) (m message, err error) {
	fields, err := wellformed.Fields(received)
	if err != nil {
		return m, err
	}
	if id := fields["id"]; len(id) > 0 {
		err = wellformed.JSON(id)
	}
	if err == nil {
		err = wellformed.Read(fields, map[string]any{"id": &m.ID, "type": &m.Type})
	}
	m.Payload = fields["payload"]
	return m, err
}

// malformed handles a message that breaks the protocol. It closes the connection, except in the older
// protocol, which has an error message for it.
func (c *connection) malformed(reason string) error {
	if c.dialect == legacy {
		c.sendMessage(message{Type: "connection_error", Payload: c.explain(engine.BadInput(reason))})
		return nil
	}
	return &closeError{transport.CloseBadMessage, reason}
}

// explain returns the payload of an error about the connection in the older protocol.
func (c *connection) explain(err *gqlerror.Error) json.RawMessage {
	payload, _ := json.Marshal(requestid.Annotate(c.requestID, gqlerror.List{err})[0]) // texts always encode
	return engine.NormalizeJSON(payload)
}

// minor handles messages that only one of the protocols has.
func (c *connection) minor(m message) error {
	switch {
	case c.dialect == legacy && m.Type == "connection_terminate":
		return closeWith(transport.CloseNormal)
	case c.dialect == legacy || m.Type == "connection_terminate":
		return c.malformed(fmt.Sprintf("unknown message type %q", m.Type))
	case len(m.Payload) > maxPingPayload:
		return c.malformed(fmt.Sprintf("the payload of %s may have at most %d bytes", m.Type, maxPingPayload))
	case !engine.IsObjectOrNull(m.Payload):
		return c.malformed(fmt.Sprintf("the payload of %s must be an object", m.Type))
	case m.Type == "ping":
		c.sendMessage(message{Type: "pong", Payload: m.Payload})
	}
	return nil
}

// init signs the client in.
func (c *connection) init(payload json.RawMessage) error {
	if c.initReceived {
		return closeWith(transport.CloseTwoInits)
	}
	var fields map[string]any
	if len(payload) > 0 && (wellformed.JSON(payload) != nil || json.Unmarshal(payload, &fields) != nil) {
		return c.malformed("the payload of connection_init must be an object of Unicode text, with no name twice")
	}
	c.initReceived = true
	c.stopInitTimer() // it does not bound the time of Init
	signedIn, expires, err := c.transport.Init(c.upgradeCtx, fields)
	if err == nil {
		err = c.reserve(signedIn)
	}
	if err != nil {
		if c.dialect == legacy {
			c.sendMessage(message{Type: "connection_error", Payload: c.explain(&gqlerror.Error{Message: err.Error()})})
		}
		return &closeError{initCode(err), err.Error()}
	}
	ack := message{Type: "connection_ack"}
	if c.transport.Ack != nil {
		if payload := c.transport.Ack(signedIn); payload != nil {
			ack.Payload = engine.EncodeJSON(payload)
		}
	}
	c.acknowledge(signedIn, expires, ack)
	return nil
}

// initCode returns the close code for an error of Init.
func initCode(err error) ws.StatusCode {
	if _, busy := errors.AsType[*transport.Busy](err); busy {
		return transport.CloseTryAgain
	}
	return transport.CloseForbidden
}

func (c *connection) stopInitTimer() {
	if c.initTimer != nil { // nil for a connection that was closed as it came
		c.initTimer.Stop()
	}
}

// reserve counts the connection among those of the person who signed in.
func (c *connection) reserve(signedIn context.Context) error {
	if c.transport.Reserve == nil {
		return nil
	}
	release, err := c.transport.Reserve(signedIn)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.release = release
	return err
}

// acknowledge sends connection_ack, and frees what only the handshake needed.
func (c *connection) acknowledge(signedIn context.Context, expires time.Time, ack message) {
	c.mu.Lock()
	c.session = session.New(expires, c.transport.Now, c.renew)
	c.signedIn = session.With(signedIn, c.session)
	c.initTimer, c.upgradeCtx = nil, nil
	c.reader.most, c.reader.room = maxMessage, c.makeRoom
	c.mu.Unlock()
	c.transport.Stats.SignedIn()
	c.watchExpiry(c.transport.PingInterval)
	frames := appendMessage(nil, ack)
	if c.dialect == legacy {
		frames = appendMessage(frames, message{Type: "ka"}) // the first one makes clients expect more
	}
	c.socket.send(frames)
}

// subscribe begins an operation.
func (c *connection) subscribe(m message) error {
	if c.session == nil {
		return closeWith(transport.CloseNoInit)
	}
	c.number++
	err := engine.CheckParams(m.Payload)
	switch {
	case m.ID == "" || len(m.ID) > transport.MaxID:
		return c.malformed(fmt.Sprintf("%s needs an id, of at most %d bytes", m.Type, transport.MaxID))
	case errors.Is(err, engine.ErrParams), errors.Is(err, wellformed.ErrText), errors.Is(err, wellformed.ErrRepeated):
		c.refuse(m.ID, c.operationID(), gqlerror.List{engine.BadInput(err.Error())})
		return nil
	case err != nil && c.dialect == legacy:
		c.refuse(m.ID, c.operationID(), gqlerror.List{badRequest(m.Type)})
		return nil
	case err != nil:
		return c.malformed(badRequest(m.Type).Message)
	}
	if c.dialect == legacy {
		if o := c.forget(m.ID, nil); o != nil {
			o.stop() // reusing an id stops the earlier operation silently
		}
	}
	return c.start(m.ID, m.Payload)
}

// start runs an operation, unless the connection has too many.
func (c *connection) start(id string, params json.RawMessage) error {
	o := newOperation(c, id)
	o.held, c.large = c.large, nil
	c.mu.Lock()
	taken, full, over := c.find(id) >= 0, len(c.operations) >= transport.MaxOperations, c.draining || c.cause != nil
	if !taken && !full && !over {
		o.ctx, o.cancel = context.WithCancel(requestid.OfOperation(c.signedIn, c.requestID, c.number))
		c.operations = append(c.operations, o)
		c.answering++
		go o.run(params)
	}
	c.mu.Unlock()
	if taken || full || over {
		o.held.Release()
	}
	switch {
	case over: // the client will start it on its next connection
	case taken:
		return &closeError{transport.CloseDuplicate, fmt.Sprintf("Subscriber for %s already exists", id)}
	case full:
		c.refuse(id, c.operationID(), gqlerror.List{transport.LimitError(transport.MaxOperations)})
	}
	return nil
}

// find returns the index of an operation, or -1. c.mu is held.
func (c *connection) find(id string) int {
	return slices.IndexFunc(c.operations, func(o *operation) bool { return o.id == id })
}

func badRequest(kind string) *gqlerror.Error {
	return engine.BadInput(fmt.Sprintf("the payload of %s must be an object with a query, or with the id of one", kind))
}

// operationID returns the request id of the operation that the client sent last. Only the goroutine that
// reads from the client calls it.
func (c *connection) operationID() string {
	return requestid.From(requestid.OfOperation(context.Background(), c.requestID, c.number))
}

// refuse ends an operation with errors, which get its request id.
func (c *connection) refuse(id, requestID string, errs gqlerror.List) {
	errs = requestid.Annotate(requestID, errs)
	var payload []byte
	if c.dialect == legacy && len(errs) > 0 {
		payload, _ = json.Marshal(errs[0])
	} else {
		payload, _ = json.Marshal(errs)
	}
	c.sendMessage(message{ID: id, Type: "error", Payload: payload})
}

// unsubscribe ends an operation at the client's request.
func (c *connection) unsubscribe(id string) {
	if o := c.forget(id, nil); o != nil {
		o.stop()
		if c.dialect == legacy {
			c.sendMessage(message{ID: id, Type: "complete"})
		}
	}
}

// forget removes an operation, so that its id can be used again. If only is not nil, it removes only that
// operation.
func (c *connection) forget(id string, only *operation) *operation {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.find(id)
	if i < 0 || only != nil && c.operations[i] != only {
		return nil
	}
	o := c.operations[i]
	c.operations = slices.Delete(c.operations, i, i+1)
	return o
}
