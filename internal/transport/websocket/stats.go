package websocket

import (
	"time"

	"tandem/internal/transport"
)

// protocol returns the connection's protocol, as Stats names it.
func (c *connection) protocol() string {
	if c.dialect == nil {
		return transport.NoProtocol
	}
	return c.dialect.name
}

// begin counts a socket whose handshake begins.
func (c *connection) begin() {
	stats := c.transport.Stats
	c.opened, c.socket.sent = time.Now(), stats.Begin(c.protocol())
	stats.BeginHandshake()
}

// measure counts a socket that has ended.
func (c *connection) measure() {
	stats := c.transport.Stats
	if c.session == nil {
		stats.SignedIn()
	}
	c.socket.mu.Lock()
	code := c.socket.code
	c.socket.mu.Unlock()
	stats.End(c.protocol(), code, time.Since(c.opened))
	c.transport.closed(c.socket.conn)
}
