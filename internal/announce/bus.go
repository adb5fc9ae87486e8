// Package announce is the bus of many instances, over whatever carries messages between them. It holds what all such
// buses promise: listeners of the own instance, a bounded queue, the form of the messages, and lost connections.
package announce

import (
	"context"
	"crypto/rand"
	"log/slog"

	"tandem/internal/collab"
)

// A Wire carries messages between instances. Changes whose message it loses are read from the log.
type Wire interface {
	// Channels returns the names of all channels of a kind of announcement.
	Channels(kind string) []string
	// Channel names the channel on which the announcements of an organization are published. Its messages stay in order.
	Channel(kind string, orgID collab.ID) string
	// Publish sends messages in their order, in one attempt. It returns how many are lost, with an error if any is.
	Publish(ctx context.Context, messages []Message) (lost int, err error)
	// Receive calls began once the wire receives a channel, and heard for each message after that, one at a time. It returns
	// when ctx ends or the connection breaks.
	Receive(ctx context.Context, channel string, began func(), heard func(payload []byte)) error
}

// A Message waits for its channel.
type Message struct {
	Channel string
	Payload []byte
}

// A Bus carries announcements of changes and of marks of inboxes. It calls listeners of its own instance directly, so they
// receive announcements at once, and also while the wire is away.
type Bus struct {
	out     *outbox
	changes *topic[collab.Change]
	marks   *topic[collab.InboxMarked]
}

// New returns a bus without listeners. It does not use the wire yet.
func New(wire Wire, log *slog.Logger) *Bus {
	// self begins every message of this bus, so that the bus recognizes its own messages without decoding them.
	self, out := []byte(rand.Text()), &outbox{wire: wire, log: log}
	return &Bus{
		out:     out,
		changes: newTopic(wire, out, log, self, "changes", func(c *collab.Change) collab.ID { return c.OrgID }),
		marks:   newTopic(wire, out, log, self, "marks", func(m *collab.InboxMarked) collab.ID { return m.OrgID }),
	}
}

// Announce delivers to this instance's listeners before it returns, and to the other instances
// shortly after: it never waits for the wire, and ignores ctx. An error means that the other instances
// do not receive the change, because too much waits already. Failures after Announce
// returned are logged, once for each time that the wire is away.
func (b *Bus) Announce(_ context.Context, change *collab.Change) error {
	return b.changes.announce(change)
}

// Listen calls heard for each announcement until ctx ends. It does not wait for
// the wire: announcements of other instances arrive as soon as it is there.
func (b *Bus) Listen(ctx context.Context, heard func(*collab.Change)) { b.changes.listen(ctx, heard) }

// AnnounceMarks is Announce for marks.
func (b *Bus) AnnounceMarks(_ context.Context, inbox collab.InboxMarked) error {
	return b.marks.announce(&inbox)
}

// ListenMarks is Listen for marks.
func (b *Bus) ListenMarks(ctx context.Context, heard func(collab.InboxMarked)) {
	b.marks.listen(ctx, func(inbox *collab.InboxMarked) { heard(*inbox) })
}

// Lost returns how many announcements did not reach the wire until now.
func (b *Bus) Lost() int64 { return b.out.total.Load() }

// IsHearing reports whether every listener receives the announcements of other instances.
func (b *Bus) IsHearing() bool {
	return b.changes.disconnected.Load() == 0 && b.marks.disconnected.Load() == 0
}
