// Package postgres keeps a collab.Store in Postgres, for any number of instances.
//
// Package sqlite mirrors it: the same files, with the same functions in the
// same order, so that a diff of the two shows the dialect and nothing else.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"tandem/internal/collab"
	"tandem/internal/search"
)

// A Store is a collab.Store in a Postgres database.
//
// A write runs at READ COMMITTED, where each statement sees what had committed
// when it began: what a write reads after it got the entity's lock is what the
// lock protects. A read of several statements runs at REPEATABLE READ, so that
// they see one state.
type Store struct {
	pool *pool
	// enter begins every transaction, see tenant.
	enter string
	// migrates tells that the store creates what its database lacks: tables, indexes, the role.
	migrates bool
	// indexed tells that all laterIndexes are there.
	indexed *atomic.Bool
	// old are the logs to prune.
	old     *collab.OldLogs
	bitmaps *search.Cache // of the index of lists
	// replica answers reads of its own, if there is one.
	replica *replica
	// needs is what the database has to have, of a store that reads from a replica.
	needs *mark
}

func newStore(conns *pgxpool.Pool) *Store {
	return &Store{
		pool: newPool(conns, conns.Config().MaxConns, turnTimeout), enter: enterAsUser,
		indexed: new(atomic.Bool), old: new(collab.OldLogs), bitmaps: new(search.Cache),
	}
}

var _ collab.Store = (*Store)(nil)

// Open connects to the database of a URL and brings its tables up to date.
func Open(ctx context.Context, url string, observers ...Observer) (*Store, error) {
	return openStore(ctx, url, func(ctx context.Context, pool *pgxpool.Pool) error {
		return migrate(ctx, pool, func(string) {})
	}, true, observers...)
}

// OpenMigrated connects to a database that Migrate has brought up to date. The store creates and alters nothing there,
// so its user needs only the rights to read and write rows. It is an error if a migration is due.
func OpenMigrated(ctx context.Context, url string, observers ...Observer) (*Store, error) {
	return openStore(ctx, url, checkMigrated, false, observers...)
}

// openStore connects to a database and prepares its tables.
func openStore(ctx context.Context, url string, prepare func(context.Context, *pgxpool.Pool) error, migrates bool, observers ...Observer) (*Store, error) {
	config, err := configure(ctx, url)
	if err != nil {
		return nil, err
	}
	if len(observers) > 0 {
		config.ConnConfig.Tracer = observed(observers)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, openError(config.ConnConfig.Config, err)
	}
	s := newStore(pool)
	s.migrates = migrates
	if err = prepare(ctx, pool); err == nil {
		s.enter, err = findEnter(ctx, pool, migrates)
	}
	if err == nil {
		err = checkRights(ctx, pool, s.enter)
	}
	if err == nil {
		err = s.findIndexes(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, openError(config.ConnConfig.Config, err)
	}
	return s, nil
}

// Migrate brings the tables, the indexes and the role of a database up to date, also while instances use it. It calls
// did with each migration and index as soon as it is there.
func Migrate(ctx context.Context, url string, did func(name string)) error {
	s, err := openStore(ctx, url, func(ctx context.Context, pool *pgxpool.Pool) error { return migrate(ctx, pool, did) }, true)
	if err != nil {
		return err
	}
	defer s.Close()
	for {
		err := s.makeIndexes(ctx, did)
		if !errors.Is(err, errBeingMade) {
			return err
		}
		if !pause(ctx, lockPause) {
			return ctx.Err()
		}
	}
}

// OpenToRead opens a database that is there already, to read it and nothing else: it migrates
// nothing and makes no role.
func OpenToRead(ctx context.Context, url string) (*Store, error) {
	config, err := configure(ctx, url)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err == nil {
		if err = checkMigrated(ctx, pool); err != nil {
			pool.Close()
		}
	}
	if err != nil {
		return nil, openError(config.ConnConfig.Config, err)
	}
	return newStore(pool), nil
}

// openError says in one sentence what to do. The end of a context passes through.
func openError(c pgconn.Config, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if e, ok := errors.AsType[*roleError](err); ok {
		return fmt.Errorf("the user %q is exempt from row-level security, and cannot act as the role tandem_server, which is not (%w); "+
			"name a user in DATABASE_URL who is not a superuser and has no BYPASSRLS, or have a superuser run: CREATE ROLE tandem_server NOLOGIN; GRANT tandem_server TO %[1]q", c.User, e.cause)
	}
	if e, ok := errors.AsType[*rightsError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "28P01", "28000":
			return fmt.Errorf("the Postgres at %s:%d does not let %q in (%s); correct the user and the password in DATABASE_URL", c.Host, c.Port, c.User, e.Message)
		case "3D000":
			return fmt.Errorf("the database %q does not exist at %s:%d; create it (createdb %[1]s), or correct DATABASE_URL", c.Database, c.Host, c.Port)
		case "42501":
			return fmt.Errorf("the user %q may not create tables in the database %q (%s); make it the database's owner", c.User, c.Database, e.Message)
		}
		return fmt.Errorf("the database %q at %s:%d cannot be opened: %w", c.Database, c.Host, c.Port, err)
	}
	if _, network := errors.AsType[net.Error](err); network {
		return fmt.Errorf("no Postgres answers at %s:%d; start it, or correct the host and the port in DATABASE_URL", c.Host, c.Port)
	}
	return fmt.Errorf("the database %q at %s:%d cannot be opened: %w", c.Database, c.Host, c.Port, err)
}

