package redis

import (
	"context"
	"errors"
	"time"

	"tandem/internal/collab"
)

// BusStats are measures of a bus, and of the connections to Redis that it shares.
type BusStats struct {
	Lost       int64 // announcements that did not reach Redis
	Open, Idle int   // connections; each listener has another one
	Timeouts   int64 // calls that got no connection in time
}

// Stats returns the measures until now.
func (b *Bus) Stats() BusStats {
	pool := b.client.PoolStats()
	return BusStats{
		Lost: b.changes.out.total.Load() + b.marks.out.total.Load(), Open: int(pool.TotalConns), Idle: int(pool.IdleConns), Timeouts: int64(pool.Timeouts),
	}
}

// probeTTL bounds how long the keys of Ping exist.
const probeTTL = 5 * time.Second

// Ping reports whether Redis works for announcements, presence and counts. A user of Redis may
// have the rights for some of them only.
func (b *Bus) Ping(ctx context.Context) error {
	if b.changes.disconnected.Load() > 0 || b.marks.disconnected.Load() > 0 {
		return errors.New("announcements of other instances are not heard")
	}
	channels := b.client.channels("changes:probe")
	if err := channels.publish(ctx, b.client, channels.of(""), nil).Err(); err != nil {
		return err
	}
	presences, room := NewPresences(b.client, nil), collab.Room{OrgID: "@probe", ID: collab.ID(b.self)}
	if err := presences.Enter(ctx, room, collab.Presence{UserID: "probe", ClientID: "probe"}, collab.PresencePatch{}, probeTTL); err != nil {
		return err
	}
	if _, err := presences.Leave(ctx, room, "probe", "probe"); err != nil {
		return err
	}
	limits := NewLimits(b.client, nil, b.log, nil)
	_, _, err := limits.take(ctx, collab.LimitKey{What: "@probe", Who: string(b.self)}, collab.Limit{Burst: 1, Every: time.Millisecond}, 1)
	return err
}
