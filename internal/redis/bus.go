package redis

import (
	"log/slog"

	"tandem/internal/announce"
)

// A Bus carries announcements between instances over Pub/Sub channels, for changes and for marks of inboxes.
type Bus struct {
	*announce.Bus
	client *Client
}

// NewBus returns a bus without listeners. It does not talk to Redis yet.
func NewBus(client *Client, log *slog.Logger) *Bus {
	return &Bus{announce.New(wire{client}, log), client}
}
