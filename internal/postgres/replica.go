package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
)

const (
	// lookEvery is how often an instance looks whether the replica answers, and how far it is behind. With a high value, a
	// replica that is back is not used for as long.
	lookEvery = time.Second
	// replicaPatience bounds how long a read waits for the replica before it turns to the primary.
	replicaPatience = 2 * time.Second
	// replicaTurnTimeout bounds how much of that it waits for other reads of its person or organization.
	replicaTurnTimeout = 500 * time.Millisecond
	// After a read that failed, the replica is left alone for firstRest, and after the next one for twice as long, up to longestRest.
	firstRest   = time.Second
	longestRest = 30 * time.Second
)

// A replica answers reads of lists and histories in the place of the primary. It is asked only for what it has: see mark. If it is
// behind, away or slow, the primary answers.
type replica struct {
	url       string
	observers []Observer
	log       *slog.Logger
	primary   *Store
	pool      atomic.Pointer[pool] // nil before the replica answered for the first time
	usable    atomic.Bool
	rest      atomic.Int64 // how long it is left alone after a read fails, in nanoseconds; 0 after one that did not
	rested    atomic.Int64 // until when it is left alone, in nanoseconds since began
	began     time.Time
	lag       atomic.Int64
	counts    [readOutcomes]atomic.Int64
	stop      context.CancelFunc
	stopped   chan struct{}
}

// A ReadOutcome is where a read ran that a replica may answer.
type ReadOutcome int

// The outcomes of such a read: on the replica; or on the primary, because the replica lacked a change of the organization,
// was away, failed or was slow at this read, or was busy with other reads of the person or the organization.
const (
	OnReplica ReadOutcome = iota
	ReplicaBehind
	ReplicaAway
	ReplicaFailed
	ReplicaBusy
	readOutcomes
)

// ReplicaStats are measures of the replica.
type ReplicaStats struct {
	Reads  [readOutcomes]int64
	Usable bool
	// Lag is how many bytes of the write-ahead log the replica had not replayed lately.
	Lag int64
}

// ReadFrom has a replica answer what it can, from as soon as it answers until Close. Its URL is that of the same database on
// another server.
func (s *Store) ReadFrom(url string, log *slog.Logger, observers ...Observer) {
	ctx, stop := context.WithCancel(context.Background())
	r := &replica{url: url, observers: observers, log: log, primary: s, began: time.Now(), stop: stop, stopped: make(chan struct{})}
	s.replica = r
	go r.watch(ctx)
}

// ReplicaStats returns measures of the replica, and false if there is none.
func (s *Store) ReplicaStats() (stats ReplicaStats, isThere bool) {
	r := s.replica
	if r == nil {
		return stats, false
	}
	for outcome := range r.counts {
		stats.Reads[outcome] = r.counts[outcome].Load()
	}
	stats.Usable, stats.Lag = r.usable.Load(), r.lag.Load()
	return stats, true
}

// close ends the watch, and closes the connections.
func (r *replica) close() {
	if r == nil {
		return
	}
	r.stop()
	<-r.stopped
	if conns := r.pool.Load(); conns != nil {
		conns.close()
	}
}

// watch keeps usable and lag current.
func (r *replica) watch(ctx context.Context) {
	defer close(r.stopped)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	told := true // that it can't be read; at first, nothing is told until it answers or fails
	for first := true; ; first = false {
		err := r.look(ctx)
		if ctx.Err() != nil {
			return
		}
		if _, isPrimary := errors.AsType[*primaryError](err); isPrimary {
			err = nil // each read asks the primary itself
		}
		switch is := err == nil; {
		case is && (first || told):
			r.log.Info("a replica answers reads of lists and histories")
			told = false
		case !is && (first || !told):
			r.log.Warn("the replica can't be read, so the primary answers everything", "error", err)
			told = true
		}
		r.usable.Store(err == nil)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// A rowReader is a connection, or a pool of them.
type rowReader interface {
	QueryRow(ctx context.Context, text string, args ...any) pgx.Row
}

// A walPlace is how far a server has the write-ahead log, and of which history: a server that did not follow a failover has another
// timeline, and may have changes that the primary lost.
type walPlace struct {
	system, timeline int64
	at               string
}

// timelineHere is the timeline of the server that is asked. A primary has it from the moment of its promotion, before the next
// checkpoint. A replica may learn of a new one late, and is not read until then.
const timelineHere = `CASE WHEN pg_is_in_recovery()
	THEN (SELECT GREATEST(c.timeline_id, r.min_recovery_end_timeline)::bigint FROM pg_control_checkpoint() c, pg_control_recovery() r)
	ELSE ('x' || lpad(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), 16, '0'))::bit(64)::bigint END`

func readWALPlace(ctx context.Context, on rowReader) (p walPlace, err error) {
	err = on.QueryRow(ctx, "SELECT s.system_identifier, "+timelineHere+`,
		CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END::text
		FROM pg_control_system() s`).Scan(&p.system, &p.timeline, &p.at)
	return p, err
}

// A primaryError means that the primary did not answer, and tells nothing of the replica.
type primaryError struct{ cause error }

func (e *primaryError) Error() string { return "the primary does not answer: " + e.cause.Error() }
func (e *primaryError) Unwrap() error { return e.cause }

// compare returns how many bytes a replica is behind the primary. It is an error if it follows another one.
func (p walPlace) compare(replica walPlace) (lag int64, err error) {
	if replica.system != p.system {
		return 0, errors.New("it is not a replica of the server in DATABASE_URL; name a server that streams from that one")
	}
	if replica.timeline != p.timeline {
		return 0, fmt.Errorf("it is on timeline %d and the primary on %d; after a failover this passes, or else make the replica anew", replica.timeline, p.timeline)
	}
	return max(0, lsn(p.at)-lsn(replica.at)), nil
}

// lsn is a place of the write-ahead log as a number of bytes.
func lsn(text string) int64 {
	var high, low int64
	_, _ = fmt.Sscanf(text, "%X/%X", &high, &low) // it comes from Postgres
	return high<<32 | low
}

// look connects to the replica if it has to, and reads how far it is.
func (r *replica) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, replicaPatience)
	defer cancel()
	conns := r.pool.Load()
	if conns == nil {
		var err error
		if conns, err = r.dial(ctx); err != nil {
			return err
		}
		r.pool.Store(conns)
	}
	is, err := readWALPlace(ctx, conns)
	if err != nil {
		return err
	}
	primary, err := readWALPlace(ctx, r.primary.pool)
	if err != nil {
		return &primaryError{err}
	}
	lag, err := primary.compare(is)
	r.lag.Store(lag)
	return err
}

