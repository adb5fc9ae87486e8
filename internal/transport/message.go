package transport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gobwas/ws"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
	"tandem/internal/wellformed"
)

const (
	// maxOperations bounds the operations of one connection that are under way.
	maxOperations = 1000
	// maxID bounds the id of an operation, in bytes: it goes with every event.
	maxID = 256
)

// A message is one of either side.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// handle does what a message says. A *closeError is a breach of the protocol.
func (c *connection) handle(received []byte) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &closeError{ws.StatusInternalServerError, c.show(cause)}
		}
	}()
	if c.ended() != nil {
		return nil // the connection is being closed: nothing counts any more
	}
	if c.session == nil {
		if c.before++; c.before > maxEarlyMessages {
			return &closeError{closeBadMessage, "too many messages before connection_ack"}
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

// readMessage reads a message. What the payload says is for its handler: it may
// be wrong for an operation only.
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

// malformed is the answer to a message that can't be understood. The older
// protocol goes on.
func (c *connection) malformed(reason string) error {
	if c.dialect == legacy {
		c.say(message{Type: "connection_error", Payload: explain(reason)})
		return nil
	}
	return &closeError{closeBadMessage, reason}
}

// explain returns what the older protocol has for an error.
func explain(reason string) json.RawMessage {
	return json.RawMessage(`{"message":` + string(quote(reason)) + `}`)
}

// minor handles what only one of the protocols has.
func (c *connection) minor(m message) error {
	switch {
	case c.dialect == legacy && m.Type == "connection_terminate":
		return &closeError{ws.StatusNormalClosure, ""}
	case c.dialect == legacy || m.Type == "connection_terminate":
		return c.malformed(fmt.Sprintf("unknown message type %q", m.Type))
	case len(m.Payload) > maxPingPayload:
		return c.malformed(fmt.Sprintf("the payload of %s may have at most %d bytes", m.Type, maxPingPayload))
	case !isObject(m.Payload):
		return c.malformed(fmt.Sprintf("the payload of %s must be an object", m.Type))
	case m.Type == "ping":
		c.say(message{Type: "pong", Payload: m.Payload})
	}
	return nil
}

// isObject reports whether a payload, which is JSON, is an object, null or absent.
// It reads no further than the first byte, so that nobody has large payloads parsed.
func isObject(payload json.RawMessage) bool {
	return len(payload) == 0 || payload[0] == '{' || string(payload) == "null"
}

// init signs the client in.
func (c *connection) init(payload json.RawMessage) error {
	if c.begun {
		return &closeError{closeTwoInits, "Too many initialisation requests"}
	}
	var fields map[string]any
	if len(payload) > 0 && (wellformed.JSON(payload) != nil || json.Unmarshal(payload, &fields) != nil) {
		return c.malformed("the payload of connection_init must be an object of Unicode text, with no name twice")
	}
	c.begun = true
	c.stopInitTimer() // it came in time, however long it takes to decide
	signedIn, expires, err := c.transport.Init(c.arrived, fields)
	if err == nil {
		err = c.enter(signedIn)
	}
	if err != nil {
		if c.dialect == legacy {
			c.say(message{Type: "connection_error", Payload: explain(err.Error())})
		}
		return &closeError{initCode(err), err.Error()}
	}
	c.acknowledge(signedIn, expires)
	return nil
}

func (c *connection) stopInitTimer() {
	if c.initTimer != nil { // there is none for a connection that came to be closed
		c.initTimer.Stop()
	}
}

// enter takes a place among the connections of the person who signed in.
func (c *connection) enter(signedIn context.Context) error {
	admit := c.transport.Enter
	if admit == nil {
		return nil
	}
	leave, err := admit(signedIn)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leave = leave
	return err
}

// acknowledge lets operations begin. What only the handshake needed is let go.
func (c *connection) acknowledge(signedIn context.Context, expires time.Time) {
	c.mu.Lock()
	c.session = hub.NewSession(expires, c.renew)
	c.signedIn = hub.WithSession(signedIn, c.session)
	c.initTimer, c.arrived = nil, nil
	c.reader.most, c.reader.room = maxMessage, c.makeRoom
	c.mu.Unlock()
	c.transport.Engine.Stats.signedIn()
	c.watchExpiry(c.transport.PingInterval)
	frames := appendMessage(nil, message{Type: "connection_ack"})
	if c.dialect == legacy {
		frames = appendMessage(frames, message{Type: "ka"}) // clients begin to watch with the first
	}
	c.socket.send(frames)
}

// subscribe begins an operation.
func (c *connection) subscribe(m message) error {
	if c.session == nil {
		return &closeError{closeNoInit, "Unauthorized"}
	}
	err := CheckParams(m.Payload)
	switch {
	case m.ID == "" || len(m.ID) > maxID:
		return c.malformed(fmt.Sprintf("%s needs an id, of at most %d bytes", m.Type, maxID))
	case errors.Is(err, ErrParams), errors.Is(err, wellformed.ErrText), errors.Is(err, wellformed.ErrRepeated):
		c.refuse(m.ID, gqlerror.List{badInput(err.Error())})
		return nil
	case err != nil && c.dialect == legacy:
		c.refuse(m.ID, gqlerror.List{badRequest(m.Type)})
		return nil
	case err != nil:
		return c.malformed(badRequest(m.Type).Message)
	}
	if c.dialect == legacy {
		if o := c.forget(m.ID, nil); o != nil {
			o.stop() // an id that is used again stops the operation before, without a word
		}
	}
	return c.start(m.ID, m.Payload)
}

// start runs an operation, if there is room for it.
func (c *connection) start(id string, params json.RawMessage) error {
	c.number++
	o := newOperation(c, id)
	o.held, c.large = c.large, nil
	c.mu.Lock()
	taken, full, over := c.find(id) >= 0, len(c.operations) >= maxOperations, c.draining || c.cause != nil
	if !taken && !full && !over {
		o.ctx, o.cancel = context.WithCancel(ofOperation(c.signedIn, c.requestID, c.number))
		c.operations = append(c.operations, o)
		c.answering++
		go o.run(params)
	}
	c.mu.Unlock()
	if taken || full || over {
		o.held.Release()
	}
	switch {
	case over: // its client begins it again elsewhere
	case taken:
		return &closeError{closeDuplicate, fmt.Sprintf("Subscriber for %s already exists", id)}
	case full:
		c.refuse(id, gqlerror.List{limitError(maxOperations)})
	}
	return nil
}

// find returns the place of an operation in the list, or -1. c.mu is held.
func (c *connection) find(id string) int {
	return slices.IndexFunc(c.operations, func(o *operation) bool { return o.id == id })
}

func badRequest(kind string) *gqlerror.Error {
	return badInput(fmt.Sprintf("the payload of %s must be an object with a query", kind))
}

func limitError(most int) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf("a connection may have at most %d operations at a time; complete some first", most),
		Extensions: map[string]any{"code": "LIMIT_EXCEEDED"},
	}
}

// refuse answers an operation that does not run, or no more.
func (c *connection) refuse(id string, errs gqlerror.List) {
	errs = Name(c.requestID, errs)
	var payload []byte
	if c.dialect == legacy && len(errs) > 0 {
		payload, _ = json.Marshal(errs[0])
	} else {
		payload, _ = json.Marshal(errs)
	}
	c.say(message{ID: id, Type: "error", Payload: payload})
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
	i := c.find(id)
	if i < 0 || only != nil && c.operations[i] != only {
		return nil
	}
	o := c.operations[i]
	c.operations = slices.Delete(c.operations, i, i+1)
	return o
}
