package websocket

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// A caller is a client that says what it is told to, byte by byte.
type caller struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

// call opens a socket that offers protocols.
func (w *wire) call(t *testing.T, protocols ...string) *caller {
	t.Helper()
	c, _ := w.shake(t, ws.Dialer{Protocols: protocols})
	return c
}

// shake opens a socket, and returns which protocol the server chose.
func (w *wire) shake(t *testing.T, dialer ws.Dialer) (*caller, string) {
	t.Helper()
	conn, early, handshake, err := dialer.Dial(t.Context(), w.url)
	if err != nil {
		t.Fatal(err)
	}
	c := &caller{t: t, conn: conn, in: bufio.NewReader(conn)}
	if early != nil {
		c.in = early
	}
	_ = conn.SetDeadline(time.Now().Add(wirePatience))
	t.Cleanup(func() { _ = conn.Close() })
	return c, handshake.Protocol
}

// enter opens a socket of graphql-transport-ws and signs in.
func (w *wire) enter(t *testing.T) *caller {
	t.Helper()
	c := w.call(t, modern.name)
	c.say(`{"type":"connection_init"}`)
	c.want(`{"type":"connection_ack"}`)
	return c
}

// frame sends one frame.
func (c *caller) frame(f ws.Frame) {
	c.t.Helper()
	if err := ws.WriteFrame(c.conn, ws.MaskFrame(f)); err != nil {
		c.t.Fatal(err)
	}
}

// say sends a message.
func (c *caller) say(message string) {
	c.t.Helper()
	c.frame(ws.NewTextFrame([]byte(message)))
}

// raw sends bytes as they are.
func (c *caller) raw(bytes ...byte) {
	c.t.Helper()
	if _, err := c.conn.Write(bytes); err != nil {
		c.t.Fatal(err)
	}
}

// hear returns the next frame.
func (c *caller) hear() ws.Frame {
	c.t.Helper()
	f, err := readFrame(c.in)
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

// text returns the next message.
func (c *caller) text() string {
	c.t.Helper()
	for {
		switch f := c.hear(); f.Header.OpCode {
		case ws.OpText:
			return string(f.Payload)
		case ws.OpClose:
			code, reason := closing(f)
			c.t.Fatalf("closed with %d %s", code, reason)
		}
	}
}

// want reads a message, which has to be the given one.
func (c *caller) want(message string) {
	c.t.Helper()
	if got := c.text(); !sameJSON(got, message) {
		c.t.Fatalf("got %.300s, want %s", got, message)
	}
}

// wantSilence waits for a time in which the server must send nothing, nor close the connection.
func (c *caller) wantSilence(rest time.Duration) {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(rest))
	if next, err := c.in.Peek(1); !errors.Is(err, os.ErrDeadlineExceeded) {
		c.t.Errorf("the server sent %q, and then %v", next, err)
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(wirePatience))
}

// wantClose reads until the server closes the connection, with nothing after, and
// checks with which code. No stream may be said to have ended.
func (c *caller) wantClose(want ws.StatusCode) (reason string) {
	c.t.Helper()
	for {
		f := c.hear()
		if f.Header.OpCode == ws.OpText && strings.Contains(string(f.Payload), `"complete"`) {
			c.t.Errorf("the server said that an operation ended: %s", f.Payload)
		}
		if f.Header.OpCode != ws.OpClose {
			continue
		}
		code, reason := closing(f)
		if code != want {
			c.t.Errorf("closed with %d %s, want %d", code, reason, want)
		}
		_ = ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewCloseFrame(f.Payload)))
		if _, err := io.ReadAll(c.in); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
			c.t.Errorf("after the close frame: %v", err)
		}
		return reason
	}
}

// readFrame reads a frame of the server.
func readFrame(from io.Reader) (ws.Frame, error) {
	header, err := ws.ReadHeader(from)
	if err != nil {
		return ws.Frame{}, err
	}
	if header.Masked || header.Length > 1<<23 {
		return ws.Frame{}, fmt.Errorf("the server sent a frame with the header %+v", header)
	}
	payload := make([]byte, header.Length)
	_, err = io.ReadFull(from, payload)
	return ws.Frame{Header: header, Payload: payload}, err
}

func closing(f ws.Frame) (ws.StatusCode, string) {
	if len(f.Payload) < 2 {
		return ws.StatusNoStatusRcvd, ""
	}
	return ws.StatusCode(binary.BigEndian.Uint16(f.Payload)), string(f.Payload[2:])
}

// subscribe begins an operation.
func (c *caller) subscribe(id, query string) {
	c.t.Helper()
	c.say(subscribeMessage("subscribe", id, query))
}

func subscribeMessage(kind, id, query string) string {
	encoded, _ := json.Marshal(map[string]any{"id": id, "type": kind, "payload": map[string]any{"query": query}})
	return string(encoded)
}

// position reads the next event of a subscription and returns its position.
func (c *caller) position(id string) (position int64) {
	c.t.Helper()
	var got struct {
		ID, Type string
		Payload  struct{ Data struct{ Changed string } }
	}
	text := c.text()
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Sscanf(got.Payload.Data.Changed, "%d:", &position); err != nil || got.ID != id || got.Type != "next" && got.Type != "data" {
		c.t.Fatalf("got %.200s, want the next event of %s", text, id)
	}
	return position
}

// texts returns the next messages, in any order.
func (c *caller) texts(n int) map[string]bool {
	c.t.Helper()
	got := make(map[string]bool)
	for range n {
		got[c.text()] = true
	}
	return got
}

func wantSame(t *testing.T, got, want map[string]bool) {
	t.Helper()
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// dialRaw opens a TCP connection to the server.
func dialRaw(t *testing.T, w *wire) *caller {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(wirePatience))
	t.Cleanup(func() { _ = conn.Close() })
	return &caller{t: t, conn: conn, in: bufio.NewReader(conn)}
}

// upgrade asks for a socket and returns the status of the answer. A connection
// that is refused has to be closed.
func upgrade(t *testing.T, w *wire, header http.Header) int {
	t.Helper()
	c := dialRaw(t, w)
	request, err := http.NewRequest(http.MethodGet, "http"+strings.TrimPrefix(w.url, "ws"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}, "Sec-Websocket-Protocol": {modern.name},
	}
	maps.Copy(request.Header, header)
	if err := request.Write(c.conn); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(c.in, request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode == http.StatusUpgradeRequired {
		if _, err := io.ReadAll(c.in); err != nil {
			t.Errorf("the connection stays open: %v", err)
		}
	}
	return response.StatusCode
}

// decodeStrictly decodes JSON of which nothing is unknown or left over.
func decodeStrictly(encoded []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}
