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

// Probe reports whether Redis works for presence and counts. It uses every command that these need, since each may be refused.
func (c *Client) Probe(ctx context.Context) error {
	name := rand.Text()
	if err := c.Ping(ctx).Err(); err != nil {
		return err
	}
	if err := NewPresences(c, nil).probe(ctx, name); err != nil {
		return err
	}
	limits := NewLimits(c, nil, slog.New(slog.DiscardHandler), nil)
	key := collab.LimitKey{What: "@probe", Who: name}
	if _, _, err := limits.take(ctx, key, collab.Limit{Burst: 1, Every: time.Millisecond}, 1); err != nil {
		return err
	}
	// Redis knows the scripts above, so they were not sent as they are after it started.
	return c.Eval(ctx, "return 1", []string{limitKey(key)}).Err()
}

// probe enters a room, leaves it, and does in between what clients in rooms do.
func (p *Presences) probe(ctx context.Context, name string) error {
	room, client := collab.Room{OrgID: "@probe", ID: collab.ID(name)}, collab.Presence{UserID: collab.ID(name), ClientID: "probe"}
	if err := p.Enter(ctx, room, client, collab.PresencePatch{}, probeTTL); err != nil {
		return err
	}
	if err := p.Renew(ctx, room, []collab.Presence{client}, probeTTL); err != nil {
		return err
	}
	if _, err := p.Present(ctx, room); err != nil {
		return err
	}
	if err := p.LeaveAll(ctx, room.OrgID, client.UserID); err != nil {
		return err
	}
	subscription := p.client.Subscribe(ctx, p.channel)
	defer func() { _ = subscription.Close() }()
	_, err := subscription.ReceiveTimeout(ctx, patience)
	return err
}
