package nats

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"

	natsio "github.com/nats-io/nats.go"

	"tandem/internal/announce"
)

// A Bus carries announcements between instances over subjects, for changes and for marks of inboxes.
type Bus struct {
	*announce.Bus
	connection *Connection
}

// NewBus returns a bus without listeners. The caller closes the connection after the bus.
func NewBus(connection *Connection, log *slog.Logger) *Bus {
	return &Bus{announce.New(wire{connection}, log), connection}
}

// Ping reports whether announcements of other instances are heard, and one to itself arrives. Users of NATS may have the
// right to send or to receive only.
func (b *Bus) Ping(ctx context.Context) error {
	if !b.IsHearing() {
		return errors.New("announcements of other instances are not heard")
	}
	return b.connection.hearSelf(ctx)
}

// Reconnects returns how often the connection broke and was there again.
func (b *Bus) Reconnects() int64 {
	return int64(b.connection.Stats().Reconnects)
}

// hearSelf sends a message to itself and waits for it.
func (c *Connection) hearSelf(ctx context.Context) error {
	if !c.IsConnected() {
		return c.away()
	}
	subject := c.subject + ".probe." + rand.Text()
	var subscription *natsio.Subscription
	err := c.confirmed(ctx, func() (err error) {
		if subscription, err = c.SubscribeSync(subject); err != nil {
			return err
		}
		return c.Publish(subject, nil)
	})
	defer func() { _ = subscription.Unsubscribe() }() // also one that was not made
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err = subscription.NextMsgWithContext(ctx)
	return err
}