// Ping reports whether the store can serve.
// The caller is answered when ctx ends, also if the connection hangs.
func (s *Store) Ping(ctx context.Context) error {
	answer := make(chan error, 1)
	go func() { answer <- fault(ctx, s.pool.ping(ctx)) }()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stats returns measures of the connections.
func (s *Store) Stats() sql.DBStats {
	stat := s.pool.Stat()
	return sql.DBStats{
		MaxOpenConnections: int(stat.MaxConns()), OpenConnections: int(stat.TotalConns()),
		InUse: int(stat.AcquiredConns()), Idle: int(stat.IdleConns()),
		WaitCount: stat.EmptyAcquireCount(), WaitDuration: stat.EmptyAcquireWaitTime(),
	}
}

// Close releases everything. It does not wait for connections that hang.
func (s *Store) Close() {
	s.replica.close()
	s.pool.close()
}

// fault turns an error of the database into one for the caller. A context that
// ended passes through; what a retry may get around is Unavailable. The cause
// stays in the chain, for the log.
func fault(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errStopping):
		return err
	case passing(err) || unreachable(err):
		return fmt.Errorf("%w (%w)", collab.Errorf(collab.Unavailable, "the database is not available; try again"), err)
	}
	return fmt.Errorf("postgres: %w", err)
}

// passing reports whether Postgres refused something that it may do later: it
// refused a connection (class 08), met a deadlock (40), has too little of something
// (53), waited too long for a lock (55P03), or an operator is at work (57). So it is
// with a session that can only read, as after a failover (25006), one that ended
// since its transaction stood still (25P03, 25P04), a file that can't be read or
// written (58, or XX000 of the code for files), and whatever makes Postgres start
// again (a panic).
func passing(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || len(e.Code) != 5 {
		return false
	}
	if e.SeverityUnlocalized == "PANIC" {
		return true
	}
	switch e.Code[:2] {
	case "08", "40", "53", "57", "58":
		return true
	}
	switch e.Code {
	case "55P03", "25006", "25P03", "25P04":
		return true
	}
	return e.Code == "XX000" && filesOfPostgres[e.File]
}

// filesOfPostgres are the sources of Postgres that read and write files. For an error of the system that Postgres has no code
// for, such as a quota that is used up (EDQUOT) or a limit on the size of files (EFBIG), they answer "internal error" (XX000).
var filesOfPostgres = map[string]bool{"md.c": true, "fd.c": true, "buffile.c": true, "slru.c": true, "xlog.c": true}

// unreachable reports whether the connection failed, and not what it was used
// for. Whether a transaction that was just committing did commit is then
// unknown; a retry with the same ClientMutationID finds out.
func unreachable(err error) bool {
	if _, ok := errors.AsType[*pgconn.PgError](err); ok {
		return false
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[net.Error](err)
	return connecting || network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed)
}
