package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"tandem/internal/collab"
)

// Stats are measures of the connections to Redis.
type Stats struct {
	Open, Idle int   // connections; each listener has another one
	Timeouts   int64 // calls that got no connection in time
}

// Stats returns the measures until now.
func (c *Client) Stats() Stats {
	pool := c.PoolStats()
	return Stats{Open: int(pool.TotalConns), Idle: int(pool.IdleConns), Timeouts: int64(pool.Timeouts)}
}

// probeTTL bounds how long the keys of Probe exist.
const probeTTL = 5 * time.Second

// Ping reports whether Redis works for announcements, presence and counts. A user of Redis may
// have the rights for some of them only.
func (b *Bus) Ping(ctx context.Context) error {
	if !b.IsHearing() {
		return errors.New("announcements of other instances are not heard")
	}
	channel := wire{b.client}.Channel("changes:probe", "")
	if err := b.client.announce(ctx, b.client, channel, nil).Err(); err != nil {
		return err
	}
	return b.client.Probe(ctx)
}

// Probe reports whether Redis works for presence and counts.
func (c *Client) Probe(ctx context.Context) error {
	name := rand.Text()
	presences, room := NewPresences(c, nil), collab.Room{OrgID: "@probe", ID: collab.ID(name)}
	if err := presences.Enter(ctx, room, collab.Presence{UserID: "probe", ClientID: "probe"}, collab.PresencePatch{}, probeTTL); err != nil {
		return err
	}
	if _, err := presences.Leave(ctx, room, "probe", "probe"); err != nil {
		return err
	}
	limits := NewLimits(c, nil, slog.New(slog.DiscardHandler), nil)
	_, _, err := limits.take(ctx, collab.LimitKey{What: "@probe", Who: name}, collab.Limit{Burst: 1, Every: time.Millisecond}, 1)
	return err
}
