// Package nats carries announcements between instances through NATS, without JetStream. Instances
// read from the log the changes whose announcement NATS loses.
package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	natsio "github.com/nats-io/nats.go"
)

const (
	// patience is how long one server has to accept a connection, and NATS to answer.
	patience = 2 * time.Second
	// reconnectDelay is how long the client waits after it tried all servers. It bounds the time without announcements
	// after NATS is back.
	reconnectDelay = 200 * time.Millisecond
	// idleTimeout is how long a connection may be silent before NATS is pinged, and how long NATS then has to answer. It
	// detects connections whose other end vanished.
	idleTimeout = 3 * time.Second
	// writeTimeout bounds a write to a connection whose other end reads nothing.
	writeTimeout = time.Second
)

// A Connection is the connection of one instance to NATS.
type Connection struct {
	*natsio.Conn
	servers servers
	subject string
}

// Open connects to one of the servers.
//
// If none answers, Open logs that and succeeds: an instance starts without NATS, as it runs without it, and uses it once it
// is there. It is an error if a server refuses the credentials, or speaks no TLS where the settings want it.
//
// Errors are a sentence for the operator, and never contain a secret.
func Open(ctx context.Context, settings Settings, log *slog.Logger) (*Connection, error) {
	c, options, err := settings.connection()
	if err != nil {
		return nil, err
	}
	c.Conn, err = options.Connect()
	switch refusal := c.refused(err); {
	case err == nil:
		return c, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case refusal != nil:
		return nil, refusal
	}
	log.Warn("NATS does not answer; the instance starts without it: other instances receive changes within a second", "at", c.servers.String(), "error", err)
	options.RetryOnFailedConnect = true
	if c.Conn, err = options.Connect(); err != nil {
		return nil, fmt.Errorf("NATS can't be used (%w); correct NATS_URL", err)
	}
	return c, nil
}

// connection returns a connection that is not open yet, and the options that open it.
func (s Settings) connection() (*Connection, natsio.Options, error) {
	options := natsio.GetDefaultOptions()
	servers, err := s.servers()
	if err != nil {
		return nil, options, err
	}
	if err := s.authenticate(&options); err != nil {
		return nil, options, err
	}
	options.Servers = servers.urls()
	options.Name = "tandem"
	options.Timeout, options.FlusherTimeout = patience, writeTimeout
	options.PingInterval, options.MaxPingsOut = idleTimeout, 1
	options.MaxReconnect, options.ReconnectWait = -1, reconnectDelay
	options.ReconnectJitter, options.ReconnectJitterTLS = reconnectDelay/2, reconnectDelay/2
	options.IgnoreAuthErrorAbort = true                                       // credentials may be corrected there
	options.ReconnectBufSize = -1                                             // the queue of the bus is the only one
	options.AsyncErrorCB = func(*natsio.Conn, *natsio.Subscription, error) {} // the library would print them
	return &Connection{servers: servers, subject: s.Subject}, options, nil
}

// refused explains an error of a server that answers and can't be used, and returns nil for others.
func (c *Connection) refused(err error) error {
	for _, refusal := range []error{natsio.ErrAuthorization, natsio.ErrAuthExpired, natsio.ErrAuthRevoked, natsio.ErrAccountAuthExpired, natsio.ErrNkeysNotSupported} {
		if errors.Is(err, refusal) {
			return fmt.Errorf("the NATS at %s refuses the credentials of NATS_URL or NATS_CREDENTIALS (%w); correct them there", c.servers, err)
		}
	}
	if errors.Is(err, natsio.ErrSecureConnWanted) {
		return fmt.Errorf("the NATS at %s speaks no TLS; configure its certificate, or write nats:// in NATS_URL", c.servers)
	}
	return nil
}

// away explains why NATS can't be used now.
func (c *Connection) away() error {
	if err := c.LastError(); err != nil {
		return fmt.Errorf("no NATS answers at %s: %w", c.servers, err)
	}
	return fmt.Errorf("no NATS answers at %s", c.servers)
}
