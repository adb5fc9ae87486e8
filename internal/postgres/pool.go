package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

const (
	// turnTimeout bounds how long a call waits for its turn on the pool of the primary.
	turnTimeout = 10 * time.Second
	// growPause is how long the pool goes without one more connection after Postgres
	// refused one, and how long a call waits that finds none open.
	growPause = time.Second
	// closeTimeout bounds how long Close waits for connections that hang.
	closeTimeout = time.Second
	// writersPerRow is how many writes of an instance may hold a connection for one row: the write
	// that has the lock, and the next one.
	writersPerRow = 2
)

// A pool shares connections between organizations and people: it grants them in turn, and nobody
// may hold all of them.
type pool struct {
	*pgxpool.Pool
	turns *fair.Queue
	// rows are the queues of writes before the rows that they lock, so that they
	// wait for each other without a connection. writers keeps a part of the pool
	// for an organization's reads while its writes wait in Postgres.
	rows, writers *fair.Queue
	patience      time.Duration // bounds how long a call waits for its turn
	closed        atomic.Bool

	mu      sync.Mutex // guards usable
	usable  int32      // how many connections Postgres allowed lately
	maximum int32
}

// newPool shares up to most connections.
func newPool(conns *pgxpool.Pool, most int32, patience time.Duration) *pool {
	part := func(n, of int32) int64 { return int64(max(1, most*n/of)) }
	return &pool{
		Pool: conns, patience: patience,
		turns:   fair.New(fair.Limits{Total: int64(most), PerOrg: part(3, 4), PerPerson: part(1, 4)}),
		writers: fair.New(fair.Limits{PerOrg: part(1, 2)}),
		rows:    fair.New(fair.Limits{PerOrg: writersPerRow}),
		usable:  most, maximum: most,
	}
}

// errBusy is the answer when a turn does not come in time.
var errBusy = collab.Errorf(collab.Unavailable, "the database is busy; try again")

// errStopping is the answer once the pool is closed.
var errStopping = collab.Errorf(collab.Unavailable, "the server stops; try again")

// wait waits for a turn in a queue. The error is errBusy if none comes in time.
func (p *pool) wait(ctx context.Context, queue *fair.Queue, who fair.Key) (*fair.Grant, error) {
	waiting, cancel := context.WithTimeout(ctx, p.patience)
	defer cancel()
	grant, err := queue.Acquire(waiting, who, 1)
	switch {
	case err == nil:
		return grant, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, errBusy
}

// acquire waits for a connection, which the caller gives back with release.
func (p *pool) acquire(ctx context.Context, orgID collab.ID) (conn *pgxpool.Conn, release func(), err error) {
	who := fair.Key{Org: string(orgID)}
	if v, err := collab.ViewerFrom(ctx); err == nil {
		who.Person = string(v.User.ID)
	}
	for began := time.Now(); ; {
		turn, err := p.wait(ctx, p.turns, who)
		if err != nil {
			return nil, nil, err
		}
		conn, err := p.connection(ctx)
		if err == nil {
			return conn, func() { giveBack(ctx, conn); turn.Release() }, nil
		}
		if p.closed.Load() {
			err = fmt.Errorf("%w (%w)", errStopping, err)
		} else if tooMany(err) && time.Since(began) < p.patience {
			open := p.settle()
			turn.Release()
			if open == 0 && !pause(ctx, growPause) {
				return nil, nil, ctx.Err()
			}
			continue
		}
		turn.Release()
		return nil, nil, fault(ctx, err)
	}
}

// connection returns a connection that is open, or opens one.
func (p *pool) connection(ctx context.Context) (*pgxpool.Conn, error) {
	defer fair.Waited(ctx, time.Now())
	return p.Acquire(ctx)
}

// tooMany reports whether Postgres, or a pooler, refused a connection because there are too many.
func tooMany(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return ok && connecting && (e.Code == "53300" || e.Code == "08P01")
}

// settle limits the pool to the connections that are open, and returns how many. It tries one more
// now and then.
func (p *pool) settle() int32 {
	stat := p.Stat()
	open := stat.AcquiredConns() + stat.IdleConns()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.usable == p.maximum {
		time.AfterFunc(growPause, p.grow)
	}
	p.usable = min(p.usable, max(1, open))
	p.turns.SetTotal(int64(p.usable))
	return open
}

func (p *pool) grow() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.usable++
	p.turns.SetTotal(int64(p.usable))
	if p.usable < p.maximum && !p.closed.Load() {
		time.AfterFunc(growPause, p.grow)
	}
}

