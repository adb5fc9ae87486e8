package nats

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	natsio "github.com/nats-io/nats.go"

	"tandem/internal/announce"
	"tandem/internal/collab"
)

// A wire has a subject for each kind of announcement and each organization. An instance receives those of all
// organizations by one subscription, in which the messages of one publisher stay in order.
type wire struct{ *Connection }

// Channels returns the subject with a wildcard.
func (w wire) Channels(kind string) []string { return []string{w.subject + "." + kind + ".*"} }

// Channel returns the subject of an organization.
func (w wire) Channel(kind string, orgID collab.ID) string {
	return w.subject + "." + kind + "." + strings.ReplaceAll(url.QueryEscape(string(orgID)), ".", "%2E")
}

// Publish sends the messages, and waits until NATS has them. A message that is larger than NATS accepts is lost alone.
func (w wire) Publish(ctx context.Context, messages []announce.Message) (lost int, err error) {
	if !w.IsConnected() {
		return len(messages), w.away()
	}
	var unsent, tooLarge error
	err = w.confirmed(ctx, func() error {
		for _, message := range messages {
			switch err := w.Conn.Publish(message.Channel, message.Payload); {
			case errors.Is(err, natsio.ErrMaxPayload):
				lost, tooLarge = lost+1, fmt.Errorf("%w: %d bytes; set max_payload of NATS to 4MB", announce.ErrTooLarge, len(message.Payload))
			case err != nil:
				lost, unsent = lost+1, err
			}
		}
		return nil
	})
	if err != nil {
		return len(messages), err
	}
	return lost, cmp.Or(unsent, tooLarge)
}

// Receive subscribes on the connection that everything shares. The library would keep the subscription over lost
// connections; Receive ends it, so that the bus knows when announcements are missed.
func (w wire) Receive(ctx context.Context, channel string, began func(), heard func([]byte)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	broken := w.StatusChanged(natsio.DISCONNECTED, natsio.RECONNECTING, natsio.CLOSED)
	defer w.RemoveStatusListener(broken)
	if !w.IsConnected() {
		return w.away()
	}
	var subscription *natsio.Subscription
	err := w.confirmed(ctx, func() (err error) {
		subscription, err = w.SubscribeSync(channel)
		return err
	})
	defer func() { _ = subscription.Unsubscribe() }() // also one that was not made
	if err != nil {
		return err
	}
	began()
	go func() {
		select {
		case <-broken:
			cancel(errBroken)
		case <-ctx.Done():
		}
	}()
	for {
		message, err := subscription.NextMsgWithContext(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, natsio.ErrSlowConsumer): // the library dropped messages, as NATS may
			continue
		case err != nil:
			return err
		}
		heard(message.Data)
	}
}

var errBroken = errors.New("the connection to NATS broke")

// confirmed sends something, waits until NATS has processed it, and returns its refusal. NATS answers only what it refuses.
func (c *Connection) confirmed(ctx context.Context, send func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	before := c.LastError()
	if err := send(); err != nil {
		return err
	}
	if err := c.FlushWithContext(ctx); err != nil {
		return err
	}
	if after := c.LastError(); after != before && errors.Is(after, natsio.ErrPermissionViolation) {
		return after
	}
	return nil
}
