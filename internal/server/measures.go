package server

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"tandem/internal/collab"
	"tandem/internal/hub"
	"tandem/internal/metrics"
	"tandem/internal/postgres"
	"tandem/internal/transport"
)

// Families are the metrics that are read at each scrape. docs/operations/observe.md explains them.
var Families = []metrics.Family{
	{Name: "tandem_connections", Help: "Open sockets and streams.", Labels: []string{"protocol"}},
	{Name: "tandem_http_connections", Help: "Open HTTP connections, including those of streams, without sockets."},
	{Name: "tandem_handshakes", Help: "Sockets that are not signed in yet."},
	{Name: "tandem_sent_bytes_total", Kind: metrics.Counter, Help: "Bytes sent to sockets and streams."},
	{Name: "tandem_subscriptions", Help: "Open subscriptions.", Labels: []string{"to"}},
	{Name: "tandem_broadcasts", Help: "Executions that subscriptions share."},
	{Name: "tandem_broadcast_members", Help: "Subscriptions that share them."},
	{Name: "tandem_broadcasts_refused_total", Kind: metrics.Counter, Help: "Subscriptions refused since there were too many broadcasts."},
	{Name: "tandem_members_behind", Help: "Subscriptions that are not handed events at once, but catch up."},
	{Name: "tandem_members_fell_behind_total", Kind: metrics.Counter, Help: "Times that a subscription fell behind."},
	{Name: "tandem_executions_total", Kind: metrics.Counter, Help: "Events rendered."},
	{Name: "tandem_deliveries_total", Kind: metrics.Counter, Help: "Events handed to subscriptions."},
	{Name: "tandem_catch_up_executions_total", Kind: metrics.Counter, Help: "Events rendered for one subscription alone, as it was far behind."},
	{Name: "tandem_rings", Help: "Organizations that are followed."},
	{Name: "tandem_ring_holes_filled_total", Kind: metrics.Counter, Help: "Changes read from the log since no announcement brought them."},
	{Name: "tandem_log_catch_up_changes_total", Kind: metrics.Counter, Help: "Changes read from the log by subscriptions that were far behind."},
	{Name: "tandem_announcements_lost_total", Kind: metrics.Counter, Help: "Announcements that did not reach Redis or NATS."},
	{Name: "tandem_turns", Help: "Work of subscriptions that runs, or waits for its turn.", Labels: []string{"of", "state"}},
	{Name: "tandem_presence_rooms", Help: "Rooms that are followed, or have clients of this instance."},
	{Name: "tandem_presence_clients", Help: "Clients that this instance keeps present."},
	{Name: "tandem_presence_up", Help: "Whether the store of presence answered last."},
	{Name: "tandem_database_up", Help: "Whether the database answers."},
	{Name: "tandem_database_connections", Help: "Connections to the database.", Labels: []string{"state"}},
	{Name: "tandem_database_connections_max", Help: "How many there may be."},
	{Name: "tandem_database_waits_total", Kind: metrics.Counter, Help: "Calls that waited for a connection to the database."},
	{Name: "tandem_database_wait_seconds_total", Kind: metrics.Counter, Help: "How long they waited."},
	{Name: "tandem_replica_up", Help: "Whether the replica of the database can be read; absent without DATABASE_READ_URL."},
	{Name: "tandem_replica_lag_bytes", Help: "How much of the write-ahead log the replica had not replayed lately."},
	{Name: "tandem_replica_reads_total", Kind: metrics.Counter, Help: "Reads that a replica may answer, by where they ran.", Labels: []string{"outcome"}},
	{Name: "tandem_redis_up", Help: "Whether Redis answers; absent without REDIS_URL."},
	{Name: "tandem_redis_connections", Help: "Connections to Redis, without those that listen.", Labels: []string{"state"}},
	{Name: "tandem_redis_timeouts_total", Kind: metrics.Counter, Help: "Calls that got no connection to Redis in time."},
	{Name: "tandem_nats_up", Help: "Whether NATS answers; absent without NATS_URL."},
	{Name: "tandem_nats_reconnects_total", Kind: metrics.Counter, Help: "Times that the connection to NATS broke and was there again."},
	{Name: "tandem_queue_jobs", Help: "Messages and digests that are due and not sent, of all instances.", Labels: []string{"kind"}},
	{Name: "tandem_queue_oldest_seconds", Help: "How long the oldest of them has been due; 0 if none is.", Labels: []string{"kind"}},
	{Name: "tandem_log_changes", Help: "Changes in the logs of all organizations."},
	{Name: "tandem_log_oldest_seconds", Help: "Age of the first change of any log."},
	{Name: "tandem_log_rows", Help: "Rows of the log: kept, and not vacuumed yet; absent with SQLite.", Labels: []string{"state"}},
	{Name: "tandem_log_vacuumed_timestamp_seconds", Help: "When it was last vacuumed; 0 until then."},
	{Name: "tandem_conflicts_open", Help: "Conflicts that wait for a person, of all organizations."},
	{Name: "tandem_database_bytes", Help: "Size of the database on disk."},
	{Name: "tandem_retention_seconds", Help: "How old changes may become; absent without RETENTION."},
	{Name: "tandem_retention_pruned_changes_total", Kind: metrics.Counter, Help: "Changes that this instance deleted from the log."},
	{Name: "tandem_retention_last_success_timestamp_seconds", Help: "When this instance last found no more change that is too old; 0 until then."},
	{Name: "tandem_signing_keys", Help: "Keys of the identity provider that are known; absent without AUTH_JWKS_URL."},
	{Name: "tandem_signing_keys_age_seconds", Help: "How long ago they were read; 0 if they never were."},
	{Name: "tandem_certificate_issued_timestamp_seconds", Help: "When the certificate that clients get was issued; 0 while there is none.", Labels: []string{"host"}},
	{Name: "tandem_certificate_expiry_timestamp_seconds", Help: "When it ends; absent without TLS_CERT and ACME_HOSTS.", Labels: []string{"host"}},
	{Name: "tandem_overloaded", Help: "Whether new connections are refused, by cause.", Labels: []string{"cause"}},
	{Name: "tandem_trace_spans_dropped_total", Kind: metrics.Counter, Help: "Spans that the collector of traces did not get; absent without OTEL_EXPORTER_OTLP_ENDPOINT."},
	{Name: "tandem_build_info", Help: "1, with the release and the region of the instance as labels.", Labels: []string{"version", "region"}},
	{Name: "tandem_draining", Help: "Whether the instance stops."},
}

