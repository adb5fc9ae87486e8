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
	// relisten is how long a listener waits after its connection broke. It is
	// all that passes, once Redis is back, before announcements are heard again.
	relisten = 200 * time.Millisecond
	// silence is how long nothing may be heard before Redis is asked whether it
	// is still there, and how long it then has to answer. Without it a
	// connection whose other end vanished would be waited on for ever.
	silence = 3 * time.Second
)

// separator is between the sender of a message and the change in JSON.
var separator = []byte(" ")

// A Bus carries announcements between instances over one Pub/Sub channel, for
// all organizations. Listeners of its own instance are told by the Bus itself,
// so they hear at once, and also while Redis is away.
type Bus struct {
	client  *goredis.Client
	log     *slog.Logger
	channel string
	// self begins every message of this bus. It is how the bus knows its own
	// messages when they come back, without decoding them.
	self []byte
	out  *outbox
	// deaf is set while a listener has no subscription.
	deaf atomic.Bool

	// mu guards listeners, and is held while one is told, so that each hears one
	// change at a time. A listener can therefore not announce.
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

// Announce tells this instance's listeners before it returns, and the other
// instances shortly after: it never waits for Redis, and ctx doesn't matter to
// it. An error means that the other instances are not told, because too much
// waits for Redis already. What fails after Announce returned is logged, once
// for each time that Redis is away.
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
// Redis: announcements of other instances are heard as soon as it is there.
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
		b.deaf.Store(false)
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
		b.deaf.Store(true)
		select {
		case <-time.After(relisten):
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
		message, err := subscription.ReceiveTimeout(ctx, silence)
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

// deliver decodes a message of another instance. One that can't be decoded, for
// instance of a newer release, is a lost announcement.
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
