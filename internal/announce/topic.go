package announce

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tandem/internal/collab"
)

// retryDelay is how long a listener waits after its connection broke. It bounds the time
// without announcements after the wire is back.
const retryDelay = 200 * time.Millisecond

// separator stands between the sender of a message and the change in JSON.
var separator = []byte(" ")

// A topic is one kind of announcement, on channels of its own.
type topic[T any] struct {
	wire  Wire
	out   *outbox
	log   *slog.Logger
	self  []byte
	kind  string
	orgOf func(*T) collab.ID
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

func newTopic[T any](wire Wire, out *outbox, log *slog.Logger, self []byte, kind string, orgOf func(*T) collab.ID) *topic[T] {
	return &topic[T]{wire: wire, out: out, log: log, self: self, kind: kind, orgOf: orgOf, listeners: make(map[*listener[T]]struct{})}
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
	return t.out.add(t.wire.Channel(t.kind, t.orgOf(what)), bytes.Join([][]byte{t.self, encoded}, separator))
}

func (t *topic[T]) listen(ctx context.Context, heard func(*T)) {
	l := &listener[T]{ctx, heard}
	t.mu.Lock()
	t.listeners[l] = struct{}{}
	t.mu.Unlock()
	var following sync.WaitGroup
	for _, channel := range t.wire.Channels(t.kind) {
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
	defer func() {
		if away {
			t.disconnected.Add(-1)
		}
	}()
	began := func() {
		if away {
			t.log.Info("announcements of other instances are heard again", "channel", channel)
			t.disconnected.Add(-1)
		}
		away = false
	}
	for {
		err := t.wire.Receive(ctx, channel, began, func(payload []byte) { t.deliver(l, payload) })
		if ctx.Err() != nil {
			return
		}
		if !away {
			t.log.Warn("announcements of other instances are not heard, the database is asked instead", "channel", channel, "error", err)
			t.disconnected.Add(1)
		}
		away = true
		select {
		case <-time.After(retryDelay):
		case <-ctx.Done():
			return
		}
	}
}

// deliver decodes a message of another instance. A message that can't be decoded, for instance of a
// newer release, is a lost announcement.
func (t *topic[T]) deliver(l *listener[T], payload []byte) {
	sender, encoded, found := bytes.Cut(payload, separator)
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
