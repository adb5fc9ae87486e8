package redis

import (
	"bytes"
	"context"
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

// A topic is one kind of announcement, on Pub/Sub channels of its own.
type topic[T any] struct {
	log      *slog.Logger
	channels channels
	orgOf    func(*T) collab.ID
	self     []byte
	out      *outbox
	// disconnected counts subscriptions that broke and are not there again.
	disconnected atomic.Int64

	// mu guards listeners. It is held during calls to them, so that each gets one announcement at a time.
	// So a listener can't announce. Locked before Hub.mu.
	mu        sync.Mutex
	listeners map[*listener[T]]struct{}
}

type listener[T any] struct {
	ctx   context.Context
	heard func(*T)
}

func newTopic[T any](client *Client, log *slog.Logger, self []byte, kind string, orgOf func(*T) collab.ID) *topic[T] {
	channels := client.channels(kind)
	return &topic[T]{
		log: log, channels: channels, orgOf: orgOf, self: self,
		out: newOutbox(channels, log), listeners: make(map[*listener[T]]struct{}),
	}
}

func (t *topic[T]) announce(what *T) error {
	t.mu.Lock()
	for l := range t.listeners {
		l.tell(what)
	}
	t.mu.Unlock()

	encoded, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("encode an announcement: %w", err)
	}
	return t.out.add(t.channels.of(t.orgOf(what)), bytes.Join([][]byte{t.self, encoded}, separator))
}

func (t *topic[T]) listen(ctx context.Context, heard func(*T)) {
	l := &listener[T]{ctx, heard}
	t.mu.Lock()
	t.listeners[l] = struct{}{}
	t.mu.Unlock()
	var following sync.WaitGroup
	for _, channel := range t.channels.all() {
		following.Go(func() { t.follow(ctx, l, channel) })
	}
	go func() {
		following.Wait()
		t.mu.Lock()
		delete(t.listeners, l)
		t.mu.Unlock()
	}()
}

func (l *listener[T]) tell(what *T) {
	if l.ctx.Err() == nil {
		l.heard(what)
	}
}

// follow receives one channel for one listener until ctx ends, on one connection after another.
func (t *topic[T]) follow(ctx context.Context, l *listener[T], channel string) {
	away := false
	began := func() {
		if away {
			t.log.Info("announcements of other instances are heard again", "channel", channel)
			t.disconnected.Add(-1)
		}
		away = false
	}
	for {
		err := receive(ctx, t.channels, channel, began, func(message string) { t.deliver(l, message) })
		if ctx.Err() != nil {
			return
		}
		if !away {
			t.log.Warn("announcements of other instances are not heard, the database is asked instead", "channel", channel, "error", err)
			t.disconnected.Add(1)
		}
		away = true
		select {
		case <-time.After(reconnectDelay):
		case <-ctx.Done():
			return
		}
	}
}

// receive calls began when it is subscribed to a channel, and heard for each
// message, until ctx ends or the connection breaks.
func receive(ctx context.Context, from channels, channel string, began func(), heard func(string)) error {
	subscription := from.subscribe(ctx, channel)
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
			if message.Kind == "sunsubscribe" { // a cluster moved the channel to another node
				return errMoved
			}
			began()
		case *goredis.Message:
			heard(message.Payload)
		}
	}
}

var errMoved = errors.New("the channel has another node")

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// deliver decodes a message of another instance. A message that can't be decoded, for instance of a
// newer release, is a lost announcement.
func (t *topic[T]) deliver(l *listener[T], payload string) {
	sender, encoded, found := bytes.Cut([]byte(payload), separator)
	if bytes.Equal(sender, t.self) {
		return
	}
	var what T
	if err := json.Unmarshal(encoded, &what); err != nil || !found {
		t.log.Warn("an announcement can't be read", "bytes", len(payload), "error", err)
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	l.tell(&what)
}
