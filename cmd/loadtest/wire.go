package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/gobwas/ws"
)

// subscription is the operation of each client: changes with all plain fields of its customer.
const subscription = `subscription ($id: ID!, $after: Cursor) { customerChanged(id: $id, after: $after) { ` +
	`cursor version customer { id version name email phone company status owner { id name } tags notes updatedAt } } }`

// presence shows a client in a room.
const presence = `subscription ($room: ID!, $client: ID!) { presence(room: $room, clientId: $client) { ` +
	`snapshot { ...person } joined { ...person } updated { ...person } left totalCount } } ` +
	`fragment person on PresenceUser { id name status currentPage isEditing editingField }`

// operationID is that of the operation whose events are checked.
const operationID = "1"

// presencePrefix is how a message of a room begins.
const presencePrefix = `{"id":"presence","type":"next","payload":{"data":{"presence":{`

// eventPrefix is how a message with an event begins.
const eventPrefix = `{"id":"` + operationID + `","type":"next","payload":{"data":{"customerChanged":{"cursor":"`

// largestMessage bounds what a server may send, in bytes.
const largestMessage = 1 << 20

// A wire is a connection with the protocol graphql-transport-ws.
type wire struct {
	conn net.Conn
	from *bufio.Reader
	in   []byte // the message that was read last
}

// dial connects to a server, and signs in.
func dial(ctx context.Context, address, token string) (*wire, error) {
	dialer := ws.Dialer{Protocols: []string{"graphql-transport-ws"}, Timeout: patience}
	conn, early, _, err := dialer.Dial(ctx, "ws"+strings.TrimPrefix(address, "http")+"/graphql")
	if err != nil {
		return nil, err
	}
	var from io.Reader = conn
	if early != nil {
		buffered, _ := early.Peek(early.Buffered())
		from = io.MultiReader(bytes.NewReader(bytes.Clone(buffered)), conn)
		ws.PutReader(early)
	}
	w := &wire{conn: conn, from: bufio.NewReaderSize(from, 2048)}
	if err := w.write(map[string]any{"type": "connection_init", "payload": map[string]string{"authorization": "Bearer " + token}}); err != nil {
		w.close()
		return nil, err
	}
	message, err := w.read()
	if err == nil && !bytes.Contains(message, []byte(`"connection_ack"`)) {
		err = fmt.Errorf("not acknowledged: %.200s", message)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *wire) close() { _ = w.conn.Close() }

// subscribe begins an operation.
func (w *wire) subscribe(id, query string, variables map[string]string) error {
	return w.write(map[string]any{"id": id, "type": "subscribe", "payload": map[string]any{"query": query, "variables": variables}})
}

func (w *wire) write(message any) error {
	encoded, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return w.send(ws.NewTextFrame(encoded))
}

func (w *wire) send(frame ws.Frame) error {
	return ws.WriteFrame(w.conn, ws.MaskFrameInPlace(frame))
}

// read returns the next message, and answers pings in between. The message is
// good until the next read.
func (w *wire) read() ([]byte, error) {
	for {
		header, err := ws.ReadHeader(w.from)
		switch {
		case err != nil:
			return nil, err
		case header.Length > largestMessage || !header.Fin || header.Masked || header.Rsv != 0:
			return nil, fmt.Errorf("a frame that was not expected: %+v", header)
		}
		if int64(cap(w.in)) < header.Length {
			w.in = make([]byte, header.Length)
		}
		w.in = w.in[:header.Length]
		if _, err := io.ReadFull(w.from, w.in); err != nil {
			return nil, err
		}
		switch {
		case header.OpCode == ws.OpPing:
			err = w.send(ws.NewPongFrame(bytes.Clone(w.in)))
		case header.OpCode == ws.OpClose:
			return nil, closeError(w.in)
		case header.OpCode == ws.OpText && bytes.HasPrefix(w.in, []byte(presencePrefix)):
			// Rooms are load, and not checked.
		case header.OpCode == ws.OpText && bytes.HasPrefix(w.in, []byte(`{"type":"ping"`)):
			err = w.write(map[string]string{"type": "pong"})
		case header.OpCode == ws.OpText:
			return w.in, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func closeError(payload []byte) error {
	code, reason := ws.ParseCloseFrameData(payload)
	return fmt.Errorf("closed by the server with %d %q", code, reason)
}

// An event is the part of a message that a client needs.
type event struct {
	cursor  []byte // good until the next read
	version int
}

var errNoEvent = errors.New("not an event")

// parseEvent reads a message with an event. It looks only at its beginning,
// which the server writes in the order of the selection, because a client that
// decoded all of it would cost more than the server.
func parseEvent(message []byte) (event, error) {
	rest, found := bytes.CutPrefix(message, []byte(eventPrefix))
	cursor, rest, more := bytes.Cut(rest, []byte(`","version":`))
	digits, _, end := bytes.Cut(rest, []byte(`,"customer":{`))
	version, err := strconv.Atoi(string(digits))
	if !found || !more || !end || err != nil || !bytes.HasSuffix(message, []byte("}}}}}")) {
		return event{}, fmt.Errorf("%w: %.300s", errNoEvent, message)
	}
	return event{cursor: cursor, version: version}, nil
}
