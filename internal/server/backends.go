package server

import (
	"context"
	"log/slog"
	"time"

	"tandem/internal/collab"
	"tandem/internal/memory"
	"tandem/internal/metrics"
	"tandem/internal/nats"
	"tandem/internal/redis"
)

// Backends are the services that instances share besides the store, or their substitutes in a single instance.
type Backends struct {
	Bus       collab.Bus
	Presences collab.Presences
	Limits    collab.Limits
	Close     func()

	redis *redis.Client // nil without Redis
}

// InProcess returns the backends of a single instance.
func InProcess() Backends {
	return Backends{Bus: memory.NewBus(), Presences: memory.NewPresences(time.Now), Limits: memory.NewLimits(time.Now), Close: func() {}}
}

// useRedis has Redis carry everything.
func (b *Backends) useRedis(client *redis.Client, log *slog.Logger) {
	b.Bus, b.Presences, b.Limits = redis.NewBus(client, log), redis.NewPresences(client, nil), redis.NewLimits(client, b.Limits, log, nil)
	b.redis, b.Close = client, func() { _ = client.Close() }
}

// useNATS has NATS carry announcements, and leaves presence and limits as they are.
func (b *Backends) useNATS(connection *nats.Connection, log *slog.Logger) {
	b.Bus = nats.NewBus(connection, log)
	closeOthers := b.Close
	b.Close = func() {
		connection.Close()
		closeOthers()
	}
}

// measure reads whether Redis and NATS answer, and their connections.
func (b *Backends) measure(ctx context.Context, set metrics.Set) {
	if b.redis != nil {
		stats := b.redis.Stats()
		set("tandem_redis_connections", float64(stats.Idle), "idle")
		set("tandem_redis_connections", float64(stats.Open-stats.Idle), "used")
		set("tandem_redis_timeouts_total", float64(stats.Timeouts))
	}
	switch bus := b.Bus.(type) {
	case *redis.Bus:
		set("tandem_redis_up", boolMetric(bus.Ping(ctx) == nil))
		set("tandem_announcements_lost_total", float64(bus.Lost()))
	case *nats.Bus:
		set("tandem_nats_up", boolMetric(bus.Ping(ctx) == nil))
		set("tandem_nats_reconnects_total", float64(bus.Reconnects()))
		set("tandem_announcements_lost_total", float64(bus.Lost()))
		if b.redis != nil {
			set("tandem_redis_up", boolMetric(b.redis.Probe(ctx) == nil))
		}
	}
}