// pause waits, and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// close closes the pool. Connections that hang are left behind.
func (p *pool) close() {
	p.closed.Store(true)
	done := make(chan struct{})
	go func() {
		p.Close()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(closeTimeout):
	}
}

// isReadOnly reports whether a session could only read, as after a failover.
func isReadOnly(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "25006"
}

// ping reports whether a connection can write. It drops read-only sessions, because a new session
// may reach another server.
func (p *pool) ping(ctx context.Context) error {
	for attempt := 1; ; attempt++ {
		var readOnly bool
		err := p.QueryRow(ctx, "SELECT current_setting('transaction_read_only')::boolean").Scan(&readOnly)
		switch {
		case err != nil && p.closed.Load():
			return fmt.Errorf("%w (%w)", errStopping, err)
		case err != nil:
			return err
		case !readOnly:
			return nil
		}
		p.Reset()
		if attempt == 2 {
			return &pgconn.PgError{Severity: "ERROR", Code: "25006", Message: "the database is read-only"}
		}
	}
}

// endStalled ends sessions of this program that hold locks while they have been waiting for their
// instance for seconds, because it hangs, or the network to it. Postgres does not consider all of
// them idle, for instance when only a part of a message arrived, so its own timeout does not find
// all.
const endStalled = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
	WHERE datname = current_database() AND usename = session_user AND starts_with(application_name, $1) AND pid <> pg_backend_pid()
	AND wait_event_type = 'Client' AND state <> 'idle' AND backend_xid IS NOT NULL AND state_change < clock_timestamp() - interval '3 s'`

// unblocked runs a write. If the write waited too long for a lock, unblocked ends stalled sessions
// and runs it once more.
func (p *pool) unblocked(ctx context.Context, write func() error) error {
	err := write()
	if !isLockTimeout(err) {
		return p.dropReadOnly(err)
	}
	conn, release, failed := p.acquire(ctx, noTenant)
	if failed != nil {
		return err
	}
	_, failed = conn.Exec(ctx, endStalled, p.Config().ConnConfig.RuntimeParams["application_name"])
	release()
	if failed != nil {
		return err
	}
	return p.dropReadOnly(write())
}

func (p *pool) dropReadOnly(err error) error {
	if isReadOnly(err) {
		p.Reset()
	}
	return err
}

// queueForRows waits until writes may have a connection: for the rows of their entities, in the order of
// the ids, then for that of their organization if one locks it from its beginning, then
// for their organization's part of the pool. All wait in this order.
func (p *pool) queueForRows(ctx context.Context, writes []collab.Planned) (done func(), err error) {
	orgID, actorID := writes[0].Intent.OrgID, writes[0].Intent.ActorID
	var held []*fair.Grant
	done = func() {
		for _, grant := range held {
			grant.Release()
		}
	}
	join := func(queue *fair.Queue, name string) {
		if err != nil {
			return
		}
		var grant *fair.Grant
		if grant, err = p.wait(ctx, queue, fair.Key{Org: name, Person: string(actorID)}); err == nil {
			held = append(held, grant)
		}
	}
	for _, i := range inLockOrder(writes) {
		if id := writes[i].Intent.EntityID; id != "" {
			join(p.rows, string(orgID)+"\x00"+string(id))
		}
	}
	if locksOrganization(writes[0].Intent) { // of several, none does
		join(p.rows, string(orgID)+"\x00")
	}
	join(p.writers, string(orgID))
	if err != nil {
		done()
		return nil, err
	}
	return done, nil
}
