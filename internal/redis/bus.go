package redis

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tandem/internal/collab"
)

const (
	// reconnectDelay is how long a listener waits after its connection broke. It bounds the time
	// without announcements after Redis is back.
	reconnectDelay = 200 * time.Millisecond
	// idleTimeout is how long a connection may be silent before Redis is pinged, and how long Redis
	// then has to answer. It detects connections whose other end vanished.
	idleTimeout = 3 * time.Second
)

// separator stands between the sender of a message and the change in JSON.
var separator = []byte(" ")

// A Bus carries announcements between instances over one Pub/Sub channel, for
// all organizations. The Bus calls listeners of its own instance directly,
// so they receive changes at once, and also while Redis is away.
type Bus struct {
	client  *goredis.Client
	log     *slog.Logger
	channel string
	// self begins every message of this bus, so that the bus recognizes its own
	// messages without decoding them.
	self []byte
	out  *outbox
	// disconnected is set while a listener has no subscription.
	disconnected atomic.Bool

	// mu guards listeners. It is held during calls to them, so that each gets one change at a time.
	// So a listener can't announce. Locked before Hub.mu.
	mu        sync.Mutex
	listeners map[*listener]struct{}
}

type listener struct {
	ctx   context.Context
	heard func(*collab.Change)
}

// NewBus returns a bus without listeners. It does not talk to Redis yet.
func NewBus(client *goredis.Client, log *slog.Logger) *Bus {
	// Channels ignore Redis's database numbers, so the number is in the name.
	channel := fmt.Sprintf("tandem:%d:changes", client.Options().DB)
	return &Bus{
		client:    client,
		log:       log,
		channel:   channel,
		self:      []byte(rand.Text()),
		out:       newOutbox(client, channel, log),
		listeners: make(map[*listener]struct{}),
	}
}

// Announce delivers to this instance's listeners before it returns, and to the other instances
// shortly after: it never waits for Redis, and ignores ctx. An error means that the other instances
// do not receive the change, because too much waits for Redis already. Failures after Announce
// returned are logged, once for each time that Redis is away.
func (b *Bus) Announce(_ context.Context, change *collab.Change) error {
	b.mu.Lock()
	for l := range b.listeners {
		l.tell(change)
	}
	b.mu.Unlock()

	encoded, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("encode an announcement: %w", err)
	}
	return b.out.add(bytes.Join([][]byte{b.self, encoded}, separator))
}

// Listen calls heard for each announcement until ctx ends. It does not wait for
// Redis: announcements of other instances arrive as soon as it is there.
func (b *Bus) Listen(ctx context.Context, heard func(*collab.Change)) {
	l := &listener{ctx, heard}
	b.mu.Lock()
	b.listeners[l] = struct{}{}
	b.mu.Unlock()
	go func() {
		b.follow(ctx, l)
		b.mu.Lock()
		delete(b.listeners, l)
		b.mu.Unlock()
	}()
}

func (l *listener) tell(change *collab.Change) {
	if l.ctx.Err() == nil {
		l.heard(change)
	}
}

// follow receives for one listener until ctx ends, on one connection after another.
func (b *Bus) follow(ctx context.Context, l *listener) {
	away := false
	began := func() {
		if away {
			b.log.Info("announcements of other instances are heard again")
		}
		away = false
		b.disconnected.Store(false)
	}
	for {
		err := receive(ctx, b.client, b.channel, began, func(message string) { b.deliver(l, message) })
		if ctx.Err() != nil {
			return
		}
		if !away {
			b.log.Warn("announcements of other instances are not heard, the log is asked instead", "error", err)
		}
		away = true
		b.disconnected.Store(true)
		select {
		case <-time.After(reconnectDelay):
		case <-ctx.Done():
			return
		}
	}
}

// receive calls began when it is subscribed to a channel, and heard for each
// message, until ctx ends or the connection breaks.
func receive(ctx context.Context, client *goredis.Client, channel string, began func(), heard func(string)) error {
	subscription := client.Subscribe(ctx, channel)
	defer subscription.Close()
	// A read that waits doesn't look at ctx.
	defer context.AfterFunc(ctx, func() { _ = subscription.Close() })()

	asked := false
	for {
		message, err := subscription.ReceiveTimeout(ctx, idleTimeout)
		switch {
		case isTimeout(err) && !asked:
			asked = true
			if err := subscription.Ping(ctx); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		asked = false
		switch message := message.(type) {
		case *goredis.Subscription:
			began()
		case *goredis.Message:
			heard(message.Payload)
		}
	}
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// deliver decodes a message of another instance. A message that can't be decoded, for instance of a
// newer release, is a lost announcement.
func (b *Bus) deliver(l *listener, payload string) {
	sender, encoded, found := bytes.Cut([]byte(payload), separator)
	if bytes.Equal(sender, b.self) {
		return
	}
	var change collab.Change
	if err := json.Unmarshal(encoded, &change); err != nil || !found {
		b.log.Warn("an announcement can't be read", "bytes", len(payload), "error", err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l.tell(&change)
}
