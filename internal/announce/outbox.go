package announce

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxOutbox bounds the bytes that wait for the wire. With a lower bound a short stall of a busy
	// instance loses announcements. With a higher one a long stall costs memory, for announcements
	// that readers have already read from the log.
	maxOutbox = 8 << 20
	// publishTimeout bounds one attempt to publish the waiting messages.
	publishTimeout = time.Second
)

// ErrTooLarge is the error of a wire on which only messages were lost that are larger than it carries.
var ErrTooLarge = errors.New("a message is larger than the wire carries")

var errOutboxFull = errors.New("too many announcements wait to be sent")

// An outbox publishes announcements in the order in which they were added,
// several in one round trip where several wait, so that no write waits for
// the wire. Announcements are hints: there is one attempt, and a failed one is lost.
type outbox struct {
	wire  Wire
	log   *slog.Logger
	total atomic.Int64 // lost, since the start

	mu      sync.Mutex // guards what follows; innermost
	waiting []Message
	bytes   int
	busy    bool // a goroutine publishes, and will look for more
	lost    int  // since the wire was there
}

// add queues a message. It never blocks.
func (o *outbox) add(channel string, payload []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.bytes+len(payload) > maxOutbox {
		o.lost++
		o.total.Add(1)
		return errOutboxFull
	}
	o.waiting = append(o.waiting, Message{channel, payload})
	o.bytes += len(payload)
	if !o.busy {
		o.busy = true
		go o.publishAll()
	}
	return nil
}

// publishAll publishes until nothing waits. It is a goroutine only while there
// is something to do, so that a bus needs no closing.
func (o *outbox) publishAll() {
	for {
		o.mu.Lock()
		messages := o.waiting
		o.waiting, o.bytes = nil, 0
		o.busy = len(messages) > 0
		o.mu.Unlock()
		if len(messages) == 0 {
			return
		}
		o.record(o.publish(messages))
	}
}

func (o *outbox) publish(messages []Message) (lost int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), publishTimeout)
	defer cancel()
	return o.wire.Publish(ctx, messages)
}

// record counts lost messages, and logs when losses begin and end.
func (o *outbox) record(lost int, err error) {
	o.total.Add(int64(lost))
	if errors.Is(err, ErrTooLarge) {
		o.log.Warn("announcements are too large for the other instances, which find the changes in the log", "lost", lost, "error", err)
		lost, err = 0, nil // the wire is there
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil && o.lost > 0:
		o.log.Info("announcements reach the other instances again", "lost", o.lost)
		o.lost = 0
	case err != nil && o.lost == 0:
		o.log.Warn("announcements don't reach the other instances, which find the changes in the log", "error", err)
	}
	o.lost += lost
}