// readMetrics has the registry read the state of the program at each scrape.
func (s *Server) readMetrics(r *metrics.Registry) {
	r.Read(Families, func(set metrics.Set) {
		s.readConnections(set)
		s.readHub(set)
		s.readStores(set)
		s.readRetention(set)
		s.readKeys(set)
		s.readCertificates(set)
		if tracer := s.watching.tracer; tracer != nil {
			set("tandem_trace_spans_dropped_total", float64(tracer.Dropped()))
		}
		set("tandem_build_info", 1, Version(), s.settings.Region)
		set("tandem_draining", boolMetric(s.stopping.Load()))
	})
}

func (s *Server) readConnections(set metrics.Set) {
	connections := s.stats.Snapshot()
	for _, protocol := range transport.Protocols {
		set("tandem_connections", float64(connections.Open[protocol]), protocol)
	}
	set("tandem_http_connections", float64(s.gate.HTTP()))
	set("tandem_handshakes", float64(connections.Handshakes))
	set("tandem_sent_bytes_total", float64(connections.Sent))
	for cause, over := range s.gate.Overload.Causes() {
		set("tandem_overloaded", boolMetric(over), cause)
	}
}

func (s *Server) readHub(set metrics.Set) {
	b, h, rooms := s.Broadcasts.Stats(), s.hub.Stats(), s.rooms.Stats()
	set("tandem_subscriptions", float64(b.Members), "changes")
	set("tandem_subscriptions", float64(rooms.Subscriptions), "presence")
	set("tandem_broadcasts", float64(b.Broadcasts))
	set("tandem_broadcast_members", float64(b.Members))
	set("tandem_broadcasts_refused_total", float64(b.Refused))
	set("tandem_members_behind", float64(b.BehindNow))
	set("tandem_members_fell_behind_total", float64(b.Behind))
	set("tandem_executions_total", float64(b.Executions+b.CaughtUp))
	set("tandem_deliveries_total", float64(b.Deliveries+b.CaughtUp))
	set("tandem_catch_up_executions_total", float64(b.CaughtUp))
	set("tandem_rings", float64(h.Rings))
	set("tandem_ring_holes_filled_total", float64(h.Filled))
	set("tandem_log_catch_up_changes_total", float64(h.CaughtUp))
	for of, turns := range map[string]hub.Turns{"render": b.Renders, "catch_up": b.CatchUps, "throttled_catch_up": b.ThrottledCatchUps, "log_read": h.LogReads} {
		set("tandem_turns", float64(turns.Running), of, "running")
		set("tandem_turns", float64(turns.Waiting), of, "waiting")
	}
	set("tandem_presence_rooms", float64(rooms.Rooms))
	set("tandem_presence_clients", float64(rooms.Clients))
	set("tandem_presence_up", boolMetric(!rooms.Away))
}

// probeTime is how long the database, Redis and NATS have to answer a scrape. Prometheus waits longer.
const probeTime = 2 * time.Second

// readStores reads whether the database, Redis and NATS answer, and their connections.
func (s *Server) readStores(set metrics.Set) {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	var away error
	var asking sync.WaitGroup
	asking.Go(func() { away = s.Store.Ping(ctx) })
	s.readQueue(ctx, set)
	s.readLog(ctx, set)
	s.backends.measure(ctx, set)
	asking.Wait()
	set("tandem_database_up", boolMetric(away == nil))
	if store, ok := s.Store.(pooled); ok {
		pool := store.Stats()
		set("tandem_database_connections", float64(pool.Idle), "idle")
		set("tandem_database_connections", float64(pool.InUse), "used")
		set("tandem_database_connections_max", float64(pool.MaxOpenConnections))
		set("tandem_database_waits_total", float64(pool.WaitCount))
		set("tandem_database_wait_seconds_total", pool.WaitDuration.Seconds())
	}
	s.readReplica(set)
}

// replicated is a store whose database may have a replica.
type replicated interface {
	ReplicaStats() (stats postgres.ReplicaStats, isThere bool)
}

// readReplica reads what the replica does.
func (s *Server) readReplica(set metrics.Set) {
	store, ok := s.Store.(replicated)
	if !ok {
		return
	}
	stats, isThere := store.ReplicaStats()
	if !isThere {
		return
	}
	set("tandem_replica_up", boolMetric(stats.Usable))
	set("tandem_replica_lag_bytes", float64(stats.Lag))
	for outcome, name := range []string{postgres.OnReplica: "replica", postgres.ReplicaBehind: "behind", postgres.ReplicaAway: "away", postgres.ReplicaFailed: "failed", postgres.ReplicaBusy: "busy"} {
		set("tandem_replica_reads_total", float64(stats.Reads[outcome]), name)
	}
}

// pooled is a store with a pool of connections, as both stores are.
type pooled interface {
	collab.Store
	Stats() sql.DBStats
}

func boolMetric(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