func (r *replica) dial(ctx context.Context) (*pool, error) {
	config, err := configure(ctx, r.url)
	if err != nil {
		return nil, errors.New(strings.ReplaceAll(err.Error(), "DATABASE_URL", "DATABASE_READ_URL"))
	}
	if len(r.observers) > 0 {
		config.ConnConfig.Tracer = observed(r.observers)
	}
	forReads := config.MaxConns
	config.MaxConns++ // look has one when reads have all others
	conns, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	return newPool(conns, forReads, replicaTurnTimeout), nil
}

// A mark is how far the primary had the log of an organization when a read began. Everything that a list or a history shows, and
// everything that decides who may see it, is changed by changes of that log, beside erasures that are repeated, which remove the same again. So a replica that has it as far shows nothing that is
// older than what its reader wrote or saw, and nothing that they may not see any more.
// A server that did not follow a failover has another timeline, and may have lost changes at these positions.
type mark struct {
	epoch, head, pruned, timeline int64
}

const readMark = "SELECT o.epoch, o.head, o.pruned, " + timelineHere + " FROM organizations o WHERE o.id = ?"

func (m *mark) scan(r row) error { return r.Scan(&m.epoch, &m.head, &m.pruned, &m.timeline) }

// errBehind is the error of a read on a replica that lacks a change.
var errBehind = errors.New("postgres: the replica is behind")

// require ends a batch with errBehind if the log does not reach as far where the batch runs.
func (m *mark) require(batch *pgx.Batch, orgID collab.ID) {
	var is mark
	reached := batchQuery{newQuery(readMark, orgID), is.scan}
	batch.Queue(reached.text.String(), reached.args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := reached.scan(rows); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if is.timeline != m.timeline || is.epoch != m.epoch || is.head < m.head || is.pruned < m.pruned {
			return errBehind
		}
		return nil
	})
}

// late runs a read on the replica if it can, and otherwise on the primary.
func late[T any](ctx context.Context, s *Store, orgID collab.ID, read func(context.Context, *Store) (T, error)) (T, error) {
	r := s.replica
	if r == nil {
		return read(ctx, s)
	}
	outcome := ReplicaAway
	if conns := r.pool.Load(); conns != nil && r.usable.Load() && !r.rests() {
		var needs mark
		if err := forEachRow(ctx, s.forOrg(orgID), newQuery(readMark, orgID), needs.scan); err != nil {
			var none T
			return none, err
		}
		found, err := onReplica(ctx, s, conns, &needs, read)
		switch {
		case err == nil:
			r.counts[OnReplica].Add(1)
			r.rest.Store(0)
			return found, nil
		case ctx.Err() != nil:
			return found, err
		case errors.Is(err, errBehind):
			outcome = ReplicaBehind
		case errors.Is(err, errBusy): // which is about this organization, and not about the replica
			outcome = ReplicaBusy
		default:
			outcome = ReplicaFailed
			r.leaveAlone()
		}
	}
	r.counts[outcome].Add(1)
	return read(ctx, s)
}

// rests reports whether the replica is left alone after a read that failed.
func (r *replica) rests() bool { return int64(time.Since(r.began)) < r.rested.Load() }

// leaveAlone leaves the replica alone for some time, longer each time until a read succeeds: a slow replica costs each read
// replicaPatience, and then its time on the primary.
func (r *replica) leaveAlone() {
	pause := min(max(2*time.Duration(r.rest.Load()), firstRest), longestRest)
	r.rest.Store(int64(pause))
	r.rested.Store(int64(time.Since(r.began) + pause))
}

// onReplica runs a read on the replica, by a store that has its connections and is for this read only.
func onReplica[T any](ctx context.Context, s *Store, conns *pool, needs *mark, read func(context.Context, *Store) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, replicaPatience)
	defer cancel()
	view := *s
	view.pool, view.replica, view.needs = conns, nil, needs
	return read(ctx, &view)
}
