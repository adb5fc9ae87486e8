package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	gqltransport "github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"

	"tandem/internal/hub"
)

// accepter upgrades one request, for gqlgen's protocol to run over.
type accepter struct {
	WebSocket
	ctx context.Context // of the connection
	end context.CancelCauseFunc
}

// Accept upgrades. The modern protocol comes first, so that a client which
// offers both gets it.
func (a *accepter) Accept(w http.ResponseWriter, r *http.Request, _ gqltransport.WebsocketAcceptOptions) (gqltransport.WebsocketConn, error) {
	socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:   []string{"graphql-transport-ws", "graphql-ws"},
		OriginPatterns: a.Origins,
	})
	if err != nil {
		return nil, err
	}
	return &conn{accepter: a, socket: socket}, nil
}

// conn is one socket with a deadline on every write.
type conn struct {
	*accepter
	socket *websocket.Conn

	mu      sync.Mutex
	overdue *time.Timer // closes the socket when a pong does not come
	closing bool
}

// NextReader returns the next message. A connection that breaks ends its
// operations with ErrConnectionLost, so that they can tell it from a goodbye.
func (c *conn) NextReader() (int, io.Reader, error) {
	kind, message, err := c.socket.Read(context.Background())
	switch {
	case err == nil:
		return int(kind), bytes.NewReader(message), nil
	case websocket.CloseStatus(err) == websocket.StatusNormalClosure:
		return 0, nil, gqltransport.ErrWebsocketClosed
	}
	c.end(hub.ErrConnectionLost)
	return 0, nil, gqltransport.ErrWebsocketClosed
}

// WriteJSON writes a message. One that is not through within the write timeout
// closes the socket.
func (c *conn) WriteJSON(v any) error {
	message, err := json.Marshal(v)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.WriteTimeout)
	defer cancel()
	return c.socket.Write(ctx, websocket.MessageText, message)
}

// WriteClose begins the close handshake, which goes on in the background since
// the other side may take its time.
func (c *conn) WriteClose(code int, reason string) error {
	switch cause := context.Cause(c.ctx); {
	case errors.Is(cause, ErrDraining):
		code, reason = closeServiceRestart, "the server restarts"
	case errors.Is(cause, errExpired):
		code, reason = closeForbidden, errExpired.Error()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.closing = true
		c.Sockets.Go(func() { _ = c.socket.Close(websocket.StatusCode(code), shortReason(reason)) })
	}
	return nil
}

// Close ends the socket, unless the close handshake is about to.
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.overdue != nil {
		c.overdue.Stop()
	}
	if c.closing {
		return nil
	}
	return c.socket.CloseNow()
}

// Subprotocol is the protocol that was agreed on.
func (c *conn) Subprotocol() string { return c.socket.Subprotocol() }

// SetReadLimit bounds a message of the client, in bytes.
func (c *conn) SetReadLimit(limit int64) { c.socket.SetReadLimit(limit) }

// SetReadDeadline closes the socket at a time, unless it is moved before; the
// zero time takes the deadline away.
func (c *conn) SetReadDeadline(at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.overdue != nil {
		c.overdue.Stop()
	}
	if !at.IsZero() {
		c.overdue = time.AfterFunc(time.Until(at), func() { _ = c.socket.CloseNow() })
	}
	return nil
}

// maxReason is how long the reason of a close frame may be, in bytes (RFC 6455, 5.5).
const maxReason = 123

func shortReason(reason string) string {
	if len(reason) > maxReason {
		return reason[:maxReason]
	}
	return reason
}
