package redis

import "context"

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
		Lost: b.out.total.Load(), Open: int(pool.TotalConns), Idle: int(pool.IdleConns), Timeouts: int64(pool.Timeouts),
	}
}

// Ping reports whether Redis answers.
func (b *Bus) Ping(ctx context.Context) error { return b.client.Ping(ctx).Err() }
