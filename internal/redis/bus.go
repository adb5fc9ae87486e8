package redis

import (
	"context"
	"crypto/rand"
	"log/slog"

	"tandem/internal/collab"
)

// A Bus carries announcements between instances over Pub/Sub channels, for changes and for marks of
// inboxes. The Bus calls listeners of its own instance directly,
// so they receive announcements at once, and also while Redis is away.
type Bus struct {
	client *Client
	log    *slog.Logger
	// self begins every message of this bus, so that the bus recognizes its own
	// messages without decoding them.
	self    []byte
	changes *topic[collab.Change]
	marks   *topic[collab.InboxMarked]
}

// NewBus returns a bus without listeners. It does not talk to Redis yet.
func NewBus(client *Client, log *slog.Logger) *Bus {
	self := []byte(rand.Text())
	return &Bus{
		client: client, log: log, self: self,
		changes: newTopic[collab.Change](client, log, self, "changes", func(c *collab.Change) collab.ID { return c.OrgID }),
		marks:   newTopic[collab.InboxMarked](client, log, self, "marks", func(m *collab.InboxMarked) collab.ID { return m.OrgID }),
	}
}

// Announce delivers to this instance's listeners before it returns, and to the other instances
// shortly after: it never waits for Redis, and ignores ctx. An error means that the other instances
// do not receive the change, because too much waits for Redis already. Failures after Announce
// returned are logged, once for each time that Redis is away.
func (b *Bus) Announce(_ context.Context, change *collab.Change) error {
	return b.changes.announce(change)
}

// Listen calls heard for each announcement until ctx ends. It does not wait for
// Redis: announcements of other instances arrive as soon as it is there.
func (b *Bus) Listen(ctx context.Context, heard func(*collab.Change)) { b.changes.listen(ctx, heard) }

// AnnounceMarks is Announce for marks.
func (b *Bus) AnnounceMarks(_ context.Context, inbox collab.InboxMarked) error {
	return b.marks.announce(&inbox)
}

// ListenMarks is Listen for marks.
func (b *Bus) ListenMarks(ctx context.Context, heard func(collab.InboxMarked)) {
	b.marks.listen(ctx, func(inbox *collab.InboxMarked) { heard(*inbox) })
}
